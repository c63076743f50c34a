"""How an indicator is spread over communes, in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from observatoire import formats
from observatoire.mesures import Mesure


def background_year(figures: pd.DataFrame, codes: Sequence[str], annee: int, part: float = 0.75) -> int:
    """``annee`` when three quarters of the communes have a figure that year, else the latest year when they do.

    ``figures``: rows of ``observation`` for one indicator. Falls back on the year with the most figures.
    """
    known = figures[figures["territoire"].isin(list(codes))].dropna(subset=["valeur"])
    counts = known.groupby("annee")["territoire"].nunique()
    if counts.empty or int(counts.get(annee) or 0) >= part * len(codes):
        return annee
    enough = counts[counts >= part * len(codes)]
    return int(enough.index.max()) if len(enough) else int(counts.index[int(counts.argmax())])


def spread_words(values: pd.Series, statuts: pd.Series, card: Mesure, annee: int, where: str) -> str:
    """« En 2021, la moitié des 39 communes est entre 19,0 % et 33,0 % (médiane 26,0 %)… »; absences are counted."""
    known = values.dropna()
    absent = int(values.isna().sum())
    missing = f" Sans chiffre : {absent} commune{'s' if absent > 1 else ''}." if absent else ""
    when = formats.majuscule(card.en(annee))
    if len(known) < 4:
        return f"{when}, trop peu de communes ont un chiffre pour décrire une répartition.{missing}"
    low, first, middle, third, high = (float(known.quantile(q)) for q in (0, 0.25, 0.5, 0.75, 1))
    lowest_bound = statuts[values == low].eq("censure").any()
    lowest = card.format(low, "censure" if lowest_bound else "publie")
    return (
        f"{when}, parmi {where}, la valeur va de {lowest} à {card.format(high)} ; la moitié centrale est entre "
        f"{card.format(first)} et {card.format(third)}, la médiane à {card.format(middle)}.{missing}"
    )
