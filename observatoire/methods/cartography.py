"""What a map says: its classes, its colours, its legend, its sentence. No drawing here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from observatoire import formats
from observatoire.maps import PALETTES, SANS_VALEUR
from observatoire.methods.classes import Classes, make_classes
from observatoire.warehouse import Indicateur, Territoire

RAYON_MAX_M = 1500


@dataclass(frozen=True)
class LegendItem:
    """A line of the legend: colour, words, how many communes."""

    couleur: str
    texte: str
    communes: int


@dataclass(frozen=True)
class MapContent:
    """``communes``: the frame of Warehouse.map_figures with couleur, etiquette, texte (and rayon for counts)."""

    communes: pd.DataFrame
    legende: tuple[LegendItem, ...]


def color_communes(figures: pd.DataFrame, card: Indicateur, count: int = 5, method: str = "quantiles") -> MapContent:
    """Colour the communes by class; those without a value keep a grey of their own and their mark (« s », « n.d. »)."""
    exact = figures[figures["valeur"].notna()]
    classes = None if card.effectif else make_classes(list(exact["valeur"]), count, method, card.decimales)
    palette = PALETTES[len(classes)] if classes else ("#e9e5da",)
    frame = figures.assign(
        couleur=[
            SANS_VALEUR if formats.is_missing(v) else palette[classes.index(v) if classes else 0]
            for v in figures["valeur"]
        ],
        texte=[card.format(v, s) for v, s in zip(figures["valeur"], figures["statut"], strict=True)],
        etiquette=[_label(v, s, card) for v, s in zip(figures["valeur"], figures["statut"], strict=True)],
    )
    if card.effectif:
        top = float(exact["valeur"].max()) if not exact.empty else 1.0
        radius = (frame["valeur"].fillna(0).clip(lower=0) / (top or 1)) ** 0.5 * RAYON_MAX_M
        frame = frame.assign(rayon=radius)
    return MapContent(frame, tuple(_legend(frame, card, classes, palette)))


def _label(valeur: float | None, statut: str, card: Indicateur) -> str:
    """What is written on a commune: short, without unit (the title has it)."""
    if formats.is_missing(valeur):
        return formats.ABSENCES.get(statut, formats.ABSENCES["manquant"])
    assert valeur is not None
    decimals = card.decimales if abs(valeur) < 100 else 0
    return ("< " if statut == "censure" else "") + formats.nombre(valeur, decimals)


def _legend(
    frame: pd.DataFrame, card: Indicateur, classes: Classes | None, palette: tuple[str, ...]
) -> list[LegendItem]:
    items = []
    if classes:
        for color, (low, high) in zip(palette, classes.intervals(), strict=True):
            items.append(LegendItem(color, interval_words(low, high, card), int((frame["couleur"] == color).sum())))
    missing = frame[frame["valeur"].isna()]
    for status, group in missing.groupby("statut", sort=True):
        mark = formats.ABSENCES[str(status)]
        items.append(LegendItem(SANS_VALEUR, f"{mark} : {formats.ABSENCES_LONGUES[str(status)]}", len(group)))
    return items


def interval_words(low: float, high: float, card: Indicateur) -> str:
    """« de 18,2 à 24,5 % », « 12,0 % » when a class holds one value."""
    end = card.format(high)
    return end if low >= high else f"de {formats.nombre(low, card.decimales)} à {end}"


def map_sentence(
    communes: pd.DataFrame, card: Indicateur, annee: int, epts: Mapping[str, Territoire], of_epts: Mapping[str, float]
) -> str:
    """What the map shows, in words: highest, lowest, how far apart, which EPT is highest and lowest."""
    known = communes[communes["valeur"].notna()].sort_values("valeur")
    if known.empty:
        return f"Aucune valeur de « {card.libelle} » n’est connue pour {annee}."
    low, high = known.iloc[0], known.iloc[-1]
    text = (
        f"En {annee}, « {card.libelle} » va de {low['texte']} ({_names(known, low)}) à "
        f"{high['texte']} ({_names(known, high)})"
    )
    exact = low["statut"] != "censure"
    if exact and not card.effectif and low["valeur"] > 0 and high["valeur"] / low["valeur"] >= 1.5:
        text += f", un rapport de 1 à {formats.nombre(high['valeur'] / low['valeur'], 1)}"
    ranked = sorted(of_epts.items(), key=lambda item: item[1])
    if not card.effectif and len(ranked) > 1:
        (bottom, least), (top, most) = ranked[0], ranked[-1]
        text += (
            f". Parmi les EPT, la valeur la plus élevée est celle {formats.de(epts[top].nom)} ({card.format(most)}), "
            f"la plus basse celle {formats.de(epts[bottom].nom)} ({card.format(least)})"
        )
    return text + "."


def _names(known: pd.DataFrame, row: pd.Series) -> str:
    """The communes that share a value: named up to three, counted beyond."""
    names = [formats.typographie(n) for n in known.loc[known["texte"] == row["texte"], "nom"]]
    return f"{len(names)} communes" if len(names) > 3 else ", ".join(names)
