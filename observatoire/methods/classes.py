"""Classes of a map: bounds that a person would write, and the class of each value.

Quantiles by default: as many communes in each class, the usual choice for a handful of territories. The algorithms
are mapclassify's; bounds are then rounded to the decimals shown, and values are classed as they are read, so that
the legend never contradicts the map.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import mapclassify
import numpy as np

from observatoire.formats import round_half_up

METHODES = {"quantiles": "effectifs égaux", "jenks": "seuils naturels", "egales": "amplitudes égales"}


@dataclass(frozen=True)
class Classes:
    """``bornes``: upper bounds, ascending, each included in its class; ``minimum``: the lowest value."""

    minimum: float
    bornes: tuple[float, ...]
    decimales: int

    def __len__(self) -> int:
        return len(self.bornes)

    def index(self, valeur: float) -> int:
        """The class of a value: 0 for the lowest. Values outside the bounds go to the nearest class."""
        read = round_half_up(valeur, self.decimales)
        return min(int(np.searchsorted(self.bornes, read)), len(self.bornes) - 1)

    def intervals(self) -> list[tuple[float, float]]:
        """The lowest and highest value that reads in each class: no value belongs to two of them."""
        step = 10**-self.decimales
        lows = [self.minimum, *(round_half_up(b + step, self.decimales) for b in self.bornes[:-1])]
        return list(zip(lows, self.bornes, strict=True))


def make_classes(values: Sequence[float], count: int, method: str, decimales: int) -> Classes | None:
    """At most ``count`` classes of the values that are there; None without any.

    Ties may leave fewer classes than asked: two identical values are never in two classes.
    """
    read = [round_half_up(v, decimales) for v in values if v is not None and v == v]
    if not read:
        return None
    distinct = sorted(set(read))
    if len(distinct) <= count:
        return Classes(distinct[0], tuple(distinct), decimales)
    bins = _bins(np.array(read), count, method)
    rounded = sorted({round_half_up(float(b), decimales) for b in bins} | {distinct[-1]})
    kept, low = [], -np.inf
    for bound in rounded:
        if any(low < value <= bound for value in distinct):
            kept.append(min(bound, distinct[-1]))
            low = bound
    return Classes(distinct[0], tuple(kept), decimales)


_ALGORITHMES = {
    "quantiles": mapclassify.Quantiles,
    "jenks": mapclassify.FisherJenks,
    "egales": mapclassify.EqualInterval,
}


def _bins(values: np.ndarray, count: int, method: str) -> Sequence[float]:
    with warnings.catch_warnings():
        # Fewer classes than asked, when values are tied, is what we want.
        warnings.simplefilter("ignore", UserWarning)
        return _ALGORITHMES[method](values, k=count).bins
