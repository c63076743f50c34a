"""Trends: the statistic on worked examples, what is said of it, and what is not tested."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from observatoire.methods.phrases import parts_words, turn_words
from observatoire.methods.portrait import trend_words
from observatoire.methods.trend_test import (
    BAISSE,
    CHOC,
    HAUSSE,
    NON_TESTEE,
    NORMALE_99,
    NOTABLE,
    PERIODES,
    PERIODES_MAX,
    SEUIL,
    STABLE,
    STUDENT_99,
    NotTestable,
    Parts,
    Sommet,
    Tendance,
    assess,
    breaks,
    direction,
    independent,
    linear_trend,
    peak,
    robust,
)
from observatoire.records import RegleEvolution
from tests.observatoire.cards import card

PROPORTION, NOMBRES = RegleEvolution("ratio", "proportion"), RegleEvolution("somme", "nombres")


def spaced(text: str) -> str:
    """A text whose no-break spaces, wide and narrow, are plain ones."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


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
    assert linear_trend(range(5), [10, 15, 20, 25, 30], [1] * 5, "nombres") == pytest.approx((50, 12.5))


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
    with pytest.raises(NotTestable, match="un compte est négatif, dépasse son total"):
        linear_trend(range(2), counts, totals)


def test_rates_may_exceed_one():
    assert linear_trend(range(2), [10, 12], [9, 9], "nombres")[1] > 0


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


def test_a_direction_is_also_that_of_the_last_figure_beside_the_first():
    """10 then 140, falling to 11: the slope is down, the last figure is above the first: nothing is said to fall."""
    counts = [300, 4200, 3000, 1500, 330]
    gap, chi2 = linear_trend(range(5), counts, [1] * 5, "nombres")
    assert gap < 0
    assert chi2 > SEUIL
    assert direction(range(5), counts, [1] * 5, "nombres") == STABLE


def test_the_last_ten_periods_are_tested_and_named():
    counts = [90, 80, 60, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29]
    found = assess(rows(counts, [100] * 13, range(2011, 2024)), PROPORTION)
    assert found.annees == tuple(range(2014, 2024))
    assert len(found.annees) == PERIODES_MAX
    assert (found.sens, found.premiere, found.derniere) == (HAUSSE, 11.0, 29.0)
    assert found.bouge


def test_a_series_of_events_is_tested_on_its_values():
    assert assess(rows([10, 15, 20, 25, 30]), NOMBRES).sens == HAUSSE
    assert assess(rows([20, 22, 19, 21, 20]), NOMBRES).mots == "→ sans tendance nette (2019–2023)"


# ---- what is significant


def test_the_thresholds_are_those_of_scipy():
    assert pytest.approx(stats.chi2.ppf(0.998, 1), abs=5e-5) == SEUIL
    assert pytest.approx(stats.norm.ppf(0.995), abs=1e-12) == NORMALE_99
    assert list(STUDENT_99) == [periods - 2 for periods in range(PERIODES, PERIODES_MAX + 1)]
    for degrees, quantile in STUDENT_99.items():
        assert quantile == pytest.approx(stats.t.ppf(0.995, degrees), abs=5e-5)
        assert quantile**2 == pytest.approx(stats.f.ppf(0.99, 1, degrees), rel=1e-4)


def line(first: float, last: float, periods: int) -> list[float]:
    return list(np.linspace(first, last, periods))


@pytest.mark.parametrize(("periods", "change"), [(5, 0.1675), (10, 0.2622)])
def test_a_regular_change_must_exceed_three_per_cent_shocks_that_add_up(periods, change):
    """A straight rise of a stock so large that counting is nothing: D ÷ mean > 2,5758 × 3 % × √(years), that is, of
    the first level (mean = first × (1 + D/2)): 16,75 % in four years, 26,22 % in nine."""
    shocks = NORMALE_99 * CHOC * (periods - 1) ** 0.5
    assert change == pytest.approx(shocks / (1 - shocks / 2), abs=5e-5)
    for part, expected in ((change - 0.001, False), (change + 0.001, True)):
        counts = line(1e9, 1e9 * (1 + part), periods)
        assert robust(range(periods), counts, [1] * periods, "nombres") is expected


@pytest.mark.parametrize(("spread", "expected"), [(0.039, True), (0.040, False)])
def test_an_irregular_change_is_judged_on_its_own_irregularity(spread, expected):
    """+40 % in nine years, well beyond shocks of 3 %, in steps of 4,4 points ± ``spread``: t = 3,355 for p = 1 %."""
    steps = 0.4 / 9 + spread * np.array([1, -1, 1, -1, 0, 1, -1, 1, -1])
    counts = list(1e9 * np.cumsum([1, *steps]))
    assert bool(stats.ttest_1samp(np.diff(counts), 0).pvalue < 0.01) is expected
    assert robust(range(10), counts, [1] * 10, "nombres") is expected


def test_the_second_requirement_is_the_t_test_of_the_yearly_steps():
    """When counting is nothing, D² > t² T s² is Student's test of the mean step, as scipy makes it."""
    rng = np.random.default_rng(93)
    for _ in range(300):
        counts = 1e9 * np.cumprod(1 + rng.normal(0.08, 0.05, 8))
        steps = np.diff(counts)
        wide = abs(counts[-1] - counts[0]) > NORMALE_99 * CHOC * counts.mean() * 7**0.5 * 1.001
        expected = bool(wide and stats.ttest_1samp(steps, 0).pvalue < 0.01)
        if abs(stats.ttest_1samp(steps, 0).pvalue - 0.01) > 1e-4 and wide:
            assert robust(range(8), counts, [1] * 8, "nombres") is expected


def test_small_counts_need_more_than_large_ones():
    """+50 % in nine years: of 60 births a year it may be chance, of 6 000 it is not."""
    assert not robust(range(10), line(60, 90, 10), [1] * 10, "nombres")
    assert robust(range(10), line(6000, 9000, 10), [1] * 10, "nombres")


def test_rounded_counts_are_not_certain():
    """10, 15, 20, 25, 30 as the CNAF rounds them: regular by rounding, and few households."""
    found = assess(rows([10, 15, 20, 25, 30]), NOMBRES)
    assert (found.sens, found.significative) == (HAUSSE, False)


def shocked(kind: str, level: float, shock: float, periods: int, draws: int) -> np.ndarray:
    """Series without trend: yearly shocks of their own year (iid) or that stay (marche)."""
    rng = np.random.default_rng(93)
    noise = rng.normal(0, shock, (draws, periods))
    return rng.poisson(level * np.exp(noise if kind == "iid" else np.cumsum(noise, axis=1))).astype(float)


@pytest.mark.parametrize("kind", ["iid", "marche"])
@pytest.mark.parametrize("level", [5_000, 20_000, 85_000])
@pytest.mark.parametrize("periods", [5, 7, 10])
def test_shocks_of_three_per_cent_make_one_false_trend_in_a_hundred_at_most(kind, level, periods):
    draws, years, ones = 800, list(range(periods)), [1.0] * periods
    false = [
        direction(years, list(row), ones, "nombres") != STABLE and robust(years, list(row), ones, "nombres")
        for row in shocked(kind, level, 0.03, periods, draws)
    ]
    assert np.mean(false) <= 0.01


def test_a_strong_and_regular_trend_is_significant():
    """RSA households of Plaine Commune, had they fallen by 6 % a year for nine years with shocks of 2 %."""
    rng = np.random.default_rng(93)
    walk = np.cumsum(-0.06 + rng.normal(0, 0.02, (200, 10)), axis=1)
    found = [robust(range(10), list(28000 * np.exp(row)), [1] * 10, "nombres") for row in walk]
    assert np.mean(found) > 0.9


# ---- what the first and last figures would hide


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([13.6, 14.5, 13.2, 12.9, 12.7], Sommet(2020, 14.5, haut=True)),
        ([10.0, 9.0, 9.5, 10.0, 11.0], Sommet(2020, 9.0, haut=False)),
        ([10.0, 10.0 * (1 + NOTABLE) + 1e-9, 10.0, 9.9, 9.8], Sommet(2020, 10.0 * (1 + NOTABLE) + 1e-9, haut=True)),
        ([10.0, 10.0 * (1 + NOTABLE) - 1e-9, 10.0, 9.9, 9.8], None),
        ([10.0, 11.0, 12.0, 13.0, 14.0], None),
        ([10.0, 12.0, 8.0, 10.0, 10.0], Sommet(2021, 8.0, haut=False)),
        ([10.0, 0.0, 10.0], None),
        ([10.0, 14.0], None),
    ],
)
def test_a_series_that_rose_then_fell_says_its_peak(values, found):
    assert peak([(2019 + n, value) for n, value in enumerate(values)]) == found


RSA = card(
    "REV14", "Foyers allocataires du RSA pour 100 ménages", unite="pour 100 ménages",
    numerateur_libelle="foyers allocataires du RSA", denominateur_libelle="ménages au recensement",
)  # fmt: skip


def test_the_sentence_says_the_peak_and_which_count_moved():
    """13,6 to 12,7 hides 14,5 in 2020, and that households grew more than those on benefits fell (audit of 2026)."""
    census = [2018, 2018, 2022, 2022, 2022]
    series = rows([85810, 91437, 87587, 85684, 84270], [632025, 632025, 661900, 661900, 661900], census=census)
    found = assess(series, RegleEvolution("ratio", "nombres"))
    assert found.sommet == Sommet(2020, pytest.approx(14.467, abs=1e-3), haut=True)
    assert found.parts == Parts(pytest.approx(-0.0179, abs=1e-4), pytest.approx(0.0473, abs=1e-4), (2018, 2022))
    assert not found.significative
    assert turn_words(RSA, found.sommet) == "14,5 en 2020, puis "
    assert spaced(parts_words(RSA, found)) == (
        "Foyers allocataires du RSA : −1,8 % ; ménages au recensement (2018 et 2022) : +4,7 %."
    )


def test_counts_of_the_same_years_are_not_dated_again_and_a_number_has_no_parts():
    found = assess(rows([10, 15, 20, 25, 30], [100, 100, 100, 100, 101]), PROPORTION)
    assert spaced(parts_words(RSA, found)) == (
        "Foyers allocataires du RSA : +200,0 % ; ménages au recensement : +1,0 %."
    )
    number = assess(rows([10, 15, 20, 25, 30]), NOMBRES)
    assert number.parts is None
    assert parts_words(RSA, number) == ""


def test_significant_is_said_only_of_what_is():
    years = (2019, 2020, 2021, 2022, 2023)
    bare, certain = (Tendance(BAISSE, years, 20.0, 15.0, significative=sure) for sure in (False, True))
    assert bare.mots == "↘ en baisse (2019–2023)"
    assert certain.mots == "↘ en baisse significative (2019–2023)"


def test_the_words_of_a_curve_say_its_peak():
    frame = pd.DataFrame(
        {"serie": "Bondy", "annee": [2019, 2020, 2023], "valeur": [13.6, 14.5, 12.7], "statut": "calcule"}
    )
    assert trend_words(frame, RSA) == "Bondy : de 13,6 en 2019 à 14,5 en 2020, puis 12,7 en 2023."
    bound = frame.assign(statut=["calcule", "censure", "calcule"])
    assert trend_words(bound, RSA) == "Bondy : de 13,6 en 2019 à 12,7 en 2023."


# ---- what is not tested


def test_four_periods_are_too_few():
    found = assess(rows([10, 15, 20, 25], [100] * 4), PROPORTION)
    assert (found.sens, found.raison) == (NON_TESTEE, "4 périodes comparables, il en faut 5")
    assert found.mots == "non testée"
    assert not found.bouge


def test_a_median_is_never_tested():
    series = [{**row, "numerateur": None, "denominateur": None} for row in rows([10, 15, 20, 25, 30], [100] * 5)]
    assert assess(series, RegleEvolution("aucune")).raison.startswith("ce chiffre n’est pas un compte")
    assert assess(series, PROPORTION).raison == "0 période comparable, il en faut 5"


@pytest.mark.parametrize("statut", ["approche", "censure"])
def test_estimates_and_bounds_are_no_counts(statut):
    assert assess(rows([10, 15, 20, 25, 30], [100] * 5, statut=statut), PROPORTION).sens == NON_TESTEE


def test_a_break_is_never_crossed():
    """A fall of half at the reform, flat before and after it: nothing is told of the fall."""
    flat = [200, 201, 199, 200, 200, 100, 101, 99, 100, 100]
    series = rows(flat, [1000] * 10, range(2014, 2024))
    regle = RegleEvolution("ratio", "nombres", ruptures=((2019, "réforme"),))
    found = assess(series, regle)
    assert found.annees == (2019, 2020, 2021, 2022, 2023)
    assert (found.sens, found.sommet) == (STABLE, None)
    assert assess(series, RegleEvolution("ratio", "nombres")).sens == BAISSE


def test_periods_before_a_break_are_left_out():
    regle = RegleEvolution("ratio", "proportion", ruptures=((2021, "réforme"), (2030, "à venir")))
    found = assess(rows([10, 15, 20, 25, 30], [100] * 5), regle)
    assert found.raison == "3 périodes comparables, il en faut 5"


def test_censuses_that_share_surveys_are_not_independent():
    assert independent([2007, 2012, 2017, 2018, 2022], 5) == [2007, 2012, 2017, 2022]
    assert independent([2016, 2017, 2018, 2022], 5) == [2017, 2022]
    assert independent([2019, 2020, 2021], 1) == [2019, 2020, 2021]
    regle = RegleEvolution("ratio", incertitude="wilson_rp")
    found = assess(rows([10, 15, 20, 25, 30], [100] * 5, [2007, 2012, 2017, 2018, 2022]), regle)
    assert found.raison == "recensement : 4 périodes sans enquête commune, il en faut 5"


def test_five_censuses_apart_are_tested_on_those_who_were_asked():
    """Two thirds of the count: χ² falls from 15,625 to 15,625 × 2/3 = 10,4, then under the threshold with clusters."""
    years = [2002, 2007, 2012, 2017, 2022]
    series = rows([10, 15, 20, 25, 30], [100] * 5, years)
    assert assess(series, RegleEvolution("ratio", incertitude="wilson_rp")).sens == HAUSSE
    assert assess(series, RegleEvolution("ratio", incertitude="wilson_rp", effet_plan=2)).sens == STABLE


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
    regle = RegleEvolution("ratio", "proportion", ruptures=((2019, "avant"), (2020, "réforme"), (2030, "à venir")))
    assert breaks(series, regle) == [(2020, "réforme"), (2021, "dénominateur de 2022")]
    assert breaks(rows([1, 2, 3], [9, 9, 9]), PROPORTION) == []
    assert breaks([], PROPORTION) == []


# ---- the shipped figures


def test_births_of_the_departement_fall_and_a_median_is_not_tested(warehouse):
    from observatoire.views.portrait.profile import tendances

    found = tendances(warehouse, "93")
    births = warehouse.figures(["DEM13"], ["93"]).dropna(subset=["valeur"]).tail(5)["valeur"]
    assert births.iloc[-1] < births.iloc[0]
    assert found["DEM13"].sens == BAISSE
    assert not found["DEM13"].significative, "−14 % en neuf ans : des chocs de 3 % qui s’ajoutent y suffiraient"
    assert found["REV01"].sens == NON_TESTEE
    assert found["EMP01"].raison.startswith("recensement")
    assert found["LOG06"].sens == NON_TESTEE


@pytest.mark.parametrize("code", ["REV14", "REV44", "REV53", "EMP04", "HAN01", "HAN07"])
def test_no_stock_of_the_departement_is_said_to_move_significantly(warehouse, code):
    """Shocks that all share, of 2 to 3 % a year, would be enough: χ² alone called most of them significant."""
    from observatoire.views.portrait.profile import tendances

    assert not tendances(warehouse, "93")[code].significative


def test_breaks_of_the_catalogue_reach_the_warehouse(warehouse):
    assert (2019, "réforme de la prime d’activité") in warehouse.regles["REV44"].ruptures
    series = warehouse.figures(["REV44"], ["93"]).to_dict("records")
    assert [year for year, _ in breaks(series, warehouse.regles["REV44"])] == [2019, 2021, 2022]
