"""Sentences claim no more than the figures show, in good French."""

from dataclasses import replace

import pytest

from observatoire.methods.phrases import grade, reading, sentence, subject
from tests.observatoire.conftest import T8, T9

LARGE = "\u00a0"


@pytest.fixture
def poverty(cards):
    return cards["REV02"]


@pytest.fixture
def doctors(cards):
    return cards["SER01"]


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.44, "moins de la moitié du niveau"),
        (0.45, "environ la moitié du niveau"),
        (0.549, "environ la moitié du niveau"),
        (0.97, "un niveau proche de celui"),
        (0.969, "un niveau légèrement inférieur à celui"),
        (0.93, "un niveau légèrement inférieur à celui"),
        (1.0, "un niveau égal à celui"),
        (1.029, "un niveau proche de celui"),
        (1.03, "un niveau légèrement supérieur à celui"),
        (1.069, "un niveau légèrement supérieur à celui"),
        (1.45, "environ une fois et demie le niveau"),
        (1.549, "environ une fois et demie le niveau"),
        (1.95, "environ le double du niveau"),
        (2.049, "environ le double du niveau"),
        (2.05, "plus du double du niveau"),
        (2.949, "plus du double du niveau"),
        (3.0, "environ le triple du niveau"),
        (3.05, "plus du triple du niveau"),
    ],
)
def test_each_ratio_has_its_words(doctors, ratio, words):
    assert grade(ratio * 100, 100.0, doctors) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (44.0, f"un niveau inférieur de 56,0{LARGE}points à celui"),
        (55.0, f"un niveau inférieur de 45,0{LARGE}points à celui"),
        (92.9, f"un niveau inférieur de 7,1{LARGE}points à celui"),
        (107.0, f"un niveau supérieur de 7,0{LARGE}points à celui"),
        (144.9, f"un niveau supérieur de 44,9{LARGE}points à celui"),
        (155.0, f"un niveau supérieur de 55,0{LARGE}points à celui"),
        (194.9, f"un niveau supérieur de 94,9{LARGE}points à celui"),
    ],
)
def test_a_moderate_gap_between_percentages_is_in_points(poverty, value, words):
    assert grade(value, 100.0, poverty) == words


def test_a_gap_of_less_than_two_points_is_singular(poverty):
    assert grade(4.8, 3.0, poverty) == f"un niveau supérieur de 1,8{LARGE}point à celui"


@pytest.mark.parametrize(("value", "words"), [(1.2, "supérieur d’environ 20"), (0.8, "inférieur d’environ 20")])
def test_a_moderate_gap_elsewhere_is_in_per_cent_of_the_reference(doctors, value, words):
    assert grade(value, 1.0, doctors) == f"un niveau {words}{LARGE}% à celui"


@pytest.mark.parametrize(("value", "reference"), [(-1.5, 0.5), (1.4, -0.5), (0.4, 0.0), (-0.2, -0.8)])
def test_where_a_ratio_means_nothing_only_the_order_is_said(doctors, value, reference):
    order = "supérieur" if value > reference else "inférieur"
    assert grade(value, reference, doctors) == f"un niveau {order} à celui"


def test_a_yearly_change_in_per_cent_is_compared_in_points_whatever_its_sign(cards):
    assert grade(-1.5, 0.5, cards["DEM09"]) == f"un niveau inférieur de 2,0{LARGE}points à celui"


def test_a_whole_sentence(petit, poverty):
    lieux = petit.territoires
    text = sentence(lieux["93014"], poverty, 42.0, 2021, (lieux["93"], 28.0, "calcule"))
    assert text == (
        f"À Clichy-sous-Bois, le taux de pauvreté est de 42,0{LARGE}% en 2021, soit un niveau supérieur de "
        f"14,0{LARGE}points à celui de la Seine-Saint-Denis (28,0{LARGE}%)."
    )


@pytest.mark.parametrize(
    ("code", "start"),
    [("93062", "Au Raincy, le"), ("93045", "Aux Lilas, le"), (T8, "Sur le territoire d’Est Ensemble, le")],
)
def test_a_sentence_begins_with_where_one_is(petit, poverty, code, start):
    assert sentence(petit.territoires[code], poverty, 18.0, 2021, None).startswith(start)


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("93062", "celui du Raincy (18,0"),
        ("93045", "celui des Lilas (18,0"),
        (T8, "celui d’Est Ensemble (18,0"),
        (T9, "celui de Grand Paris Grand Est (18,0"),
        ("R11", "celui de l’Île-de-France (18,0"),
        ("FM", "celui de la France métropolitaine (18,0"),
    ],
)
def test_the_reference_is_named_after_de(petit, poverty, code, end):
    here, other = petit.territoires["93014"], petit.territoires[code]
    assert end in sentence(here, poverty, 18.01, 2021, (other, 18.0, "publie"))


def test_a_bound_is_told_as_a_bound_and_compared_with_nothing(petit, poverty):
    lieux = petit.territoires
    text = sentence(lieux["93015"], poverty, 5.0, 2021, (lieux["93"], 28.0, "publie"), "censure")
    assert text == f"À Coubron, le taux de pauvreté est de moins de 5,0{LARGE}% en 2021."


def test_approximations_are_told_on_both_sides(petit, poverty):
    lieux = petit.territoires
    text = sentence(lieux[T9], poverty, 25.0, 2021, (lieux["93"], 28.0, "approche"), "approche")
    assert f"est de 25,0{LARGE}% en 2021 (valeur approchée), soit" in text
    assert text.endswith(f"(28,0{LARGE}%, valeur approchée).")


def test_a_plural_label_is_told_without_a_verb_and_with_no_break_before_the_colon(petit, cards):
    text = sentence(petit.territoires["93014"], cards["REV03"], 25.0, 2021, None)
    assert text == f"Ménages allocataires{LARGE}: 25,0{LARGE}pour 100 ménages en 2021."


def test_the_subject_keeps_capitals_inside_the_label(cards):
    card = replace(cards["REV02"], libelle="Part des foyers au RSA")
    assert subject(card) == "la part des foyers au RSA"
    assert subject(replace(card, libelle="Indice de Gini")) == "l’indice de Gini"


def test_the_unit_is_said_once(cards):
    card = replace(cards["SER01"], libelle="Médecins pour 1 000 habitants")
    assert reading(card, 1.2) == "1,20"
    assert reading(cards["SER01"], 1.2) == f"1,20{LARGE}pour 1 000 habitants"


def test_every_label_of_the_catalogue_that_starts_with_a_known_noun_makes_a_subject(warehouse):
    """A singular noun without its article would be told as a plural: the list of articles covers the catalogue."""
    for card in warehouse.indicateurs.values():
        first = card.libelle.split(" ", 1)[0]
        assert subject(card) or first.endswith(("s", "x")), card.libelle
