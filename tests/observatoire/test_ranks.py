"""A commune's rank: its direction, its ties, and the interval that the figures allow."""

import pandas as pd
import pytest

from observatoire.methods.ranks import SANS_INTERVALLE, Rank, rank_communes, rank_sentence

NAN = float("nan")


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


def test_equals_share_the_better_rank_and_it_is_said():
    found = rank_communes(figures(("a", 5, NAN, NAN), ("b", 5, NAN, NAN), ("c", 9, NAN, NAN)), "favorable")
    assert found["a"] == found["b"] == Rank(2, 3, egales=1)
    assert "2ᵉ situation la plus favorable sur 3 communes, à égalité avec 1 autre." in rank_sentence(
        found["a"], "favorable"
    )


def test_figures_with_intervals_give_a_range_of_ranks():
    found = rank_communes(figures(("a", 10, 8, 12), ("b", 10.2, 8.2, 12.2), ("c", 30, 29, 31)), "defavorable")
    assert found["a"].entre == (1, 2)
    assert found["c"].entre == (3, 3)
    assert rank_sentence(found["b"], "defavorable") == (
        "2ᵉ situation la plus favorable sur 3 communes, entre la 1ʳᵉ et la 2ᵉ avec 95\u00a0% de confiance pour "
        "l’ensemble des communes — indicatif"
    )


def test_one_bound_alone_is_no_interval():
    """« Moins de 5 » is a bound of its own kind, not the edge of a 95 % interval."""
    found = rank_communes(figures(("a", 5, NAN, 5), ("b", 9, NAN, NAN)), "defavorable")
    assert found["a"] == Rank(1, 2)
    assert rank_sentence(found["a"], "defavorable").endswith(SANS_INTERVALLE)


def test_a_neutral_indicator_is_not_judged():
    assert "favorable" not in rank_sentence(Rank(3, 39, entre=(2, 5)), "neutre")


def test_the_shipped_unemployment_ranks_have_intervals_and_hold_their_own_rank(house):
    """Census 2023: 35 communes are surveyed, so their ranks are ranges, each holding the observed rank; the four of
    less than 10 000 inhabitants are not assessed."""
    found = rank_communes(house.figures(["EMP01"], house.communes, [2023]), "defavorable")
    assert len(found) == 39
    assert {code for code, rank in found.items() if rank.entre is None} == {"93015", "93033", "93039", "93074"}
    assessed = [rank for rank in found.values() if rank.entre]
    assert all(rank.entre[0] <= rank.rang <= rank.entre[1] for rank in assessed)
    assert sum(rank.entre[0] < rank.entre[1] for rank in assessed) > 20
    for code in ("93014", "93062", "93015"):
        assert found[code].rang == house.profile(code, ["EMP01"])[0]["rang"], "le rang des portraits"


def test_a_producer_that_gives_no_interval_gives_bare_ranks(house):
    found = rank_communes(house.figures(["REV02"], house.communes, [2021]), "defavorable")
    assert {rank.entre for rank in found.values()} == {None}
