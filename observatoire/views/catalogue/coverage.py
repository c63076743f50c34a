"""The coverage of an indicator: a map for a year or all of them, the grid of communes and years, the counts."""

from __future__ import annotations

from functools import partial

import pandas as pd

from observatoire import formats
from observatoire.charts.coverage import draw_coverage, draw_coverage_within
from observatoire.charts.coverage_map import draw_coverage_map
from observatoire.charts.maps import draw_map
from observatoire.figures import Figure, cite, traced, traced_within
from observatoire.maps.view import spots
from observatoire.methods.cartography import MapContent
from observatoire.methods.catalogue import coverage_within_words, coverage_words
from observatoire.methods.coverage_map import share_content, status_content, years_content
from observatoire.records import DEPARTEMENT, Indicateur
from observatoire.warehouse import Warehouse, catalogue

TOUTES = "toutes"
# Level below the commune → its territories, and how a commune that has none is called.
DEDANS = {
    "iris": ("IRIS", "commune sans IRIS dans le fichier"),
    "qpv": ("quartiers prioritaires", "commune sans quartier prioritaire (2015)"),
}


def coverage_rows(warehouse: Warehouse, code: str, niveau: str) -> list[list[str]]:
    """The coverage in words, one row a year, latest first."""
    if niveau in DEDANS:
        return coverage_within_words(catalogue.coverage_counts(warehouse, code))
    return coverage_words(catalogue.coverage(warehouse, code))


def coverage_map(warehouse: Warehouse, card: Indicateur, year: str) -> tuple[Figure, str, MapContent]:
    """The map as a figure, as an SVG image for the screen, and what it says."""
    places, epts = warehouse.geometries("commune"), warehouse.geometries("ept")
    within = card.niveau in DEDANS
    frame = catalogue.coverage_within(warehouse, card.code) if within else catalogue.coverage(warehouse, card.code)
    shown = frame if year == TOUTES else frame[frame["annee"] == int(year)]
    if within:
        content = share_content(shown, places, *DEDANS[card.niveau])
    else:
        content = years_content(frame, places) if year == TOUTES else status_content(shown, places)
    rows = coverage_rows(warehouse, card.code, card.niveau)
    period = formats.periode(list(card.annees))
    who = DEDANS[card.niveau][0] if within else "communes"
    count = next((words for annee, words, _ in rows if annee == year), "")
    said = " ; ".join(f"{item.texte} : {item.nombre}" for item in content.legende)
    figure = Figure(
        titre=f"Nombre d’années avec un chiffre, {period}"
        if year == TOUTES
        else f"{formats.majuscule(who)} avec un chiffre en {year} : {count}",
        sous_titre=f"{card.libelle}. {_subtitle(within, who, year)}",
        source=_cite(warehouse, card),
        alt=f"Carte des {len(places)} communes. {card.libelle}, {period if year == TOUTES else year}. {said}.",
        table=_table(content),
        fichier=formats.nom_de_fichier("carte-couverture", card.libelle, year),
        printable=partial(draw_map, content.lieux.assign(eteint=False), epts, content),
        trace=_traced(card),
    )
    return figure, draw_coverage_map(content, spots(warehouse.geometries("commune")), epts), content


def _subtitle(within: bool, who: str, year: str) -> str:
    if within:
        return f"{formats.majuscule(who)} qui ont un chiffre / tous ceux de la commune"
    return "Nombre d’années dans chaque commune" if year == TOUTES else "D’où vient le chiffre de chaque commune"


def _table(content: MapContent) -> pd.DataFrame:
    columns = {"code": "Code", "nom": "Commune", "etiquette": "Sur la carte", "texte": "Lecture"}
    return content.lieux.sort_values("nom")[list(columns)].rename(columns=columns)


def coverage_grid(warehouse: Warehouse, card: Indicateur) -> Figure:
    """Every commune and year: the table of the map."""
    if card.niveau in DEDANS:
        who = DEDANS[card.niveau][0]
        frame = catalogue.coverage_within(warehouse, card.code)
        table = frame[["nom", "annee", "avec", "total"]].set_axis(["Commune", "Année", "Avec un chiffre", who], axis=1)
        chart, under = draw_coverage_within(frame), f"Dans chaque case : {who} qui ont un chiffre / {who} de la commune"
    else:
        frame = catalogue.coverage(warehouse, card.code)
        words = [formats.STATUTS[status] for status in frame["statut"]]
        table = frame.assign(statut=words)[["nom", "annee", "statut"]].set_axis(["Commune", "Année", "Chiffre"], axis=1)
        chart, under = draw_coverage(frame), "Mêmes couleurs et mêmes signes que la carte"
    rows = coverage_rows(warehouse, card.code, card.niveau)
    return Figure(
        titre="Chaque commune, chaque année",
        sous_titre=f"{card.libelle}. {under}",
        source=_cite(warehouse, card),
        alt=f"{card.libelle} : " + " ; ".join(f"en {year}, {count} avec un chiffre" for year, count, _ in rows),
        table=table,
        fichier=formats.nom_de_fichier("couverture", card.libelle),
        chart=chart,
        trace=_traced(card),
    ).written()


def _cite(warehouse: Warehouse, card: Indicateur) -> str:
    return cite(warehouse.sources[code] for code in catalogue.sources_of(warehouse, card.code))


def _traced(card: Indicateur) -> dict[str, str]:
    """The figure that « D’où vient ce chiffre ? » opens: the département's, or the first IRIS or QPV of that level."""
    if card.niveau in DEDANS:
        return traced_within(card.niveau, card.code, card.derniere)
    return traced(DEPARTEMENT, card.code, card.derniere)
