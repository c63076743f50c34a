"""From a confirmation to the figures of the network, and back in step after a cut."""

from __future__ import annotations

import contextlib
from pathlib import Path

import duckdb
import pytest

from etl.errors import DataError, Problem
from etl.load import current
from etl.saisies.reseau import BRUT, PUBLIC
from observatoire.access import publication
from observatoire.access.desk import Guichet
from observatoire.access.places import places
from observatoire.access.publication import is_published, publish_network
from observatoire.access.rights import LOCAL
from observatoire.access.saisies import Saisies
from registre import depots
from registre.records import Cle, Diffusion, Etape, Reponse
from registre.store import Registre
from tests.access.conftest import CLE

ANCIENNE = Cle("bilan", "93059", 2024)


@pytest.fixture
def desk(registre, warehouse, tmp_path) -> Guichet:
    """The desk of this machine's own, with the questionnaires and the figures of the project."""
    placed = places(warehouse)
    return Guichet(
        registre, lambda: LOCAL, placed, Saisies(warehouse, placed), lambda r: publish_network(r, warehouse, tmp_path)
    )


def confirm(desk: Guichet, cle: Cle = CLE, *answers: Reponse) -> None:
    given = answers or (Reponse("ACC01", valeur=12_000, methode="logiciel", diffusion=Diffusion.PUBLIC),)
    found = desk.depot(cle)
    version = desk.brouillon(cle, given, attendu=found and found.version, modele_version="1").version
    desk.confirmer(cle, attendu=desk.soumettre(cle, attendu=version).version)


def answers(folder: Path, name: str = PUBLIC) -> list[tuple]:
    path = current(folder, name)
    assert path is not None
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as con:
        return con.execute("SELECT territoire, exercice, rubrique, valeur FROM reponse ORDER BY ALL").fetchall()


def test_what_is_confirmed_is_in_the_figures_and_what_is_withdrawn_is_not(desk, registre, tmp_path):
    confirm(desk)
    assert answers(tmp_path) == [("93066", 2025, "ACC01", 12_000)]
    assert is_published(registre, tmp_path)
    desk.retirer(CLE, "erreur", attendu=desk.depot(CLE).version)
    assert answers(tmp_path) == []
    desk.restaurer(CLE, attendu=desk.depot(CLE).version)
    assert answers(tmp_path) == [("93066", 2025, "ACC01", 12_000)]


def test_what_is_for_the_network_is_not_in_the_public_file(desk, tmp_path):
    confirm(desk, CLE, Reponse("ACC01", valeur=12_000, methode="logiciel"))
    assert answers(tmp_path) == []
    assert answers(tmp_path, BRUT) == [("93066", 2025, "ACC01", 12_000)]


def test_a_former_commune_deposits_beside_its_successor(desk, tmp_path):
    confirm(desk, ANCIENNE)
    confirm(desk, Cle("bilan", "93066", 2024))
    assert [row[0] for row in answers(tmp_path)] == ["93059", "93066"]


def test_a_confirmation_cut_short_is_seen_and_made_up_for(desk, registre, warehouse, tmp_path, monkeypatch):
    """The register has it, the figures do not: the next start sees it."""
    confirm(desk)
    registre.reglages.ecrire("demonstration", False, registre.historique(CLE)[0].acteur)
    assert not is_published(registre, tmp_path)
    publish_network(registre, warehouse, tmp_path)
    assert is_published(registre, tmp_path)


def test_figures_that_cannot_be_made_leave_the_former_ones_and_the_confirmation(desk, registre, tmp_path, monkeypatch):
    confirm(desk)

    def refuse(*_arguments: object, **_named: object) -> None:
        raise DataError([Problem("réseau", "le disque est plein")])

    monkeypatch.setattr(publication, "publish", refuse)
    with pytest.raises(DataError):
        confirm(desk, Cle("bilan", "93048", 2025))
    assert registre.depot(Cle("bilan", "93048", 2025)).etape is Etape.CONFIRME
    assert answers(tmp_path) == [("93066", 2025, "ACC01", 12_000)]
    assert not is_published(registre, tmp_path)


def test_the_last_state_of_the_register_is_the_one_published(registre: Registre, warehouse, tmp_path):
    """Two publications at once: the register is read in the turn of each, so that none brings an older state back."""
    seen = []
    original = registre.confirmes

    def watched():
        # Whoever reads the register holds the lock of the folder: nobody else is publishing.
        seen.append(list(tmp_path.glob("*.lock")) or list(tmp_path.glob(".*")))
        return original()

    registre.confirmes = watched
    publish_network(registre, warehouse, tmp_path)
    assert seen
    assert seen[0]


@pytest.mark.parametrize("most", [0, 30], ids=["tous d’un coup", "un à un"])
def test_only_what_has_changed_is_read_again_from_the_register(desk, registre, tmp_path, monkeypatch, most):
    monkeypatch.setattr(publication, "UNE_A_UNE", most)
    asked, every = [], []
    one_by_one, all_at_once = depots.Confirmes.reponses, depots.Confirmes.__iter__
    monkeypatch.setattr(
        depots.Confirmes, "reponses", lambda self, numero, n: asked.append(numero) or one_by_one(self, numero, n)
    )
    monkeypatch.setattr(depots.Confirmes, "__iter__", lambda self: every.append(1) or all_at_once(self))
    keys = [CLE, Cle("bilan", "93048", 2025), Cle("bilan", "93001", 2025)]
    for n, cle in enumerate(keys):
        confirm(desk, cle, Reponse("ACC01", valeur=1_000 + n, methode="logiciel", diffusion=Diffusion.PUBLIC))
    assert answers(tmp_path) == [
        ("93001", 2025, "ACC01", 1_002),
        ("93048", 2025, "ACC01", 1_001),
        ("93066", 2025, "ACC01", 1_000),
    ]
    assert (len(asked), len(every)) == ((3, 0) if most else (0, 3)), "un dépôt lu par confirmation"
