"""Inside a territory: ages, incomes, families, IRIS, QPV; each part is made only once it is opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.charts.inside import draw_incomes, draw_parts
from observatoire.charts.maps import draw_map
from observatoire.comparisons import expand
from observatoire.exports.workshop import draw_svg
from observatoire.figures import Figure, cite_rows, traced
from observatoire.maps.build import trace_of_iris
from observatoire.methods.cartography import MapContent, MapRequest, draw_content
from observatoire.methods.inside import BOITE, FAMILLES, QUANTILES, family_rows, income_rows, latest, quarters_sentence
from observatoire.shell import as_image
from observatoire.ui import data, state
from observatoire.ui.ages import draw_ages
from observatoire.ui.figure import show_figure, show_heading, show_origin
from observatoire.ui.legends import show_legend
from observatoire.ui.tables import show_table
from observatoire.warehouse import DEPARTEMENT, METROPOLE, Indicateur, Territoire

# What is said of IRIS and of QPV: key figures, those that most of them have.
IRIS = ("IRI02", "IRI01", "IRI28", "IRI27", "IRI31", "IRI26", "IRI23", "IRI33", "IRI41", "NUM01")
QPV = ("QPV05", "QPV06", "QPV03", "QPV12", "QPV18", "QPV19", "QPV16", "QPV17")


def show_inside(territoire: Territoire) -> None:
    """The panels, closed; the département opens its maps instead of six hundred IRIS."""
    st.header("À l’intérieur")
    panels: list[tuple[str, str, Callable[[Territoire], None]]] = [
        ("ages", "Âges : des plus jeunes aux plus vieux", draw_ages),
        ("revenus", "Revenus : des plus modestes aux plus aisés", _show_incomes),
        ("familles", "Familles : qui les compose", _show_families),
    ]
    if territoire.code != DEPARTEMENT:
        panels.append(("iris", "Quartiers : carte et écarts entre IRIS", _show_iris))
        panels.append(("qpv", "Quartiers prioritaires (QPV)", _show_qpv))
    for key, label, show in panels:
        panel = st.expander(label, on_change="rerun", key=f"_dedans-{key}")
        if panel.open:
            with panel:
                show(territoire)
    if territoire.code == DEPARTEMENT:
        st.page_link(
            state.page_file("cartes"), label="Les cartes du département", query_params=state.link_params(),
            icon=":material/map:",
        )  # fmt: skip


def _beside(territoire: Territoire) -> dict[str, str]:
    """The territory, then those it is seen beside: code → name."""
    house = data.warehouse()
    return {code: house.territoires[code].nom for code in (territoire.code, *territoire.references, METROPOLE)}


def _show(figure: Figure | None, key: str, why: str) -> None:
    if figure is None:
        st.write(why)
    else:
        show_figure(figure, key)


def _show_incomes(territoire: Territoire) -> None:
    why = f"Les déciles de revenu ne sont pas publiés {territoire.lieu} : ils ne s’additionnent pas."
    _show(_incomes(data.warehouse().version, territoire), "dedans-revenus", why)


@st.cache_resource(max_entries=60, show_spinner=False)
def _incomes(version: str, territoire: Territoire) -> Figure | None:
    house = data.warehouse()
    names = _beside(territoire)
    former = house.former_names(territoire.code)
    figures = data.figures(tuple(QUANTILES), (*former, *names))
    rows, year = income_rows(figures, former | names)
    if rows.empty or rows["nom"].iloc[0] not in {territoire.nom, *former.values()}:
        return None
    table = rows[["nom", *QUANTILES]].set_axis(["Territoire", *(f"{name} (€)" for name in QUANTILES.values())], axis=1)
    own = rows.iloc[0]
    card = house.indicateurs["REV01"]
    words = (
        f"{own['nom']} : un dixième des habitants vit avec moins de {card.format(own['REV04'])}, la moitié avec moins "
        f"de {card.format(own['REV01'])}, un dixième avec plus de {card.format(own['REV34'])}."
    )
    shown = figures[figures["annee"] == year]
    return Figure(
        titre=f"Niveaux de vie {territoire.lieu}, des plus modestes aux plus aisés",
        sous_titre=f"En euros par an et par unité de consommation, {year}. Trait fin : du 1ᵉʳ au 9ᵉ décile, "
        "cran à chaque décile ; barre : la moitié centrale ; repère blanc : la médiane",
        source=cite_rows(house, shown["source"]),
        alt=words,
        table=table,
        fichier=formats.nom_de_fichier("niveaux-de-vie", territoire.nom),
        note=formats.insecables(words),
        chart=draw_incomes(rows, QUANTILES, BOITE),
        trace=traced(territoire.code, "REV01", year),
    ).written()


def _show_families(territoire: Territoire) -> None:
    why = f"La composition des familles n’est pas connue {territoire.lieu}."
    _show(_families(data.warehouse().version, territoire), "dedans-familles", why)


@st.cache_resource(max_entries=60, show_spinner=False)
def _families(version: str, territoire: Territoire) -> Figure | None:
    house = data.warehouse()
    names = _beside(territoire)
    figures = data.figures(("FAM01", "FAM19", "FAM03"), tuple(names))
    rows, year = family_rows(figures, names)
    if rows.empty or rows["nom"].iloc[0] != territoire.nom:
        return None
    card = house.indicateurs["FAM01"]
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
        source=cite_rows(house, figures["source"]),
        alt=note,
        table=table.astype(dict.fromkeys(FAMILLES.values(), float)),
        fichier=formats.nom_de_fichier("familles", territoire.nom),
        note=formats.insecables(note),
        chart=draw_parts(rows),
        trace=traced(territoire.code, "FAM01", year),
    ).written()


def _show_iris(territoire: Territoire) -> None:
    house = data.warehouse()
    places = data.inside(tuple(expand(house, [territoire])), "iris")
    if len(places) < 2:
        st.write(f"{territoire.nom} n’est pas découpée en IRIS : la commune entière en fait un seul.")
        return
    cards = house.cards_below("iris")
    figures = data.figures(tuple(c for c in IRIS if c in cards), tuple(places["code"]))
    years = latest(figures, list(places["code"]))
    offered = [code for code in IRIS if code in years]
    code = state.select(
        "quartiers", "Indicateur des IRIS", offered, offered[0], "un indicateur des IRIS", lambda c: cards[c].court
    )
    made = _iris(house.version, territoire, code, years[code])
    show_heading(made[0])
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        st.html(f"<img class='obs-iris' src='{as_image(made[2])}' alt='{escape(made[0].alt, quote=True)}'>")
    with right:
        st.markdown(made[0].note)
        show_legend(made[1])
    show_origin(made[0], "dedans-iris")


@st.cache_resource(max_entries=60, show_spinner=False)
def _iris(version: str, territoire: Territoire, code: str, annee: int) -> tuple[Figure, MapContent, str]:
    """The map of IRIS: the figure, its colours and legend, the drawing for the page (SVG)."""
    house = data.warehouse()
    card = house.cards_below("iris")[code]
    places = data.inside(tuple(expand(house, [territoire])), "iris")
    figures = data.figures((code,), tuple(places["code"]), (annee,))
    frame = places.merge(
        figures[["territoire", "valeur", "arrondi", "statut", "motif", "source"]],
        how="left", left_on="code", right_on="territoire",
    )  # fmt: skip
    frame = frame.assign(statut=frame["statut"].fillna("manquant")).sort_values("code", ignore_index=True)
    content = draw_content(frame, card, MapRequest(code, annee, niveau="iris", classes=4))
    outline = house.geometries("commune" if territoire.type == "commune" else "ept")
    outline = outline[outline["code"] == territoire.code]
    drawn = content.lieux.assign(eteint=False)
    ept = territoire.code if territoire.type == "ept" else None
    words = quarters_sentence(frame, card, annee) + _whole(territoire, code, annee)
    table = content.lieux[["code", "nom", "valeur", "texte", "statut"]].sort_values("valeur", ascending=False)
    table = table.assign(statut=table["statut"].map(formats.STATUTS))
    figure = Figure(
        titre=f"{card.court} : les IRIS {formats.de(territoire.nom)}",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periode(annee)}",
        source=cite_rows(house, figures["source"]),
        alt=f"Carte des IRIS {formats.de(territoire.nom)}. {words}",
        table=table.set_axis(["Code", "IRIS", card.unite, "Lecture", "Statut"], axis=1),
        fichier=formats.nom_de_fichier("iris", card.court, territoire.nom),
        note=words,
        printable=partial(draw_map, drawn, outline, content, ept),
        trace=trace_of_iris(house, code, annee, table["code"]),
    )
    picture = draw_map(drawn, outline, content, ept, legend=False).to_dict()
    return figure, content, draw_svg(picture)


def _whole(territoire: Territoire, code: str, annee: int) -> str:
    """The same figure for the whole territory, when there is one of the same year."""
    house = data.warehouse()
    same = house.equivalent(code)
    if same is None:
        return ""
    found = data.figures((same,), (territoire.code,), (annee,)).dropna(subset=["valeur"])
    if found.empty:
        return ""
    row = found.iloc[0]
    whole = "la commune" if territoire.type == "commune" else "l’EPT"
    return formats.insecables(
        f" Ensemble de {whole} : {house.indicateurs[same].format(row['valeur'], row['statut'], row['arrondi'])}."
    )


def _show_qpv(territoire: Territoire) -> None:
    house = data.warehouse()
    places = data.inside(tuple(expand(house, [territoire])), "qpv")
    today, former = places[places["valide_au"].isna()], places[places["valide_au"].notna()]
    if places.empty:
        st.write(f"Il n’y a pas de quartier prioritaire {territoire.lieu}.")
        return
    names = [_with_towns(row.nom, row.communes, territoire) for row in today.itertuples(index=False)]
    count = f"{len(names)} quartier{'s' if len(names) > 1 else ''} prioritaire{'s' if len(names) > 1 else ''}"
    st.markdown(formats.insecables(f"**{count} depuis 2024** : {' ; '.join(names) or 'aucun'}."))
    if former.empty:
        return
    cards = house.cards_below("qpv")
    asked = [code for code in QPV if code in cards]
    figures = data.figures(tuple(asked), tuple(former["code"]))
    years = latest(figures, list(former["code"]))
    shown = [cards[code] for code in asked if code in years]
    _show_qpv_table(territoire, former, shown, years, figures)
    sources = figures.merge(pd.DataFrame({"indicateur": list(years), "annee": list(years.values())}))["source"]
    st.caption(
        formats.insecables(
            "Chiffres des quartiers du zonage de 2015, remplacé le 1er janvier 2024 : les nouveaux périmètres n’ont "
            f"pas encore les leurs. {cite_rows(house, sources)}"
        )
    )


def _show_qpv_table(
    territoire: Territoire, places: pd.DataFrame, cards: list[Indicateur], years: dict[str, int], figures: pd.DataFrame
) -> None:
    by_key = figures.set_index(["territoire", "indicateur", "annee"])
    rows = []
    for place in places.itertuples(index=False):
        cells = []
        for card in cards:
            key = (place.code, card.code, years[card.code])
            known = key in by_key.index
            figure = (by_key.at[key, name] for name in ("valeur", "statut", "arrondi")) if known else (None,)
            cells.append(card.format(*figure))
        rows.append([_with_towns(place.nom, place.communes, territoire), *cells])
    heads = [f"{card.court} ({years[card.code]})" for card in cards]
    show_table(f"Quartiers prioritaires {formats.de(territoire.nom)}", ["Quartier", *heads], rows, wide=True)


def _with_towns(name: str, communes: list[str], territoire: Territoire) -> str:
    """The name of a QPV, and the other communes it spreads over."""
    house = data.warehouse()
    others = [house.territoires[c].nom for c in communes if c != territoire.code and c in house.territoires]
    plain = formats.typographie(name)
    if territoire.type != "commune":
        return f"{plain} ({', '.join(others)})" if others else plain
    return f"{plain} (aussi {', '.join(others)})" if others else plain
