"""The table of a theme: what says nothing is not shown, what answers one question is one line."""

from observatoire.charts.tranches import draw_bands
from observatoire.methods.theme_table import Pli, make_table
from tests.observatoire.cards import card

COLONNES = ["Indicateur", "Année", "Valeur", "Tendance", "Semblables", "93", "Position"]
GROUPE = {"Âges": {"A1": "jeunes", "A2": "adultes", "A3": "âgés", "A4": "très âgés"}}


def made(codes, cells, keys=(), years=None):
    rows = [[code, "2023", "1,0 %", *cells] for code in codes]
    gaps = {
        code: {
            "annee": (years or {}).get(code, 2023), "valeur": float(n + 1), "statut": "publie", "annee_dep": 2023,
            "valeur_dep": 2.0,
        }
        for n, code in enumerate(codes)
    }  # fmt: skip
    return make_table(COLONNES, rows, codes, keys, GROUPE, gaps, {c: card(c) for c in codes}, "dep")


def test_a_column_without_a_word_is_left_out_and_untested_trends_are_counted():
    table = made(["B1", "B2"], ["non testée", "n. calc.", "2,0 %", "–"])
    assert table.colonnes == ("Indicateur", "Année", "Valeur", "93")
    assert table.lignes[0] == ("B1", "2023", "1,0 %", "2,0 %")
    assert table.non_testees == 2


def test_one_word_keeps_its_column_and_an_untested_trend_is_a_dash():
    rows = [["B1", "2023", "1", "non testée", "–", "2", "–"], ["B2", "2023", "1", "↘ en baisse", "–", "s", "● proche"]]
    gaps = {c: {"annee": 2023, "valeur": 1.0} for c in ("B1", "B2")}
    table = make_table(COLONNES, rows, ["B1", "B2"], (), GROUPE, gaps, {}, "dep")
    assert table.colonnes == ("Indicateur", "Année", "Valeur", "Tendance", "93", "Position")
    assert [line[3] for line in table.lignes] == ["–", "↘ en baisse"]
    assert table.non_testees == 1


def test_a_figure_that_is_absent_keeps_its_line_and_its_own_columns():
    table = made(["B1"], ["non testée", "–", "n.d.", "–"])
    assert table.colonnes == ("Indicateur", "Année", "Valeur")


def test_three_lines_of_one_question_fold_in_the_place_of_the_first_and_the_key_one_stays():
    table = made(["A1", "B1", "A2", "A3", "A4"], ["–", "–", "2,0 %", "–"], keys=["A1"])
    kinds = [line.libelle if isinstance(line, Pli) else line[0] for line in table.lignes]
    assert kinds == ["A1", "B1", "Âges"]
    fold = table.lignes[2]
    assert [line[0] for line in fold.lignes] == ["A2", "A3", "A4"]
    assert fold.noms == ("jeunes", "adultes", "âgés", "très âgés")
    assert fold.valeurs == (1.0, 3.0, 4.0, 5.0)
    assert fold.references == (2.0,) * 4


def test_two_lines_are_not_folded():
    table = made(["A1", "A2"], ["–", "–", "2,0 %", "–"])
    assert not any(isinstance(line, Pli) for line in table.lignes)


def test_the_small_chart_only_holds_figures_of_one_year():
    fold = made(["A1", "A2", "A3"], ["–"] * 4, years={"A1": 2019}).lignes[0]
    assert fold.noms == ("adultes", "âgés")


def test_a_missing_value_leaves_its_place_empty():
    svg = draw_bands([1.0, None, 2.0], [None, None, 1.0], "âges")
    assert svg.count("<rect") == 2
    assert svg.count("<path") == 2
    assert "<title>âges</title>" in svg
    assert "<rect" not in draw_bands([], [], "rien")
