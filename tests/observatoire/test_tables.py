"""Territories side by side: one year a line, absences kept as absences."""

import pandas as pd

from observatoire.methods.tables import common_year, series, side_by_side, trend_table
from tests.observatoire.conftest import T6, T8, T9

LARGE = "\u00a0"


def table(petit, codes, indicateurs):
    cards = [petit.indicateurs[c] for c in indicateurs]
    return side_by_side(petit.figures(indicateurs, codes), cards, [petit.territoires[c] for c in codes])


def test_every_cell_of_a_line_is_of_the_same_year(petit):
    found = table(petit, [T6, T8, T9, "93"], ["REV02", "SER01"])
    assert found.columns == [
        *("Indicateur", "Année"),
        *("Plaine Commune", "Est Ensemble", "Grand Paris Grand Est", "Seine-Saint-Denis"),
    ]
    assert found.rows[0] == [
        *("Taux de pauvreté", "2021"),
        *(f"36,0{LARGE}%", f"24,5{LARGE}%", f"25,0{LARGE}%{LARGE}≈", f"28,0{LARGE}%"),
    ]
    # The département's figure of 2019 does not stand in for 2021.
    assert found.rows[1] == ["Médecins", "2021", "1,20", "1,70", "0,90", "n.d."]


def test_absences_keep_their_reason_in_words_and_stay_empty_in_the_data(petit):
    found = table(petit, [T6, "93062"], ["REV01", "REV02"])
    assert found.rows[0][2] == "n. calc."
    assert found.rows[1][3] == "s"
    assert found.data["Valeur"].isna().sum() == 2
    assert {"non calculable", "couvert par le secret statistique"} <= set(found.data["Statut"])
    assert not (found.data["Valeur"] == 0).any()


def test_the_common_year_is_the_latest_that_most_territories_have(petit, cards):
    figures = petit.figures(["REV02", "SER01"], [T6, "93", "FM"])
    assert common_year(figures, cards["REV02"], [T6, "93"]) == 2021
    assert common_year(figures, cards["SER01"], ["93"]) == 2019
    assert common_year(figures.iloc[:0], cards["SER01"], ["93"]) == 2021


def test_a_year_the_reference_has_is_preferred_among_equals():
    figures = pd.DataFrame(
        [("X", "a", 2020, 1.0), ("X", "a", 2021, 1.0), ("X", "r", 2020, 2.0)],
        columns=["indicateur", "territoire", "annee", "valeur"],
    )

    class Card:
        code, derniere = "X", 2021

    assert common_year(figures, Card, ["a"]) == 2021
    assert common_year(figures, Card, ["a"], reference="r") == 2020


def test_series_follow_the_order_asked_and_keep_gaps(petit):
    lieux = [petit.territoires[c] for c in ("93062", "93", "93014")]
    frame = series(petit.figures(["REV02"], [t.code for t in lieux]), lieux)
    assert list(dict.fromkeys(frame["serie"])) == ["Le Raincy", "Seine-Saint-Denis", "Clichy-sous-Bois"]
    assert frame.loc[frame["serie"] == "Le Raincy", "valeur"].isna().all()
    assert list(frame.loc[frame["serie"] == "Le Raincy", "statut"]) == ["secret", "secret"]


def test_the_mainland_is_drawn_under_its_own_name(petit):
    lieux = [petit.territoires[c] for c in ("93014", "FR")]
    frame = series(petit.figures(["REV02"], ["93014", "FR", "FM"]), lieux)
    assert set(frame["serie"]) == {"Clichy-sous-Bois", "France métropolitaine"}


def test_the_mainland_is_not_mixed_with_france_when_france_is_known(petit):
    lieux = [petit.territoires[c] for c in ("93014", "FR")]
    frame = series(petit.figures(["REV01"], ["93014", "FR", "FM"]), lieux)
    assert set(frame["serie"]) == {"Clichy-sous-Bois", "France"}


def test_what_is_taken_away_is_in_french_words(petit):
    lieux = [petit.territoires["93015"]]
    frame = trend_table(series(petit.figures(["REV02"], ["93015"]), lieux), "%")
    assert list(frame.columns) == ["Territoire", "Année", "%", "Statut"]
    assert list(frame["Statut"]) == [
        "publié par le producteur",
        "borne : le producteur ne publie pas la valeur exacte",
    ]
