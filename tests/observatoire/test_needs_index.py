"""The composite index: worked by hand, then what must hold whatever the figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatoire.methods.needs_index import (
    DOMAINES,
    Domaine,
    compose,
    contributions,
    domain_scores,
    index_values,
    rank_interval_words,
    rank_intervals,
    ranks,
)

A = Domaine("a", "Ressources", {"PAUV": 1, "REVENU": -1})
B = Domaine("b", "Emploi", {"CHOM": 1})
# Each indicator has mean 0 and standard deviation 1 over the four communes.
VALEURS = pd.DataFrame(
    {"PAUV": [1.0, 1, -1, -1], "REVENU": [-1.0, 1, 1, -1], "CHOM": [1.0, -1, 1, -1]}, index=["p", "q", "r", "s"]
)
BASE = list(VALEURS.index)
POIDS = {"a": 1, "b": 1}


def scored(values: pd.DataFrame = VALEURS, base: list[str] = BASE) -> pd.DataFrame:
    return domain_scores(values, base, (A, B))[0]


def test_a_worked_example():
    """p: poverty +1, income −1 counted as +1 → ressources 1; chômage 1 → emploi 1; index 1. s: −1 and +1 → 0; −1."""
    scores = scored()
    assert scores["a"].to_dict() == {"p": 1, "q": 0, "r": -1, "s": 0}
    assert index_values(scores, POIDS).to_dict() == {"p": 1, "q": -0.5, "r": 0, "s": -0.5}
    assert index_values(scores, {"a": 3, "b": 1})["q"] == -0.25


def test_contributions_add_up_to_the_index():
    scores = scored()
    weights = {"a": 2, "b": 3}
    assert contributions(scores, weights).sum(axis=1).to_dict() == pytest.approx(
        index_values(scores, weights).to_dict()
    )


def test_the_indicators_of_a_domain_can_be_chosen():
    """The domain's own signs come first, others follow the direction of the card; an empty domain disappears."""
    made = compose({"autonomie": ["HAN01", "SAN01"], "emploi": []}, {"HAN01": -1, "SAN01": -1, "EMP02": -1})
    assert [(d.code, dict(d.indicateurs)) for d in made] == [("autonomie", {"HAN01": 1, "SAN01": -1})]
    with pytest.raises(KeyError):
        compose({"emploi": ["NEUTRE"]}, {})


def test_an_indicator_of_two_domains_keeps_its_sign_in_both():
    twice = (A, Domaine("c", "Autre", {"REVENU": -1}))
    scores = domain_scores(VALEURS, BASE, twice)[0]
    assert scores["a"].to_dict() == {"p": 1, "q": 0, "r": -1, "s": 0}
    assert scores["c"].to_dict() == {"p": 1, "q": -1, "r": -1, "s": 1}


def test_an_extreme_commune_is_clipped_at_three():
    many = pd.DataFrame({"CHOM": [0.0] * 50 + [1000.0]}, index=[str(n) for n in range(51)])
    assert domain_scores(many, list(many.index), (B,))[0]["b"]["50"] == 3


def test_the_base_gives_mean_and_deviation_not_the_communes_shown():
    apart = pd.concat([VALEURS, pd.DataFrame({"PAUV": 2.0, "REVENU": -2.0, "CHOM": 0.0}, index=["hors base"])])
    scores = scored(apart)
    assert scores.loc["hors base"].to_dict() == {"a": 2, "b": 0}
    assert scores.loc["p", "a"] == 1


def test_a_missing_domain_gives_no_index_and_no_rank_rather_than_an_average_one():
    holed = VALEURS.assign(CHOM=[1.0, np.nan, 1.0, -1.0])
    index = index_values(scored(holed), POIDS)
    assert np.isnan(index["q"])
    assert np.isnan(ranks(index)["q"])
    assert not np.isnan(index_values(scored(holed), {"a": 1, "b": 0})["q"])
    intervals = rank_intervals(scored(holed), POIDS)
    assert intervals.loc["q"].isna().all()
    assert intervals["rang"].max() == 3


def test_half_of_a_domain_is_enough():
    holed = VALEURS.assign(REVENU=[np.nan, 1, 1, -1])
    assert not np.isnan(scored(holed)["a"]["p"])


def test_an_indicator_alike_everywhere_says_nothing():
    flat = VALEURS.assign(REVENU=0.1 + 0.2)
    assert scored(flat)["a"].tolist() == [1, 1, -1, -1]


def test_ties_share_the_best_rank():
    assert ranks(pd.Series({"x": 2.0, "y": 2.0, "z": 1.0})).to_dict() == {"x": 1, "y": 1, "z": 3}


def test_no_weight_at_all_is_refused():
    with pytest.raises(ValueError, match="au moins un domaine"):
        index_values(scored(), {"a": 0, "b": 0})


def test_the_same_choice_gives_the_same_interval():
    first, second = rank_intervals(scored(), POIDS), rank_intervals(scored(), POIDS)
    pd.testing.assert_frame_equal(first, second)


def test_intervals_of_dirichlet_draws_on_a_case_solved_by_hand():
    """p is first in both domains: always first. r beats q and s when w·(−1) + (1−w)·1 > −(1−w), i.e. w < 2/3."""
    found = rank_intervals(scored(), POIDS, draws=4000)
    assert found.loc["p", ["bas", "haut"]].tolist() == [1, 1]
    assert found.loc["r", ["bas", "haut"]].tolist() == [2, 4]


def test_a_single_weighted_domain_leaves_no_uncertainty():
    found = rank_intervals(scored(), {"a": 1, "b": 0})
    assert (found["bas"] == found["rang"]).all()
    assert (found["haut"] == found["rang"]).all()


@st.composite
def scores_tables(draw):
    count = draw(st.integers(2, 12))
    figure = st.one_of(st.just(float("nan")), st.integers(-30, 30).map(lambda n: n / 10))
    return pd.DataFrame(
        {d: [draw(figure) for _ in range(count)] for d in "abc"}, index=[f"c{n:02}" for n in range(count)]
    )


@settings(max_examples=50, deadline=None)
@given(scores_tables(), st.randoms(use_true_random=False))
def test_ranks_and_intervals_do_not_depend_on_the_order_of_communes(scores, random):
    weights = {"a": 1, "b": 2, "c": 1}
    order = list(scores.index)
    random.shuffle(order)
    first = rank_intervals(scores, weights, draws=200)
    second = rank_intervals(scores.loc[order], weights, draws=200)
    pd.testing.assert_frame_equal(first, second.loc[first.index])


@settings(max_examples=50, deadline=None)
@given(scores_tables())
def test_the_rank_is_in_its_interval_and_the_interval_within_the_communes(scores):
    found = rank_intervals(scores, {"a": 1, "b": 2, "c": 0}, draws=200).dropna()
    assert ((found["bas"] <= found["rang"]) & (found["rang"] <= found["haut"])).all()
    assert (found["bas"] >= 1).all()
    assert (found["haut"] <= len(found)).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-100, 100), min_size=4, max_size=10), st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_of_an_indicator_does_not_matter(figures, scale, shift):
    table = pd.DataFrame({"CHOM": figures}, index=[str(n) for n in range(len(figures))], dtype=float)
    first = domain_scores(table, list(table.index), (B,))[0]["b"]
    second = domain_scores(table * scale + shift, list(table.index), (B,))[0]["b"]
    pd.testing.assert_series_equal(first, second, check_exact=False, atol=1e-6)


def test_words_never_give_a_rank_alone():
    assert rank_interval_words(5, 3, 9, 39) == "du 3ᵉ au 9ᵉ rang sur 39 selon les poids"
    assert rank_interval_words(1, 1, 1, 39) == "1ᵉʳ rang sur 39, quels que soient les poids"
    assert rank_interval_words(float("nan"), float("nan"), float("nan"), 39) == "indice non calculable"


def test_the_signs_agree_with_the_catalogue(warehouse):
    """High means more needs exactly where the catalogue says that high is unfavourable; neutral ones are chosen."""
    for domain in DOMAINES:
        for code, sign in domain.indicateurs.items():
            sens = warehouse.indicateurs[code].sens
            assert sens == "neutre" or (sign == 1) == (sens == "defavorable"), code
