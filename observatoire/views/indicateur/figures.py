"""The figures of the page of an indicator: small map, ranking, ages, what lies inside a commune."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd

from observatoire import formats
from observatoire.charts.maps import draw_map
from observatoire.charts.ranking import draw_ranking
from observatoire.figures import Figure, cite_rows, traced, traced_within
from observatoire.methods.cartography import MapContent, MapRequest
from observatoire.methods.ranks import place_column
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.selections import BANDES, PAR_AGE, QUANTILES
from observatoire.views.carte.build import describe, load_content
from observatoire.views.comparaison.comparison import expand
from observatoire.views.portrait.ages import ages, ages_by_sex
from observatoire.views.portrait.inside import incomes
from observatoire.warehouse import Warehouse


@dataclass(frozen=True)
class Classement:
    """The communes from the highest to the lowest: ``codes`` in the order of the figure's table."""

    figure: Figure
    codes: tuple[str, ...]


def small_map(warehouse: Warehouse, code: str, territoire: str, annee: int) -> tuple[Figure, MapContent] | None:
    """The communes coloured, the chosen ones outlined; None when communes have no figure that year."""
    card = warehouse.every_indicator[code]
    if card.niveau != "commune" or annee not in warehouse.annees.get(code, {}).get("commune", ()):
        return None
    request = MapRequest(code, annee)
    content = load_content(warehouse, request)
    shapes = warehouse.geometries("commune").set_index("code")["geojson"]
    places = content.lieux.assign(geojson=content.lieux["code"].map(shapes), eteint=False)
    place = warehouse.territoires[territoire]
    lit = () if territoire == DEPARTEMENT else tuple(expand(warehouse, [place]))
    epts = warehouse.geometries("ept")
    made = describe(warehouse, request, content)
    figure = Figure(
        titre=made.titre,
        sous_titre=made.sous_titre + (f" ; entouré : {place.nom}" if lit else ""),
        source=made.source,
        alt=made.alt,
        table=made.table,
        fichier=formats.nom_de_fichier("carte", card.libelle, place.nom, str(annee)),
        printable=partial(draw_map, places, epts, content, lit=lit),
        trace=traced(territoire, code, annee),
    )
    return figure, content


def ranking(warehouse: Warehouse, code: str, territoire: str, annee: int) -> Classement | None:
    """The communes with their place in words, the chosen ones lit; None when communes have no figure that year."""
    card = warehouse.every_indicator[code]
    if card.niveau != "commune" or annee not in warehouse.annees.get(code, {}).get("commune", ()):
        return None
    found = warehouse.map_figures(code, annee)
    cells = list(zip(found["valeur"], found["statut"], found["arrondi"], strict=True))
    found = found.assign(
        nom=found["nom"].map(formats.typographie),
        texte=[card.format(*cell) for cell in cells],
        lue=[formats.lue(value, step) for value, _, step in cells],
        place=["–"] * len(found) if card.effectif else place_column(found, card),
    ).sort_values(["lue", "nom"], ascending=[False, True], na_position="last", kind="stable")
    lit = [] if territoire == DEPARTEMENT else expand(warehouse, [warehouse.territoires[territoire]])
    frame = pd.DataFrame(
        {"nom": found["nom"], "valeur": found["lue"], "texte": found["texte"], "lit": found["code"].isin(lit)}
    )
    columns = {"nom": "Commune", "texte": "Lecture", "place": "Rang", "lue": card.unite, "statut": "Statut"}
    table = found.assign(statut=found["statut"].map(formats.STATUTS))[list(columns)].rename(columns=columns)
    words = " ; ".join(f"{name} {text}" for name, text in zip(found["nom"], found["texte"], strict=True))
    level = warehouse.counts([code], [DEPARTEMENT], [annee])
    known = not card.effectif and level and not formats.is_missing(level[0]["valeur"])
    references = {warehouse.territoires[DEPARTEMENT].nom: float(level[0]["valeur"])} if known else {}
    common = card.lisible(found.loc[found["valeur"].notna(), "arrondi"])
    figure = Figure(
        titre=f"{card.libelle} : les {len(found)} communes, de la valeur la plus élevée à la plus basse",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periode(annee)}",
        source=cite_rows(warehouse, found["source"]),
        alt=f"Classement. {words}.",
        table=table.drop(columns="Rang") if card.effectif else table,
        fichier=formats.nom_de_fichier("classement", card.libelle, str(annee)),
        chart=draw_ranking(frame, common, references),
        note="Un effectif n’a pas de rang : la taille de la commune compte d’abord." if card.effectif else "",
        trace=traced(territoire, code, annee),
    )
    return Classement(figure.written(), tuple(found["code"]))


def same_question(warehouse: Warehouse, code: str, territoire: str) -> Figure | None:
    """The bands of ages, or the quantiles of income, of the same question; None when the catalogue has none here."""
    place = warehouse.territoires[territoire]
    if code in BANDES:
        return ages_by_sex(warehouse, place) or ages(warehouse, place)
    if code in QUANTILES:
        return incomes(warehouse, place)
    whole = next((whole for whole, bands in PAR_AGE.items() if code == whole or code in bands), None)
    return by_age(warehouse, whole, place) if whole else None


def has_bands(code: str) -> bool:
    """True when ``same_question`` has something to look for."""
    return code in BANDES or code in QUANTILES or any(code == whole or code in own for whole, own in PAR_AGE.items())


def by_age(warehouse: Warehouse, whole: str, place: Territoire) -> Figure | None:
    """One question by band of ages beside the references, all of one year: the latest that most bands have here."""
    bands = {whole: "tous les âges", **PAR_AGE[whole]}
    names = {code: warehouse.territoires[code].nom for code in (place.code, *place.references)}
    rows = [row for row in warehouse.counts(tuple(bands), tuple(names)) if not formats.is_missing(row["valeur"])]
    years = [row["annee"] for row in rows if row["territoire"] == place.code and row["indicateur"] != whole]
    if not years:
        return None
    year = max(set(years), key=lambda annee: (years.count(annee), annee))
    read = {(row["indicateur"], row["territoire"]): row for row in rows if row["annee"] == year}
    known = {other for code, other in read if code != whole}
    shown = {code: name for code, name in names.items() if code in known}
    lines = []
    for code, band in bands.items():
        cells = []
        for other in shown:
            row, card = read.get((code, other)), warehouse.indicateurs[code]
            cells.append(
                card.format(row["valeur"], row["statut"], row["arrondi"]) + formats.signe(row["statut"])
                if row
                else "n.d."
            )
        lines.append([band, *cells])
    card = warehouse.indicateurs[whole]
    own = [f"{line[0]} {line[1]}" for line in lines if line[1] != "n.d."]
    words = f"{place.nom} : {' ; '.join(own)}."
    return Figure(
        titre=f"{card.libelle} {place.lieu}, par âge",
        sous_titre=f"{formats.unite_longue(card.unite)}, {year}",
        source=cite_rows(warehouse, (row["source"] for row in read.values())),
        alt=words,
        table=pd.DataFrame(lines, columns=["Âge", *shown.values()]),
        fichier=formats.nom_de_fichier(card.libelle, "par age", place.nom),
        trace=traced(place.code, whole, year),
    )


def quarters_table(warehouse: Warehouse, card: Indicateur, place: Territoire, annee: int) -> Figure | None:
    """The QPV, or the IRIS, of a territory from the highest to the lowest; None when there are none."""
    places = warehouse.inside(expand(warehouse, [place]), card.niveau)
    if places.empty:
        return None
    figures = warehouse.figures([card.code], tuple(places["code"]), [annee])
    frame = places[["code", "nom", "communes"]].merge(figures, how="left", left_on="code", right_on="territoire")
    frame = frame.assign(statut=frame["statut"].fillna("manquant"))
    frame = frame[frame["valeur"].notna() | frame["source"].notna()].sort_values(
        "valeur", ascending=False, na_position="last", kind="stable"
    )
    if frame.empty:
        return None
    names = {code: commune.nom for code, commune in warehouse.communes.items()}
    texts = [card.format(v, s, a) for v, s, a in zip(frame["valeur"], frame["statut"], frame["arrondi"], strict=True)]
    towns = [", ".join(names[code] for code in codes if code in names) for codes in frame["communes"]]
    what = "IRIS" if card.niveau == "iris" else "Quartier prioritaire"
    table = pd.DataFrame(
        {what: frame["nom"].map(formats.typographie).tolist(), "Commune": towns, "Lecture": texts},
    )
    return Figure(
        titre=f"{card.court} : {'les IRIS' if card.niveau == 'iris' else 'les quartiers prioritaires'} "
        f"{formats.de(place.nom)}",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periode(annee)}",
        source=cite_rows(warehouse, frame["source"]),
        alt=" ; ".join(f"{name} {text}" for name, text in zip(table[what], texts, strict=True)),
        table=table.drop(columns="Commune") if place.type == "commune" else table,
        fichier=formats.nom_de_fichier(card.court, place.nom, str(annee)),
        trace=traced_within(card.niveau, card.code, annee, **_quarter(frame)),
    )


def _quarter(frame: pd.DataFrame) -> dict[str, str]:
    """The first place of the table, as the page of the trace finds it: by its commune."""
    first = frame.iloc[0]
    return {"territoire": first["communes"][0], "quartier": first["code"]}
