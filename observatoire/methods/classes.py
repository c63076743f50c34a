"""Classes of a map: bounds that a person would write, and the class of each value.

Quantiles by default: as many communes in each class, the usual choice for a handful of territories. The three
algorithms are short and written here: mapclassify, which the tests compare them with, imports scipy and scikit-learn,
87 MiB and two fifths of what a server spends to start. Bounds are then rounded to the decimals shown, and values are
classed as they are read, so that the legend never contradicts the map.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etl.typography import round_half_up
from observatoire.methods.comparison import PROCHE

METHODES = {
    "quantiles": "Effectifs égaux",
    "jenks": "Seuils naturels (Jenks)",
    "egales": "Amplitudes égales",
    "centrees": "Autour d’une référence",
    "bornes": "Bornes choisies",
}
# Two classes hide the middle; beyond seven, the eye no longer tells the shades of one hue.
MINIMUM, MAXIMUM = 3, 7


@dataclass(frozen=True)
class Classes:
    """``bornes``: upper bounds, ascending, each included in its class; ``minimum``: the lowest value.

    ``dessous``: how many classes lie under a reference, when classes are centred on one; ``milieu``: whether the
    next one holds the values close to it. ``ouvertes``: the first and last class are said without their outer bound.
    ``isolees``: there are so few values that each makes a class of its own.
    """

    minimum: float
    bornes: tuple[float, ...]
    decimales: int
    dessous: int | None = None
    milieu: bool = False
    ouvertes: bool = False
    isolees: bool = False

    def __len__(self) -> int:
        return len(self.bornes)

    @property
    def dessus(self) -> int:
        """How many classes lie above the reference of centred classes."""
        return len(self) - (self.dessous or 0) - self.milieu

    def index(self, valeur: float) -> int:
        """The class of a value: 0 for the lowest. Values outside the bounds go to the nearest class."""
        read = round_half_up(valeur, self.decimales)
        return min(bisect_left(self.bornes, read), len(self.bornes) - 1)

    def intervals(self) -> list[tuple[float, float]]:
        """The lowest and highest value that reads in each class: no value belongs to two of them."""
        if self.isolees:
            return [(bound, bound) for bound in self.bornes]
        step = 10.0**-self.decimales
        lows = [self.minimum, *(round_half_up(b + step, self.decimales) for b in self.bornes[:-1])]
        return list(zip(lows, self.bornes, strict=True))


def make_classes(values: Sequence[float], count: int, method: str, decimales: int) -> Classes | None:
    """At most ``count`` classes (``quantiles``, ``jenks``, ``egales``) of the values that are there; None without any.

    Ties may leave fewer classes than asked: two identical values are never in two classes.
    """
    read = _read(values, decimales)
    if not read:
        return None
    distinct = sorted(set(read))
    if len(distinct) <= count:
        return Classes(distinct[0], tuple(distinct), decimales, isolees=True)
    bins = _bins(np.array(read), count, method)
    rounded = sorted({round_half_up(float(b), decimales) for b in bins} | {distinct[-1]})
    kept, low = [], -np.inf
    for bound in rounded:
        if any(low < value <= bound for value in distinct):
            kept.append(min(bound, distinct[-1]))
            low = bound
    return Classes(distinct[0], tuple(kept), decimales)


def classes_from_bounds(values: Sequence[float], bounds: Sequence[float], decimales: int) -> Classes | None:
    """Classes cut at ``bounds``: a value equal to a bound opens the class above. Empty ones are kept: they were asked.

    The outer classes are open (« moins de 20 », « 40 ou plus »). None without any value or bound.
    """
    read, step = _read(values, decimales), 10.0**-decimales
    cuts = sorted({round_half_up(b, decimales) for b in bounds})
    if not read or not cuts:
        return None
    uppers = [round_half_up(cut - step, decimales) for cut in cuts]
    return Classes(min(*read, uppers[0]), (*uppers, max(*read, cuts[-1])), decimales, ouvertes=True)


def classes_around(values: Sequence[float], count: int, reference: float, decimales: int) -> Classes | None:
    """Classes on both sides of a reference, half of ``count`` on each, by quantiles of the values of that side.

    With an odd ``count`` the middle class holds what is close to the reference: within a quarter of the standard
    deviation, as everywhere in the application. A side without values has no class.
    """
    read = _read(values, decimales)
    if not read:
        return None
    step, centre = 10.0**-decimales, round_half_up(reference, decimales)
    band = float(np.std(read)) * PROCHE if count % 2 else 0.0
    low, high = round_half_up(centre - band, decimales), round_half_up(centre + band, decimales)
    if not count % 2:
        high = round_half_up(centre - step, decimales)  # a value equal to the reference goes above
        low = centre
    under = make_classes([v for v in read if v < low], count // 2, "quantiles", decimales)
    over = make_classes([v for v in read if v > high], count // 2, "quantiles", decimales)
    middle = bool(count % 2) and any(low <= v <= high for v in read)
    bounds = [*(under.bornes if under else ())]
    if bounds:
        bounds[-1] = round_half_up(low - step, decimales)
    if middle:
        bounds.append(high if over else max(v for v in read if v <= high))
    bounds += over.bornes if over else ()
    return Classes(min(read), tuple(bounds), decimales, dessous=len(under) if under else 0, milieu=middle)


def parse_bounds(text: str) -> tuple[float, ...]:
    """« 20 ; 30,5 ; 40 » → (20.0, 30.5, 40.0). Raises ValueError with a French message that says what is expected."""
    words = [word for word in re.split(r"[;\s]+", text.replace("\u202f", "").replace("−", "-")) if word]
    try:
        bounds = tuple(sorted({float(word.replace(",", ".")) for word in words}))
    except ValueError:
        raise ValueError(
            f"« {text} » : des nombres séparés par des points-virgules sont attendus, comme « 20 ; 30,5 ; 40 »."
        ) from None
    if not MINIMUM - 1 <= len(bounds) <= MAXIMUM - 1 or not all(map(np.isfinite, bounds)):
        raise ValueError(f"« {text} » : deux à six bornes sont attendues, comme « 20 ; 30,5 ; 40 ».")
    return bounds


def _read(values: Sequence[float], decimales: int) -> list[float]:
    return [round_half_up(v, decimales) for v in values if v is not None and v == v]


def _bins(values: np.ndarray, count: int, method: str) -> Sequence[float] | np.ndarray:
    return _ALGORITHMES[method](np.sort(values), count)


def _quantiles(ordered: np.ndarray, count: int) -> np.ndarray:
    """As many values in each class, interpolated between the two nearest; tied values may leave fewer classes."""
    return np.unique(np.quantile(ordered, np.arange(1, count + 1) / count))


def _equal(ordered: np.ndarray, count: int) -> np.ndarray:
    """Classes of one width, from the lowest value to the highest."""
    low, high = float(ordered[0]), float(ordered[-1])
    return np.array([*(low + (high - low) / count * np.arange(1, count)), high])


def _jenks(ordered: np.ndarray, count: int) -> np.ndarray:
    """Natural breaks (Fisher, Jenks): the classes whose values are the least spread about their means, exactly.

    ``cost[i, j]``: the sum of squared gaps to the mean of the values i to j. The best division of the first j values
    in n classes ends with a class i to j after the best division of the others in n − 1. n² memory: fine for the
    600 IRIS, not meant for thousands of values.
    """
    centred = ordered - ordered.mean()  # squares of great numbers would lose the gaps between them
    sums = np.concatenate([[0.0], np.cumsum(centred)])
    squares = np.concatenate([[0.0], np.cumsum(centred**2)])
    first, last = np.arange(len(ordered))[:, None], np.arange(len(ordered))[None, :]
    inside = first <= last
    total, size = sums[last + 1] - sums[first], np.where(inside, last - first + 1, 1)
    cost = np.where(inside, squares[last + 1] - squares[first] - total**2 / size, np.inf)
    best, starts = cost[0], []
    for _ in range(count - 1):
        # Row i: what precedes i, best divided, and the class that starts at i.
        together = np.concatenate([[np.inf], best[:-1]])[:, None] + cost
        starts.append(together.argmin(axis=0))
        best = together.min(axis=0)
    bounds, end = [], len(ordered) - 1
    for start in [*reversed(starts), None]:
        bounds.append(ordered[end])
        end = int(start[end]) - 1 if start is not None else end
    return np.array(bounds[::-1])


_ALGORITHMES = {"quantiles": _quantiles, "jenks": _jenks, "egales": _equal}
