"""Numbers, units, names and dates as a French reader expects them, to the code point."""

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.typography import round_half_up
from observatoire import formats

FINE, LARGE = "\u202f", "\u00a0"


def test_thousands_take_a_fine_no_break_space_and_decimals_a_comma():
    assert formats.nombre(1234.5, 1) == f"1{FINE}234,5"
    assert formats.nombre(1234567) == f"1{FINE}234{FINE}567"
    assert formats.nombre(149077) == f"149{FINE}077"


def test_a_negative_number_takes_the_minus_sign_not_the_hyphen():
    assert formats.nombre(-1234.5, 1) == f"\u22121{FINE}234,5"


def test_what_rounds_to_zero_has_no_sign():
    assert formats.nombre(-0.04, 1) == "0,0"


@pytest.mark.parametrize(
    ("value", "places", "read"),
    [(12.25, 1, "12,3"), (0.125, 2, "0,13"), (2.675, 2, "2,68"), (1.005, 2, "1,01"), (0.5, 0, "1"), (-2.5, 0, "−3")],
)
def test_halves_are_rounded_away_from_zero_as_by_hand(value, places, read):
    assert formats.nombre(value, places) == read


@given(
    st.decimals(min_value=-10_000_000, max_value=10_000_000, places=3, allow_nan=False),
    st.integers(min_value=0, max_value=3),
)
def test_a_number_read_back_is_the_number_rounded(value, places):
    text = formats.nombre(float(value), places)
    back = float(text.replace(FINE, "").replace("−", "-").replace(",", "."))
    assert abs(back - float(value)) <= 0.5 * 10**-places + 1e-6
    assert re.fullmatch(r"−?\d{1,3}(\u202f\d{3})*" + (rf",\d{{{places}}}" if places else ""), text)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_every_kind_of_absence_is_an_absence_and_never_a_zero(missing):
    assert formats.is_missing(missing)
    assert formats.nombre(missing, 1) == "n.d."
    assert formats.chiffre(missing, "%", 1, "manquant") == "n.d."


@pytest.mark.parametrize("present", [0, 0.0, -1.5, "", False])
def test_a_zero_is_a_value(present):
    assert not formats.is_missing(present)


@pytest.mark.parametrize(
    ("status", "read"), [("secret", "s"), ("non_calculable", "n. calc."), ("manquant", "n.d."), ("publie", "n.d.")]
)
def test_the_reason_of_an_absence_is_written_in_its_place(status, read):
    assert formats.chiffre(None, "%", 1, status) == read


def test_a_bound_is_read_as_a_bound():
    assert formats.chiffre(5.0, "%", 0, "censure") == f"moins de 5{LARGE}%"


def test_per_cent_and_euro_stand_beside_the_number_the_other_units_in_the_header():
    assert formats.chiffre(12.34, "% par an", 1) == f"12,3{LARGE}%"
    assert formats.chiffre(19520, "€ par habitant", 0) == f"19{FINE}520{LARGE}€"
    assert formats.chiffre(62.1, "pour 1 000 habitants", 1) == "62,1"
    assert formats.chiffre(62.1, "pour 1 000 habitants", 1, court=False) == f"62,1{LARGE}pour 1 000 habitants"


def test_an_index_has_no_unit():
    assert formats.chiffre(104.2, "indice", 1, court=False) == "104,2"


@pytest.mark.parametrize(
    ("value", "reference", "unit", "places", "read"),
    [
        (31.6, 28.4, "%", 1, f"+3,2{LARGE}points"),
        (28.4, 30.3, "%", 1, f"−1,9{LARGE}point"),
        (28.44, 28.36, "%", 1, f"0,0{LARGE}point"),
        (19520, 18020, "€", 0, f"+1{FINE}500{LARGE}€"),
        (2.5, 3.1, "pour 1 000 habitants", 1, "−0,6"),
    ],
)
def test_a_gap_between_percentages_is_in_points_else_in_the_unit(value, reference, unit, places, read):
    assert formats.ecart(value, reference, unit, places) == read


@given(st.floats(0, 100), st.floats(0, 100), st.integers(0, 2))
def test_a_gap_is_the_difference_of_the_figures_as_they_are_read(value, reference, places):
    shown = [round_half_up(x, places) for x in (value, reference)]
    text = formats.ecart(value, reference, "€", places).split(LARGE)[0]
    gap = float(text.replace(FINE, "").replace("−", "-").replace("+", "").replace(",", "."))
    assert gap == pytest.approx(shown[0] - shown[1], abs=1e-6)


def test_there_is_no_gap_to_what_is_missing():
    assert formats.ecart(None, 3.0, "%", 1) == ""
    assert formats.ecart(3.0, float("nan"), "%", 1) == ""


@pytest.mark.parametrize(
    ("name", "type_", "read"),
    [
        ("Bondy", "commune", "à Bondy"),
        ("Le Raincy", "commune", "au Raincy"),
        ("Le Bourget", "commune", "au Bourget"),
        ("Les Lilas", "commune", "aux Lilas"),
        ("Les Pavillons-sous-Bois", "commune", "aux Pavillons-sous-Bois"),
        ("L'Île-Saint-Denis", "commune", "à L’Île-Saint-Denis"),
        ("La Courneuve", "commune", "à La Courneuve"),
        ("Seine-Saint-Denis", "departement", "en Seine-Saint-Denis"),
        ("Île-de-France", "region", "en Île-de-France"),
        ("France", "pays", "en France"),
        ("Val-de-Marne", "departement", "dans le Val-de-Marne"),
        ("Plaine Commune", "ept", "sur le territoire de Plaine Commune"),
        ("Est Ensemble", "ept", "sur le territoire d’Est Ensemble"),
    ],
)
def test_where_one_is_in_french(name, type_, read):
    assert formats.lieu(name, type_) == read


@pytest.mark.parametrize(
    ("unit", "value", "read"),
    [
        ("quartiers", 1, "quartier"),
        ("quartiers", 0, "quartier"),
        ("quartiers", 2, "quartiers"),
        ("décès", 3, "décès"),
        ("décès", 1, "décès"),
        ("fois", 1.5, "fois"),
        ("pour 100 ménages", 1, "pour 100 ménages"),
    ],
)
def test_the_unit_agrees_with_the_number(unit, value, read):
    assert formats.accorder(unit, value) == read


def test_dates_are_written_in_full_with_the_first_of_the_month_as_an_ordinal():
    assert formats.jour(date(2026, 11, 23)) == "23 novembre 2026"
    assert formats.jour(date(2025, 1, 1)) == "1ᵉʳ janvier 2025"
    assert formats.jour(date(2025, 1, 21)) == "21 janvier 2025"


def test_years_are_a_year_or_a_period():
    assert formats.periode([2021, 2021]) == "2021"
    assert formats.periode([2021, 2014, 2018]) == "2014 à 2021"


def test_ranks_are_feminine_for_communes():
    assert formats.ordinal(1) == "1ʳᵉ"
    assert formats.ordinal(1, feminin=False) == "1ᵉʳ"
    assert formats.ordinal(37) == "37ᵉ"


def test_no_line_breaks_before_high_punctuation_nor_inside_quotes():
    assert formats.insecables("Source : « INSEE » ; 12 %") == (
        f"Source{LARGE}: «{LARGE}INSEE{LARGE}»{FINE}; 12{LARGE}%"
    )


def test_file_names_are_plain_ascii():
    assert formats.nom_de_fichier("Taux de pauvreté", "L’Île-Saint-Denis", "2021") == (
        "taux-de-pauvrete_l-ile-saint-denis_2021"
    )
    assert "/" not in formats.nom_de_fichier("a/b", "..", "c:\\d")


def test_a_name_without_capital_gets_one_and_nothing_else_changes():
    assert formats.majuscule("à L’Île-Saint-Denis") == "À L’Île-Saint-Denis"
    assert formats.majuscule("") == ""


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Bondy", "de Bondy"),
        ("Le Bourget", "du Bourget"),
        ("Les Pavillons-sous-Bois", "des Pavillons-sous-Bois"),
        ("Est Ensemble", "d’Est Ensemble"),
        ("Aubervilliers", "d’Aubervilliers"),
        ("Épinay-sur-Seine", "d’Épinay-sur-Seine"),
        ("L'Île-Saint-Denis", "de L’Île-Saint-Denis"),
        ("La Courneuve", "de La Courneuve"),
        ("Paris Terres d'Envol", "de Paris Terres d’Envol"),
    ],
)
def test_a_name_after_de_contracts_and_elides(name, read):
    assert formats.de(name) == read


def test_a_unit_of_several_words_agrees_by_its_first_one():
    assert formats.accorder("consultations par an", 1.5) == "consultation par an"
    assert formats.accorder("consultations par an", 2.5) == "consultations par an"
