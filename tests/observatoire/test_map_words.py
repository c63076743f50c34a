"""What a map says in words: highest, lowest, how far apart when both are exact."""

import pandas as pd
import pytest

from observatoire import formats
from observatoire.methods.bivariate import crossing_sentence
from observatoire.methods.cartography import MapRequest, draw_content
from observatoire.methods.map_sentences import extremes, iris_sentence, map_sentence
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


def test_the_middle_half_of_the_communes_lies_between_the_quartiles(warehouse):
    text = sentence(warehouse, MapRequest("REV02", 2021), load_content(warehouse, MapRequest("REV02", 2021)))
    values = warehouse.map_figures("REV02", 2021)["valeur"].dropna()
    low, high = (formats.nombre(values.quantile(share)) for share in (0.25, 0.75))
    assert f"La moitié des communes se situent entre {low}{LARGE}% et {high}{LARGE}%." in text


def test_a_quartile_that_is_only_a_bound_is_not_said():
    frame = pd.DataFrame({"nom": [f"C{n}" for n in range(16)], "code_ept": "x", "valeur": [5.0] * 6 + [20.0] * 10})
    frame["statut"] = ["censure"] * 6 + ["publie"] * 10
    frame["texte"] = [card().format(v, s) for v, s in zip(frame["valeur"], frame["statut"], strict=True)]
    assert "La moitié" not in map_sentence(frame, card(), 2021, {}, {})
    assert "La moitié" in map_sentence(frame.assign(statut="publie"), card(), 2021, {}, {})


def places(values, ept="x", statut="publie", **columns) -> pd.DataFrame:
    """Communes C0, C1… with these values, as a map holds them."""
    frame = pd.DataFrame({"nom": [f"C{n}" for n in range(len(values))], "valeur": [float(v) for v in values]})
    frame = frame.assign(code_ept=ept, statut=statut, **columns)
    return frame.assign(texte=[card().format(v, s) for v, s in zip(frame["valeur"], frame["statut"], strict=True)])


@pytest.mark.parametrize(("high", "said"), [(14.9, False), (15.0, True), (200.0, True), (201.0, False)])
def test_a_ratio_is_said_from_one_and_a_half_to_twenty(high, said):
    assert ("un rapport de 1 à" in extremes(places([10, high]), card(), 2021)) is said


@pytest.mark.parametrize(("count", "said"), [(11, False), (12, True)])
def test_under_twelve_communes_there_is_no_middle_half(count, said):
    assert ("La moitié" in map_sentence(places(range(10, 10 + count)), card(), 2021, {}, {})) is said


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([30, 31, 32], "les 3 communes de Plaine Commune sont toutes au-dessus"),
        ([10, 11, 12], "les 3 communes de Plaine Commune sont toutes en dessous"),
        ([30, 31, 32, 33, 10], "4 des 5 communes de Plaine Commune sont au-dessus"),
        ([10, 11, 12, 13, 30], "4 des 5 communes de Plaine Commune sont en dessous"),
        ([30, 31], None),
        ([30, 31, 32, 10], None),
        ([30, 31, 32, 10, 11], None),
        ([30, 31, 20], None),
    ],
)
def test_the_communes_of_an_ept_are_told_together_when_all_or_all_but_one_are_on_a_side(petit, values, words):
    """Three communes at least, five to leave one aside; one that equals the département is on no side."""
    text = map_sentence(places(values, ept=T6), card(), 2021, petit.epts, {}, 20.0)
    if words is None:
        assert "Par rapport au département" not in text
    else:
        assert f"Par rapport au département (20,0{LARGE}%), {words}." in text


def test_iris_above_the_departement_are_counted_without_those_that_equal_it():
    text = iris_sentence(places([10, 20, 21, 30], commune="Bondy"), card(), 2021, 20.0)
    assert "2 des 4 IRIS qui ont une valeur dépassent le département" in text


@pytest.mark.parametrize(("count", "widest"), [(3, "Bondy"), (4, "Pantin")])
def test_the_widest_gap_inside_a_commune_needs_four_iris(count, widest):
    """Bondy and Drancy have four IRIS; Pantin, the widest, is named when it has four too."""
    communes = {"Bondy": [10, 11, 12, 20], "Drancy": [10, 11, 12, 13], "Pantin": [10, 40, 20, 30][:count]}
    frames = [places(values, commune=name) for name, values in communes.items()]
    assert f"diffèrent le plus est {widest} : de" in iris_sentence(pd.concat(frames), card(), 2021)


def crossed(labels, first, second) -> str:
    frame = places(first).assign(valeur_2=[float(v) for v in second], etiquette=labels, absent=False)
    return crossing_sentence(frame, card(libelle="Pauvreté"), card(libelle="Chômage"))


def test_a_crossed_map_names_the_communes_high_on_both_and_low_on_both():
    text = crossed(["A1", "B2", "C3", "C3", "A3"], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
    assert text.startswith("2 communes sont dans le tiers le plus élevé des deux indicateurs (C2, C3).")
    assert "Une commune est dans le tiers le plus bas des deux (C0)." in text
    assert "vont nettement dans le même sens (corrélation des rangs de 1,00, 5 communes)" in text


@pytest.mark.parametrize(
    ("second", "rho", "words"),
    [
        ([2, 4, 1, 3, 5], "0,50", "vont en partie dans le même sens"),
        ([4, 2, 5, 3, 1], "−0,50", "vont en partie en sens contraire"),
        ([2, 3, 1, 4, 5], "0,70", "vont nettement dans le même sens"),
        ([4, 3, 2, 5, 1], "−0,40", "vont en partie en sens contraire"),
        ([1, 5, 2, 4, 3], "0,30", "vont en partie dans le même sens"),
        ([3, 2, 5, 1, 4], "0,10", "ne vont guère ensemble"),
        ([2, 1, 5, 3, 4], "0,60", "vont nettement dans le même sens"),
    ],
)
def test_how_far_two_indicators_go_together_is_said_by_their_ranks(second, rho, words):
    text = crossed(["B2"] * 5, [1, 2, 3, 4, 5], second)
    assert f"{words} (corrélation des rangs de {rho}, 5 communes)" in text
