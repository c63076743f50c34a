"""No digit that the producer did not publish, and words that say what the figures beside them say.

The properties are held over every territory and indicator of the shipped figures.
"""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire import formats
from observatoire.methods import phrases, portrait
from observatoire.methods.comparison import (
    ENVIRON,
    LEGER_H,
    PROCHE_H,
    coarser,
    effect,
    gap_size,
    gap_words,
    margin,
)
from observatoire.methods.overview import evolution_words
from observatoire.methods.ranks import rank_communes
from observatoire.methods.versus import compare
from observatoire.views.comparaison.comparison import territory_reference
from observatoire.views.portrait.profile import make_portrait, similar_to
from tests.observatoire.cards import card

N = formats.INSECABLE
IPS = card(unite="indice", echelle="intervalle")
TAUX = card(unite="pour 1 000 habitants")
NOMBRE = re.compile(r"[−+]?\d[\d\u202f]*(?:,\d+)?")


def value_of(text: str) -> float:
    """« 1 234,5 % » → 1234.5."""
    return float(NOMBRE.search(text)[0].replace("\u202f", "").replace(",", ".").replace("−", "-"))


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (24.0, 1, f"24{N}%"),
        (36.14, 1, f"36{N}%"),
        (14.9, None, f"14,9{N}%"),
        (14.94, 0.1, f"14,9{N}%"),
        (14.94, 0.01, f"14,9{N}%"),
    ],
)
def test_a_figure_is_written_with_its_own_decimals(value, step, text):
    assert card().format(value, arrondi=step) == text


def test_an_estimated_number_is_written_to_the_digit_that_its_margin_leaves():
    poor = card(unite="personnes", decimales=0)
    assert poor.format(444_173, "approche", formats.rang_lisible(7818)) == "440\u202f000"
    assert formats.marge(7818, "personnes") == f"7\u202f900{N}personnes"


@pytest.mark.parametrize(("margin", "words"), [(0.5, "0,5 point"), (2.979, "3 points"), (0.5359, "0,54 point")])
def test_a_margin_is_never_understated(margin, words):
    assert formats.marge(margin, "%") == words.replace(" ", N)


@given(st.floats(0.001, 1e6), st.sampled_from([0.001, 0.01, 0.1, 1, 5, 10, 100]))
def test_a_figure_read_at_its_step_is_a_multiple_of_it_within_half_of_it(value, step):
    read = formats.lue(value, step)
    assert math.isclose(read / step, round(read / step), abs_tol=1e-6)
    assert abs(read - value) <= step / 2 * (1 + 1e-6)


@given(st.floats(1e-4, 1e5))
def test_the_last_digit_written_is_the_finest_that_the_margin_leaves(blur):
    step = formats.rang_lisible(blur)
    assert step / 10 * 5 <= blur * (1 + 1e-5)
    assert blur <= step * 5 * (1 + 1e-5)


def test_nine_figures_in_ten_give_their_decimals_to_what_they_share():
    steps = [0.1] * 19 + [1.0]
    assert card().lisible(steps).decimales == 1
    assert card().lisible([1.0] * 19 + [0.1]).decimales == 0
    assert card().lisible([None] * 19 + [1.0]).decimales == 1


def test_two_figures_that_read_alike_have_the_same_rank(warehouse):
    """Saint-Denis, 36.45, and the communes that publish 36."""
    known = warehouse.figures(["REV02"], warehouse.communes, [2021]).dropna(subset=["valeur"]).set_index("territoire")
    ranks = {code: rank.rang for code, rank in rank_communes(known.reset_index(), "defavorable").items()}
    same = [code for code in known.index if round(known.at[code, "valeur"]) == 36]
    assert "93066" in same
    assert len({ranks[code] for code in same}) == 1


def test_a_change_says_no_more_than_the_rounding_of_its_two_ends():
    poor, rate = card(unite="personnes", effectif=True), card()
    years = ((2015, 465_000.0), (2021, 444_173.0))
    assert evolution_words(poor, years, 10_000, 7_900) == f"−4{N}% environ depuis 2015"
    assert evolution_words(poor, years, 10_000, 25_000) == "stable depuis 2015"
    assert evolution_words(rate, ((2019, 28.0), (2021, 29.0)), 1, 1.0) == "stable depuis 2019"
    assert evolution_words(rate, ((2015, 44.9), (2021, 42.0)), 1, 0.5) == f"−3{N}points environ depuis 2015"


# Words: both sides of each threshold.


@pytest.mark.parametrize(
    ("value", "reference", "size"),
    [
        (94.4, 95.5, "proche"),  # half the gap that a ratio of the complements would make much of
        (57.9, 62.2, "net"),
        (14.7, 19.3, "net"),
        (50.0, 52.9, "proche"),
        (50.0, 53.1, "leger"),
        (50.0, 53.9, "leger"),
        (50.0, 54.1, "net"),
        (1.5, 3.1, "net"),
        (1.6, 2.0, "proche"),
    ],
)
def test_a_share_is_graded_by_points_that_weigh_more_at_the_ends_of_the_scale(value, reference, size):
    assert gap_size(value, reference, card()) == size
    assert gap_size(100 - value, 100 - reference, card()) == size


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_share_and_its_complement_are_graded_alike(value, reference):
    assert effect(value, reference) == pytest.approx(-effect(100 - value, 100 - reference), abs=1e-6)


@pytest.mark.parametrize(("spread", "size"), [(16.1, "proche"), (15.9, "net")])
def test_a_share_within_a_quarter_of_the_spread_of_the_communes_is_close(spread, size):
    assert gap_size(34.0, 30.0, card(), spread) == size


@pytest.mark.parametrize(
    ("spread", "words"), [(24.7, f"un niveau inférieur de 6,2{N}points à celui"), (25.0, "un niveau proche de celui")]
)
def test_an_index_without_zero_is_compared_in_points_by_the_spread(spread, words):
    assert phrases.grade(88.0, 94.2, IPS, spread) == words


def test_no_per_cent_of_an_index():
    assert phrases.grade(94.2, 112.5, IPS, 10.0) == f"un niveau inférieur de 18,3{N}points à celui"
    assert gap_words(94.2, 112.5, IPS) == f"−18,3{N}points"


@pytest.mark.parametrize(
    ("value", "reference", "words"),
    [
        (24.0, 28.4, f"un niveau inférieur de 4{N}points environ à celui"),
        (36.1, 28.4, f"un niveau supérieur de 8{N}points environ à celui"),
        (28.0, 28.4, "un niveau proche de celui"),  # both read 28, nobody knows that they are equal
        (29.0, 28.4, "un niveau proche de celui"),  # 0.6 point for a rounding of one
    ],
)
def test_gaps_between_rates_published_in_whole_points(value, reference, words):
    assert phrases.grade(value, reference, card(), None, 1, 1.0) == words


@pytest.mark.parametrize(("gap", "about"), [(30, True), (31, False)])
def test_a_gap_is_about_from_a_margin_of_a_thirtieth_of_it(gap, about):
    assert gap_words(20.0 + gap, 20.0, card(), 0.1, 30 * ENVIRON).endswith("environ") == about


def test_a_figure_is_compared_at_the_decimals_of_the_coarser():
    assert gap_words(24.0, 14.9, card(), coarser(1, None), 0.5) == f"+9{N}points environ"


def test_a_rate_with_a_true_zero_keeps_its_ratio():
    assert phrases.grade(15.5, 10.0, TAUX) == f"un niveau supérieur d’environ 55{N}% à celui"
    assert phrases.grade(2.0, 1.0, TAUX) == "environ le double du niveau"


# Properties over everything that is shipped.


@pytest.fixture(scope="module")
def gaps(warehouse):
    """Every territory beside its levels, and beside its similar communes."""
    return {
        t.code: make_portrait(warehouse, t.code, [v.code for v in similar_to(warehouse, t.code)])
        for t in warehouse.choices
    }


def sentences(warehouse, gaps):
    """Every sentence: (row, card, territoire, text, level compared with or None)."""
    for territoire in warehouse.choices:
        for row in gaps[territoire.code]:
            level = row["niveau"]
            own = warehouse.indicateurs[row["indicateur"]]
            text = portrait.row_sentence(row, territoire, own, warehouse.territoires)
            if text and not formats.is_missing(level) and row["statut"] != "censure":
                yield row, own, text, level


def test_nothing_that_stands_out_is_close_slight_or_equal(warehouse, gaps):
    for territoire in warehouse.choices:
        for row in gaps[territoire.code]:
            own = warehouse.indicateurs[row["indicateur"]]
            if not portrait.stands_out(row, own):
                continue
            text = portrait.row_sentence(row, territoire, own, warehouse.territoires)
            assert not re.search(r"proche de celui|légèrement|égal à celui", text), text


def test_the_gap_of_a_sentence_is_that_of_its_figures_and_its_direction_their_sign(warehouse, gaps):
    seen = 0
    for row, own, text, level in sentences(warehouse, gaps):
        if not (said := re.search(r"un niveau (supérieur|inférieur) de ([\d,\u202f]+)\s(points?)( environ)?", text)):
            continue
        seen += 1
        shown = [own.format(row[f"valeur{end}"], arrondi=row.get(f"arrondi{end}")) for end in ("", f"_{level}")]
        difference = value_of(shown[0]) - value_of(shown[1])
        assert (difference > 0) == (said[1] == "supérieur"), text
        assert math.isclose(abs(difference), value_of(said[2]), abs_tol=1e-6) or said[4], text
        assert abs(abs(difference) - value_of(said[2])) <= margin(row["marge"], row[f"marge_{level}"]) + 0.5, text
        assert (said[3] == "point") == (value_of(said[2]) < 2), text
    assert seen > 1500


def test_slightly_never_goes_with_a_large_gap_nor_a_percentage_with_a_share_or_an_index(warehouse, gaps):
    for row, own, text, level in sentences(warehouse, gaps):
        value, reference = row["valeur"], row[f"valeur_{level}"]
        if not own.en_rapport:
            assert not re.search(r"double|triple|moitié du niveau|d’environ", text), text
        if "légèrement" in text and not own.en_rapport:
            assert PROCHE_H <= abs(effect(value, reference)) < LEGER_H, text
            assert abs(value - reference) <= 4.1, text
        if "légèrement" in text and own.en_rapport:
            assert 0.93 <= value / reference < 1.07, text


def test_no_sentence_writes_a_digit_that_its_figures_do_not_have(warehouse, gaps):
    for row, own, text, _level in sentences(warehouse, gaps):
        if row.get("arrondi") == 1 and own.decimales == 1:
            assert own.format(row["valeur"], row["statut"], row["arrondi"]) in text
            assert f"est de {formats.nombre(row['valeur'], 1)}" not in text


def test_tables_call_close_what_sentences_call_close(warehouse, gaps):
    """The position of a comparison and the words of a portrait never contradict each other."""
    reference = territory_reference(warehouse.territoires["93"])
    cards = [c for c in warehouse.indicateurs.values() if not c.effectif]
    codes = [c.code for c in cards]
    figures = warehouse.figures(codes, [*warehouse.communes, "93"])
    lines = compare(figures, warehouse.dispersion(codes), cards, list(warehouse.communes.values()), reference)
    for line in lines:
        for cell in line.cells:
            if cell.position is None or cell.reference is None:
                continue
            blur = margin(cell.marge, line.reference.marge)
            if gap_size(cell.valeur, cell.reference, line.card, None, blur) == "proche":
                assert cell.position == "proche", (line.card.code, cell)


def test_every_gap_of_a_comparison_is_that_of_the_figures_shown(warehouse):
    reference = territory_reference(warehouse.territoires["93"])
    cards = [c for c in warehouse.indicateurs.values() if not c.effectif]
    codes = [c.code for c in cards]
    figures = warehouse.figures(codes, [*warehouse.communes, "93"])
    lines = compare(figures, warehouse.dispersion(codes), cards, list(warehouse.communes.values()), reference)
    for line in lines:
        for cell in (c for c in line.cells if c.ecart):
            difference = value_of(cell.texte) - value_of(line.reference.texte)
            exact = math.isclose(value_of(cell.ecart), difference, abs_tol=1e-6)
            assert exact or cell.arrondi_ecart is not None, (line.card.code, cell)
