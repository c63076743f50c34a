"""Figures beside a reference: significance, holes, groups, years."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from observatoire.methods.groups import AUTRES, ENSEMBLE, Reference
from observatoire.methods.tables import common_year
from observatoire.methods.versus import NON_SIGNIFICATIF, compare, tidy
from observatoire.views.comparaison.comparison import make_comparison, territory_reference
from tests.observatoire.cards import BONDY, RAINCY, card

DEP = Reference("93", "Seine-Saint-Denis")
# « −1 234,5 » as Python reads it.
PLAIN = str.maketrans({"−": "-", ",": ".", "\u202f": None, "\u00a0": None, " ": None})
SPREAD = pd.DataFrame({"indicateur": ["REV02"], "annee": [2021], "ecart_type": [8.0]})


def rows(*found: tuple) -> pd.DataFrame:
    """territoire, annee, valeur, statut, borne basse, borne haute."""
    frame = pd.DataFrame(found, columns=["territoire", "annee", "valeur", "statut", "borne_basse", "borne_haute"])
    return frame.assign(indicateur="REV02", source="essai").astype(
        {"valeur": float, "borne_basse": float, "borne_haute": float}
    )


def one(*found: tuple, reference: Reference = DEP, **fields):
    return compare(rows(*found), SPREAD, [card(**fields)], [BONDY, RAINCY], reference)[0]


def test_a_reference_inside_the_interval_is_no_significant_gap():
    line = one(("93010", 2021, 34, "calcule", 27, 41), ("93", 2021, 28, "calcule", None, None))
    assert line.cells[0].significatif is False
    assert line.cells[0].reading == NON_SIGNIFICATIF
    assert line.cells[0].position == "proche"


def test_a_reference_outside_the_interval_is_a_significant_gap():
    line = one(("93010", 2021, 34, "calcule", 31, 37), ("93", 2021, 28, "calcule", None, None))
    assert line.cells[0].significatif is True
    assert line.cells[0].reading == "moins favorable *"


@pytest.mark.parametrize(("bound", "significant"), [(31.9, True), (32.1, False)])
def test_the_error_of_the_reference_counts(bound, significant):
    """A gap of 5,65, beyond the figure's own margin of 4; with 3,9 for the reference √(4² + 3,9²) = 5,59, with 4,1
    √(4² + 4,1²) = 5,73."""
    line = one(("93010", 2021, 33.65, "calcule", 29.65, 40), ("93", 2021, 28, "calcule", 20, bound))
    assert line.cells[0].significatif is significant


def test_a_group_whose_error_is_not_known_makes_no_gap_significant():
    group = Reference(ENSEMBLE, "Ensemble", ("93010", "93062"))
    wide = one(("93010", 2021, 34, "calcule", 31, 37), (ENSEMBLE, 2021, 28, "calcule", None, None), reference=group)
    assert wide.cells[0].significatif is None
    close = one(("93010", 2021, 34, "calcule", 27, 41), (ENSEMBLE, 2021, 28, "calcule", None, None), reference=group)
    assert close.cells[0].significatif is False


def test_a_significant_gap_too_small_to_matter_is_close():
    line = one(("93010", 2021, 28.5, "calcule", 28.2, 28.8), ("93", 2021, 28, "calcule", None, None))
    assert (line.cells[0].significatif, line.cells[0].reading) == (True, "proche")


def test_without_interval_a_gap_is_described_and_not_tested():
    line = one(("93010", 2021, 34, "calcule", None, None), ("93", 2021, 28, "calcule", None, None))
    assert line.cells[0].significatif is None
    assert line.cells[0].reading == "moins favorable"


def test_a_bound_a_secret_and_an_absence_have_no_gap():
    line = one(("93010", 2021, 5, "censure", None, None), ("93", 2021, 28, "calcule", None, None))
    assert [cell.ecart for cell in line.cells] == ["", ""]
    assert line.cells[0].texte.startswith("moins de 5,0")
    assert line.cells[1].texte == "n.d."


def test_the_reference_itself_has_no_gap_to_itself():
    line = one(("93010", 2021, 34, "calcule", None, None), reference=Reference("93010", "Bondy"))
    assert (line.cells[0].ecart, line.cells[0].position) == ("", None)


def test_each_territory_has_its_own_reference_when_it_is_left_out():
    line = one(
        ("93010", 2021, 34, "calcule", None, None),
        ("93062", 2021, 12, "calcule", None, None),
        ("autres", 2021, 28, "calcule", None, None),
        ("autres:93010", 2021, 27, "calcule", None, None),
        ("autres:93062", 2021, 29, "calcule", None, None),
        reference=Reference(AUTRES, "Les autres", ("93010", "93062")),
    )
    assert [cell.reference for cell in line.cells] == [27, 29]
    assert line.cells[0].ecart.startswith("+7,0")


def test_the_download_keeps_values_whole_and_holes_as_holes():
    line = one(("93010", 2021, 34.123456, "calcule", 31, 37), ("93", 2021, 28, "calcule", None, None))
    frame = tidy([line], [BONDY, RAINCY], DEP)
    assert frame["Valeur"].tolist()[0] == 34.123456
    assert frame["Valeur"].isna().tolist() == [False, True]
    assert frame["Écart significatif"].tolist() == ["oui", ""]


def test_a_recent_figure_is_worth_more_than_an_old_comparison():
    """The reference stops in 2015: 2021 is kept, without a gap; two years back would be worth the comparison."""
    years = rows(
        ("93010", 2015, 40, "publie", None, None),
        ("93010", 2021, 41, "publie", None, None),
        ("93", 2015, 30, "publie", None, None),
    )
    assert common_year(years, card(), ["93010"], "93") == 2021
    near = pd.concat([years, rows(("93010", 2019, 39, "publie", None, None), ("93", 2019, 31, "publie", None, None))])
    assert common_year(near, card(), ["93010"], "93") == 2019


def test_the_gap_of_a_file_is_the_number_that_the_words_say(warehouse):
    cards = [card for card in warehouse.indicateurs.values() if not card.effectif]
    places = [warehouse.territoires[code] for code in ("93066", "93031", "200057875")]
    made = make_comparison(warehouse, places, territory_reference(warehouse.territoires["93"]), cards)
    frame = tidy(made.lines, places, made.reference)
    words = [cell.ecart for line in made.lines for cell in line.cells]
    assert frame["Écart"].notna().tolist() == [bool(text) for text in words]
    said = [float(re.match(r"[+−]?[\d\s,]+", text)[0].translate(PLAIN)) for text in words if text]
    assert frame["Écart"].dropna().tolist() == said
