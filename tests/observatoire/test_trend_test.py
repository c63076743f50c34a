"""Trends: the statistic on worked examples, what is said of it, and what is not tested."""

import pytest

from observatoire.methods.portrait import rank_text
from observatoire.methods.trend_test import (
    BAISSE,
    HAUSSE,
    NON_TESTEE,
    STABLE,
    Tendance,
    assess,
    breaks,
    direction,
    independent,
    linear_trend,
)
from observatoire.warehouse import Regle

PROPORTION, FAITS = Regle("ratio", "proportion"), Regle("somme", "faits")


def rows(counts, totals=None, years=None, census=None, statut="calcule", facteur=100):
    """Rows of one series; ``census``: the year of each denominator."""
    years = years or range(2019, 2019 + len(counts))
    totals = totals or [None] * len(counts)
    return [
        {
            "annee": y, "statut": statut, "numerateur": k, "denominateur": n,
            "valeur": k if n is None else facteur * k / n, "annee_denominateur": c,
        }
        for y, k, n, c in zip(years, counts, totals, census or years, strict=True)
    ]  # fmt: skip


# ---- the statistic


def test_proportions_worked_by_hand():
    """n = 100 a year, k = 10, 15, 20, 25, 30: p̄ = 0,2; x centred = −2…2; T = 2×10 + 1×5 + 1×5 + 2×10 = 50;
    variance = 0,2 × 0,8 × 100 × (4 + 1 + 0 + 1 + 4) = 160; χ² = 50² ÷ 160 = 15,625."""
    gap, chi2 = linear_trend(range(5), [10, 15, 20, 25, 30], [100] * 5)
    assert gap == pytest.approx(50)
    assert chi2 == pytest.approx(15.625)


def test_numbers_of_events_worked_by_hand():
    """Same counts as events: mean 20, variance = 20 × 10 = 200, χ² = 2500 ÷ 200 = 12,5."""
    assert linear_trend(range(5), [10, 15, 20, 25, 30], [1] * 5, "faits") == pytest.approx((50, 12.5))


def test_the_published_example_of_agresti():
    """Malformations and mother's alcohol (Graubard and Korn 1987), in Agresti, Categorical Data Analysis, § 3.4:
    scores 0, 0,5, 1,5, 4, 7; the trend statistic is z² = 6,57."""
    present, absent = (48, 38, 5, 1, 1), (17066, 14464, 788, 126, 37)
    totals = [a + b for a, b in zip(present, absent, strict=True)]
    assert linear_trend((0, 0.5, 1.5, 4, 7), present, totals)[1] == pytest.approx(6.57, abs=0.005)


def test_the_year_taken_as_origin_changes_nothing():
    counts, totals = [812, 790, 771, 760, 741], [5000, 5010, 5020, 5030, 5040]
    near = linear_trend(range(5), counts, totals)
    assert linear_trend(range(2019, 2024), counts, totals) == pytest.approx(near, rel=1e-9)


def test_nothing_that_varies_has_no_trend():
    assert linear_trend(range(5), [0] * 5, [100] * 5) == (0.0, 0.0)
    assert linear_trend(range(5), [100] * 5, [100] * 5) == (0.0, 0.0)


@pytest.mark.parametrize(("counts", "totals"), [([-1, 2], [9, 9]), ([1, 2], [9, 0]), ([1, 10], [9, 9])])
def test_what_is_no_count_is_refused(counts, totals):
    with pytest.raises(ValueError, match="un compte est négatif, dépasse son total"):
        linear_trend(range(2), counts, totals)


def test_rates_may_exceed_one():
    assert linear_trend(range(2), [10, 12], [9, 9], "faits")[1] > 0


# ---- what is said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([10, 15, 20, 25, 30], HAUSSE),
        ([30, 25, 20, 15, 10], BAISSE),
        ([20, 22, 19, 21, 20], STABLE),
        # χ² = (2×8 + 1×4 + 1×4 + 2×8)² ÷ 160 = 10 > 9,5495
        ([12, 16, 20, 24, 28], HAUSSE),
        # χ² = (2×7 + 1×4 + 1×4 + 2×7)² ÷ 160 = 8,1 < 9,5495
        ([13, 16, 20, 24, 27], STABLE),
    ],
)
def test_the_threshold_is_99_8_per_cent(counts, said):
    assert direction(range(5), counts, [100] * 5, "proportion") == said


def test_a_single_period_does_not_make_a_trend():
    """Flat, then one high last year: χ² = 77² ÷ 203 = 29 passes, but without that year the direction turns."""
    counts = [21, 21, 20, 20, 60]
    assert linear_trend(range(5), counts, [100] * 5)[1] > 9.5495
    assert direction(range(5), counts, [100] * 5, "proportion") == STABLE


def test_the_last_five_periods_are_tested_and_named():
    found = assess(rows([90, 80, 10, 15, 20, 25, 30], [100] * 7, range(2017, 2024)), PROPORTION)
    assert found == Tendance(HAUSSE, (2019, 2020, 2021, 2022, 2023), 10.0, 30.0)
    assert found.mots == "↗ en hausse (2019–2023)"
    assert found.bouge


def test_a_series_of_events_is_tested_on_its_values():
    assert assess(rows([10, 15, 20, 25, 30]), FAITS).sens == HAUSSE
    assert assess(rows([20, 22, 19, 21, 20]), FAITS).mots == "→ stable (2019–2023)"


# ---- what is not tested


def test_four_periods_are_too_few():
    found = assess(rows([10, 15, 20, 25], [100] * 4), PROPORTION)
    assert (found.sens, found.raison) == (NON_TESTEE, "4 périodes comparables, il en faut 5")
    assert found.mots == "non testée"
    assert not found.bouge


def test_a_median_is_never_tested():
    series = [{**row, "numerateur": None, "denominateur": None} for row in rows([10, 15, 20, 25, 30], [100] * 5)]
    assert assess(series, Regle("aucune")).raison.startswith("ce chiffre n’est pas un compte")
    assert assess(series, PROPORTION).raison == "0 période comparable, il en faut 5"


@pytest.mark.parametrize("statut", ["approche", "censure"])
def test_estimates_and_bounds_are_no_counts(statut):
    assert assess(rows([10, 15, 20, 25, 30], [100] * 5, statut=statut), PROPORTION).sens == NON_TESTEE


def test_periods_before_a_break_are_left_out():
    regle = Regle("ratio", "proportion", ruptures=((2021, "réforme"), (2030, "à venir")))
    found = assess(rows([10, 15, 20, 25, 30], [100] * 5), regle)
    assert found.raison == "3 périodes comparables, il en faut 5"


def test_censuses_that_share_surveys_are_not_independent():
    assert independent([2007, 2012, 2017, 2018, 2022], 5) == [2007, 2012, 2017, 2022]
    assert independent([2016, 2017, 2018, 2022], 5) == [2017, 2022]
    assert independent([2019, 2020, 2021], 1) == [2019, 2020, 2021]
    regle = Regle("ratio", incertitude="wilson_rp")
    found = assess(rows([10, 15, 20, 25, 30], [100] * 5, [2007, 2012, 2017, 2018, 2022]), regle)
    assert found.raison == "recensement : 4 périodes sans enquête commune, il en faut 5"


def test_five_censuses_apart_are_tested_on_those_who_were_asked():
    """Two thirds of the count: χ² falls from 15,625 to 15,625 × 2/3 = 10,4, then under the threshold with clusters."""
    years = [2002, 2007, 2012, 2017, 2022]
    series = rows([10, 15, 20, 25, 30], [100] * 5, years)
    assert assess(series, Regle("ratio", incertitude="wilson_rp")).sens == HAUSSE
    assert assess(series, Regle("ratio", incertitude="wilson_rp", effet_plan=2)).sens == STABLE


def test_a_step_of_the_denominator_makes_no_trend():
    """The same number of households on benefits; the census behind the rate moves from 1 000 to 1 200 households."""
    census = [2018, 2018, 2022, 2022, 2022]
    flat = assess(rows([200, 200, 200, 200, 200], [1000, 1000, 1200, 1200, 1200], census=census), PROPORTION)
    assert flat.sens == STABLE
    falling = assess(rows([300, 260, 220, 180, 140], [1000, 1000, 1010, 1010, 1010], census=census), PROPORTION)
    assert falling.sens == BAISSE


def test_a_conclusion_that_depends_on_the_census_is_not_drawn():
    """25 % then 18,5 % as published (χ² = 11,3); with households that grow each year χ² = 8,9, under the threshold."""
    census = [2020, 2020, 2020, 2024, 2024]
    series = rows([100, 101, 102, 103, 104], [400, 400, 400, 560, 560], census=census)
    found = assess(series, PROPORTION)
    assert found.sens == NON_TESTEE
    assert "dépend du recensement" in found.raison


def test_one_census_for_all_years_is_not_enough():
    found = assess(rows([10, 15, 20, 25, 30], [100] * 5, census=[2018] * 5), PROPORTION)
    assert found.raison == "le dénominateur est d’une seule année"


def test_breaks_are_declared_or_come_from_the_denominator():
    series = rows([10, 15, 20, 25, 30], [100] * 5, census=[2018, 2018, 2022, 2022, 2022])
    regle = Regle("ratio", "proportion", ruptures=((2019, "avant"), (2020, "réforme"), (2030, "à venir")))
    assert breaks(series, regle) == [(2020, "réforme"), (2021, "dénominateur de 2022")]
    assert breaks(rows([1, 2, 3], [9, 9, 9]), PROPORTION) == []
    assert breaks([], PROPORTION) == []


# ---- ranks


def test_a_rank_is_followed_by_those_that_the_intervals_allow():
    assert rank_text(5.0, 39.0, (3, 8)) == "5ᵉ sur 39 (3ᵉ–8ᵉ, indicatif)"
    assert rank_text(1.0, 39.0, (1, 1)) == "1ʳᵉ sur 39"
    assert rank_text(7.0, 38.0) == "7ᵉ sur 38"
    assert rank_text(float("nan"), 39.0, (1, 2)) == "–"


# ---- the shipped figures


def test_births_of_the_departement_fall_and_a_median_is_not_tested(house):
    from observatoire.portraits import tendances

    found = tendances(house, "93")
    births = house.figures(["DEM13"], ["93"]).dropna(subset=["valeur"]).tail(5)["valeur"]
    assert births.iloc[-1] < births.iloc[0]
    assert found["DEM13"].sens == BAISSE
    assert found["REV01"].sens == NON_TESTEE
    assert found["EMP01"].raison.startswith("recensement")
    assert found["LOG06"].sens == NON_TESTEE


def test_breaks_of_the_catalogue_reach_the_warehouse(house):
    assert (2019, "réforme de la prime d’activité") in house.regles["REV44"].ruptures
    series = house.figures(["REV44"], ["93"]).to_dict("records")
    assert [year for year, _ in breaks(series, house.regles["REV44"])] == [2019, 2021]
