"""The sentence that opens a portrait: fractions only where the rounding is honest, each threshold on both sides."""

import re

import pytest

from observatoire.methods.ecarts import Extreme
from observatoire.methods.ouverture import (
    Fait,
    choose_facts,
    fact_words,
    opening_sentence,
    population_words,
    share_words,
)
from observatoire.records import Territoire
from observatoire.views.portrait.essentiel import FAITS, head
from observatoire.views.portrait.profile import similar_to
from tests.observatoire.cards import BONDY, DEPARTEMENT, card

PAUVRE = Fait("REV02", "habitant", "habitants", "vit sous le seuil", "vivent sous le seuil")
SEULE = Fait("FAM01", "famille", "familles", "est monoparentale", "sont monoparentales", feminin=True)
TAUX = card("REV02", "Taux de pauvreté", theme="revenus")
FAMILLES = card("FAM01", "Part des familles monoparentales", theme="familles")


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def row(valeur, **changes):
    base = {
        "indicateur": "REV02", "annee": 2023, "valeur": valeur, "statut": "publie", "niveau": "dep", "valeur_dep": 29.5,
        "statut_dep": "publie", "annee_dep": 2023, "ecart_type": 9.0, "ecart": (valeur - 29.5) / 9.0,
        "sens": "defavorable", "code_fra": None,
    }  # fmt: skip
    return base | changes


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (50.0, "un habitant sur deux vit"),
        (49.5, "un habitant sur deux vit"),
        (49.4, "près d’un habitant sur deux vit"),
        (50.5, "un habitant sur deux vit"),
        (50.6, "plus d’un habitant sur deux vit"),
        (45.4, "près d’un habitant sur deux vit"),
        (45.0, "près d’un habitant sur deux vit"),
        (44.0, "plus de quatre habitants sur dix vivent"),
        (42.0, "plus de quatre habitants sur dix vivent"),
        (40.5, "quatre habitants sur dix vivent"),
        (36.7, "près de quatre habitants sur dix vivent"),
        (33.5, "un habitant sur trois vit"),
        (34.3, "plus d’un habitant sur trois vit"),
        (32.7, "près d’un habitant sur trois vit"),
        (29.5, "trois habitants sur dix vivent"),
        (25.6, "plus d’un habitant sur quatre vit"),
        (22.1, None),
        (20.0, "un habitant sur cinq vit"),
        (9.5, "un habitant sur dix vit"),
        (9.4, "près d’un habitant sur dix vit"),
        (9.0, "près d’un habitant sur dix vit"),
        (8.9, None),
        (66.0, "près de deux habitants sur trois vivent"),
        (75.0, "trois habitants sur quatre vivent"),
        (99.0, "plus de neuf habitants sur dix vivent"),
        (99.1, None),
        (0.0, None),
    ],
)
def test_a_share_is_a_fraction_only_where_one_is_near(part, words):
    found = share_words(part, PAUVRE)
    assert found == (f"{words} sous le seuil" if words else None)


def test_a_weighted_mean_is_said_about_and_must_be_nearer():
    assert share_words(30.3, PAUVRE, approche=True) == "environ trois habitants sur dix vivent sous le seuil"
    assert share_words(28.6, PAUVRE, approche=True) == "environ trois habitants sur dix vivent sous le seuil"
    assert share_words(37.5, PAUVRE, approche=True) is None


def test_what_may_be_on_the_other_side_of_a_fraction_is_said_about():
    assert share_words(34.5, SEULE, (33.4, 35.6)) == "plus d’une famille sur trois est monoparentale"
    assert share_words(34.5, SEULE, (33.3, 35.6)) == "environ une famille sur trois est monoparentale"
    assert share_words(32.0, SEULE, (30.0, 33.0)) == "près d’une famille sur trois est monoparentale"
    assert share_words(32.0, SEULE, (30.0, 34.0)) == "environ une famille sur trois est monoparentale"


@pytest.mark.parametrize(
    ("habitants", "words"),
    [
        (29_354, "plus de 29 000 habitants"),
        (29_145, "29 000 habitants"),
        (29_146, "plus de 29 000 habitants"),
        (28_854, "près de 29 000 habitants"),
        (28_856, "29 000 habitants"),
        (5_175, "5 200 habitants"),
        (8_640, "8 600 habitants"),
        (7_330, "7 300 habitants"),
        (149_077, "près de 150 000 habitants"),
        (447_969, "450 000 habitants"),
        (1_704_316, "1,7 million d’habitants"),
        (1_951_000, "près de 2 millions d’habitants"),
        (2_000_000, "2 millions d’habitants"),
    ],
)
def test_a_population_is_said_in_two_digits(habitants, words):
    assert plain(population_words(habitants)) == words


def test_a_fact_has_its_figure_its_year_and_where_it_stands():
    assert plain(fact_words(PAUVRE, row(45.4), TAUX, Extreme(True, 1))) == (
        "près d’un habitant sur deux vit sous le seuil (45,4 % en 2023), la part la plus élevée du département"
    )
    assert plain(fact_words(PAUVRE, row(45.4), TAUX)).endswith(
        "(45,4 % en 2023), plus d’une fois et demie la part du département (29,5 %)"
    )
    assert plain(fact_words(PAUVRE, row(38.6), TAUX)).endswith("(38,6 % en 2023), contre 29,5 % dans le département")
    assert plain(fact_words(PAUVRE, row(22.1), TAUX)) == (
        "22,1 % des habitants vivent sous le seuil (en 2023), contre 29,5 % dans le département"
    )


def test_a_close_figure_is_said_close_even_at_an_end():
    words = plain(fact_words(PAUVRE, row(29.8), TAUX, Extreme(True, 1)))
    assert words.endswith("une part proche de celle du département (29,5 %)")


def test_a_whole_point_rate_is_never_said_with_a_decimal():
    words = plain(fact_words(PAUVRE, row(36.2, arrondi=1.0, marge=0.5), TAUX))
    assert "(36 % en 2023)" in words
    assert "36,2" not in words


def test_a_figure_without_a_reference_of_its_year_is_told_alone():
    words = plain(fact_words(PAUVRE, row(45.4, niveau=None), TAUX))
    assert words == "près d’un habitant sur deux vit sous le seuil (45,4 % en 2023)"


CARDS = {f.indicateur: card(f.indicateur, "Part des") for f in FAITS}


def rows(**values):
    return {code: row(value) | {"indicateur": code} for code, value in values.items()}


def test_poverty_comes_first_then_the_fact_that_stands_farthest():
    known = rows(REV02=45.0, DEM04=31.0, EMP01=40.0, FAM01=45.0)
    assert [f.indicateur for f in choose_facts(known, FAITS, CARDS)] == ["REV02", "FAM01"]


def test_without_a_far_fact_the_first_of_the_others_is_told():
    assert [f.indicateur for f in choose_facts(rows(REV02=45.0, DEM04=29.6, EMP01=29.4), FAITS, CARDS)] == [
        "REV02",
        "DEM04",
    ]


def test_an_unknown_or_bounded_poverty_is_left_out():
    known = rows(REV02=5.0, DEM04=29.6)
    known["REV02"]["statut"] = "censure"
    assert [f.indicateur for f in choose_facts(known, FAITS, CARDS)] == ["DEM04"]
    known["REV02"] |= {"statut": "manquant", "valeur": None}
    assert [f.indicateur for f in choose_facts(known, FAITS, CARDS)] == ["DEM04"]


def test_the_whole_sentence_of_a_commune_an_ept_and_the_departement():
    facts = [(PAUVRE, row(38.6), TAUX, None), (SEULE, row(33.3), FAMILLES, None)]
    said = plain(opening_sentence(BONDY, 54_000, 0, facts))
    assert said.startswith("Bondy, 54 000 habitants : près de quatre habitants sur dix vivent")
    assert said.count(" ; ") == 1
    assert said.endswith("dans le département.")
    ept = Territoire("T", "ept", "Est Ensemble", "T8", "T", "93")
    assert plain(opening_sentence(ept, 447_969, 9, [])) == "Est Ensemble, 9 communes et 450 000 habitants."
    assert plain(opening_sentence(DEPARTEMENT, 1_704_316, 39, [])) == (
        "La Seine-Saint-Denis, 39 communes et 1,7 million d’habitants."
    )
    assert plain(opening_sentence(BONDY, None, 0, [])) == "Bondy."


def test_every_territory_has_its_sentence_with_its_own_figures(warehouse):
    for territoire in warehouse.choices:
        members = tuple(v.code for v in similar_to(warehouse, territoire.code))
        tete = head(warehouse, territoire.code, members)
        text = plain(tete.ouverture)
        assert text.endswith(".")
        assert not re.search(r"\b(nan|None)\b| {2}|\bde un\b|\bde le\b", text), text
        assert 1 <= len(tete.faits) <= 2
        for code in tete.faits:
            own = warehouse.indicateurs[code]
            figure = warehouse.counts([code], [territoire.code], [own.derniere])[0]
            assert plain(own.format(figure["valeur"], figure["statut"], figure["arrondi"])) in text
    poorest = plain(head(warehouse, "93014").ouverture)
    assert "la part la plus élevée du département" in poorest
