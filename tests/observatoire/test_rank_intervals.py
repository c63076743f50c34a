"""A rank is a range when figures are uncertain: « 3ᵉ à 9ᵉ sur 39 », for all of them at once."""

import duckdb
import numpy as np
import pytest
from scipy import stats

from etl.transform import create_tables
from observatoire.methods.rank_intervals import CONFIANCE, QUANTILE, pairwise_quantile, rank_intervals

NONE = [None] * 4


@pytest.fixture(scope="module")
def con():
    base = duckdb.connect()
    create_tables(base)
    return base


def test_without_any_interval_nothing_is_said_of_the_ranks():
    assert rank_intervals([10, 30, 20, None], NONE, NONE) == NONE


def test_figures_without_any_error_have_their_own_rank():
    exact = [10.0, 30.0, 20.0]
    assert rank_intervals(exact, exact, exact) == [(3, 3), (1, 1), (2, 2)]
    assert rank_intervals(exact, exact, exact, descending=False) == [(1, 1), (3, 3), (2, 2)]


def test_intervals_far_apart_leave_no_doubt():
    assert rank_intervals([10, 20, 30], [9, 19, 29], [11, 21, 31]) == [(3, 3), (2, 2), (1, 1)]


def test_two_overlapping_territories_may_swap_and_the_third_may_not():
    assert rank_intervals([10.0, 10.2, 30], [8, 8.2, 29], [12, 12.2, 31]) == [(2, 3), (2, 3), (1, 1)]


def test_a_figure_that_is_not_assessed_has_no_range_and_may_be_anywhere():
    """Coubron, one census in five years, aged by calibration: not exact. The others may be before or behind it."""
    far = rank_intervals([10, 20, 30], [9.9, None, 29.9], [10.1, None, 30.1])
    assert far == [(2, 3), None, (1, 2)]
    assert rank_intervals([10, 30], [9.9, 29.9], [10.1, 30.1]) == [(2, 2), (1, 1)]


def test_one_bound_alone_is_no_interval():
    assert rank_intervals([5, 10, 30], [None, 9, 29], [5, 11, 31]) == [None, (2, 3), (1, 2)]


def test_a_missing_figure_is_not_counted():
    assert rank_intervals([10, None, 30], [9.9, None, 29.9], [10.1, None, 30.1]) == [(2, 2), None, (1, 1)]


@pytest.mark.parametrize("count", [2, 4, 39, 377])
def test_all_pairs_hold_together(count):
    """Bonferroni over n (n − 1) ÷ 2 pairs, no narrower than Tukey's quantile, with which the method is published."""
    pairs = count * (count - 1) / 2
    z = pairwise_quantile(count)
    assert z == pytest.approx(stats.norm.ppf(1 - 0.05 / 2 / pairs), rel=1e-9)
    tukey = stats.studentized_range.ppf(CONFIANCE, count, np.inf) / 2**0.5
    assert tukey - 1e-6 <= z <= 1.1 * tukey


@pytest.mark.parametrize(("gap", "expected"), [(0.999, [(1, 2), (1, 2)]), (1.001, [(2, 2), (1, 1)])])
def test_a_difference_is_sure_beyond_the_errors_of_both(gap, expected):
    """Two territories, one pair: 95 % margins of 3 and 4 on the sides that face each other, √(9 + 16) = 5; the sides
    that do not (20) say nothing."""
    upper = 10 + 5 * gap
    assert rank_intervals([10, upper], [10 - 20, upper - 4], [10 + 3, upper + 20]) == expected


def test_true_ranks_are_all_in_their_ranges_95_times_in_100():
    """39 communes as close as unemployment rates are (2 points of spread, errors of 0,3 to 1), three of them equal."""
    rng = np.random.default_rng(93)
    errors = rng.uniform(0.3, 1.0, 39)
    held, draws = 0, 400
    for _ in range(draws):
        truth = rng.normal(14, 2, 39)
        truth[:3] = 14.0
        seen = rng.normal(truth, errors)
        ranges = rank_intervals(list(seen), list(seen - QUANTILE * errors), list(seen + QUANTILE * errors))
        best = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
        worst = 39 - (truth[None, :] < truth[:, None]).sum(axis=1)
        held += all(low <= b and w <= high for (low, high), b, w in zip(ranges, best, worst, strict=True))
    assert held / draws >= CONFIANCE


def test_true_ranks_of_census_shares_are_all_in_their_ranges(con):
    """The same with Wilson's intervals of the warehouse on proportions of small samples, which are not symmetric."""
    rng = np.random.default_rng(93)
    sizes, truth = rng.integers(600, 12_000, 39), rng.beta(6, 40, 39)
    held, draws = 0, 200
    for _ in range(draws):
        shares = rng.binomial(sizes, truth) / sizes
        bounds = con.execute(
            "SELECT list(wilson_basse(p, n)), list(wilson_haute(p, n)) FROM (SELECT unnest(?) AS p, unnest(?) AS n)",
            [shares.tolist(), sizes.tolist()],
        ).fetchone()
        ranges = rank_intervals(shares.tolist(), *bounds)
        best = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
        held += all(low <= rank <= high for (low, high), rank in zip(ranges, best, strict=True))
    assert held / draws >= CONFIANCE


def test_as_many_territories_as_wide_intervals_may_be_anywhere():
    ranks = rank_intervals([20] * 39, [10] * 39, [30] * 39)
    assert set(ranks) == {(1, 39)}


def test_the_order_of_the_territories_changes_nothing():
    rng = np.random.default_rng(1)
    values = rng.uniform(5, 30, 39)
    low, high = values - rng.uniform(0.5, 3, 39), values + rng.uniform(0.5, 3, 39)
    ranks = rank_intervals(list(values), list(low), list(high))
    shuffled = rng.permutation(39)
    assert rank_intervals(list(values[shuffled]), list(low[shuffled]), list(high[shuffled])) == [
        ranks[i] for i in shuffled
    ]


def test_a_rank_is_within_its_own_range_and_the_range_within_the_list():
    values = [12.0, 11.5, 14.0, 13.0, 9.0]
    ranks = rank_intervals(values, [v - 2 for v in values], [v + 1 for v in values])
    for value, (first, last) in zip(values, ranks, strict=True):
        observed = 1 + sum(other > value for other in values)
        assert 1 <= first <= observed <= last <= 5


def test_a_value_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="outside"):
        rank_intervals([10, 20], [11, 19], [12, 21])


def test_no_value_no_rank():
    assert rank_intervals([None, None], [None, None], [None, None]) == [None, None]
