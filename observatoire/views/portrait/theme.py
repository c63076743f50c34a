"""A theme of a portrait: where the territory stands on each of its indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from math import isnan

import pandas as pd

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.charts.spine import draw_spine, write_legend, write_spine
from observatoire.figures import Figure, cite_rows, traced
from observatoire.methods import portrait
from observatoire.methods.theme_table import Tableau, folds, make_table
from observatoire.palettes import EPT_COULEURS, GRIS
from observatoire.positions import POSITIONS
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.selections import BANDES, QUANTILES
from observatoire.views.portrait.profile import make_portrait, place_of
from observatoire.warehouse import Warehouse

REPERES = "Repères"
# What is folded in one line of the table: its name → its indicators and their names, in order.
PLIS = {"Âges, des plus jeunes aux plus vieux": BANDES, "Niveaux de vie, des plus modestes aux plus aisés": QUANTILES}


def theme_figure(
    warehouse: Warehouse, territoire: Territoire, theme: str, codes: tuple[str, ...], membres: tuple[str, ...]
) -> Figure:
    """Where the territory stands on each indicator of a theme: a chart of those that have a place on it, a table."""
    cards = {code: warehouse.indicateurs[code] for code in codes}
    gaps = warehouse.kept(make_portrait, territoire.code, membres)
    rows = [row for row in gaps if row["indicateur"] in cards]
    lines = portrait.spine_rows(rows, cards, "reg" if territoire.code == DEPARTEMENT else "dep")
    title = f"{warehouse.themes[theme]} {territoire.lieu}"
    figure = Figure(
        titre=title,
        sous_titre="Dernière année connue de chaque indicateur",
        source=cite_rows(warehouse, (row["source"] for row in rows)),
        alt=title,
        table=_theme_table(warehouse, territoire, rows, lines, cards),
        fichier=formats.nom_de_fichier("positions", warehouse.themes[theme], territoire.nom),
        trace=_first_traced(territoire, rows),
    )
    if lines.empty:
        return figure
    reference = IDENTITE.region.avec_article if territoire.code == DEPARTEMENT else "le département"
    words, color = _positions_words(lines, territoire), EPT_COULEURS.get(territoire.code_ept or "", GRIS)
    folded = frozenset().union(*folds(codes, _keys(cards), PLIS).values())
    shown = lines[~lines["libelle"].isin([cards[code].libelle for code in folded])]
    ept = warehouse.territoires[territoire.code_ept].nom if territoire.type == "commune" and territoire.code_ept else ""
    legend = write_legend(
        set(lines["position"]),
        reference,
        ept if not all(isnan(place) for place in lines["ept"]) else "",
        color,
        not all(isnan(place) for place in lines["semblables"]),
    )
    return replace(
        figure,
        titre=f"{warehouse.themes[theme]} : {territoire.nom} parmi les communes du département",
        sous_titre=f"Trait vertical : {reference}. À droite, la situation la plus favorable (indicateurs neutres : la "
        "valeur la plus élevée). Gris foncé : la moitié centrale des communes"
        f"{' ; losange : l’EPT' if territoire.type == 'commune' else ''}"
        f"{' ; carré : les communes semblables' if membres else ''}.",
        alt=words,
        note=_left_out(rows, lines, cards),
        printable=partial(draw_spine, lines, color),
        html=legend + write_spine(shown, _positions_words(shown, territoire), color),
    )


def theme_table(
    warehouse: Warehouse, territoire: Territoire, theme: str, codes: tuple[str, ...], membres: tuple[str, ...]
) -> Tableau:
    """The table of ``theme_figure`` as a page shows it (see methods.theme_table)."""
    figure = warehouse.kept(theme_figure, territoire, theme, codes, membres)
    gaps = {row["indicateur"]: row for row in warehouse.kept(make_portrait, territoire.code, membres)}
    shown = figure.table.drop(columns=REPERES)
    return make_table(
        list(map(str, shown)),
        shown.to_numpy().tolist(),
        [code for code in gaps if code in set(codes)],
        _keys({code: warehouse.indicateurs[code] for code in codes}),
        PLIS,
        gaps,
        warehouse.indicateurs,
        "reg" if territoire.code == DEPARTEMENT else "dep",
    )


def _keys(cards: Mapping[str, Indicateur]) -> list[str]:
    """Those that keep their own line."""
    return [code for code, card in cards.items() if card.phare]


def _left_out(rows: list[portrait.Row], lines: pd.DataFrame, cards: dict[str, Indicateur]) -> str:
    """Which indicators the chart cannot show, so that nobody believes them forgotten."""
    drawn = set(lines["libelle"])
    absent = [name for row in rows if (name := cards[row["indicateur"]].libelle) not in drawn]
    if not absent:
        return ""
    why = "effectif, borne, ou pas de valeur et de référence de la même année"
    return f"Sans place sur ce graphique ({why}) : {', '.join(absent)}."


def _positions_words(lines: pd.DataFrame, territoire: Territoire) -> str:
    parts = [f"{r['libelle']} : {r['texte']}, {POSITIONS[r['position']][2]}" for r in lines.to_dict("records")]
    return f"Position {formats.de(territoire.nom)}. " + " ; ".join(parts)


def _theme_table(
    warehouse: Warehouse,
    territoire: Territoire,
    rows: list[portrait.Row],
    lines: pd.DataFrame,
    cards: dict[str, Indicateur],
) -> pd.DataFrame:
    """The table of a theme in words (see portrait.theme_rows), and what the chart says of the other communes."""
    levels = {"dep": IDENTITE.departement.nom, "reg": IDENTITE.region.nom, "fra": "France"}
    if territoire.type == "commune" and territoire.code_ept:
        levels = {"ept": warehouse.territoires[territoire.code_ept].nom, **levels}
    if rows and "valeur_sem" in rows[0]:
        levels = {"sem": "Communes semblables", **levels}
    if territoire.code == DEPARTEMENT:
        del levels["dep"]
    words = {}
    if territoire.type == "commune":
        words = {
            card.code: place_of(warehouse, territoire.code, card, row["annee"])
            for row in rows
            if not (card := cards[row["indicateur"]]).effectif
        }
    columns, texts = portrait.theme_rows(rows, cards, levels, words)
    table = pd.DataFrame(texts, columns=columns)
    details = {} if lines.empty else dict(zip(lines["libelle"], lines["detail"], strict=True))
    table = table.assign(**{REPERES: [details.get(cards[row["indicateur"]].libelle, "") for row in rows]})
    return table if territoire.type == "commune" else table.drop(columns="Rang")


def _first_traced(territoire: Territoire, rows: list[portrait.Row]) -> dict[str, str]:
    """Of several indicators, the first one: the page of the trace offers the others."""
    return traced(territoire.code, rows[0]["indicateur"], rows[0]["annee"]) if rows else {}
