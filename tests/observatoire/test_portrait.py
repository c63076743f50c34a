"""What a portrait says, on the small warehouse: references, ranks, highlights, positions."""

import pandas as pd
import pytest

from observatoire.methods import portrait
from observatoire.methods.essentiel import choose
from observatoire.views.portrait.profile import place_of
from tests.observatoire.conftest import T6, T8, T9

LEVELS = {"ept": "EPT", "dep": "Seine-Saint-Denis", "reg": "Île-de-France", "fra": "France"}
LARGE = "\u00a0"


@pytest.fixture
def gaps(petit, cards):
    """``gaps(code)`` → the portrait's rows."""
    return lambda code: portrait.with_gaps(petit.profile(code, list(cards)), cards)


def line(rows: list[dict], code: str) -> dict:
    return next(row for row in rows if row["indicateur"] == code)


def words(frame, cards, code):
    columns, rows = portrait.theme_rows([line(frame, code)], cards, LEVELS, {code: "au milieu"})
    return dict(zip(columns, rows[0], strict=True))


def test_a_figure_is_compared_with_the_nearest_level_of_the_same_year(gaps):
    poverty, doctors = line(gaps("93014"), "REV02"), line(gaps("93014"), "SER01")
    assert (poverty["niveau"], doctors["niveau"]) == ("dep", "reg")
    assert poverty["ecart"] == pytest.approx((42 - 28) / poverty["ecart_type"])
    assert doctors["ecart"] == pytest.approx((0.5 - 2.0) / doctors["ecart_type"])


def test_counts_are_compared_with_nothing(gaps, cards):
    population = line(gaps("93014"), "DEM01")
    assert population["ecart"] is None
    assert pd.isna(population["niveau"])
    assert words(gaps("93014"), cards, "DEM01")["Position"] == "–"


def test_a_reference_of_another_year_carries_its_year(gaps, cards):
    row = words(gaps("93014"), cards, "SER01")
    assert row["Valeur"] == "0,50"
    assert row["Seine-Saint-Denis"] == "1,10 (2019)"
    assert row["Île-de-France"] == "2,00"


def test_mainland_france_is_not_called_france(gaps, cards):
    assert words(gaps("93014"), cards, "REV02")["France"] == f"14,6{LARGE}% (métropole, 2020)"


def test_an_approximate_reference_is_marked_and_an_incalculable_one_says_so(gaps, cards):
    assert words(gaps("93014"), cards, "REV02")["EPT"] == f"25,0{LARGE}%{LARGE}≈"
    assert words(gaps("93014"), cards, "REV01")["EPT"] == "n. calc."
    assert words(gaps("93045"), cards, "REV03")["EPT"] == "n.d."


def test_a_secret_stays_a_secret(gaps, cards):
    row = words(gaps("93062"), cards, "REV02")
    assert (row["Valeur"], row["Position"], row["Rang"]) == ("s", "–", "–")
    assert portrait.row_sentence(line(gaps("93062"), "REV02"), None, cards["REV02"], {}) is None


def test_a_true_zero_is_written_and_has_a_place(gaps, cards):
    row = words(gaps("93015"), cards, "SER01")
    assert (row["Valeur"], row["Rang"]) == ("0,00", "au milieu")


def test_the_merged_commune_has_no_median_and_keeps_its_references(gaps, cards):
    row = words(gaps("93066"), cards, "REV01")
    assert (row["Valeur"], row["Rang"]) == ("n. calc.", "–")
    assert row["Seine-Saint-Denis"] == f"18\u202f500{LARGE}€"


@pytest.mark.parametrize(
    ("code", "indicateur", "place"),
    [
        ("93015", "REV02", "le plus bas des 5 communes dont le chiffre est connu"),
        ("93014", "REV02", "le plus élevé des 5 communes dont le chiffre est connu"),
        ("93015", "DEM09", "la plus basse du département"),
    ],
)
def test_a_place_says_the_value_whatever_is_favourable(petit, cards, code, indicateur, place):
    card = cards[indicateur]
    assert place_of(petit, code, card, card.derniere) == place


@pytest.mark.parametrize(
    ("code", "indicateur", "rank"),
    [
        ("93015", "REV02", 1),  # the lowest poverty: first
        ("93014", "REV02", 5),
        ("93062", "SER01", 1),  # two communes share the first place, there is no second
        ("93045", "SER01", 1),
        ("93066", "SER01", 3),
        ("93066", "DEM09", 1),  # neutral: from the highest
        ("93015", "DEM09", 6),
    ],
)
def test_rank_one_of_a_profile_is_the_most_favourable_and_ties_share_a_rank(gaps, code, indicateur, rank):
    assert line(gaps(code), indicateur)["rang"] == rank


def test_the_theme_sentence_prefers_a_judged_key_figure_over_a_neutral_one(gaps, petit, cards):
    frame = gaps("93014")
    text = portrait.theme_sentence(frame, petit.territoires["93014"], cards, petit.territoires)
    assert "le taux de pauvreté" in text or "niveau de vie" in text or "Médecins" in text
    assert "évolution" not in text.lower()


def test_a_theme_without_figures_says_so(gaps, petit, cards):
    text = portrait.theme_sentence([line(gaps("93062"), "REV02")], petit.territoires["93062"], cards, petit.territoires)
    assert text == "Aucun chiffre de ce thème n’est disponible au Raincy."


def test_nothing_stands_out_of_an_empty_portrait(petit, cards):
    empty = portrait.with_gaps(petit.profile("93014", []), cards)
    assert choose(empty, cards) == []
    assert portrait.spine_rows(empty, cards).empty
    assert portrait.theme_rows(empty, cards, LEVELS)[1] == []


def test_positions_leave_out_counts_bounds_secrets_and_references_of_another_year(gaps, cards):
    assert list(portrait.spine_rows(gaps("93015"), cards)["libelle"]) == [
        "Évolution de la population",
        "Niveau de vie médian",
        "Ménages allocataires",
    ]
    assert "Taux de pauvreté" not in set(portrait.spine_rows(gaps("93062"), cards)["libelle"])
    assert "Médecins" not in set(portrait.spine_rows(gaps("93014"), cards)["libelle"])


def test_the_range_of_the_communes_says_when_its_low_end_is_a_bound(gaps, cards):
    rows = portrait.spine_rows(gaps("93014"), cards).set_index("libelle")
    assert rows.at["Taux de pauvreté", "detail"] == (
        f"département 28,0{LARGE}% ; communes de moins de 5,0{LARGE}% à 42,0{LARGE}%"
    )


def test_communes_all_alike_have_no_position(gaps, cards):
    frame = [{**row, "ecart_type": 0.0} for row in gaps("93014")]
    assert portrait.spine_rows(frame, cards).empty


@pytest.mark.parametrize("code", ["93066", "93045", "93062", "93015", "93014", "93006", T6, T8, T9, "93"])
def test_no_absence_is_read_as_zero_nor_as_a_python_word(gaps, cards, code):
    frame = gaps(code)
    columns, rows = portrait.theme_rows(frame, cards, LEVELS)
    for row, figure in zip(rows, frame, strict=True):
        text = " ".join(row).lower()
        assert "nan" not in text.split()
        assert "none" not in text
        if pd.isna(figure["valeur"]):
            assert row[columns.index("Valeur")] in ("s", "n.d.", "n. calc.")


def test_a_trend_is_told_from_the_first_to_the_last_known_year(cards):
    frame = pd.DataFrame(
        [("Bondy", 2019, None, "manquant"), ("Bondy", 2020, 43.0, "publie"), ("Bondy", 2021, 42.0, "publie")],
        columns=["serie", "annee", "valeur", "statut"],
    ).astype({"valeur": float})
    assert portrait.trend_words(frame, cards["REV02"]) == (f"Bondy : de 43,0{LARGE}% en 2020 à 42,0{LARGE}% en 2021.")
    assert portrait.trend_words(frame.iloc[:1], cards["REV02"]) == "Aucun chiffre pour Bondy."
    assert portrait.trend_words(frame.iloc[:2], cards["REV02"]) == f"Bondy : 43,0{LARGE}% en 2020."
