"""Between which ranks territories may stand, all together, given the intervals of their figures."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

# For the whole of the ranking at once, not rank by rank.
CONFIANCE = 0.95
QUANTILE = 1.959963984540054  # of the intervals that are given: 95 %


def rank_intervals(
    values: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
    descending: bool = True,
) -> list[tuple[int, int] | None]:
    """The first and last rank (1 = first) that each territory may have; None where there is no value or no interval.

    The ranges hold **together**: with 95 % of confidence every territory has its true rank in its own. Every pair is
    compared, all at once; a territory has before it at least those that are surely before, and behind it those that
    are surely behind (Al Mohamad, Goeman and van Zwet, 2022, Simultaneous confidence intervals for ranks with
    application to ranking institutions, Biometrics 78, p. 238-247; their Tukey quantile is replaced by Bonferroni's,
    a little wider, which needs neither equal variances nor independence). A difference is sure beyond

        z × √(a² + b²),

    where a and b are the standard deviations of the two figures on the side that faces the other (an interval of a
    proportion is not symmetric: « square and add », Zou and Donner, 2008, Statistics in Medicine 27, p. 1693-1702).

    A value without an interval, among others that have one, is not exact: it is not assessed. It has no range, and it
    may be anywhere, so that it adds one place on each side of everybody else's. When no value has an interval there is
    nothing to say but the observed ranks, and the answer is None for all. Raises ValueError when a value lies outside
    its own interval.
    """
    given = np.array([np.nan if value is None else value for value in values], dtype=float)
    below, above = _spread(given, low, -1), _spread(given, high, 1)
    counted = np.flatnonzero(~np.isnan(given))
    assessed = counted[~np.isnan(below[counted]) & ~np.isnan(above[counted])]
    answer: list[tuple[int, int] | None] = [None] * len(given)
    if not assessed.size:
        return answer
    z = pairwise_quantile(assessed.size)
    centre, down, up = given[assessed], below[assessed], above[assessed]
    gap = centre[None, :] - centre[:, None]  # of the one in column over the one in row
    surely_higher = gap > z * np.hypot(up[:, None], down[None, :])
    before, behind = surely_higher.sum(axis=1), surely_higher.sum(axis=0)
    if not descending:
        before, behind = behind, before
    for place, first, last in zip(assessed, before, behind, strict=True):
        answer[int(place)] = (int(first) + 1, int(counted.size - last))
    return answer


def pairwise_quantile(count: int) -> float:
    """z of the normal law such that all the comparisons of ``count`` territories two by two hold at CONFIANCE."""
    pairs = max(1, count * (count - 1) // 2)
    return NormalDist().inv_cdf(1 - (1 - CONFIANCE) / (2 * pairs))


def _spread(values: np.ndarray, bounds: Sequence[float | None], side: int) -> np.ndarray:
    """Standard deviations on one side of the values; NaN where there is no bound."""
    filled = np.array([np.nan if bound is None else bound for bound in bounds], dtype=float)
    gap = side * (filled - values)
    if (gap < 0).any():
        raise ValueError("a value lies outside its own interval")
    return gap / QUANTILE
