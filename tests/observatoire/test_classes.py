"""Classes of a map: those of mapclassify, and what happens on ties, constants, absences and three values."""

from itertools import pairwise

import mapclassify
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatoire.methods.classes import _bins, classes_around, classes_from_bounds, make_classes, parse_bounds

VALUES = [8.0, 12.4, 13.1, 17.9, 18.2, 19.5, 21.0, 24.5, 24.6, 26.0, 29.3, 30.1, 33.8, 36.2, 42.0]
METHODS = {
    "quantiles": mapclassify.Quantiles,
    "jenks": mapclassify.FisherJenks,
    "egales": mapclassify.EqualInterval,
}
numbers = st.floats(-1e6, 1e6, allow_nan=False)


def spread(classes, values) -> list[int]:
    """How many values fall in each class."""
    found = [classes.index(v) for v in values if v is not None and v == v]
    return [found.count(n) for n in range(len(classes))]


@pytest.mark.filterwarnings("ignore:Numba")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [3, 4, 5, 6, 7])
def test_each_value_is_in_the_class_that_mapclassify_gives_it(method, count):
    ours = make_classes(VALUES, count, method, 1)
    theirs = METHODS[method](np.array(VALUES), k=count)
    assert spread(ours, VALUES) == list(theirs.counts)


@settings(max_examples=80)
@given(
    st.lists(st.floats(0, 1000, allow_nan=False).map(lambda v: round(v, 1)), min_size=8, max_size=60, unique=True),
    st.integers(3, 7),
)
def test_bounds_are_those_of_mapclassify_and_natural_breaks_no_worse(values, count):
    """Jenks asks for the least sum of squared gaps to the means of classes; mapclassify counts it in single precision,
    and may stop beside the best division."""
    ordered = np.sort(values)
    for method in ("quantiles", "egales"):
        assert _bins(ordered, count, method) == pytest.approx(METHODS[method](ordered, k=count).bins)
    ours, theirs = _bins(ordered, count, "jenks"), METHODS["jenks"](ordered, k=count).bins
    assert len(ours) == count
    assert within(ordered, ours) <= within(ordered, theirs) + 1e-6


def within(ordered, bounds) -> float:
    """The sum of squared gaps of values to the mean of their class."""
    places = np.searchsorted(bounds, ordered)
    return sum(float(((own - own.mean()) ** 2).sum()) for n in set(places) if len(own := ordered[places == n]))


def test_natural_breaks_of_great_numbers_close_together_are_found():
    """Squares of 10⁹ lose the unit in double precision: the gaps are counted from the mean."""
    values = np.array([1e9 + v for v in (0, 1, 2, 10, 11, 12, 20, 21, 22)])
    assert list(_bins(values, 3, "jenks") - 1e9) == [2, 12, 22]


def test_equal_values_are_never_in_two_classes():
    values = [10.0] * 20 + [11.0, 12.0, 13.0, 14.0, 15.0, 16.0]
    classes = make_classes(values, 5, "quantiles", 1)
    assert len(classes) <= 5
    assert spread(classes, values)[0] >= 20
    assert all(spread(classes, values))


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_makes_one_class(method):
    classes = make_classes([7.0] * 39, 5, method, 1)
    assert len(classes) == 1
    assert classes.intervals() == [(7.0, 7.0)]


@pytest.mark.parametrize("method", METHODS)
def test_three_values_make_three_classes_said_one_by_one(method):
    classes = make_classes([3.0, 1.0, 2.0], 5, method, 1)
    assert classes.intervals() == [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]


def test_absent_values_count_for_nothing():
    assert make_classes([None, float("nan")], 5, "quantiles", 1) is None
    with_holes = [*VALUES, None, float("nan")]
    assert make_classes(with_holes, 5, "quantiles", 1) == make_classes(VALUES, 5, "quantiles", 1)


@settings(max_examples=60)
@given(st.lists(numbers, min_size=1, max_size=40), st.integers(3, 7), st.sampled_from(list(METHODS)))
def test_intervals_never_overlap_and_hold_every_value(values, count, method):
    classes = make_classes(values, count, method, 1)
    intervals = classes.intervals()
    assert len(intervals) <= count
    for (_, high), (low, _) in pairwise(intervals):
        assert high < low
    for value in values:
        low, high = intervals[classes.index(value)]
        assert low - 0.051 <= value <= high + 0.051


def test_values_are_classed_as_they_are_read():
    """19,96 reads 20,0: it goes with 20,0, whatever the bound computed."""
    classes = classes_from_bounds([10.0, 19.96, 30.0], (20.0, 25.0), 1)
    assert classes.index(19.96) == 1


def test_a_value_equal_to_a_chosen_bound_opens_the_class_above():
    classes = classes_from_bounds([8.0, 20.0, 29.9, 30.0, 42.0], (20.0, 30.0), 1)
    assert [classes.index(v) for v in (8.0, 20.0, 29.9, 30.0, 42.0)] == [0, 1, 1, 2, 2]
    assert classes.intervals() == [(8.0, 19.9), (20.0, 29.9), (30.0, 42.0)]


def test_chosen_bounds_beyond_the_values_keep_their_empty_class():
    classes = classes_from_bounds([8.0, 9.0], (20.0, 30.0), 1)
    assert spread(classes, [8.0, 9.0]) == [2, 0, 0]


@pytest.mark.parametrize("count", [3, 4, 5, 6, 7])
def test_around_a_reference_no_class_mixes_the_two_sides(count):
    reference = 24.0
    classes = classes_around(VALUES, count, reference, 1)
    assert len(classes) == count
    assert classes.dessous == classes.dessus == count // 2
    for value in VALUES:
        place = classes.index(value)
        if place < classes.dessous:
            assert value < reference
        elif place >= classes.dessous + classes.milieu:
            assert value >= reference


def test_the_middle_class_is_a_quarter_of_the_standard_deviation_wide_on_each_side():
    classes = classes_around(VALUES, 5, 24.0, 1)
    low, high = classes.intervals()[2]
    assert high - 24.0 == pytest.approx(np.std(VALUES) / 4, abs=0.06)
    assert 24.0 - low == pytest.approx(np.std(VALUES) / 4, abs=0.06)


def test_all_values_above_the_reference_leave_no_class_below():
    classes = classes_around([30.0, 35.0, 40.0, 45.0], 4, 10.0, 1)
    assert classes.dessous == 0
    assert spread(classes, [30.0, 35.0, 40.0, 45.0]) == [2, 2]


def test_a_constant_equal_to_the_reference_is_one_middle_class():
    classes = classes_around([20.0] * 5, 5, 20.0, 1)
    assert (len(classes), classes.dessous, classes.milieu) == (1, 0, True)


def test_bounds_are_read_as_a_person_writes_them():
    assert parse_bounds("20 ; 30,5 ; 40") == (20.0, 30.5, 40.0)
    assert parse_bounds("40;20;20") == (20.0, 40.0)


@pytest.mark.parametrize("text", ["", "abc", "20", "1;2;3;4;5;6;7", "10;inf", "<b>1</b>;2"])
def test_bounds_that_mean_nothing_are_refused_in_french(text):
    with pytest.raises(ValueError, match=r"attendue?s"):
        parse_bounds(text)
