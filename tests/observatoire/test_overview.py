"""Key figures: the latest value, its evolution in words, never from a bound nor from what is missing."""

import pytest

from observatoire.methods.overview import evolution_words, key_figure, split_unit

LARGE, FINE = "\u00a0", "\u202f"


def key(petit, code, territoire):
    return key_figure(petit.counts([code], [territoire]), petit.indicateurs[code])


def test_the_latest_figure_and_its_evolution_in_points(petit):
    found = key(petit, "REV02", "93014")
    assert (found.texte, found.annee) == (f"42,0{LARGE}%", 2021)
    assert found.evolution == f"−1,0{LARGE}point depuis 2020"
    assert found.serie == ((2020, 43.0), (2021, 42.0))


def test_counts_evolve_in_per_cent(petit):
    found = key(petit, "DEM01", "93066")
    assert found.texte == f"149{FINE}000{LARGE}habitants"
    assert found.evolution == f"+1,4{LARGE}% depuis 2020"


def test_a_bound_has_no_evolution_and_no_line(petit):
    found = key(petit, "REV02", "93015")
    assert found.texte == f"moins de 5,0{LARGE}%"
    assert (found.evolution, found.serie) == ("", ())


def test_a_figure_never_published_gives_its_reason(petit):
    found = key(petit, "REV02", "93062")
    assert (found.texte, found.evolution) == ("s", "couvert par le secret statistique")
    merged = key(petit, "REV01", "93066")
    assert merged.texte == "n. calc."
    assert "ne s’additionne pas" in merged.evolution


def test_an_indicator_without_rows_has_no_key_figure(petit):
    assert key_figure(petit.counts(["DEM01"], ["93014"]), petit.indicateurs["REV02"]) is None


@pytest.mark.parametrize(
    ("code", "serie", "words"),
    [
        ("REV02", ((2014, 12.04), (2021, 11.96)), "stable depuis 2014"),
        ("REV02", ((2014, 12.0), (2021, 14.5)), f"+2,5{LARGE}points depuis 2014"),
        ("REV01", ((2014, 20000.0), (2021, 21500.0)), f"+7,5{LARGE}% depuis 2014"),
        ("DEM01", ((2014, 0.0), (2021, 10.0)), ""),
        ("SER01", ((2014, 1.25), (2021, 1.1)), f"−0,15{LARGE}pour 1 000 habitants depuis 2014"),
        ("REV02", ((2021, 14.5),), ""),
        ("REV02", (), ""),
    ],
)
def test_evolution_is_said_in_the_right_unit(cards, code, serie, words):
    assert evolution_words(cards[code], serie) == words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (f"42,0{LARGE}%", (f"42,0{LARGE}%", "")),
        (f"149{FINE}000{LARGE}habitants", (f"149{FINE}000", " habitants")),
        ("n. calc.", ("n. calc.", "")),
        (f"moins de 5,0{LARGE}%", (f"moins de 5,0{LARGE}%", "")),
    ],
)
def test_per_cent_and_euro_stay_with_the_number(text, parts):
    assert split_unit(text) == parts
