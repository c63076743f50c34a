"""A commune's rank: its direction, its ties, and the interval that the figures allow."""

import pandas as pd
import pytest

from observatoire.mesures import MesureSimple
from observatoire.methods.ranks import (
    SANS_INTERVALLE,
    Rank,
    interval_words,
    place_column,
    place_short,
    place_words,
    rank_communes,
    rank_sentence,
)
from observatoire.views.portrait.profile import place_of, ranks

NAN = float("nan")
NOMS = {"a": "Aubervilliers", "b": "La Courneuve", "c": "Stains", "d": "Le Raincy", "e": "Bondy"}
TAUX = MesureSimple("T", "Taux de pauvreté", "%", 1, sens="defavorable")
REVENU = MesureSimple("R", "Niveau de vie médian", "€", 0, sens="favorable")
PART = MesureSimple("P", "Part des familles", "%", 1)


def figures(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["territoire", "valeur", "borne_basse", "borne_haute"])


def test_the_first_is_the_lowest_when_high_is_unfavourable():
    found = rank_communes(figures(("a", 30, NAN, NAN), ("b", 10, NAN, NAN), ("c", 20, NAN, NAN)), "defavorable")
    assert {code: rank.rang for code, rank in found.items()} == {"b": 1, "c": 2, "a": 3}


@pytest.mark.parametrize("sens", ["favorable", "neutre"])
def test_else_the_first_is_the_highest(sens):
    found = rank_communes(figures(("a", 30, NAN, NAN), ("b", 10, NAN, NAN)), sens)
    assert (found["a"].rang, found["b"].rang) == (1, 2)


def test_a_commune_without_a_figure_has_no_rank_and_is_not_counted():
    found = rank_communes(figures(("a", 30, NAN, NAN), ("b", NAN, NAN, NAN)), "neutre")
    assert found == {"a": Rank(1, 1)}


def test_equals_share_the_better_rank_and_are_named():
    found = rank_communes(figures(("a", 5, NAN, NAN), ("b", 5, NAN, NAN), ("c", 9, NAN, NAN)), "favorable")
    assert found["a"] == found["b"] == Rank(2, 3, egales=1)
    assert found["a"].avec == ("b",)
    assert place_words(found["a"], REVENU, NOMS) == "le plus bas du département, à égalité avec La Courneuve"
    assert place_words(found["c"], REVENU, NOMS) == "le plus élevé du département"


def test_two_figures_that_are_written_alike_are_equal_one_digit_further_they_are_not():
    """34,04 and 33,96 are both written 34,0 %; a whole number of points, 34 %, is that of 33,6 and 34,4."""
    frame = figures(("a", 34.04, NAN, NAN), ("b", 33.96, NAN, NAN), ("c", 34.06, NAN, NAN))
    assert {code: rank.egales for code, rank in rank_communes(frame, "defavorable", 1).items()} == {
        "a": 1, "b": 1, "c": 0,
    }  # fmt: skip
    assert {rank.egales for rank in rank_communes(frame, "defavorable").values()} == {0}
    whole = figures(("a", 33.6, NAN, NAN), ("b", 34.4, NAN, NAN), ("c", 34.6, NAN, NAN)).assign(arrondi=1.0)
    assert [rank.egales for rank in rank_communes(whole, "defavorable", 1).values()] == [1, 1, 0]


def test_a_bound_is_under_the_figure_that_is_written_the_same():
    frame = figures(("a", 5, NAN, NAN), ("b", 5, NAN, NAN), ("c", 5, NAN, NAN), ("d", 9, NAN, NAN))
    found = rank_communes(frame.assign(statut=["censure", "publie", "censure", "publie"]), "defavorable", 1)
    assert [found[code].places("defavorable") for code in "abcd"] == [(3, 1), (2, 3), (3, 1), (1, 4)]
    assert place_words(found["a"], TAUX, NOMS) == "le plus bas du département, à égalité avec Stains"


@pytest.mark.parametrize(
    ("rang", "words"),
    [
        (1, "le plus bas du département"),
        (2, "le 2ᵉ plus bas des 39 communes"),
        (19, "le 19ᵉ plus bas des 39 communes"),
        (20, "au milieu des 39 communes (20ᵉ)"),
        (21, "le 19ᵉ plus élevé des 39 communes"),
        (38, "le 2ᵉ plus élevé des 39 communes"),
        (39, "le plus élevé du département"),
    ],
)
def test_a_place_is_counted_from_the_nearest_end_of_the_values(rang, words):
    """Of a rate that is worse when higher, rank 39 is the highest: it is never said « 39ᵉ »."""
    assert place_words(Rank(rang, 39), TAUX, NOMS) == words
    swapped = words.replace("bas", "?").replace("élevé", "bas").replace("?", "élevé")
    assert place_words(Rank(rang, 39), REVENU, NOMS) == swapped


def test_there_is_no_middle_commune_among_an_even_number():
    assert place_words(Rank(19, 38), REVENU, NOMS) == "le 19ᵉ plus élevé des 38 communes"
    assert place_words(Rank(20, 38), REVENU, NOMS) == "le 19ᵉ plus bas des 38 communes"


@pytest.mark.parametrize(
    ("entre", "words"),
    [
        ((3, 3), "la 3ᵉ plus élevée des 39 communes"),
        ((2, 5), "la 3ᵉ plus élevée des 39 communes (2ᵉ à 5ᵉ)"),
        ((2, 6), "parmi les plus élevées des 39 communes (2ᵉ à 6ᵉ)"),
        ((1, 13), "parmi les plus élevées des 39 communes (1ʳᵉ à 13ᵉ)"),
        ((1, 14), "dans la moitié la plus élevée des 39 communes (1ʳᵉ à 14ᵉ)"),
        ((1, 20), "dans la moitié la plus élevée des 39 communes (1ʳᵉ à 20ᵉ)"),
        ((1, 21), "place incertaine parmi les 39 communes (1ʳᵉ à 21ᵉ)"),
    ],
)
def test_the_words_of_a_place_widen_with_its_interval(entre, words):
    """Four places are still one; the third, then the half of the communes are what can be said; beyond, nothing."""
    assert place_words(Rank(3, 39, entre=entre), PART, NOMS) == words


@pytest.mark.parametrize(
    ("entre", "words"),
    [
        ((10, 29), "au milieu des 39 communes (10ᵉ à 29ᵉ)"),
        ((9, 29), "place incertaine parmi les 39 communes (9ᵉ à 29ᵉ)"),
        ((10, 30), "place incertaine parmi les 39 communes (10ᵉ à 30ᵉ)"),
        ((20, 39), "dans la moitié la plus basse des 39 communes (1ʳᵉ à 20ᵉ plus basse)"),
        ((19, 39), "place incertaine parmi les 39 communes (19ᵉ à 39ᵉ)"),
        ((27, 39), "parmi les plus basses des 39 communes (1ʳᵉ à 13ᵉ plus basse)"),
        ((26, 39), "dans la moitié la plus basse des 39 communes (1ʳᵉ à 14ᵉ plus basse)"),
    ],
)
def test_the_middle_and_the_low_end_have_the_same_bounds(entre, words):
    assert place_words(Rank(28, 39, entre=entre), PART, NOMS) == words


def test_a_narrow_interval_of_an_unfavourable_indicator_is_counted_like_its_place():
    """Rank 37 of 39 is the third highest; ranks 35 to 38 are the second to the fifth highest."""
    assert place_words(Rank(37, 39, entre=(35, 38)), TAUX, NOMS) == "le 3ᵉ plus élevé des 39 communes (2ᵉ à 5ᵉ)"
    assert interval_words(Rank(37, 39, entre=(35, 38)), TAUX) == "2ᵉ à 5ᵉ plus élevé"
    assert interval_words(Rank(2, 39, entre=(1, 6)), TAUX) == "1ᵉʳ à 6ᵉ plus bas"
    assert interval_words(Rank(2, 39), TAUX) == "–"


def test_equals_are_named_up_to_three_and_counted_beyond():
    said = {
        ("a",): "à égalité avec Aubervilliers",
        ("a", "b"): "à égalité avec Aubervilliers et La Courneuve",
        ("a", "b", "c"): "à égalité avec Aubervilliers, La Courneuve et Stains",
        ("a", "b", "c", "d"): "à égalité avec 4 autres",
    }
    for codes, words in said.items():
        assert place_words(Rank(1, 39, len(codes), avec=codes), REVENU, NOMS).endswith(f"du département, {words}")


def test_the_highest_of_those_that_are_known_is_not_that_of_the_departement():
    assert place_words(Rank(1, 38), REVENU, NOMS, 39) == "le plus élevé des 38 communes dont le chiffre est connu"
    assert place_words(Rank(1, 39), REVENU, NOMS, 39) == "le plus élevé du département"
    assert place_words(Rank(1, 4), REVENU, NOMS, 4, "EPT", "") == "le plus élevé des 4 EPT"


def test_no_place_is_made_of_a_figure_alone_or_of_equals_everywhere():
    assert place_words(Rank(1, 1), PART, NOMS) == "la seule connue"
    assert place_words(Rank(1, 3, 2, avec=("a", "b")), TAUX, NOMS) == "le même dans les 3 communes"
    assert (place_short(Rank(1, 1), TAUX), place_short(Rank(1, 3, 2), TAUX)) == ("–", "à égalité")


def test_a_column_of_places_says_the_same_as_the_sentence():
    frame = pd.DataFrame({"code": list("abcd"), "valeur": [9.0, 9.0, 1.0, None], "statut": "publie", "arrondi": None})
    assert place_column(frame, TAUX) == ["le plus élevé, à égalité", "le plus élevé, à égalité", "le plus bas", "–"]
    assert place_short(Rank(3, 39), PART) == "3ᵉ plus élevée"


def test_figures_with_intervals_give_a_range_of_ranks():
    found = rank_communes(figures(("a", 10, 8, 12), ("b", 10.2, 8.2, 12.2), ("c", 30, 29, 31)), "defavorable")
    assert found["a"].entre == (1, 2)
    assert found["c"].entre == (3, 3)
    assert rank_sentence(found["b"], TAUX, NOMS) == (
        "dans la moitié la plus basse des 3 communes (1ᵉʳ à 2ᵉ plus bas), avec 95\u00a0% de confiance pour "
        "l’ensemble des communes (indicatif)"
    )
    assert rank_sentence(found["c"], TAUX, NOMS) == (
        "le plus élevé du département, place assurée avec 95\u00a0% de confiance pour l’ensemble des communes "
        "(indicatif)"
    )


def test_one_bound_alone_is_no_interval():
    """« Moins de 5 » is a bound of its own kind, not the edge of a 95 % interval."""
    found = rank_communes(figures(("a", 5, NAN, 5), ("b", 9, NAN, NAN)), "defavorable")
    assert found["a"] == Rank(1, 2)
    assert rank_sentence(found["a"], TAUX, NOMS).endswith(SANS_INTERVALLE)


def test_the_poverty_of_clichy_is_said_the_same_everywhere(warehouse):
    """42 % in 2021, as in two other communes: the highest of the département, whoever says it."""
    card = warehouse.indicateurs["REV02"]
    words = "le plus élevé du département, à égalité avec Aubervilliers et La Courneuve"
    assert place_of(warehouse, "93014", card, 2021) == words
    assert ranks(warehouse, "REV02", 2021)["93014"].places(card.sens) == (1, 37)


def test_the_shipped_unemployment_ranks_have_intervals_and_hold_their_own_rank(warehouse):
    """Census 2023: 35 communes are surveyed, so their ranks are ranges, each holding the observed rank; the four of
    less than 10 000 inhabitants are not assessed."""
    found = rank_communes(warehouse.figures(["EMP01"], warehouse.communes, [2023]), "defavorable")
    assert len(found) == 39
    assert {code for code, rank in found.items() if rank.entre is None} == {"93015", "93033", "93039", "93074"}
    assessed = [rank for rank in found.values() if rank.entre]
    assert all(rank.entre[0] <= rank.rang <= rank.entre[1] for rank in assessed)
    assert sum(rank.entre[0] < rank.entre[1] for rank in assessed) > 20
    for code in ("93014", "93062", "93015"):
        assert found[code].rang == warehouse.profile(code, ["EMP01"])[0]["rang"], "le rang des portraits"


def test_a_producer_that_gives_no_interval_gives_bare_ranks(warehouse):
    found = rank_communes(warehouse.figures(["REV02"], warehouse.communes, [2021]), "defavorable")
    assert {rank.entre for rank in found.values()} == {None}
