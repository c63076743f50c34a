"""Better, similar, worse: only where a direction is agreed, and measured against the spread of the communes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire.methods.comparison import position, same_reading, standard_gap


@pytest.mark.parametrize(
    ("value", "sens", "read"),
    [
        (30.0, "favorable", "favorable"),
        (30.0, "defavorable", "defavorable"),
        (30.0, "neutre", "plus_haut"),
        (10.0, "favorable", "defavorable"),
        (10.0, "defavorable", "favorable"),
        (10.0, "neutre", "plus_bas"),
        (22.4, "favorable", "proche"),
        (22.5, "favorable", "favorable"),
        (17.5, "defavorable", "favorable"),
        (20.0, "neutre", "proche"),
    ],
)
def test_a_figure_is_placed_against_twenty_with_a_spread_of_ten(value, sens, read):
    assert position(value, 20.0, 10.0, sens) == read


@pytest.mark.parametrize(
    ("value", "reference", "spread"), [(None, 1, 1), (1, None, 1), (1, 2, None), (1, 2, 0), (float("nan"), 2, 1)]
)
def test_nothing_is_said_of_what_is_missing_or_when_communes_are_all_alike(value, reference, spread):
    assert standard_gap(value, reference, spread) is None
    assert position(value, reference, spread, "favorable") is None


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0.01, 1e5))
def test_turning_the_direction_turns_the_judgement(value, reference, spread):
    turned = {"favorable": "defavorable", "defavorable": "favorable", "proche": "proche"}
    assert (
        position(value, reference, spread, "defavorable")
        == turned[str(position(value, reference, spread, "favorable"))]
    )


def test_two_figures_are_equal_when_they_read_the_same():
    assert same_reading(12.34, 12.26, 1)
    assert not same_reading(12.34, 12.36, 1)
