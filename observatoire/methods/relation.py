"""How two indicators go together among communes: a correlation of ranks and a sentence that claims no more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from observatoire import formats

# Under ten communes a correlation of ranks is significant or not by the whim of one of them.
MINIMUM = 10
# Strength of a correlation of ranks, from the strongest: bound of |ρ|, word.
_FORCES = ((0.8, "très forte"), (0.6, "forte"), (0.4, "moyenne"), (0.2, "faible"))


@dataclass(frozen=True)
class Relation:
    """Spearman's correlation of ranks (NaN when undefined) over ``communes`` pairs of figures."""

    rho: float
    communes: int


def spearman(first: pd.Series, second: pd.Series) -> Relation:
    """Correlation of the ranks of two series over the communes (index) that have both; ties share a mean rank.

    Undefined under three communes or when one of the series is constant.
    """
    if not first.index.equals(second.index):
        first, second = first.align(second, join="inner")
    x, y = first.to_numpy(dtype=float), second.to_numpy(dtype=float)
    both = ~(np.isnan(x) | np.isnan(y))
    (x, places_x), (y, places_y) = _mean_ranks(x[both]), _mean_ranks(y[both])
    count = len(places_x)
    if count < 3 or min(len(x), len(y)) < 2:
        return Relation(float("nan"), count)
    return Relation(float(np.corrcoef(places_x, places_y)[0, 1]), count)


def _mean_ranks(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different values in ascending order, and the rank of each, from 1; equals share the mean of theirs."""
    distinct, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return distinct, (np.cumsum(counts) - (counts - 1) / 2)[which]


def significant(relation: Relation) -> bool:
    """True when |ρ| would be seen less than once in twenty by chance (Student's approximation, two-sided)."""
    count, rho = relation.communes, relation.rho
    if np.isnan(rho) or count < MINIMUM:
        return False
    if abs(rho) >= 1:
        return True
    degrees = count - 2
    return abs(rho) * np.sqrt(degrees / (1 - rho**2)) > student_95(degrees)


def student_95(degrees: int) -> float:
    """The 97.5 % quantile of Student's law, by Cornish–Fisher expansion: within 0.001 from 8 degrees on (MINIMUM)."""
    z = 1.959963984540054
    return (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )


def relation_words(relation: Relation, first: str, second: str) -> str:
    """The relation in one sentence, from labels written as they are read."""
    if np.isnan(relation.rho) or relation.communes < MINIMUM:
        return f"Trop peu de communes ont les deux chiffres ({relation.communes}) pour parler d’une relation."
    figure = f"corrélation des rangs {formats.nombre(relation.rho, 2)}, {relation.communes} communes"
    if not significant(relation) or abs(relation.rho) < _FORCES[-1][0]:
        return f"Pas de relation nette entre « {first} » et « {second} » ({figure})."
    force = next(word for bound, word in _FORCES if abs(relation.rho) >= bound)
    together = "élevé" if relation.rho > 0 else "bas"
    return (
        f"Relation {force} : plus le chiffre « {first} » d’une commune est élevé, plus son chiffre « {second} » est "
        f"{together} en général ({figure})."
    )


PRUDENCE = (
    "Deux indicateurs qui vont ensemble ne sont pas pour autant la cause l’un de l’autre, et ce qui vaut entre "
    "communes ne vaut pas forcément entre personnes."
)
