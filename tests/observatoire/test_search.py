"""What a reader types finds what it names, and nothing else."""

import re

import pytest

from observatoire.methods.catalogue import search
from observatoire.methods.search import find, plain
from observatoire.views.search import find_quarter, find_territory, postal_codes
from observatoire.warehouse.catalogue import cards


@pytest.mark.parametrize("typed", ["Saint-Ouen", "saint ouen", "ST-OUEN", "st ouen", "  st  ouen "])
def test_a_name_is_the_same_however_it_is_typed(typed):
    assert plain(typed) == "saint ouen"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("saint denis", "93066"),
        ("st denis", "93066"),
        ("st-denis", "93066"),
        ("L'ile st denis", "93039"),
        ("ile saint denis", "93039"),
        ("epinay", "93031"),
        ("EPINAY SUR SEINE", "93031"),
        ("noisy le grand", "93051"),
        ("93200", "93066"),
        ("93210", "93066"),
        ("93066", "93066"),
        ("93059", "93066"),
        ("pierrefitte", "93066"),
        ("les lilas", "93045"),
        ("lilas", "93045"),
        ("pre st gervais", "93061"),
        ("clichi", "93014"),
        ("plaine commune", "200057867"),
        ("T8", "200057875"),
        ("93", "93"),
        ("93 200", "93066"),
        ("93 380", "93066"),
        ("93200 saint denis", "93066"),
        ("93 140 Bondy", "93010"),
        ("la plaine saint denis", "93066"),
        ("La Plaine St-Denis", "93066"),
        ("93210 la plaine", "93066"),
        ("idf", "R11"),
        ("ile de france", "R11"),
        ("france", "FR"),
    ],
)
def test_a_territory_is_found_by_its_name_its_code_and_its_former_communes(warehouse, typed, code):
    assert find_territory(warehouse, typed) == [code]


@pytest.mark.parametrize("typed", ["", "   ", "'", "zzz", "75056", "paris 13"])
def test_what_stands_for_nothing_finds_nothing(warehouse, typed):
    assert find_territory(warehouse, typed) == []
    assert find_quarter(warehouse, typed) == []


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("franc moisin", ["93066"]),
        ("Clos Saint-Lazare", ["93072"]),
        ("les courtillières", ["93055"]),
        ("cosmonautes", ["93001", "93027", "93066"]),
        ("landy", ["93001", "93066"]),
        ("boissière", ["93048", "93053", "93064"]),
    ],
)
def test_a_quarter_answers_the_communes_that_have_it(warehouse, typed, codes):
    assert find_territory(warehouse, typed) == []
    found = find_quarter(warehouse, typed)
    assert sorted(found) == codes


@pytest.mark.parametrize("typed", ["porte de paris", "versailles", "iris", "secteur 14", "12"])
def test_a_place_elsewhere_or_a_number_is_no_quarter_of_ours(warehouse, typed):
    assert find_quarter(warehouse, typed) == []


def test_a_name_two_communes_share_gives_both(warehouse):
    assert find_territory(warehouse, "noisy") == ["93051", "93053"]


def test_a_short_word_is_never_mended_into_another():
    assert find("ages", {"a": ["Sages"], "b": ["Aises"]}) == []
    assert find("clichi", {"a": ["Clichy"]}) == ["a"]


def test_every_commune_has_a_postal_code_and_the_addresses_of_its_services_agree(warehouse):
    known = postal_codes()
    assert set(known.values()) == set(warehouse.communes)
    # A number that does not end in 0 is a CEDEX, of one addressee.
    rows = warehouse.rows("SELECT adresse, code_commune FROM lieu WHERE adresse IS NOT NULL")
    found = [(m[1], row["code_commune"]) for row in rows if (m := re.search(r"\b(93\d\d0) ", row["adresse"]))]
    assert len({code for code, _ in found}) > 20
    assert [(code, commune) for code, commune in found if known[code] != commune] == []


@pytest.mark.parametrize("words", ["chomage", "CHÔMAGE", "p22 chom1564", "P22_CHOM1564", "demandeurs d'emploi"])
def test_the_catalogue_is_searched_the_same_way(warehouse, words):
    assert search(cards(warehouse), words)
