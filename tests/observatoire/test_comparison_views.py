"""What the views of Comparer compute: grid, evolutions, spread, relation, places of points and labels."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from observatoire.charts.distribution import swarm
from observatoire.charts.scatter import place_labels
from observatoire.charts.slope import spread_labels
from observatoire.methods.evolutions import base_100, two_years
from observatoire.methods.groups import AUTRES, ENSEMBLE, MEDIANE, Reference
from observatoire.methods.relation import MINIMUM, Relation, relation_words, significant, spearman, student_95
from observatoire.methods.spread import background_year, spread_words
from observatoire.methods.versus import Cell, Line
from observatoire.positions import CASES, LEGENDE
from observatoire.records import DEPARTEMENT, FRANCE
from observatoire.views.comparaison.comparison import Comparison, compared_year, make_comparison
from observatoire.views.comparaison.grid import cell_class, grid_frame, sort_columns
from tests.observatoire.cards import BONDY, RAINCY, card

PAUVRETE = card()


def cell(position: str | None, gap: float | None, valeur: float | None = 1.0) -> Cell:
    return Cell(valeur, "publie" if valeur is not None else "secret", "1,0" if valeur else "s", "", position, gap)


@pytest.mark.parametrize(
    ("position", "gap", "expected"),
    [
        ("defavorable", 0.5, "d1"),
        ("defavorable", 1.0, "d2"),
        ("defavorable", 2.5, "d3"),
        ("favorable", -0.9, "f1"),
        ("favorable", -2.0, "f3"),
        ("proche", 0.1, "p"),
        ("plus_haut", 3.0, "h"),
        ("plus_bas", -3.0, "b"),
        (None, None, "v"),
    ],
)
def test_the_class_of_a_cell_follows_position_and_size_of_the_gap(position, gap, expected):
    assert cell_class(cell(position, gap), PAUVRETE)[0] == expected


def test_a_neutral_indicator_is_never_coloured_as_good_or_bad():
    neutral = card(sens="neutre")
    assert {cell_class(cell(p, g), neutral)[0] for p, g in (("plus_haut", 5), ("plus_bas", -5))} == {"h", "b"}


def test_each_colour_has_its_own_sign_and_a_word():
    signs = [sign for _, sign, _ in LEGENDE]
    assert len(set(signs)) == len(signs)
    assert {key for key, _, _ in LEGENDE} == set(CASES)
    assert all(word for _, _, word in LEGENDE)


def luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("key", CASES)
def test_the_text_of_a_cell_is_readable_on_its_colour(key):
    """WCAG 2.1 AA: 4.5 to 1."""
    low, high = sorted(luminance(color) for color in CASES[key])
    assert (high + 0.05) / (low + 0.05) >= 4.5


def grid() -> Comparison:
    first = Line(PAUVRETE, 2021, cell(None, None), (cell("defavorable", 1.5, 34.0), cell(None, None, None)))
    second = Line(
        card("EMP01", "Chômage"), 2022, cell(None, None), (cell("proche", 0.0, 12.0), cell("proche", 0.0, 15.0))
    )
    return Comparison("essai", (BONDY, RAINCY), Reference("93", "93"), (first, second), pd.DataFrame(), ())


def test_columns_are_sorted_by_value_and_missing_ones_come_last():
    assert sort_columns(grid(), "EMP01") == [1, 0]
    assert sort_columns(grid(), "REV02") == [0, 1]
    assert sort_columns(grid(), "nom") == [0, 1]


def test_a_missing_cell_keeps_its_mark_in_print():
    frame = grid_frame(grid().lines, ["Bondy", "Le Raincy"], [0, 1])
    assert frame.loc[1, ["classe", "signe"]].tolist() == ["v", "s"]
    assert frame["libelle"].unique().tolist() == ["Taux de pauvreté (2021)", "Chômage (2022)"]


def serie(*found: tuple) -> pd.DataFrame:
    return pd.DataFrame(found, columns=["serie", "annee", "valeur", "statut"])


def test_index_100_starts_from_the_year_all_share():
    frame, first = base_100(
        serie(
            ("a", 2018, 5.0, "publie"),
            ("a", 2019, 10.0, "publie"),
            ("a", 2020, 15.0, "publie"),
            ("b", 2019, 50.0, "publie"),
            ("b", 2020, 25.0, "publie"),
        )
    )
    assert first == 2019
    assert frame.set_index(["serie", "annee"])["valeur"].to_dict() == {
        ("a", 2019): 100, ("a", 2020): 150, ("b", 2019): 100, ("b", 2020): 50
    }  # fmt: skip


def test_a_bound_a_zero_or_an_absence_is_no_base():
    frame, _ = base_100(
        serie(
            ("a", 2019, 10.0, "publie"),
            ("b", 2019, 5.0, "censure"),
            ("c", 2019, 0.0, "publie"),
            ("d", 2019, None, "secret"),
        )
    )
    assert set(frame["serie"]) == {"a"}


def test_two_years_need_an_exact_figure_at_both():
    figures = pd.DataFrame(
        [("93010", 2015, 30.0, "publie"), ("93010", 2021, 34.0, "publie"), ("93062", 2015, 5.0, "censure"),
         ("93062", 2021, 12.0, "publie")],
        columns=["territoire", "annee", "valeur", "statut"],
    )  # fmt: skip
    frame, absent = two_years(figures, PAUVRETE, [BONDY, RAINCY], 2015, 2021)
    assert frame[["nom", "avant", "apres"]].to_numpy().tolist() == [["Bondy", 30.0, 34.0]]
    assert absent == ["Le Raincy"]


def test_a_distribution_counts_absences_and_says_a_bound_as_a_bound():
    values = pd.Series([5.0, 10, 20, 30, 40, None])
    statuts = pd.Series(["censure", *["publie"] * 4, "secret"])
    words = spread_words(values, statuts, PAUVRETE, 2021, "les 6 communes").replace("\u00a0", " ")
    assert "va de moins de 5,0 % à 40,0 %" in words
    assert "médiane à 20,0 %" in words
    assert words.endswith("Sans chiffre : 1 commune.")


def test_the_year_of_a_distribution_is_one_that_most_communes_have():
    figures = pd.DataFrame(
        [(c, 2018, 1.0) for c in "abcd"] + [("a", 2022, 1.0)], columns=["territoire", "annee", "valeur"]
    )
    assert background_year(figures, list("abcd"), 2022) == 2018
    assert background_year(figures, list("abcd"), 2018) == 2018


def test_spearman_on_a_worked_example():
    """Ranks 1 2 3 4 5 and 2 1 4 3 5: ρ = 1 − 6·4/(5·24) = 0,8."""
    found = spearman(pd.Series([1, 2, 3, 4, 5]), pd.Series([20, 10, 400, 300, 5000]))
    assert found.rho == pytest.approx(0.8)


def test_spearman_leaves_out_communes_without_one_of_the_figures_and_refuses_a_constant():
    found = spearman(pd.Series([1, 2, 3, None]), pd.Series([3.0, 2, 1, 9]))
    assert (found.rho, found.communes) == (pytest.approx(-1), 3)
    assert math.isnan(spearman(pd.Series([1.0, 2, 3]), pd.Series([7.0, 7, 7])).rho)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=30), st.floats(0.1, 9))
def test_spearman_depends_on_ranks_only(pairs, scale):
    x, y = (pd.Series(values, dtype=float) for values in zip(*pairs, strict=True))
    assert spearman(x, y).rho == pytest.approx(spearman(x * scale + 3, y**3).rho, nan_ok=True)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=30))
def test_spearman_is_that_of_scipy(pairs):
    x, y = (pd.Series(values, dtype=float) for values in zip(*pairs, strict=True))
    found = spearman(x, y).rho
    if x.nunique() > 1 and y.nunique() > 1:
        assert found == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    else:
        assert math.isnan(found)


@pytest.mark.parametrize("degrees", [MINIMUM - 2, 9, 15, 37, 375])
def test_the_threshold_of_a_relation_is_that_of_scipy(degrees):
    assert student_95(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), abs=1e-3)


def test_a_weak_relation_is_said_not_to_be_one():
    """0.19 over 37 communes happens by chance more than once in twenty (threshold 0.325)."""
    assert not significant(Relation(0.32, 37))
    assert significant(Relation(0.33, 37))
    assert relation_words(Relation(0.19, 37), "a", "b").startswith("Pas de relation nette")
    assert relation_words(Relation(0.9, 9), "a", "b").startswith("Trop peu de communes")


def test_the_direction_of_a_relation_is_in_its_words():
    assert "est élevé en général" in relation_words(Relation(0.94, 39), "a", "b")
    assert "est bas en général" in relation_words(Relation(-0.7, 39), "a", "b")


@given(st.lists(st.integers(0, 100), max_size=60))
def test_no_point_of_a_swarm_covers_another(values):
    places = swarm([float(v) for v in values], width=50)
    step = (max(values) - min(values)) / 50 if len(set(values)) > 1 else 1
    for row in set(places):
        own = sorted(v for v, place in zip(values, places, strict=True) if place == row)
        assert all(b - a >= step - 1e-9 for a, b in itertools.pairwise(own))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_labels_of_slopes_keep_their_order_and_their_distance(values):
    places = spread_labels(values, 5)
    order = sorted(range(len(values)), key=lambda n: values[n])
    sorted_places = [places[n] for n in order]
    assert all(b - a >= 5 - 1e-6 for a, b in itertools.pairwise(sorted_places))


def test_labels_far_apart_stay_where_their_figures_are():
    assert spread_labels([0.0, 50.0], 5) == [0, 50]
    assert spread_labels([10.0, 10.0], 4) == [8, 12]


def test_a_chosen_commune_is_named_before_the_others():
    frame = pd.DataFrame(
        [
            (0.0, 0.0, "Loin", False),
            (10.0, 10.0, "Voisine", False),
            (10.0, 10.0, "Troisième", False),
            (10.1, 10.1, "Choisie", True),
            (20, 20, "", False),
        ],
        columns=["x", "y", "etiquette", "lit"],
    )
    labels = place_labels(frame)
    assert set(labels["etiquette"]) == {"Choisie", "Voisine", "Loin"}, "deux côtés, pas de place pour la troisième"


def test_a_name_goes_to_the_side_where_it_covers_nothing():
    frame = pd.DataFrame(
        [
            ("Gauche", 0.0, 0.0, False),
            ("Droite", 10.0, 10.0, False),  # at the edge: no room on the right
            ("Serrée", 5.0, 5.0, True),
            ("", 5.3, 5.1, False),  # a point under its name if written on the right
        ],
        columns=["etiquette", "x", "y", "lit"],
    )
    sides = place_labels(frame).set_index("etiquette")["gauche"].to_dict()
    assert sides == {"Gauche": False, "Droite": True, "Serrée": True}


@pytest.mark.parametrize("reference", [DEPARTEMENT, FRANCE, MEDIANE, ENSEMBLE, AUTRES])
@pytest.mark.parametrize("codes", [("93066", "93048"), ("200057867", "93010", "93062")])
def test_the_year_asked_alone_is_that_of_the_comparison(warehouse, codes, reference):
    beside = Reference(reference, "", tuple(warehouse.communes) if reference in (MEDIANE, ENSEMBLE, AUTRES) else ())
    cards = [warehouse.indicateurs[code] for code in ("REV01", "REV02", "EMP01", "DEM01", "LOG06", "FAM01")]
    lines = make_comparison(warehouse, [warehouse.territoires[code] for code in codes], beside, cards).lines
    assert [compared_year(warehouse, codes, beside, card.code) for card in cards] == [line.annee for line in lines]
