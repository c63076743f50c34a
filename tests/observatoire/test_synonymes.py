"""What people say finds the indicators that say it in other words; an age never opens its neighbour."""

import tomllib

import pytest

from observatoire.config import RACINE
from observatoire.methods.labels import Meaning, Meanings, look, pieces
from observatoire.views.search import indicator_names, latest_words, meanings, search_everything, search_indicator

PAUVRETE_PAR_AGE = ["JEU07", "REV38", "REV39", "REV40", "REV41", "SEN04"]


def first(warehouse, typed, count=5):
    return search_indicator(warehouse, typed).codes[:count]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("pauvreté", {"REV02"}),
        ("pauvres", {"REV02"}),
        ("PAUVRETE", {"REV02"}),
        ("bas revenus", {"REV17", "REV02"}),
        ("chômage", {"EMP01"}),
        ("chomage des jeunes", {"JEU04"}),
        ("jeunes au chômage", {"JEU04"}),
        ("chômeurs", {"EMP01", "EMP04"}),
        ("chômage des seniors", {"EMP23"}),
        ("logements sociaux", {"LOG06"}),
        ("HLM", {"LOG01", "LOG06"}),
        ("mères seules", {"FAM01"}),
        ("familles monoparentales", {"FAM01"}),
        ("personnes âgées seules", {"SEN02", "SEN03"}),
        ("vieux", {"DEM14", "DEM06"}),
        ("médecins", {"SAN01", "SAN20"}),
        ("désert médical", {"SAN01"}),
        ("diplôme", {"EDU08", "EDU02"}),
        ("sans diplôme", {"EDU08"}),
        ("allocataires RSA", {"REV14"}),
        ("surpeuplement", {"LOG03"}),
        ("handicap AAH", {"HAN01"}),
        ("personnes handicapées", {"HAN01"}),
        ("crèches", {"FAM05", "FAM21"}),
        ("C2S", {"SAN04"}),
        ("mutuelle", {"SAN04"}),
        ("délinquance", {"SEC04"}),
        ("naissances", {"DEM13", "DEM11"}),
        ("impayés", {"LOG11"}),
        ("jeunes", {"DEM05"}),
        ("inégalités", {"REV05", "REV06"}),
        ("passoires thermiques", {"LOG42"}),
        ("non-recours", {"DRO01"}),
        ("illectronisme", {"NUM01"}),
        ("revenus", {"REV01"}),
        ("isolement", {"FAM03"}),
        ("violences conjugales", {"FAM10"}),
        ("loyers", {"LOG26"}),
        ("chomag", {"EMP01"}),
        ("pauvrté", {"REV02"}),
        ("EMP01", {"EMP01"}),
    ],
)
def test_ordinary_words_find_the_indicator_among_the_first_answers(warehouse, typed, codes):
    assert codes <= set(first(warehouse, typed))


@pytest.mark.parametrize(
    "typed",
    [
        "pauvreté des moins de 30 ans",
        "Taux de pauvreté des ménages de moins de 30 ans",
        "pauvrete moins de 30",
        "moins de 30 ans pauvreté",
        "pauvrté des moins de 30 ans",
    ],
)
def test_an_age_answers_itself_alone(warehouse, typed):
    assert search_indicator(warehouse, typed).codes == ["JEU07"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("pauvreté des 30 à 39 ans", "REV38"),
        ("pauvreté 75 ans et plus", "SEN04"),
        ("pauvreté 75+", "SEN04"),
        ("pauvreté 30-39 ans", "REV38"),
    ],
)
def test_a_band_is_the_same_however_it_is_written(warehouse, typed, code):
    found = search_indicator(warehouse, typed)
    assert (found.codes, found.sure) == ([code], True)


def test_an_age_that_no_indicator_has_offers_those_around_it_and_opens_none(warehouse):
    assert search_indicator(warehouse, "pauvreté des 65 ans et plus").codes == ["REV41", "SEN04"]
    assert search_indicator(warehouse, "pauvreté des moins de 25 ans").codes == PAUVRETE_PAR_AGE
    for typed in ("pauvreté des 65 ans et plus", "pauvreté des moins de 25 ans", "diplôme des moins de 12 ans"):
        assert not search_everything(warehouse, typed, {}).seule


def test_an_only_answer_is_not_given_in_place_of_another_age():
    names = {"a": ["Taux de pauvreté des ménages de 30 à 39 ans"], "b": ["Taux de pauvreté"]}
    assert look("pauvreté des moins de 30 ans", names, Meanings()).codes == []


@pytest.mark.parametrize("typed", ["pauvreté", "pauvreté par âge", "pauvreté âge"])
def test_the_bands_of_one_question_stand_together_from_the_youngest(warehouse, typed):
    codes = search_indicator(warehouse, typed).codes
    place = codes.index("JEU07")
    assert codes[place : place + 6] == PAUVRETE_PAR_AGE


def test_what_has_several_answers_is_not_opened(warehouse):
    for typed in ("pauvreté", "chômage des jeunes", "logement", "saint"):
        assert not search_everything(warehouse, typed, {}).seule
    # One answer that says much more than what was asked is only its neighbour.
    assert search_everything(warehouse, "moins de 25 ans", {}).indicateurs == ("JEU05",)
    assert not search_everything(warehouse, "moins de 25 ans", {}).seule


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("93 200", "93066"),
        ("st denis", "93066"),
        ("saint ouen", "93070"),
        ("pierrefitte", "93066"),
        ("t8", "200057875"),
        ("lilas", "93045"),
        ("epinay", "93031"),
        ("93066", "93066"),
        ("L’Île-Saint-Denis", "93039"),
        ("clichi", "93014"),
    ],
)
def test_a_territory_alone_is_opened_from_the_one_search(warehouse, typed, code):
    found = search_everything(warehouse, typed, {})
    assert (found.territoires, found.indicateurs, found.seule) == ((code,), (), True)


def test_a_page_is_found_by_its_name_and_by_what_it_is_called():
    pages = {"indice": ["Comparer : indice de besoins", "besoins sociaux"], "api": ["API"]}
    assert look("indice besoins", pages, Meanings()).codes == ["indice"]
    assert look("besoins sociaux", pages, Meanings()).codes == ["indice"]


def test_words_of_definitions_are_offered_when_no_label_answers(warehouse):
    found = search_everything(warehouse, "P22_CHOM1564", {})
    assert "EMP01" in found.indicateurs
    assert not found.seule


@pytest.mark.parametrize("typed", ["", "  ", "'", "+", "zzz", "é" * 5000])
def test_what_says_nothing_finds_nothing(warehouse, typed):
    assert not search_everything(warehouse, typed, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("moins de 30 ans", [(0, 29)]),
        ("30 à 39 ans", [(30, 39)]),
        ("les 15-24 ans", [(15, 24)]),
        ("entre 18 et 25 ans", [(18, 25)]),
        ("75 ans ou plus", [(75, 200)]),
        ("plus de 75 ans", [(75, 200)]),
        ("65 ans ou moins", [(0, 65)]),
        ("30 ans", [(30,)]),
        ("1 000 habitants", ["1", "000", "habitant"]),
        ("quotient inférieur à 400 €", ["quotient", "inferieur", "400"]),
    ],
)
def test_ages_are_read_as_bands_and_numbers_are_not(text, expected):
    assert pieces(text) == expected


def test_every_synonym_leads_to_an_indicator(warehouse):
    known = set(indicator_names(warehouse))
    with (RACINE / "data" / "catalogue" / "synonymes.toml").open("rb") as file:
        declared = tomllib.load(file)["synonymes"]
    names = {code: own[:1] for code, own in indicator_names(warehouse).items()}
    for group in declared:
        assert set(group.get("indicateurs", ())) <= known
        for words in group.get("libelles", ()):
            alone = Meanings([Meaning(("essai",), (words,))])
            assert look("essai", names, alone).codes, f"aucun libellé ne dit « {words} »"
        for said in group["mots"]:
            assert search_indicator(warehouse, said).codes, f"« {said} » ne trouve rien"
    assert len(meanings().declared) == len(declared)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("pauvreté des enfants", "FAM07"),
        ("enfants pauvres", "FAM07"),
        ("gens au RSA", "REV14"),
        ("vieux isolés", "SEN02"),
        ("femmes seules", "FAM01"),
        ("retraités pauvres", "SEN04"),
        ("jeunes sans emploi", "JEU04"),
        ("crèches", "FAM05"),
        ("maison de retraite", "SEN22"),
        ("aides à domicile", "SEN20"),
    ],
)
def test_the_words_of_a_director_list_her_indicator_with_its_figure(warehouse, typed, code):
    found = search_everything(warehouse, typed, {})
    assert code in found.indicateurs[:3]
    told = latest_words(warehouse, found.indicateurs, warehouse.territoires["93014"])
    if code in warehouse.indicateurs and code in told:
        assert "à Clichy-sous-Bois en 20" in told[code].replace("\u00a0", " ")
    assert code in told or code not in warehouse.indicateurs
