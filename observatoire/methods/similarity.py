"""Communes that resemble one: the nearest in a space of characteristics, never of services or spending.

Method of the British « nearest neighbours » (CIPFA: characteristics of the area, not the use of resources, standard
scores, Euclidean distance, rebased so that the farthest is 1) and of the Swedish Kolada (weights the reader edits,
an index of difference, a short list). Each characteristic becomes a standard score over the communes compared
(mean 0, standard deviation 1; those that span several orders of magnitude are taken as logarithms first), then

    distance(a, b) = √( Σ wᵢ (zᵢ(a) − zᵢ(b))² / Σ wᵢ )

over the characteristics that both communes have. A pair that shares less than three quarters of the weight has no
distance. A bound (« moins de 5 % ») counts for its value: it is the lowest there is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.identite import IDENTITE
from observatoire.formats import is_missing
from observatoire.frames import cells
from observatoire.records import DEPARTEMENT
from observatoire.selections import SEMBLABLES

# Two communes are compared on three quarters of the weights at least: else what is missing decides.
PART_MINIMALE = 0.75
COMBIEN = 5
# A characteristic is taken in the latest year when that share of the communes has it.
COUVERTURE = 0.9
# Among which communes one looks for those that resemble.
PERIMETRES = {
    DEPARTEMENT: IDENTITE.departement.avec_article,
    "idf": f"{IDENTITE.region.avec_article} (plus de 5 000 habitants)",
}


@dataclass(frozen=True)
class Caracteristique:
    """An indicator by which communes resemble each other; ``log``: taken as a logarithm."""

    indicateur: str
    nom: str
    log: bool = False


CARACTERISTIQUES = tuple(Caracteristique(**row) for row in SEMBLABLES)


@dataclass(frozen=True)
class Voisin:
    """A commune that resembles: its distance, the same over the farthest (0 to 1), what separates most.

    ``separations``: (indicator, difference in standard deviations, neighbour minus commune), the strongest first.
    """

    code: str
    distance: float
    indice: float
    separations: tuple[tuple[str, float], ...]


def standard_scores(values: pd.DataFrame, logs: Sequence[str] = ()) -> pd.DataFrame:
    """Standard scores over the rows (communes) of each column (indicator); missing values stay missing.

    A column whose values are all alike separates nobody: its scores are 0. Raises ValueError for the logarithm of
    a figure that is not positive.
    """
    taken = values.astype(float).copy()
    for column in [c for c in logs if c in taken]:
        if bool((taken[column] <= 0).any()):
            raise ValueError(f"{column} : le logarithme demande des valeurs positives")
        taken[column] = np.log(taken[column])
    deviation = taken.std(ddof=0)
    alike = deviation < 1e-12 * (1 + taken.abs().max())
    return (taken - taken.mean()) / deviation.mask(alike, np.inf)


def distances(scores: pd.DataFrame, code: str, weights: Mapping[str, float]) -> pd.Series:
    """The distance of every other commune to ``code``; NaN where they share too few characteristics.

    ``weights``: column → weight ≥ 0; a column left out weighs 0. Raises ValueError when all weights are 0.
    """
    given = np.array([max(float(weights.get(c, 0)), 0) for c in scores.columns])
    if not given.sum():
        raise ValueError("au moins une caractéristique doit avoir un poids")
    table, own = scores.to_numpy(dtype=float), scores.index.get_loc(code)
    gaps = np.delete(table, own, axis=0) - table[own]
    known = ~np.isnan(gaps)
    shared = known @ given
    squares = np.where(known, gaps, 0.0) ** 2 @ given
    enough = shared >= PART_MINIMALE * given.sum() - 1e-12
    values = np.where(enough, np.sqrt(squares / np.where(shared > 0, shared, 1)), np.nan)
    return pd.Series(values, index=scores.index.drop(code), name="distance")


def nearest(
    values: pd.DataFrame, code: str, weights: Mapping[str, float], count: int = 5, logs: Sequence[str] = ()
) -> list[Voisin]:
    """The ``count`` communes most like ``code``, the nearest first; ties in the order of codes.

    ``values``: one row a commune (index: code), one column an indicator, NaN where there is no figure.
    """
    return _nearest(standard_scores(values, logs), code, weights, count)


def _nearest(scores: pd.DataFrame, code: str, weights: Mapping[str, float], count: int) -> list[Voisin]:
    every = distances(scores, code, weights)
    found = {str(c): d for c, d in zip(every.index, every.tolist(), strict=True) if not math.isnan(d)}
    farthest = max(found.values(), default=0.0) or 1.0
    order = sorted(found, key=lambda c: (round(found[c], 12), c))[:count]
    return [Voisin(c, found[c], found[c] / farthest, separations(scores, code, c, weights)) for c in order]


def find_similar(scores: pd.DataFrame, code: str, weights: Mapping[str, float] | None = None) -> list[Voisin]:
    """The five communes most like one, for standard scores of the characteristics (see ``scores_of``).

    ``weights`` of characteristics that have no figures are left out; none left, or none given, all weigh the same.
    """
    usable = {c: w for c, w in (weights or {}).items() if c in scores.columns}
    if not any(usable.values()):
        usable = dict.fromkeys(map(str, scores.columns), 1.0)
    return _nearest(scores, code, usable, COMBIEN)


def scores_of(figures: pd.DataFrame, codes: Sequence[str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """The standard scores of communes on CARACTERISTIQUES, and the year of each (see ``values_table``)."""
    values, years = values_table(figures, codes)
    return standard_scores(values, [c.indicateur for c in CARACTERISTIQUES if c.log]), years


def separations(
    scores: pd.DataFrame, code: str, other: str, weights: Mapping[str, float], count: int = 3
) -> tuple[tuple[str, float], ...]:
    """What separates two communes most, once weighted: (indicator, difference in standard deviations)."""
    table = scores.to_numpy(dtype=float)
    gaps = (table[scores.index.get_loc(other)] - table[scores.index.get_loc(code)]).tolist()
    force = {
        (str(c), gap): abs(gap) * math.sqrt(max(float(weights.get(c, 0)), 0))
        for c, gap in zip(scores.columns, gaps, strict=True)
        if not math.isnan(gap)
    }
    strongest = sorted((found for found, strength in force.items() if strength > 0), key=lambda found: -force[found])
    return tuple(strongest[:count])


def values_table(
    figures: pd.DataFrame, codes: Sequence[str], part: float = COUVERTURE
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Figures as the table that ``nearest`` wants, and the year of each indicator.

    The year is the latest for which at least ``part`` of the communes ``codes`` have a figure, so that all are
    compared within a year; an indicator that has none is left out.
    """
    found: dict[str, dict[int, dict[str, float]]] = {}
    wanted = set(codes)
    for code, card, year, value in zip(*cells(figures, "territoire", "indicateur", "annee", "valeur"), strict=True):
        if code in wanted and not is_missing(value):
            found.setdefault(str(card), {}).setdefault(int(year), {})[code] = float(value)
    years = {
        card: max(enough)
        for card, of_year in sorted(found.items())
        if (enough := [year for year, known in of_year.items() if len(known) >= part * len(codes)])
    }
    columns = {card: [found[card][year].get(code, math.nan) for code in codes] for card, year in years.items()}
    return pd.DataFrame(columns, index=list(codes)), years
