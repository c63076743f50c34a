"""The demonstration in what is published: flagged, never added to the real, gone where and when it must be."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.errors import DataError
from etl.load import current
from etl.saisies.reseau import BRUT, PUBLIC
from observatoire.access import demonstration
from observatoire.access.demonstration import REGLAGE, demonstration_sets, demonstration_shown, demonstration_state
from observatoire.access.desk import Guichet
from observatoire.access.places import places
from observatoire.access.publication import is_published, may_publish_alone, publish_network
from observatoire.access.rights import LOCAL
from observatoire.access.saisies import Saisies
from observatoire.views.saisie.collecte import collection, summary
from observatoire.warehouse.network import Network
from registre.records import Cle, Diffusion, Etape, Reponse
from tests.access.conftest import UNION

REELS = {"93066": 12_000.0, "93048": 9_000.0, "93001": 8_000.0}


@pytest.fixture(autouse=True)
def allowed(monkeypatch):
    monkeypatch.setenv("OBSERVATOIRE_DEMONSTRATION", "1")


@pytest.fixture
def desk(registre, warehouse, tmp_path) -> Guichet:
    placed = places(warehouse)
    return Guichet(
        registre,
        lambda: LOCAL,
        placed,
        Saisies(warehouse, placed, lambda: Network(None, "aucun")),
        lambda r: publish_network(r, warehouse, tmp_path),
    )


def ask(folder: Path, sql: str, name: str = PUBLIC) -> list[tuple]:
    path = current(folder, name)
    assert path is not None
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as con:
        return con.execute(sql).fetchall()


def confirm(registre, territoire: str, value: float, exercice: int = 2025) -> Cle:
    cle = Cle("bilan", territoire, exercice)
    answer = Reponse("ACC01", valeur=value, methode="logiciel", diffusion=Diffusion.PUBLIC)
    version = registre.brouillon(cle, [answer], UNION, attendu=None, modele_version="1").version
    registre.confirmer(cle, UNION, attendu=registre.soumettre(cle, UNION, attendu=version).version)
    return cle


def test_no_sum_and_no_line_mixes_what_is_invented_with_what_is_real(registre, warehouse, tmp_path):
    for code, value in REELS.items():
        confirm(registre, code, value)
    publish_network(registre, warehouse, tmp_path)
    for name in (BRUT, PUBLIC):
        # Of a CCAS and a year that has a real deposit, nothing invented is left; and the other way round.
        assert ask(tmp_path, "SELECT DISTINCT territoire FROM reponse WHERE NOT demonstration ORDER BY 1", name) == [
            (code,) for code in sorted(REELS)
        ]
        both = "SELECT territoire, exercice FROM depot GROUP BY ALL HAVING count(*) > 1"
        assert ask(tmp_path, both, name) == []
        wrong = "FROM reponse AS r JOIN depot AS d ON d.code = r.depot WHERE r.demonstration <> d.demonstration"
        assert ask(tmp_path, f"SELECT count(*) {wrong}", name) == [(0,)]
        # Each sum is that of its own kind, with its coverage.
        told = "SELECT valeur, nombre, nombre_possible, population_couverte FROM somme WHERE rubrique = 'ACC01' "
        whole = "AND exercice = 2025 AND type = 'departement' AND "
        ((value, count, possible, covered),) = ask(tmp_path, f"{told}{whole} NOT demonstration", name)
        assert (value, count, possible) == (sum(REELS.values()), 3, 39)
        assert 15 < covered < 25
        ((_, invented, _, _),) = ask(tmp_path, f"{told}{whole} demonstration", name)
        assert 15 < invented <= 28
    off = """
        SELECT count(*) FROM somme AS s JOIN (
            SELECT p.type, p.code, r.exercice, r.rubrique, r.unite, r.demonstration, sum(r.valeur) AS total
            FROM reponse AS r JOIN perimetre AS p USING (exercice, territoire)
            WHERE r.statut = 'renseigne' AND r.valeur IS NOT NULL GROUP BY ALL
        ) AS w ON w.type = s.type AND w.code = s.code AND w.exercice = s.exercice AND w.rubrique = s.rubrique
            AND w.unite IS NOT DISTINCT FROM s.unite AND w.demonstration = s.demonstration
        WHERE abs(s.valeur - w.total) > 0.01
    """
    assert ask(tmp_path, off, BRUT) == [(0,)]
    assert ask(tmp_path, "SELECT count(*) > 10000 FROM reponse WHERE demonstration", BRUT) == [(True,)]


def test_it_goes_ccas_by_ccas_year_by_year_and_comes_back_when_the_real_one_is_withdrawn(desk, registre, tmp_path):
    publish_network(registre, desk._controle._warehouse, tmp_path)
    kinds = "SELECT exercice, demonstration FROM depot WHERE territoire = '93048' ORDER BY 1"
    assert ask(tmp_path, kinds, BRUT) == [(2023, True), (2024, True), (2025, True)]
    cle = confirm(registre, "93048", 9_000.0, 2024)
    assert not is_published(registre, tmp_path)
    publish_network(registre, desk._controle._warehouse, tmp_path)
    assert ask(tmp_path, kinds, BRUT) == [(2023, True), (2024, False), (2025, True)]
    desk.retirer(cle, "erreur", attendu=desk.depot(cle).version)
    assert ask(tmp_path, kinds, BRUT) == [(2023, True), (2024, True), (2025, True)]


def test_the_setting_takes_it_all_away_at_once_and_brings_the_same_back(desk, registre, warehouse, tmp_path):
    confirm(registre, "93048", 9_000.0)
    publish_network(registre, warehouse, tmp_path)
    every = "SELECT * EXCLUDE (depot) FROM reponse ORDER BY ALL"
    before = ask(tmp_path, every)
    desk.regler(REGLAGE, False)
    assert is_published(registre, tmp_path)
    for name in (BRUT, PUBLIC):
        for table in ("reponse", "somme", "depot"):
            assert ask(tmp_path, f"SELECT count(*) FROM {table} WHERE demonstration", name) == [(0,)]
    kept = ("histoire", "somme_publiee", "masque", "lot")
    assert all(ask(tmp_path, f"SELECT count(*) FROM {t} WHERE demonstration", BRUT) == [(0,)] for t in kept)
    assert len(ask(tmp_path, every)) == 1
    desk.regler(REGLAGE, True)
    assert ask(tmp_path, every) == before


def test_the_environment_takes_it_away_whatever_the_setting(registre, warehouse, tmp_path, monkeypatch):
    publish_network(registre, warehouse, tmp_path)
    assert is_published(registre, tmp_path)
    monkeypatch.setenv("OBSERVATOIRE_DEMONSTRATION", "0")
    assert not is_published(registre, tmp_path)
    assert not demonstration_shown(registre.reglages.lire)
    publish_network(registre, warehouse, tmp_path)
    assert ask(tmp_path, "SELECT count(*) FROM reponse", BRUT) == [(0,)]
    monkeypatch.setenv("OBSERVATOIRE_DEMONSTRATION", "non")
    with pytest.raises(DataError, match="OBSERVATOIRE_DEMONSTRATION"):
        publish_network(registre, warehouse, tmp_path)


def test_another_recipe_is_seen(registre, warehouse, tmp_path, monkeypatch):
    publish_network(registre, warehouse, tmp_path)
    folder = tmp_path / "demonstration"
    folder.mkdir()
    (folder / "bilan.toml").write_text("", encoding="utf-8")
    monkeypatch.setattr("observatoire.access.publication.RECETTES", folder)
    assert not is_published(registre, tmp_path)


def test_without_a_register_it_is_shown_but_never_in_the_place_of_real_figures(
    registre, warehouse, tmp_path, monkeypatch
):
    assert may_publish_alone(tmp_path)
    publish_network(None, warehouse, tmp_path)
    assert is_published(None, tmp_path)
    assert may_publish_alone(tmp_path)
    assert not is_published(registre, tmp_path)
    confirm(registre, "93048", 9_000.0)
    publish_network(registre, warehouse, tmp_path)
    assert not may_publish_alone(tmp_path)
    empty = tmp_path / "neuf"
    empty.mkdir()
    monkeypatch.setenv("OBSERVATOIRE_DEMONSTRATION", "0")
    assert not may_publish_alone(empty)


def test_answers_that_have_not_changed_are_not_invented_again(registre, warehouse, tmp_path, monkeypatch):
    publish_network(registre, warehouse, tmp_path)
    confirm(registre, "93048", 9_000.0)
    (jeu,) = demonstration_sets(warehouse)
    vars(jeu).pop("_depots", None)

    def never(*_arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(demonstration, "demonstration", never)
    publish_network(registre, warehouse, tmp_path)
    count = "SELECT count(DISTINCT territoire) FROM reponse WHERE exercice = 2025 AND demonstration"
    assert ask(tmp_path, count, BRUT)[0][0] in (27, 28)


def test_small_numbers_of_the_demonstration_are_hidden_as_they_will_be(registre, warehouse, tmp_path):
    publish_network(registre, warehouse, tmp_path)
    hidden = "SELECT count(*) FROM reponse WHERE demonstration AND statut = 'secret'"
    assert ask(tmp_path, hidden)[0][0] > 50
    assert ask(tmp_path, "SELECT count(note) FROM reponse") == [(0,)]


def test_the_follow_up_shows_it_flagged_and_counts_nothing_of_it(desk, registre, warehouse):
    confirm(registre, "93048", 9_000.0)
    depots = registre.depots(modele="bilan", exercice=2025)
    assert demonstration_state(warehouse, "bilan", 2025, depots, shown=False) == []
    invented = demonstration_state(warehouse, "bilan", 2025, depots, shown=True)
    assert "93048" not in {one.cle.territoire for one in invented}
    assert {Etape.RENVOYE, Etape.RETIRE, Etape.SOUMIS, Etape.BROUILLON} <= {one.etape for one in invented}
    seen = {code: (place.nom, "EPT") for code, place in desk._places.items() if place.type == "commune"}
    del seen["93059"]
    due, today = date(2026, 6, 1), date(2026, 7, 1)
    lines = {one.territoire: one for one in collection(seen, depots, due, today, invented)}
    assert len(lines) == 39
    assert not lines["93048"].demonstration
    assert {code for code, one in lines.items() if one.demonstration} == {one.cle.territoire for one in invented}
    returned = next(one for one in lines.values() if one.etape is Etape.RENVOYE)
    assert (returned.etat, returned.retard) == ("renvoyé", 30)
    assert "(exemple)" in returned.motif
    real = collection(seen, depots, due, today)
    assert summary(real).startswith("1 CCAS sur 39 a confirmé")
    assert sum(one.demonstration for one in real) == 0
