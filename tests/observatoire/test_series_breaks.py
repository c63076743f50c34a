"""A break in a series is never crossed: no evolution, no line, no index, no slope, no reference of the years before."""

import pandas as pd

from observatoire.charts.multiples import draw_multiples
from observatoire.charts.trends import draw_trends
from observatoire.methods.evolutions import latest_series, pairs_of_years
from observatoire.methods.overview import key_figure
from observatoire.methods.portrait import trend_words
from observatoire.methods.trend_test import assess
from tests.observatoire.cards import card

NOUVELLE = card(annees=(2019, 2020, 2021, 2023), ruptures=((2023, "nouvelle série"),))
VALEURS = {2019: 27.0, 2020: 27.5, 2021: 28.0, 2023: 29.5}


def rows(valeurs=VALEURS, code="REV02"):
    lines = [("93", code, year, value, "publie", None) for year, value in valeurs.items()]
    names = ("territoire", "indicateur", "annee", "valeur", "statut", "motif")
    return [dict(zip(names, line, strict=True)) for line in lines]


def series(valeurs=VALEURS, name="Bondy"):
    return pd.DataFrame(
        [(name, year, value, "publie") for year, value in valeurs.items()],
        columns=["serie", "annee", "valeur", "statut"],
    )


def test_a_key_figure_of_a_new_series_says_so_and_has_no_evolution():
    found = key_figure(rows(), NOUVELLE)
    assert found is not None
    assert (found.annee, found.serie) == (2023, ((2023, 29.5),))
    assert found.evolution == "nouvelle série en 2023"


def test_the_evolution_of_a_key_figure_starts_at_the_break():
    found = key_figure(rows({**VALEURS, 2024: 30.5}), NOUVELLE)
    assert found is not None
    assert found.evolution.startswith("+1,0")
    assert found.evolution.endswith("depuis 2023")


def test_two_censuses_that_share_surveys_make_no_evolution():
    census = card(annees=(2018, 2022, 2023), incertitude="wilson_rp")
    found = key_figure(rows({2022: 15.0, 2023: 15.4}), census)
    assert found is not None
    assert (found.evolution, found.serie) == ("", ((2023, 15.4),))
    apart = key_figure(rows({2018: 14.0, 2022: 15.0, 2023: 15.4}), census)
    assert apart is not None
    assert [year for year, _ in apart.serie] == [2018, 2023]
    assert apart.evolution.endswith("depuis 2018")


def test_words_lines_and_pairs_of_years_stop_at_the_break():
    assert trend_words(series(), NOUVELLE).endswith("en 2023 (nouvelle série en 2023 : pas d’évolution).")
    assert list(latest_series(series(), NOUVELLE)["annee"]) == [2023]
    assert pairs_of_years(NOUVELLE) == {2019: [2020, 2021], 2020: [2021]}
    assert pairs_of_years(card(annees=(2021, 2023), ruptures=((2023, "nouvelle série"),))) == {}


def test_the_lines_of_charts_are_cut_at_the_break():
    drawn = draw_trends(series(), card(), ruptures=NOUVELLE.ruptures, coupures=[2023]).to_dict(validate=True)
    (line,) = [layer for layer in drawn["layer"] if layer["mark"].get("type") == "line"]
    assert line["encoding"]["detail"]["field"] == "troncon"
    parts = {row["annee"]: row["troncon"] for row in line["data"]["values"]}
    assert parts == {2019: 0, 2020: 0, 2021: 0, 2023: 1}
    small = draw_multiples(series(), ["Bondy"], None, card(), {}, coupures=[2023]).to_dict(validate=True)
    assert {row["annee"]: row["trace"] for row in small["data"]["values"]}[2023] == "territoire 1"


def test_the_new_series_of_filosofi_is_not_compared_with_the_former_one(warehouse):
    for code in ("REV01", "REV02"):
        shown = warehouse.indicateurs[code]
        assert shown.derniere == 2023
        assert shown.debut(2023) == 2023
        profile = warehouse.profile("93010", [code])[0]
        assert (profile["annee"], profile["annee_dep"], profile["annee_fra"]) == (2023, 2023, 2023)
        assert pd.isna(profile["annee_reg"])  # Île-de-France: only the former series
        key = key_figure(warehouse.counts([code], ["93"]), shown)
        assert key is not None
        assert key.evolution == "nouvelle série Filosofi en 2023"
        trend = assess(warehouse.counts([code], ["93010"]), warehouse.regles[code])
        assert not trend.bouge


def test_a_reference_is_never_taken_beyond_a_break(warehouse):
    for row in [row for code in ("93010", "93066", "93") for row in warehouse.profile(code, warehouse.indicateurs)]:
        start = warehouse.indicateurs[row["indicateur"]].debut(int(row["annee"]))
        for level in ("ept", "dep", "reg", "fra"):
            year = row[f"annee_{level}"]
            assert pd.isna(year) or start <= year <= row["annee"], (row["indicateur"], level)
