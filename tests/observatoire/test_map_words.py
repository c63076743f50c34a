"""What a map says in words: highest, lowest, how far apart when both are exact."""

import pandas as pd

from observatoire import formats
from observatoire.methods.cartography import MapRequest, draw_content
from observatoire.methods.map_sentences import map_sentence
from observatoire.views.carte.build import load_content, sentence
from tests.observatoire.cards import card
from tests.observatoire.conftest import T6, T8, T9

LARGE = "\u00a0"


def words(petit, code, of_epts=None, annee=2021):
    card = petit.indicateurs[code]
    content = draw_content(petit.map_figures(code, annee), card, MapRequest(code, annee))
    return map_sentence(content.lieux, card, annee, petit.epts, of_epts or {})


def test_the_ratio_between_extremes_is_said_when_both_are_exact(petit):
    assert "un rapport de 1 à 7,7" in words(petit, "REV02", annee=2020)


def test_a_bound_has_no_ratio(petit):
    text = words(petit, "REV02")
    assert f"va de moins de 5,0{LARGE}% (Coubron) à 42,0{LARGE}% (Clichy-sous-Bois)" in text
    assert "un rapport de 1 à" not in text


def test_a_zero_has_no_ratio_and_ties_are_all_named(petit):
    text = words(petit, "SER01")
    assert "un rapport de 1 à" not in text
    assert "(Le Raincy, Les Lilas)" in text


def test_the_highest_and_lowest_ept_are_named_in_french(petit):
    text = words(petit, "REV02", {T6: 36.0, T8: 24.5, T9: 25.0})
    assert f"la valeur la plus élevée est celle de Plaine Commune (36,0{LARGE}%)" in text
    assert f"la plus basse celle d’Est Ensemble (24,5{LARGE}%)" in text


def test_a_year_without_figures_says_so(petit):
    assert words(petit, "REV02", annee=1999) == "Aucune valeur de « Taux de pauvreté » n’est connue pour 1999."


def test_absent_communes_keep_their_mark_in_the_legend_apart_from_the_classes(petit):
    content = draw_content(petit.map_figures("REV02", 2021), petit.indicateurs["REV02"], MapRequest("REV02", 2021))
    marks = [item for item in content.legende if item.texte.startswith("s : ")]
    assert [item.nombre for item in marks] == [1]
    assert sum(item.nombre for item in content.legende) == 6


def test_the_middle_half_of_the_communes_lies_between_the_quartiles(house):
    text = sentence(house, MapRequest("REV02", 2021), load_content(house, MapRequest("REV02", 2021)))
    values = house.map_figures("REV02", 2021)["valeur"].dropna()
    low, high = (formats.nombre(values.quantile(share)) for share in (0.25, 0.75))
    assert f"La moitié des communes se situent entre {low}{LARGE}% et {high}{LARGE}%." in text


def test_a_quartile_that_is_only_a_bound_is_not_said():
    frame = pd.DataFrame({"nom": [f"C{n}" for n in range(16)], "code_ept": "x", "valeur": [5.0] * 6 + [20.0] * 10})
    frame["statut"] = ["censure"] * 6 + ["publie"] * 10
    frame["texte"] = [card().format(v, s) for v, s in zip(frame["valeur"], frame["statut"], strict=True)]
    assert "La moitié" not in map_sentence(frame, card(), 2021, {}, {})
    assert "La moitié" in map_sentence(frame.assign(statut="publie"), card(), 2021, {}, {})
