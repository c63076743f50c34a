"""The thresholds that decide what a reader is told, on both sides of each."""

import pytest

from observatoire.methods import portrait
from observatoire.methods.comparison import may_be_chance, position
from observatoire.methods.tables import shared_year
from tests.observatoire.cards import card


@pytest.mark.parametrize(("years_back", "chosen"), [(3, 2018), (4, 2021)])
def test_a_comparison_is_worth_going_three_years_back_and_no_more(years_back, chosen):
    known = [("93010", 2021), ("93010", 2021 - years_back), ("93", 2021 - years_back)]
    assert shared_year(known, card(), ["93010"], "93") == chosen


@pytest.mark.parametrize(("reference", "chance"), [(11.0, True), (11.001, False), (9.0, True), (8.999, False)])
def test_a_gap_just_within_the_interval_may_be_chance(reference, chance):
    assert may_be_chance(10.0, (9.0, 11.0), reference, None) is chance


def test_two_intervals_that_face_each_other_are_squared_and_added():
    assert may_be_chance(10.0, (7.0, 13.0), 15.0, (11.0, 19.0)) is True
    assert may_be_chance(10.0, (7.0, 13.0), 15.001, (11.001, 19.0)) is False


@pytest.mark.parametrize(("gap", "said"), [(0.24, "proche"), (0.25, "favorable"), (-0.25, "defavorable")])
def test_under_a_quarter_of_a_standard_deviation_a_figure_is_close(gap, said):
    assert position(10 + 4 * gap, 10.0, 4.0, "favorable") == said


@pytest.mark.parametrize(("gap", "out"), [(0.5, True), (0.49, False)])
def test_half_a_standard_deviation_stands_out_and_no_less(cards, gap, out):
    row = {
        "indicateur": "REV01",
        "ecart": gap,
        "sens": "favorable",
        "niveau": "dep",
        "valeur": 40_000.0,
        "valeur_dep": 20_000.0,
        "ecart_type": 2_000.0,
        "statut": "publie",
    }
    assert portrait.stands_out(row, cards["REV01"]) is out
