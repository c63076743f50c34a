"""Similar communes: worked by hand, then what must hold whatever the figures."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatoire.methods.similarity import (
    CARACTERISTIQUES,
    distances,
    nearest,
    separations,
    standard_scores,
    values_table,
)

# Four communes, two characteristics of mean 0 and standard deviation 1: the figures are their own scores.
CARRE = pd.DataFrame({"X": [1.0, 1.0, -1.0, -1.0], "Y": [1.0, -1.0, 1.0, -1.0]}, index=["a", "b", "c", "d"])
EGAUX = {"X": 1, "Y": 1}


def test_a_worked_example():
    """√((0² + 2²)/2) = √2 to the neighbours, √((2² + 2²)/2) = 2 to the opposite corner."""
    found = distances(standard_scores(CARRE), "a", EGAUX)
    assert found.to_dict() == pytest.approx({"b": math.sqrt(2), "c": math.sqrt(2), "d": 2})


def test_a_weight_counts_as_much_as_it_says():
    """With X three times Y: √(3·2²/4) to c, √(1·2²/4) to b."""
    found = distances(standard_scores(CARRE), "a", {"X": 3, "Y": 1})
    assert found["c"] == pytest.approx(math.sqrt(3))
    assert found["b"] == pytest.approx(1)


def test_a_weight_of_zero_ignores_the_characteristic():
    found = distances(standard_scores(CARRE), "a", {"X": 1, "Y": 0})
    assert found["b"] == 0


def test_without_any_weight_there_is_no_distance():
    with pytest.raises(ValueError, match="au moins une caractéristique"):
        distances(standard_scores(CARRE), "a", {"X": 0, "Y": 0})


def test_the_farthest_commune_is_one_and_an_identical_one_is_zero():
    twin = pd.concat([CARRE, CARRE.loc[["a"]].set_axis(["jumelle"])])
    found = nearest(twin, "a", EGAUX, count=4)
    assert (found[0].code, found[0].indice) == ("jumelle", 0)
    assert found[-1].indice == 1


def test_ties_come_in_the_order_of_codes():
    shuffled = CARRE.loc[["d", "c", "b", "a"]]
    assert [v.code for v in nearest(shuffled, "a", EGAUX)] == ["b", "c", "d"]


def test_what_separates_most_is_said_with_its_direction():
    found = separations(standard_scores(CARRE), "a", "c", {"X": 1, "Y": 1})
    assert found == (("X", pytest.approx(-2)),)


def test_a_characteristic_alike_everywhere_separates_nobody():
    constant = CARRE.assign(Z=0.1 + 0.2)
    assert distances(standard_scores(constant), "a", {"X": 1, "Z": 1})["b"] == 0


def test_a_logarithm_makes_ratios_equal():
    """10 000 and 20 000 inhabitants are as far apart as 40 000 and 80 000."""
    people = pd.DataFrame({"P": [10_000.0, 20_000, 40_000, 80_000]}, index=list("abcd"))
    scores = standard_scores(people, ["P"])["P"]
    assert scores["b"] - scores["a"] == pytest.approx(scores["d"] - scores["c"])
    with pytest.raises(ValueError, match="positives"):
        standard_scores(people.assign(P=[0.0, 1, 2, 3]), ["P"])


def test_a_missing_figure_is_left_out_and_never_zero():
    """With four characteristics, one missing keeps three quarters of the weight: the distance is over the others."""
    wide = pd.DataFrame(dict.fromkeys("TUVW", CARRE["X"])).assign(T=[1.0, np.nan, -1.0, -1.0])
    weights = dict.fromkeys("TUVW", 1)
    assert distances(standard_scores(wide), "a", weights)["b"] == pytest.approx(0)


def test_too_few_shared_characteristics_give_no_neighbour():
    holed = CARRE.assign(Y=[1.0, np.nan, 1.0, -1.0])
    assert "b" not in [v.code for v in nearest(holed, "a", EGAUX)]


def test_the_use_of_resources_is_not_a_characteristic():
    assert not any(c.indicateur.startswith("FIN") for c in CARACTERISTIQUES)
    assert 8 <= len(CARACTERISTIQUES) <= 10


def test_the_year_is_the_latest_that_nearly_all_communes_have():
    figures = pd.DataFrame(
        [("a", "X", 2020, 1.0), ("b", "X", 2020, 2.0), ("a", "X", 2021, 9.0), ("a", "Y", 2021, 3.0)],
        columns=["territoire", "indicateur", "annee", "valeur"],
    )
    table, years = values_table(figures, ["a", "b"])
    assert years == {"X": 2020}
    assert table["X"].to_dict() == {"a": 1.0, "b": 2.0}


@st.composite
def tables(draw):
    """Communes × characteristics, some figures missing."""
    figure = st.one_of(st.none(), st.integers(-1000, 1000))
    count, width = draw(st.integers(4, 9)), draw(st.integers(2, 5))
    rows = [[draw(figure) for _ in range(width)] for _ in range(count)]
    return pd.DataFrame(
        rows, index=[f"c{n}" for n in range(count)], columns=[f"i{n}" for n in range(width)], dtype=float
    )


@settings(max_examples=60, deadline=None)
@given(tables(), st.randoms(use_true_random=False), st.floats(0.01, 1000), st.floats(-500, 500))
def test_order_of_rows_units_and_origin_change_nothing(table, random, scale, shift):
    weights = dict.fromkeys(table, 1)
    first = distances(standard_scores(table), "c0", weights)
    order = list(table.index)
    random.shuffle(order)
    changed = distances(standard_scores(table.loc[order] * scale + shift), "c0", weights)
    pd.testing.assert_series_equal(first, changed.loc[first.index], check_exact=False, rtol=1e-6, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_a_distance_is_symmetric_and_never_negative(table):
    weights = {c: 1 + n for n, c in enumerate(table)}
    scores = standard_scores(table)
    there, back = distances(scores, "c0", weights)["c1"], distances(scores, "c1", weights)["c0"]
    assert there == pytest.approx(back, nan_ok=True)
    assert not there < 0


@settings(max_examples=30, deadline=None)
@given(tables(), st.floats(0.1, 50))
def test_only_the_proportions_of_weights_count(table, factor):
    weights = {c: 1.0 + n for n, c in enumerate(table)}
    scores = standard_scores(table)
    first = distances(scores, "c0", weights)
    second = distances(scores, "c0", {c: w * factor for c, w in weights.items()})
    pd.testing.assert_series_equal(first, second, check_exact=False)
