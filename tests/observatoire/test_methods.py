"""Comparisons, sentences, key figures, classes, spine: facts that do not depend on the data of the day."""

import math

import mapclassify
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire.methods import phrases
from observatoire.methods.classes import make_classes
from observatoire.methods.comparison import position
from observatoire.methods.groups import Reference
from observatoire.methods.overview import evolution_words, key_figure, split_unit
from observatoire.methods.spine import spine_geometry
from observatoire.methods.tables import common_year
from observatoire.methods.versus import compare
from tests.observatoire.cards import BONDY, DEPARTEMENT, RAINCY, card

N = "\u00a0"
CENTRE = Reference("93", "Seine-Saint-Denis")


@pytest.mark.parametrize(
    ("sens", "valeur", "attendu"),
    [
        ("defavorable", 30, "defavorable"),
        ("defavorable", 10, "favorable"),
        ("favorable", 30, "favorable"),
        ("favorable", 10, "defavorable"),
        ("neutre", 30, "plus_haut"),
        ("neutre", 10, "plus_bas"),
        ("defavorable", 21, "proche"),
    ],
)
def test_position_respects_the_direction_and_judges_nothing_neutral(sens, valeur, attendu):
    assert position(valeur, 20, 5, sens) == attendu


@pytest.mark.parametrize(("valeur", "reference", "deviation"), [(None, 20, 5), (20, None, 5), (20, 10, 0)])
def test_no_position_without_both_figures_and_a_spread(valeur, reference, deviation):
    assert position(valeur, reference, deviation, "favorable") is None


@pytest.mark.parametrize(
    ("valeur", "texte"),
    [
        (305, "plus du triple du niveau"),
        (304, "environ le triple du niveau"),
        (295, "environ le triple du niveau"),
        (294, "plus du double du niveau"),
        (205, "plus du double du niveau"),
        (204, "environ le double du niveau"),
        (195, "environ le double du niveau"),
        (194, f"un niveau supérieur d’environ 94{N}% à celui"),
        (154, "environ une fois et demie le niveau"),
        (145, "environ une fois et demie le niveau"),
        (144, f"un niveau supérieur d’environ 44{N}% à celui"),
        (107, f"un niveau supérieur d’environ 7{N}% à celui"),
        (106, "un niveau légèrement supérieur à celui"),
        (103, "un niveau légèrement supérieur à celui"),
        (102, "un niveau proche de celui"),
        (97, "un niveau proche de celui"),
        (96, "un niveau légèrement inférieur à celui"),
        (93, "un niveau légèrement inférieur à celui"),
        (92, f"un niveau inférieur d’environ 8{N}% à celui"),
        (55, f"un niveau inférieur d’environ 45{N}% à celui"),
        (54, "environ la moitié du niveau"),
        (45, "environ la moitié du niveau"),
        (44, "moins de la moitié du niveau"),
        (100, "un niveau égal à celui"),
    ],
)
def test_each_step_of_the_graded_wording(valeur, texte):
    assert phrases.grade(valeur, 100, card(unite="pour 100 ménages")) == texte


def test_between_percentages_a_moderate_gap_is_said_in_points():
    assert phrases.grade(48.5, 61.1, card()) == f"un niveau inférieur de 12,6{N}points à celui"


def test_a_ratio_is_not_spoken_of_where_it_means_nothing():
    solde = card(unite="pour 1 000 habitants")
    assert phrases.grade(-0.2, 0.76, solde) == "un niveau inférieur à celui"
    assert phrases.grade(0.5, -0.3, solde) == "un niveau supérieur à celui"


def test_sentences_read_as_a_person_would_write_them():
    text = phrases.sentence(BONDY, card(), 34.0, 2021, (DEPARTEMENT, 28.4, "publie"))
    assert text == (
        f"À Bondy, le taux de pauvreté est de 34,0{N}% en 2021, soit un niveau supérieur de 5,6{N}points à celui de la "
        f"Seine-Saint-Denis (28,4{N}%)."
    )
    plural = card("REV14", "Foyers allocataires du RSA pour 100 ménages", unite="pour 100 ménages")
    assert phrases.sentence(RAINCY, plural, 4.0, 2023, None) == (
        f"Foyers allocataires du RSA pour 100 ménages{N}: 4,0 en 2023."
    )
    assert phrases.sentence(RAINCY, card(), 12.0, 2021, None).startswith("Au Raincy, le taux de pauvreté est de 12,0")


def test_a_bound_is_said_as_such_and_not_compared():
    text = phrases.sentence(BONDY, card(), 5.0, 2015, (DEPARTEMENT, 28.4, "publie"), "censure")
    assert text == f"À Bondy, le taux de pauvreté est de moins de 5,0{N}% en 2015."


def test_the_names_after_celui():
    assert phrases.reference_name(RAINCY) == "du Raincy"
    assert phrases.reference_name(DEPARTEMENT) == "de la Seine-Saint-Denis"


def observations(rows):
    columns = ["territoire", "indicateur", "annee", "valeur", "statut", "motif"]
    return pd.DataFrame(rows, columns=columns).astype({"valeur": float})


def test_a_key_figure_never_subtracts_from_a_bound():
    figures = observations(
        [
            ("93015", "REV02", 2015, 5, "censure", None),
            ("93015", "REV02", 2019, 6, "publie", None),
            ("93015", "REV02", 2021, 8, "publie", None),
        ]
    )
    figure = key_figure(figures.to_dict("records"), card())
    assert (figure.texte, figure.annee, figure.evolution) == (f"8,0{N}%", 2021, f"+2,0{N}points depuis 2019")


def test_a_key_figure_that_is_not_there_says_why_instead_of_vanishing():
    figures = observations([("93066", "REV01", 2021, None, "non_calculable", "fusion")])
    figure = key_figure(figures.to_dict("records"), card("REV01", "Niveau de vie médian", unite="€", decimales=0))
    assert (figure.texte, figure.serie) == ("n. calc.", ())
    assert "anciennes communes" in figure.evolution


def test_counts_and_euros_evolve_in_per_cent_rates_in_points():
    count = card("DEM01", "Population", unite="habitants", decimales=0, effectif=True)
    assert evolution_words(count, ((2019, 1000.0), (2023, 1036.0))) == f"+3,6{N}% depuis 2019"
    assert evolution_words(card(), ((2019, 20.0), (2023, 20.04))) == "stable depuis 2019"
    assert evolution_words(card(), ((2023, 20.0),)) == ""


def test_the_unit_is_set_apart_from_the_number():
    assert split_unit(f"149\u202f077{N}habitants") == ("149\u202f077", " habitants")
    assert split_unit(f"42,0{N}%") == (f"42,0{N}%", "")
    assert split_unit("n. calc.") == ("n. calc.", "")


def test_figures_are_compared_within_a_year_that_the_reference_has():
    figures = observations(
        [
            ("93010", "REV02", 2022, 30, "publie", None),
            ("93010", "REV02", 2020, 29, "publie", None),
            ("93010", "REV02", 2015, 28, "publie", None),
            ("R11", "REV02", 2020, 16, "publie", None),
            ("FR", "REV02", 2015, 15, "publie", None),
        ]
    )
    assert common_year(figures, card(), ["93010"]) == 2022
    assert common_year(figures, card(), ["93010"], "R11") == 2020
    assert common_year(figures, card(), ["93010"], "FR") == 2022


def test_the_comparison_gives_gap_and_position_and_leaves_holes_as_holes():
    figures = observations(
        [
            ("93010", "REV02", 2021, 34, "publie", None),
            ("93062", "REV02", 2021, None, "secret", "secret"),
            ("93", "REV02", 2021, 28.4, "approche", None),
        ]
    )
    spread = pd.DataFrame({"indicateur": ["REV02"], "annee": [2021], "ecart_type": [8.0]})
    (line,) = compare(figures, spread, [card()], [BONDY, RAINCY], CENTRE)
    assert line.reference.words == f"28,4{N}%{N}≈"
    assert [cell.words for cell in line.cells] == [f"34,0{N}% (+5,6{N}points, ▼ moins favorable)", "s"]


def test_counts_are_shown_but_never_compared():
    figures = observations(
        [("93010", "DEM01", 2023, 54000, "publie", None), ("93", "DEM01", 2023, 1.7e6, "publie", None)]
    )
    count = card("DEM01", "Population", unite="habitants", decimales=0, effectif=True)
    spread = pd.DataFrame({"indicateur": ["DEM01"], "annee": [2023], "ecart_type": [1e4]})
    (line,) = compare(figures, spread, [count], [BONDY], CENTRE)
    assert (line.cells[0].ecart, line.cells[0].position) == ("", None)


def spine(valeur, reference, low, q1, q3, high, sens, ept=None):
    row = {"valeur": valeur, "reference": reference, "minimum": low, "q1": q1, "q3": q3, "maximum": high}
    return spine_geometry({**row, "sens": sens, "valeur_ept": ept})


def test_right_is_better_on_the_spine():
    bad = spine(42, 28, 8, 20, 33, 42, "defavorable")
    assert bad["territoire"] == pytest.approx(-14 / 20)
    assert (bad["debut"], bad["fin"]) == pytest.approx((-14 / 20, 1.0))
    good = spine(42, 28, 8, 20, 33, 42, "favorable")
    assert good["territoire"] == pytest.approx(14 / 20)


def test_the_spine_is_right_on_negative_figures():
    shape = spine(-0.5, 0.2, -1.0, -0.2, 0.6, 1.4, "neutre")
    assert shape["territoire"] == pytest.approx(-0.7 / 1.2)
    assert (shape["debut"], shape["fin"]) == pytest.approx((-1.0, 1.0))


@pytest.mark.parametrize(("valeur", "reference"), [(None, 28), (42, None), (float("nan"), 28)])
def test_no_line_without_value_or_reference(valeur, reference):
    assert spine(valeur, reference, 8, 20, 33, 42, "favorable") is None


def test_no_line_where_all_are_alike():
    assert spine(5, 5, 5, 5, 5, 5, "favorable") is None


FIGURES = st.lists(st.floats(-1e4, 1e4), min_size=5, max_size=39)


@given(FIGURES, st.floats(-1e4, 1e4), st.sampled_from(["favorable", "defavorable", "neutre"]))
def test_the_spine_stays_within_its_frame_and_in_order(values, reference, sens):
    ordered = sorted(values)
    shape = spine(ordered[0], reference, ordered[0], ordered[1], ordered[-2], ordered[-1], sens)
    if shape is None:
        return
    assert -1 - 1e-9 <= shape["debut"] <= shape["q1"] <= shape["q3"] <= shape["fin"] <= 1 + 1e-9


@pytest.mark.parametrize("method", ["quantiles", "jenks", "egales"])
def test_classes_are_those_of_mapclassify_on_plain_values(method):
    values = [1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 22.0, 29.0, 37.0, 46.0]
    classes = make_classes(values, 4, method, 1)
    reference = {
        "quantiles": mapclassify.Quantiles,
        "jenks": mapclassify.FisherJenks,
        "egales": mapclassify.EqualInterval,
    }
    expected = reference[method](values, k=4)
    assert [classes.index(v) for v in values] == list(expected.yb)


def test_identical_values_are_in_one_class_and_constants_make_one():
    assert len(make_classes([5.0] * 39, 5, "quantiles", 1)) == 1
    tied = make_classes([0.0] * 30 + [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], 5, "quantiles", 0)
    assert len({tied.index(0.0)}) == 1
    assert 1 <= len(tied) <= 5


def test_three_values_make_three_classes_and_none_makes_none():
    assert make_classes([3.0, 1.0, 2.0], 5, "quantiles", 0).bornes == (1.0, 2.0, 3.0)
    assert make_classes([None, float("nan")], 5, "quantiles", 0) is None


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=60), st.integers(2, 7), st.integers(0, 2))
def test_every_value_reads_in_exactly_one_interval_of_the_legend(values, count, decimals):
    classes = make_classes(values, count, "quantiles", decimals)
    intervals = classes.intervals()
    assert 1 <= len(classes) <= count
    for value in values:
        read = math.copysign(math.floor(abs(value) * 10**decimals + 0.5 + 1e-9) / 10**decimals, value)
        holding = [n for n, (low, high) in enumerate(intervals) if low - 1e-9 <= read <= high + 1e-9]
        assert holding == [classes.index(value)]
