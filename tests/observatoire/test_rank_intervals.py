"""A rank is a range when figures are uncertain: « 3ᵉ à 9ᵉ sur 39 »."""

import numpy as np
import pytest

from observatoire.methods.rank_intervals import rank_intervals

NONE = [None] * 4


def test_without_any_interval_the_rank_is_alone():
    assert rank_intervals([10, 30, 20, None], NONE, NONE) == [(3, 3), (1, 1), (2, 2), None]


def test_the_lowest_first_when_low_is_first():
    assert rank_intervals([10, 30, 20, None], NONE, NONE, descending=False) == [(1, 1), (3, 3), (2, 2), None]


def test_equals_without_interval_share_the_better_rank():
    assert rank_intervals([20, 30, 20, 5], NONE, NONE) == [(2, 2), (1, 1), (2, 2), (4, 4)]


def test_intervals_far_apart_leave_no_doubt():
    assert rank_intervals([10, 20, 30], [9, 19, 29], [11, 21, 31]) == [(3, 3), (2, 2), (1, 1)]


def test_two_overlapping_territories_may_swap_and_the_third_may_not():
    assert rank_intervals([10.0, 10.2, 30], [8, 8.2, 29], [12, 12.2, 31]) == [(2, 3), (2, 3), (1, 1)]


def test_a_territory_without_interval_moves_by_its_neighbours_only():
    assert rank_intervals([10, 10.1], [None, 8], [None, 12]) == [(1, 2), (1, 2)]


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
