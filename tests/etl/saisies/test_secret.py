"""A reader with every public edition, and all that a neighbour may know, finds no hidden value."""

from __future__ import annotations

from functools import lru_cache

import duckdb
import pytest

from etl.saisies.reseau import BRUT, PUBLIC, publish
from tests.etl.saisies.attaque import attack, naive, read
from tests.etl.saisies.mondes import RELATIONS, modele, monde, territoires

NUMBERS = """
    SELECT r.modele, r.exercice, r.demonstration, r.rubrique, coalesce(r.unite, ''), r.territoire, r.rang, r.valeur,
        l.compte_de_personnes
    FROM reponse AS r JOIN depot AS d ON d.code = r.depot
    JOIN rubrique AS l ON (l.modele, l.version, l.code) = (r.modele, d.version, r.rubrique)
    WHERE r.valeur IS NOT NULL AND l.additive
"""


def play(folder, graine, editions=5, secondaire=True, communes=12, lire=None):
    """Editions of a network drawn at random: what each published, and the truth.

    ``truth``: by edition, cell → (value, count of persons). ``lire``: how the reader reads an edition, its file by
    default.
    """
    one = monde(graine, communes)
    publications, truths = [], []
    for _ in range(editions):
        publish(folder, one.depots(), [modele()], territoires(communes), {"bilan": RELATIONS}, secondaire=secondaire)
        publications.append(lire(folder) if lire else read(folder / PUBLIC))
        with duckdb.connect(str((folder / BRUT).resolve()), read_only=True) as con:
            rows = con.execute(NUMBERS).fetchall()
        truths.append({(row[:3], row[3:7]): row[7:] for row in rows})
        one.avance()
    return publications, truths


def recovered(publications, truths):
    """What the strongest reader finds: values known exactly, and counts from 1 to 4 known to less than five."""
    savoir = [{key: value for key, (value, _) in truth.items()} for truth in truths]
    facts = {(key, value): count for truth in truths for key, (value, count) in truth.items()}
    found = []
    zeros = any(
        value is None and truth[lot, cell][0] == 0
        for said, truth in zip(publications, truths, strict=True)
        for lot, cells in said.cellules.items()
        for cell, value in cells.items()
        if (lot, cell) in truth
    )
    for one in attack(publications, {"bilan": RELATIONS}, savoir, zeros, assez=5.0):
        assert one.bas - 1e-6 <= one.jeton <= one.haut + 1e-6, "l’attaque se trompe : elle ne prouve rien"
        small = facts[(one.lot, one.cellule), one.jeton] and 0 < one.jeton < 5
        if one.haut - one.bas < (5 - 1e-6 if small else 1e-6):
            found.append(one)
    return found


@pytest.fixture(scope="module")
def jeu(tmp_path_factory):
    """``jeu(graine)``: a network played once for the tests that look at it."""
    return lru_cache(lambda graine: play(tmp_path_factory.mktemp("monde"), graine))


@pytest.mark.parametrize("graine", range(6))
def test_no_edition_nor_all_of_them_give_a_hidden_value(jeu, graine):
    assert recovered(*jeu(graine)) == []


def test_the_attack_finds_what_is_left_to_be_found(tmp_path):
    """Small values hidden, and nothing else: the same reader finds some of them."""
    publications, truths = play(tmp_path, 0, editions=3, secondaire=False)
    assert len(recovered(publications, truths)) > 5


def test_a_reader_who_knows_nothing_finds_nothing(jeu):
    publications, truths = (found[:3] for found in jeu(1))
    facts = {key: value for key, (value, _) in truths[-1].items()}
    known = [one for one in attack(publications, {}, naive(publications), assez=1.0) if one.haut - one.bas < 1e-6]
    assert [one for one in known if facts.get((one.lot, one.cellule)) == pytest.approx(one.bas)] == []
