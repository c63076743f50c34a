"""Several at once, and processes that are killed: nothing lost, nothing half written, no hole in the numbers."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from registre.errors import Perime
from registre.records import Cle, Etape, Reponse
from registre.store import Registre
from registre.verification import verify

from . import pannes
from .conftest import AWA, MONTREUIL, confirmed

FILS = 8


def test_eight_threads_write_at_once(registre):
    each = 3
    barrier = threading.Barrier(FILS)

    def write(thread: int) -> None:
        barrier.wait()
        for i in range(each):
            confirmed(registre, Cle("bilan", f"{thread}-{i}", 2025), [Reponse("DOM01", valeur=float(thread))])
            while True:
                value, version = registre.reglages.lire_version("compte", 0)
                try:
                    registre.reglages.ecrire("compte", value + 1, AWA, attendu=version)
                    break
                except Perime:
                    continue

    with ThreadPoolExecutor(FILS) as pool:
        list(pool.map(write, range(FILS)))
    assert registre.reglages.lire("compte") == FILS * each
    assert {depot.etape for depot in registre.depots()} == {Etape.CONFIRME}
    assert sorted(depot.numero for depot in registre.depots()) == list(range(1, FILS * each + 1))
    assert registre.revision() == FILS * each * 4
    assert [line.numero for line in registre.journal(limite=1_000)] == list(range(FILS * each * 4, 0, -1))
    assert verify(registre.base, registre.fichiers).constats == ()


def test_of_eight_who_confirm_the_same_deposit_one_does(registre):
    depot = registre.brouillon(MONTREUIL, [], AWA, attendu=None, modele_version="1")
    barrier = threading.Barrier(FILS)

    def submit(_thread: int) -> str:
        barrier.wait()
        try:
            registre.soumettre(MONTREUIL, AWA, attendu=depot.version)
        except Perime as stale:
            return f"périmé {stale.version}"
        return "fait"

    with ThreadPoolExecutor(FILS) as pool:
        told = sorted(pool.map(submit, range(FILS)))
    assert told == ["fait"] + ["périmé 2"] * (FILS - 1)
    assert len(registre.historique(MONTREUIL)) == 2


def test_eight_open_a_register_that_is_not_there_yet(adresse, fichiers):
    barrier = threading.Barrier(FILS)

    def open_and_write(thread: int) -> None:
        barrier.wait()
        with Registre.ouvrir(adresse, fichiers) as registre:
            registre.reglages.ecrire(f"r{thread}", thread, AWA)

    with ThreadPoolExecutor(FILS) as pool:
        list(pool.map(open_and_write, range(FILS)))
    with Registre.ouvrir(adresse, fichiers) as registre:
        assert registre.reglages.tous() == {f"r{thread}": thread for thread in range(FILS)}
        assert registre.revision() == FILS


def test_three_processes_write_at_once(adresse, fichiers):
    Registre.ouvrir(adresse, fichiers).fermer()
    processes = [pannes.start(adresse, fichiers, f"p{i}", fois=6) for i in range(3)]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        assert out.count("fait confirmer") == 6
    with Registre.ouvrir(adresse, fichiers) as registre:
        assert {depot.etape for depot in registre.depots()} == {Etape.CONFIRME}
        assert registre.revision() == 3 * 6 * len(pannes.PAS)
        assert verify(registre.base, registre.fichiers).constats == ()


@pytest.mark.timeout(240)
def test_killed_five_times_it_keeps_all_that_it_said(adresse, fichiers):
    found = pannes.kill(adresse, fichiers, times=5, seed=93)
    assert found.faults == []
    assert found.kills == 5
    assert found.told >= 5
