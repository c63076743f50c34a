"""French typography, to the code point."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire import formats


@pytest.mark.parametrize(
    ("valeur", "decimales", "texte"),
    [
        (1234567.85, 1, "1\u202f234\u202f567,9"),
        (12.25, 1, "12,3"),
        (0.05, 1, "0,1"),
        (2.675, 2, "2,68"),
        (-4.25, 1, "−4,3"),
        (-0.04, 1, "0,0"),
        (999.5, 0, "1\u202f000"),
        (None, 1, "n.d."),
        (float("nan"), 0, "n.d."),
    ],
)
def test_numbers_are_written_as_in_french(valeur, decimales, texte):
    assert formats.nombre(valeur, decimales) == texte


@pytest.mark.parametrize(
    ("valeur", "unite", "statut", "texte"),
    [
        (42.0, "%", "publie", "42,0\u00a0%"),
        (15260.0, "€", "publie", "15\u202f260,0\u00a0€"),
        (12.7, "pour 100 ménages", "calcule", "12,7"),
        (5.0, "%", "censure", "moins de 5,0\u00a0%"),
        (None, "%", "secret", "s"),
        (None, "%", "non_calculable", "n. calc."),
        (None, "%", "manquant", "n.d."),
    ],
)
def test_a_figure_or_the_reason_of_its_absence(valeur, unite, statut, texte):
    assert formats.chiffre(valeur, unite, 1, statut) == texte


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_what_is_written_reads_back_as_the_rounded_number(valeur, decimales):
    text = formats.nombre(valeur, decimales).replace("\u202f", "").replace(",", ".").replace("−", "-")
    assert float(text) == pytest.approx(formats.round_half_up(valeur, decimales), abs=1e-9)


def test_a_gap_is_the_difference_of_what_readers_see():
    assert formats.ecart(12.04, 10.06, "%", 1) == "+1,9\u00a0point"
    assert formats.ecart(42.0, 28.4, "%", 1) == "+13,6\u00a0points"
    assert formats.ecart(15260, 18070, "€", 0) == "−2\u202f810\u00a0€"
    assert formats.ecart(None, 3, "%", 1) == ""


@pytest.mark.parametrize(
    ("nom", "type_", "texte"),
    [
        ("Bondy", "commune", "à Bondy"),
        ("Le Raincy", "commune", "au Raincy"),
        ("Les Lilas", "commune", "aux Lilas"),
        ("La Courneuve", "commune", "à La Courneuve"),
        ("L'Île-Saint-Denis", "commune", "à L’Île-Saint-Denis"),
        ("Est Ensemble", "ept", "sur le territoire d’Est Ensemble"),
        ("Seine-Saint-Denis", "departement", "en Seine-Saint-Denis"),
    ],
)
def test_where_one_is(nom, type_, texte):
    assert formats.lieu(nom, type_) == texte


def test_dates_periods_and_file_names():
    assert formats.jour(date(2026, 11, 23)) == "23 novembre 2026"
    assert formats.jour(date(2025, 1, 1)) == "1er janvier 2025"
    assert formats.periode([2021, 2014, 2015]) == "2014 à 2021"
    assert formats.periode([2021]) == "2021"
    assert formats.nom_de_fichier("Taux d’emploi (15-64 ans)", "Épinay") == "taux-d-emploi-15-64-ans_epinay"


def test_no_break_spaces_stand_where_french_wants_them():
    assert formats.insecables("Source : « n.d. » ; 12 %") == "Source\u00a0: «\u00a0n.d.\u00a0»\u00a0; 12\u00a0%"


def test_a_unit_agrees_with_its_number():
    assert formats.accorder("quartiers", 1) == "quartier"
    assert formats.accorder("quartiers", 2) == "quartiers"
    assert formats.accorder("pour 100 ménages", 1) == "pour 100 ménages"
