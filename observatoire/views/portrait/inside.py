"""Inside a territory: incomes, families, IRIS."""

from __future__ import annotations

from functools import partial

from observatoire import formats
from observatoire.charts import vega
from observatoire.charts.inside import draw_incomes, draw_parts
from observatoire.charts.maps import draw_map
from observatoire.figures import Figure, cite_rows, traced
from observatoire.methods.cartography import MapContent, MapRequest, draw_content
from observatoire.methods.inside import BOITE, FAMILLES, family_rows, income_rows, quarters_sentence
from observatoire.records import METROPOLE, Territoire
from observatoire.selections import QUANTILES
from observatoire.views.carte.build import trace_of_iris
from observatoire.views.comparaison.comparison import expand
from observatoire.warehouse import Warehouse


def incomes(warehouse: Warehouse, territoire: Territoire) -> Figure | None:
    """Deciles of income beside the references; None where no producer publishes them."""
    names = _beside(warehouse, territoire)
    former = warehouse.former_names(territoire.code)
    figures = warehouse.figures(tuple(QUANTILES), (*former, *names))
    rows, year = income_rows(figures, former | names)
    if rows.empty or rows["nom"].iloc[0] not in {territoire.nom, *former.values()}:
        return None
    table = rows[["nom", *QUANTILES]].set_axis(["Territoire", *(f"{name} (€)" for name in QUANTILES.values())], axis=1)
    own = rows.iloc[0]
    card = warehouse.indicateurs["REV01"]
    words = (
        f"{own['nom']} : un dixième des habitants vit avec moins de {card.format(own['REV04'])}, la moitié avec moins "
        f"de {card.format(own['REV01'])}, un dixième avec plus de {card.format(own['REV34'])}."
    )
    shown = figures[figures["annee"] == year]
    return Figure(
        titre=f"Niveaux de vie {territoire.lieu}, des plus modestes aux plus aisés",
        sous_titre=f"En euros par an et par unité de consommation, {year}. Trait fin : du 1ᵉʳ au 9ᵉ décile, "
        "cran à chaque décile ; barre : la moitié centrale ; repère blanc : la médiane",
        source=cite_rows(warehouse, shown["source"]),
        alt=words,
        table=table,
        fichier=formats.nom_de_fichier("niveaux-de-vie", territoire.nom),
        note=formats.insecables(words),
        chart=draw_incomes(
            rows.assign(lit=rows["nom"] == territoire.nom, ancienne=rows["nom"].isin(list(former.values()))),
            QUANTILES,
            BOITE,
        ),
        trace=traced(territoire.code, "REV01", year),
    ).written()


def families(warehouse: Warehouse, territoire: Territoire) -> Figure | None:
    """Who makes up the families, beside the references; None where it is not known."""
    names = _beside(warehouse, territoire)
    figures = warehouse.figures(("FAM01", "FAM19", "FAM03"), tuple(names))
    rows, year = family_rows(figures, names)
    if rows.empty or rows["nom"].iloc[0] != territoire.nom:
        return None
    card = warehouse.indicateurs["FAM01"]
    rows = rows.assign(texte=[card.format(value) for value in rows["valeur"]])
    table = rows.pivot(index="nom", columns="part", values="valeur").loc[list(dict.fromkeys(rows["nom"]))]
    table = table[list(FAMILLES.values())].rename_axis(index="Territoire", columns=None).reset_index()
    alone = figures[(figures["indicateur"] == "FAM03") & (figures["territoire"] == territoire.code)].dropna(
        subset=["valeur"]
    )
    words = " ; ".join(f"{p.lower()} {t}" for p, t in zip(rows["part"].head(3), rows["texte"].head(3), strict=True))
    note = f"{territoire.nom} : {words}."
    if not alone.empty:
        last = alone.iloc[-1]
        note += f" Par ailleurs, {card.format(last['valeur'])} des ménages comptent une seule personne."
    return Figure(
        titre=f"Familles {territoire.lieu}",
        sous_titre=f"Pour 100 familles, {year}. Couples sans enfant : ce qui reste des mêmes 100 familles",
        source=cite_rows(warehouse, figures["source"]),
        alt=note,
        table=table.astype(dict.fromkeys(FAMILLES.values(), float)),
        fichier=formats.nom_de_fichier("familles", territoire.nom),
        note=formats.insecables(note),
        chart=draw_parts(rows),
        trace=traced(territoire.code, "FAM01", year),
    ).written()


def iris_map(
    warehouse: Warehouse, territoire: Territoire, code: str, annee: int
) -> tuple[Figure, MapContent, vega.Chart]:
    """The map of IRIS: the figure, its colours and legend, the drawing for the page."""
    card = warehouse.cards_below("iris")[code]
    places = warehouse.inside(tuple(expand(warehouse, [territoire])), "iris")
    figures = warehouse.figures((code,), tuple(places["code"]), (annee,))
    frame = places.merge(
        figures[["territoire", "valeur", "arrondi", "statut", "motif", "source"]],
        how="left", left_on="code", right_on="territoire",
    )  # fmt: skip
    frame = frame.assign(statut=frame["statut"].fillna("manquant")).sort_values("code", ignore_index=True)
    content = draw_content(frame, card, MapRequest(code, annee, niveau="iris", classes=4))
    outline = warehouse.geometries("commune" if territoire.type == "commune" else "ept")
    outline = outline[outline["code"] == territoire.code]
    drawn = content.lieux.assign(eteint=False)
    ept = territoire.code if territoire.type == "ept" else None
    words = quarters_sentence(frame, card, annee) + _whole(warehouse, territoire, code, annee)
    table = content.lieux[["code", "nom", "valeur", "texte", "statut"]].sort_values("valeur", ascending=False)
    table = table.assign(statut=table["statut"].map(formats.STATUTS))
    figure = Figure(
        titre=f"{card.court} : les IRIS {formats.de(territoire.nom)}",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periode(annee)}",
        source=cite_rows(warehouse, figures["source"]),
        alt=f"Carte des IRIS {formats.de(territoire.nom)}. {words}",
        table=table.set_axis(["Code", "IRIS", card.unite, "Lecture", "Statut"], axis=1),
        fichier=formats.nom_de_fichier("iris", card.court, territoire.nom),
        note=words,
        printable=partial(draw_map, drawn, outline, content, ept),
        trace=trace_of_iris(warehouse, code, annee, table["code"]),
    )
    return figure, content, draw_map(drawn, outline, content, ept, legend=False)


def _whole(warehouse: Warehouse, territoire: Territoire, code: str, annee: int) -> str:
    """The same figure for the whole territory, when there is one of the same year."""
    same = warehouse.equivalent(code)
    if same is None:
        return ""
    found = warehouse.figures((same,), (territoire.code,), (annee,)).dropna(subset=["valeur"])
    if found.empty:
        return ""
    row = found.iloc[0]
    whole = "la commune" if territoire.type == "commune" else "l’EPT"
    return formats.insecables(
        f" Ensemble de {whole} : {warehouse.indicateurs[same].format(row['valeur'], row['statut'], row['arrondi'])}."
    )


def _beside(warehouse: Warehouse, territoire: Territoire) -> dict[str, str]:
    """The territory, then those it is seen beside: code → name."""
    return {code: warehouse.territoires[code].nom for code in (territoire.code, *territoire.references, METROPOLE)}
