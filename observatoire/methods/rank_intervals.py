"""Between which ranks a territory may stand, given the intervals of its figure and of the others'."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

DRAWS, SEED, QUANTILE = 10_000, 93, 1.959963984540054


def rank_intervals(
    values: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
    descending: bool = True,
    draws: int = DRAWS,
    seed: int = SEED,
) -> list[tuple[int, int] | None]:
    """The first and last rank (1 = first) that each territory may have, at 95 %; None where there is no value.

    Method: each value is drawn ``draws`` times from its own 95 % interval, as a normal law in two halves (the
    interval of a proportion is not symmetric); ranks are counted in each draw, equals share the better one;
    the 2.5th and 97.5th percentiles of a territory's ranks are kept, widened to its observed rank. A value
    without an interval stays where it is: it moves only by the others, and when none has one its rank is alone.
    Same input, same answer (fixed seed), in whatever order the territories come. Goldstein and Spiegelhalter
    (1996), League tables and their limitations, JRSS A 159, p. 385-443. To be shown as « indicatif ».

    Raises ValueError when a value lies outside its own interval.
    """
    given = np.array([np.nan if value is None else value for value in values], dtype=float)
    known = np.flatnonzero(~np.isnan(given))
    if not known.size:
        return [None] * len(given)
    centre = given[known]
    below = _spread(centre, [low[i] for i in known], -1)
    above = _spread(centre, [high[i] for i in known], 1)
    sign = -1.0 if descending else 1.0
    order = np.lexsort((above, below, centre))
    simulated = _draw(centre[order], below[order], above[order], draws, seed)
    ranks = _rank(sign * simulated)
    observed = _rank(sign * centre[order][None, :])[0]
    first = np.minimum(np.percentile(ranks, 2.5, axis=0, method="inverted_cdf"), observed).astype(int)
    last = np.maximum(np.percentile(ranks, 97.5, axis=0, method="inverted_cdf"), observed).astype(int)
    _share_between_twins(np.column_stack([centre, below, above])[order], first, last)
    answer: list[tuple[int, int] | None] = [None] * len(given)
    for position, place in enumerate(order):
        answer[int(known[place])] = (int(first[position]), int(last[position]))
    return answer


def _spread(centre: np.ndarray, bounds: Sequence[float | None], side: int) -> np.ndarray:
    """Standard deviations on one side of the values; zero where there is no bound."""
    filled = np.array([np.nan if bound is None else bound for bound in bounds], dtype=float)
    gap = np.where(np.isnan(filled), 0.0, side * (filled - centre))
    if (gap < 0).any():
        raise ValueError("a value lies outside its own interval")
    return gap / QUANTILE


def _draw(centre: np.ndarray, below: np.ndarray, above: np.ndarray, draws: int, seed: int) -> np.ndarray:
    normal = np.random.default_rng(seed).standard_normal((draws, centre.size))
    return centre + normal * np.where(normal < 0, below, above)


def _rank(rows: np.ndarray) -> np.ndarray:
    """Competition ranks of each row: one more than the number of strictly smaller values."""
    ranks = np.empty(rows.shape, dtype=np.int32)
    for line, row in enumerate(rows):
        ranks[line] = np.searchsorted(np.sort(row), row, side="left") + 1
    return ranks


def _share_between_twins(rows: np.ndarray, first: np.ndarray, last: np.ndarray) -> None:
    """Same value and interval, same ranks: sorted twins differ by the chance of their draws only."""
    _, groups = np.unique(rows, axis=0, return_inverse=True)
    for group in range(groups.max() + 1):
        twins = groups == group
        first[twins], last[twins] = first[twins].min(), last[twins].max()
