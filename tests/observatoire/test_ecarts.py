"""A gap in the fewest words: ratios, points, places, each threshold on both sides."""

import re
from itertools import pairwise

import pytest

from observatoire import formats
from observatoire.methods.ecarts import (
    Extreme,
    alternate,
    difference_words,
    displayed,
    extreme_words,
    find_extreme,
    gap_constructions,
    nom_de,
    ratio_words,
    sure_ratio,
)
from observatoire.methods.portrait import place_beside
from observatoire.views.portrait.essentiel import extreme as extreme_of
from observatoire.views.portrait.profile import make_portrait, similar_to
from tests.observatoire.cards import card

TAUX = card("REV02", "Taux de pauvreté", theme="revenus")


def row(valeur, reference, **changes):
    base = {
        "valeur": valeur, "valeur_dep": reference, "niveau": "dep", "statut": "publie", "statut_dep": "publie",
        "code_fra": None,
    }  # fmt: skip
    return base | changes


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.30, None),
        (0.32, "près du tiers du taux"),
        (1 / 3, "le tiers du taux"),
        (0.46, None),
        (0.47, "près de la moitié du taux"),
        (0.491, "la moitié du taux"),
        (0.509, "la moitié du taux"),
        (0.52, "un peu plus de la moitié du taux"),
        (0.54, None),
        (0.65, "près des deux tiers du taux"),
        (1.0, None),
        (1.39, None),
        (1.40, "près d’une fois et demie le taux"),
        (1.46, "près d’une fois et demie le taux"),
        (1.48, "une fois et demie le taux"),
        (1.53, "une fois et demie le taux"),
        (1.54, "plus d’une fois et demie le taux"),
        (1.60, "plus d’une fois et demie le taux"),
        (1.61, None),
        (1.85, None),
        (1.87, "près du double du taux"),
        (2.0, "le double du taux"),
        (2.05, "plus du double du taux"),
        (2.7, "plus du double du taux"),
        (2.78, "plus du double du taux"),
        (2.8, "près du triple du taux"),
        (3.0, "le triple du taux"),
        (3.5, "plus du triple du taux"),
        (3.71, "plus du triple du taux"),
        (3.8, "près de 4 fois le taux"),
        (4.0, "4 fois le taux"),
        (5.4, "plus de 5 fois le taux"),
    ],
)
def test_a_ratio_is_said_only_near_a_simple_one(ratio, words):
    assert ratio_words(100 * ratio, 100.0, "taux", feminin=False) == words


def test_a_ratio_agrees_with_its_noun_and_says_when_it_is_only_about():
    assert ratio_words(20.0, 10.0, "part", feminin=True) == "le double de la part"
    assert ratio_words(14.5, 10.0, "part", feminin=True) == "près d’une fois et demie la part"
    assert ratio_words(19.0, 10.0, "taux", feminin=False, approche=True) == "environ le double du taux"
    assert ratio_words(20.0, 10.0, "taux", feminin=False, approche=True) == "environ le double du taux"
    assert ratio_words(0.0, 10.0, "taux", feminin=False) is None
    assert ratio_words(10.0, 0.0, "taux", feminin=False) is None


def test_a_ratio_that_rounding_could_change_is_not_said():
    assert sure_ratio(row(30.0, 20.0), TAUX, "taux", feminine=False) == "une fois et demie le taux"
    assert sure_ratio(row(30.0, 20.0, marge=0.5, marge_dep=0.5), TAUX, "taux", feminine=False) is None
    assert sure_ratio(row(30.0, 20.0, marge=0.05, marge_dep=0.05), TAUX, "taux", feminine=False) is not None


def test_an_index_without_zero_has_no_ratio():
    index = card("EDU03", "Indice de position sociale", unite="points", echelle="intervalle")
    assert "rapport" not in gap_constructions(row(150.0, 100.0), index, None)
    assert plain(difference_words(row(150.0, 100.0), index)) == "50,0 points de plus que le département"


@pytest.mark.parametrize(
    ("figure", "unite", "decimales", "words"),
    [
        (row(33.5, 29.5), "%", 1, "4,0 points de plus que le département"),
        (row(28.4, 29.5), "%", 1, "1,1 point de moins que le département"),
        (row(33.5, 29.5, statut_dep="approche"), "%", 1, "environ 4,0 points de plus que le département"),
        (row(36.2, 28.0, arrondi=1.0, marge=0.5), "%", 1, "environ 8 points de plus que le département"),
        (row(16_520, 21_250), "€", 0, "4 730 € de moins que le département"),
        (row(11.59, 20.23), "pour 10 000 habitants", 2, "43 % de moins que le département"),
        (row(0.001, 1.89), "pour 10 000 habitants", 2, "zéro, contre 1,89 dans le département"),
        (
            row(15.5, None, niveau="fra", valeur_fra=11.4, statut_fra="publie"),
            "%",
            1,
            "4,1 points de plus que la France",
        ),
    ],
)
def test_a_difference_is_that_of_the_figures_shown(figure, unite, decimales, words):
    own = card("X", "Taux de", unite=unite, decimales=decimales)
    assert plain(difference_words(figure, own)) == words


def test_the_mainland_is_named_where_it_is_the_reference():
    figure = row(29.5, None, niveau="fra", valeur_fra=15.9, statut_fra="publie", code_fra="FM")
    assert plain(difference_words(figure, TAUX)).endswith("13,6 points de plus que la France métropolitaine")


def communes(*values):
    return {f"c{n}": value for n, value in enumerate(values)}


NOMS = {f"c{n}": f"Ville {n}" for n in range(12)}


def test_an_end_is_found_on_the_figures_as_they_read_with_those_that_share_it():
    read = communes(45.0, 45.0, 43.0, 40.0, 30.0, 20.0, 10.0)
    assert find_extreme("c0", read, NOMS) == Extreme(True, 1, ("Ville 1",))
    assert find_extreme("c2", read, NOMS) == Extreme(True, 3)
    assert find_extreme("c3", read, NOMS) is None
    assert find_extreme("c6", read, NOMS) == Extreme(False, 1)
    assert find_extreme("c6", read, NOMS, bornes=True) is None
    assert find_extreme("absente", read, NOMS) is None


def test_the_end_of_a_few_values_is_no_end():
    assert find_extreme("c0", communes(3.0, 2.0, 2.0, 1.0, 1.0), NOMS) is None


@pytest.mark.parametrize(
    ("extreme", "feminin", "words"),
    [
        (Extreme(True, 1), True, "la part la plus élevée du département"),
        (Extreme(False, 1), True, "la part la plus basse du département"),
        (Extreme(True, 1, ("Bondy",)), True, "la part la plus élevée du département, à égalité avec Bondy"),
        (
            Extreme(True, 1, ("Bondy", "Pantin")),
            True,
            "la part la plus élevée du département, à égalité avec Bondy et Pantin",
        ),
        (
            Extreme(True, 1, ("A", "B", "C")),
            True,
            "la part la plus élevée du département, à égalité avec trois autres communes",
        ),
        (Extreme(True, 1, ("A", "B", "C", "D", "E")), True, "l’une des parts les plus élevées du département"),
        (Extreme(True, 1, assure=False), True, "l’une des parts les plus élevées du département"),
        (Extreme(True, 2), True, "l’une des parts les plus élevées du département"),
        (Extreme(False, 3), True, "l’une des parts les plus basses du département"),
    ],
)
def test_an_end_in_words(extreme, feminin, words):
    assert extreme_words(extreme, "part", feminin) == words


@pytest.mark.parametrize(
    ("extreme", "nom", "words"),
    [
        (Extreme(True, 1), "taux", "le taux le plus élevé du département"),
        (Extreme(False, 1), "taux", "le taux le plus bas du département"),
        (Extreme(True, 2), "taux", "l’un des taux les plus élevés du département"),
        (Extreme(False, 2), "niveau", "l’un des niveaux les plus bas du département"),
        (Extreme(False, 2), "indice", "l’un des indices les plus bas du département"),
    ],
)
def test_an_end_of_a_masculine_name(extreme, nom, words):
    assert extreme_words(extreme, nom, feminin=False) == words


def test_what_a_figure_is_called():
    assert nom_de(card("A", "Part des 75 ans ou plus")) == ("part", True)
    assert nom_de(card("A", "Taux d’emploi")) == ("taux", False)
    assert nom_de(card("A", "Foyers allocataires", unite="pour 100 ménages")) == ("taux", False)
    assert nom_de(card("A", "Niveau de vie médian", unite="€")) == ("niveau", False)
    assert nom_de(card("A", "Médecins", unite="consultations par an")) == ("niveau", False)


def test_constructions_alternate_and_the_only_one_is_kept():
    both, points = {"rapport": "r", "ecart": "e"}, {"ecart": "e"}
    assert alternate([both, both, both]) == ["r", "e", "r"]
    assert alternate([points, points]) == ["e", "e"]
    assert alternate([{"rang": "a", **both}, {"rang": "a", **both}, both]) == ["a", "r", "e"]
    assert alternate([]) == []


# ---- on every figure of every territory


@pytest.fixture(scope="module")
def standing(warehouse):
    """The rows of all the portraits that are not « proche », with their constructions."""
    found = []
    for territoire in warehouse.choices:
        members = tuple(v.code for v in similar_to(warehouse, territoire.code))
        for line in warehouse.kept(make_portrait, territoire.code, members):
            own = warehouse.indicateurs[line["indicateur"]]
            if place_beside(line, own) not in (None, "proche"):
                said = gap_constructions(line, own, extreme_of(warehouse, territoire, line))
                found.append((territoire, line, own, said))
    return found


def test_the_points_of_a_sentence_are_those_of_the_figures_shown(standing):
    seen = 0
    for _, line, own, said in standing:
        match = re.match(r"(environ )?([\d  ,]+)\s(points?|€) de (plus|moins) que", said["ecart"])
        if not match:
            continue
        seen += 1
        level, number = line["niveau"], float(re.sub(r"[^\d,]", "", match[2]).replace(",", "."))
        read, beside = displayed(line, own)
        assert match[4] == ("plus" if read > beside else "moins"), said
        # The coarser of the two roundings is that of the difference.
        steps = [s for s in (line["arrondi"], line[f"arrondi_{level}"]) if not formats.is_missing(s)]
        assert abs(abs(read - beside) - number) <= max(steps, default=0) + 1e-6, (line["indicateur"], said)
        assert steps or abs(abs(read - beside) - number) < 1e-6, (line["indicateur"], said)
    assert seen > 2000


def test_a_ratio_of_a_sentence_holds_on_the_figures_shown(standing):
    spans = {
        "le tiers": 1 / 3, "du tiers": 1 / 3, "la moitié": 0.5, "deux tiers": 2 / 3, "fois et demie": 1.5,
        "double": 2.0, "triple": 3.0,
    }  # fmt: skip
    seen = 0
    for _, line, own, said in standing:
        if "rapport" not in said or re.search(r"\d fois", said["rapport"]):
            continue
        seen += 1
        text, (read, beside) = said["rapport"], displayed(line, own)
        simple = next(value for words, value in spans.items() if words in text)
        ratio = read / beside / simple
        if text.startswith("près"):
            assert 0.93 - 1e-6 <= ratio < 0.98 + 1e-6, text
        elif text.startswith(("plus", "un peu plus")):
            assert 1.02 - 1e-6 < ratio < (1.395 if simple >= 2 else 1.07 + 1e-6), text
        elif not text.startswith("environ"):
            assert 0.98 - 1e-6 <= ratio <= 1.02 + 1e-6, text
    assert seen > 300


def test_the_highest_of_the_departement_is_the_highest_shown(standing, warehouse):
    seen = 0
    for territoire, line, own, said in standing:
        if "rang" not in said:
            continue
        seen += 1
        rows = warehouse.counts([own.code], warehouse.communes, [line["annee"]])
        shown = {r["territoire"]: own.format(r["valeur"], r["statut"], r["arrondi"]) for r in rows}
        end = max if "élevé" in said["rang"] else min
        known = [r for r in rows if not formats.is_missing(r["valeur"])]
        best = end(known, key=lambda r: r["valeur"])
        assert shown[territoire.code] == shown[best["territoire"]], said
        alike = [c for c in shown if shown[c] == shown[territoire.code] and c != territoire.code]
        assert ("à égalité" in said["rang"]) == bool(alike), said
        assert len(alike) > 2 or all(warehouse.communes[c].nom in said["rang"] for c in alike)
    assert seen > 100


def test_two_cards_in_a_row_are_said_in_two_ways_where_they_can(standing):
    lists = [said for _, _, _, said in standing[:400]]
    for (before, after), (first, second) in zip(pairwise(lists), pairwise(alternate(lists)), strict=True):
        kind = next(k for k, text in before.items() if text == first)
        assert set(after) == {kind} or second != after.get(kind)
