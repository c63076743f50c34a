"""Similar communes in the checks of answers: who counts, when nothing is said, and what the bounds do not give."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from etl.saisies import BRUT
from etl.saisies.controles import Contexte, _far
from etl.saisies.modeles import load_model
from etl.saisies.reseau import DepotConfirme, TerritoireReseau, publish
from observatoire.access.network import TABLES_BRUTES
from observatoire.access.peers import LES_PLUS_PROCHES, _nearest, similar_values
from observatoire.access.places import places
from observatoire.access.saisies import Saisies
from observatoire.methods.similarity import find_similar
from observatoire.views.comparaison.comparison import similarity_scores
from observatoire.warehouse.listings import depositors
from observatoire.warehouse.network import Network, open_network
from registre.records import Cle, Reponse
from tests.etl.saisies.test_reseau import WHEN

CLE = Cle("bilan", "93010", 2025)
LIGNE = "ACC01"


@pytest.fixture(scope="module")
def bilan():
    return load_model("bilan")


@pytest.fixture
def reseau(tmp_path, warehouse, bilan):
    """``reseau({(code, year): value per 1,000 inhabitants}, …)``: the raw edition where these are confirmed."""
    places = [TerritoireReseau(**row) for row in depositors(warehouse)]
    people = {one.code: one.population[max(one.population)] for one in places if one.population}

    def made(values, models=None, **more) -> Network:
        deposits = []
        for (code, year), value in values.items():
            answers = (Reponse(LIGNE, valeur=float(round(value * people[code] / 1000)), methode="logiciel"),)
            deposits.append(DepotConfirme(Cle("bilan", code, year), 1, False, None, WHEN, answers, **more))
        publish(tmp_path, deposits, models or [bilan], places)
        return open_network(tmp_path, BRUT, TABLES_BRUTES)

    return made


def near(warehouse, count):
    return _nearest(warehouse, CLE.territoire)[:count]


def test_the_nearest_are_those_of_the_pages(warehouse):
    shown = find_similar(similarity_scores(warehouse, "93")[0], CLE.territoire)
    assert list(near(warehouse, 5)) == [one.code for one in shown]
    assert _nearest(warehouse, "93059") == _nearest(warehouse, "200057867") == ()


@pytest.mark.parametrize(("count", "kept"), [(4, 0), (5, 5), (14, LES_PLUS_PROCHES)])
def test_fewer_than_five_say_nothing_and_the_farthest_do_not_count(warehouse, bilan, reseau, count, kept):
    network = reseau({(code, 2025): 100 + n for n, code in enumerate(near(warehouse, count))})
    found = similar_values(warehouse, network, bilan, CLE, {LIGNE: None})
    assert len(found.get(LIGNE, ())) == kept
    assert found.get(LIGNE, []) == sorted(found.get(LIGNE, []))
    if kept:
        assert max(found[LIGNE]) == pytest.approx((99 + kept) / 1000, rel=0.01)


def test_this_year_comes_before_the_last_and_never_an_older_one(warehouse, bilan, reseau):
    order = near(warehouse, 6)
    ask = {LIGNE: None}
    last = {(code, 2024): 50.0 for code in order}
    older = {(code, 2023): 10.0 for code in order}
    assert similar_values(warehouse, reseau(older), bilan, CLE, ask) == {}
    found = similar_values(warehouse, reseau(older | last), bilan, CLE, ask)[LIGNE]
    assert found == pytest.approx([0.05] * 6, rel=0.01)
    both = reseau(older | last | {(code, 2025): 70.0 for code in order[:5]})
    assert similar_values(warehouse, both, bilan, CLE, ask)[LIGNE] == pytest.approx([0.07] * 5, rel=0.01)


def test_another_definition_another_unit_or_its_own_answer_is_no_peer(warehouse, bilan, reseau):
    values = {(code, 2025): 70.0 for code in (*near(warehouse, 5), CLE.territoire)}
    network = reseau(values)
    assert len(similar_values(warehouse, network, bilan, CLE, {LIGNE: None})[LIGNE]) == 5
    assert similar_values(warehouse, network, bilan, CLE, {LIGNE: "autre"}) == {}
    lines = tuple(replace(one, definition="Autre.") if one.code == LIGNE else one for one in bilan.rubriques)
    assert similar_values(warehouse, network, replace(bilan, rubriques=lines), CLE, {LIGNE: None}) == {}


def test_what_is_far_asks_for_a_note_before_it_is_submitted(warehouse, bilan, reseau):
    network = reseau({(code, 2025): 100 + n for n, code in enumerate(near(warehouse, 6))})
    told = Saisies(warehouse, places(warehouse), lambda: network)
    answer = Reponse(LIGNE, valeur=60_000.0, methode="logiciel")
    (said,) = [one for one in told.soumission(CLE, "1", [answer], ()) if "semblables" in one]
    assert "à population égale" in said
    assert not any("semblables" in one for one in told.soumission(CLE, "1", [replace(answer, note="Deux sites")], ()))
    assert not any("semblables" in one for one in told.soumission(CLE, "1", [replace(answer, valeur=5_500.0)], ()))
    nobody = Saisies(warehouse, places(warehouse), lambda: Network(None, "aucun"))
    assert not any("semblables" in one for one in nobody.soumission(CLE, "1", [answer], ()))


def told_far(line, value, peers, people=10_000.0):
    """What an answer is told of similar communes; empty when nothing is."""
    found = _far(line, Reponse(LIGNE, valeur=float(value)), Contexte(people, semblables={LIGNE: peers}))
    return [one.attendu for one in found]


@pytest.mark.parametrize("people", [1_200.0, 10_000.0, 149_000.0])
def test_no_series_of_tries_gives_the_value_of_a_neighbour(bilan, people):
    """Whoever tries every answer finds the bounds that are told, no others; and for any five peers, the bounds would be
    the same with a second and a fourth that are elsewhere within a tenth of themselves, and within five units."""
    line, draw = bilan.rubrique(LIGNE), random.Random(93)
    for _ in range(15):
        peers = sorted(draw.uniform(0.02, 0.2) for _ in range(5))
        (words,) = told_far(line, 1e9, peers, people)
        low, high = (int("".join(re.findall("[0-9]", part))) for part in words.split(",")[0].split(" et "))
        edges = {bound + step for bound in (low, high) for step in (-1, 0, 1)} - {-1}
        assert {value for value in edges if told_far(line, value, peers, people)} == edges - set(range(low, high + 1))
        seen = {1: [peers[1]], 3: [peers[3]]}
        for _ in range(1_500):
            other = [value * draw.uniform(0.7, 1.3) if n in (1, 3) else value for n, value in enumerate(peers)]
            other[0], other[2], other[4] = other[1] / 2, (other[1] + other[3]) / 2, other[3] * 2
            if other[1] < other[3] and told_far(line, 1e9, other, people) == [words]:
                seen[1].append(other[1])
                seen[3].append(other[3])
        for n, values in seen.items():
            assert max(values) - min(values) > max(0.08 * peers[n], 5 / people), (peers, words)
