"""A process that confirms deposits without rest, figures included, and is killed: what was told is there, nothing else.

Used by the tests and by ``python -m benchmarks.coupures``.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from etl.saisies import BRUT, PUBLIC
from observatoire.access.desk import Guichet
from observatoire.access.network import TABLES_BRUTES
from observatoire.access.places import places
from observatoire.access.publication import is_published, publish_network
from observatoire.access.rights import LOCAL
from observatoire.access.saisies import Saisies
from observatoire.warehouse import open_warehouse
from observatoire.warehouse.network import FiltreReseau, Network, Service, count_answers
from registre.records import Cle, Diffusion, Reponse
from registre.store import Registre
from registre.verification import verify

COMMUNES = ("93066", "93001", "93048", "93010", "93005", "93007", "93008", "93029")


@dataclass
class Constat:
    """What was told done before the kills, and what was found wrong after them."""

    coupures: int = 0
    dites: int = 0
    rattrapages: int = 0
    lectures: int = 0
    fautes: list[str] = field(default_factory=list)


def work(url: str, depots: str, folder: str, entrepot: str, journal: str, turn: int) -> None:
    """Deposit, submit and confirm as a page does, one deposit after the other; say what begins, then what is done."""
    said = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def say(words: str) -> None:
        os.write(said, f"{words}\n".encode())

    warehouse, target = open_warehouse(Path(entrepot)), Path(folder)
    known = places(warehouse)
    with Registre.ouvrir(url, depots) as registre:
        desk = Guichet(
            registre,
            lambda: LOCAL,
            known,
            Saisies(warehouse, known, lambda: Network(None, "aucun")),
            lambda r: publish_network(r, warehouse, target),
        )
        for n in range(10_000):
            cle = Cle("bilan", COMMUNES[(turn + n) % len(COMMUNES)], 2020 + (turn + n) // len(COMMUNES) % 5)
            found = desk.depot(cle)
            value = float(1_000 + turn * 100 + n)
            answers = [
                Reponse("ACC01", valeur=value, methode="logiciel", diffusion=Diffusion.PUBLIC, note=f"tour {turn}-{n}")
            ]
            entered = desk.brouillon(cle, answers, attendu=found and found.version, modele_version="1")
            version = desk.soumettre(cle, attendu=entered.version).version
            say(f"debut {cle.territoire} {cle.exercice} {value}")
            desk.confirmer(cle, attendu=version)
            say(f"fait {cle.territoire} {cle.exercice} {value}")


@contextlib.contextmanager
def reading(folder: Path, found: Constat) -> Iterator[None]:
    """A reader of both files, all along: an error, or no figures where there were some, is a fault."""
    over = threading.Event()
    services = {PUBLIC: Service(), BRUT: Service(BRUT, TABLES_BRUTES)}

    def read() -> None:
        seen = dict.fromkeys(services, 0)
        while not over.is_set():
            for name, service in services.items():
                try:
                    network = service(folder)
                    numero, answers = network.numero, count_answers(network, FiltreReseau())
                except Exception as error:
                    found.fautes.append(f"lecture de {name} : {error!r}")
                    continue
                if numero < seen[name] or (numero and not answers):
                    found.fautes.append(f"{name} : édition {numero} après {seen[name]}, {answers} réponses")
                seen[name] = numero
                found.lectures += 1
            time.sleep(0.02)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield
    finally:
        over.set()
        reader.join()


def kill(url: str, depots: Path, folder: Path, entrepot: Path, times: int, seed: int) -> Constat:
    """Kill the process at random ``times`` times in the middle of a confirmation; after each, restart and read all."""
    chance, found = random.Random(seed), Constat()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    warehouse, lasts = open_warehouse(entrepot), 1.0
    told: dict[tuple[str, int], float] = {}
    with reading(folder, found):
        for turn in range(times):
            journal = folder / f"journal-{turn}"
            arguments = (url, str(depots), str(folder), str(entrepot), str(journal), turn)
            process = context.Process(target=work, args=arguments, daemon=True)
            process.start()
            try:
                lasts = _wait(process, journal, chance.randint(1, 2), lasts)
                time.sleep(chance.random() * lasts * 1.1)
                if not process.is_alive():
                    raise RuntimeError(f"le processus s’est arrêté seul ({process.exitcode})")
            finally:
                process.kill()
                process.join()
            found.coupures += 1
            doing = _read_journal(journal, told)
            found.dites = found.dites + len(journal.read_text("utf-8").split("fait ")) - 1
            with Registre.ouvrir(url, depots) as registre:
                late = not is_published(registre, folder)
                found.rattrapages += late
                if late:
                    publish_network(registre, warehouse, folder)
                faults = [*_faults(registre, folder, told, doing)]
            found.fautes += [f"tour {turn} : {fault}" for fault in faults]
    return found


def _wait(process: multiprocessing.process.BaseProcess, journal: Path, wanted: int, lasts: float) -> float:
    """Until the confirmation number ``wanted`` begins; how long the one before it took."""
    began: float | None = None
    deadline = time.monotonic() + 120
    seen = 0
    while time.monotonic() < deadline and process.is_alive():
        lines = journal.read_text("utf-8").splitlines() if journal.exists() else []
        for line in lines[seen:]:
            if line.startswith("fait ") and began is not None:
                lasts = time.monotonic() - began
            began = time.monotonic() if line.startswith("debut ") else began
        seen = len(lines)
        if sum(line.startswith("debut ") for line in lines) >= wanted:
            return lasts
        time.sleep(0.005)
    raise RuntimeError(f"rien de confirmé ({process.exitcode})")


def _read_journal(journal: Path, told: dict[tuple[str, int], float]) -> tuple[tuple[str, int], float] | None:
    """Add what was told done; the confirmation that was under way, if any."""
    doing = None
    for line in journal.read_text("utf-8").splitlines():
        what, place, year, value = line.split()
        key, number = (place, int(year)), float(value)
        if what == "fait":
            told[key] = number
        doing = (key, number) if what == "debut" else None
    return doing


def _faults(
    registre: Registre,
    folder: Path,
    told: dict[tuple[str, int], float],
    doing: tuple[tuple[str, int], float] | None,
) -> Iterator[str]:
    with registre.confirmes() as lecture:
        held = {(one.cle.territoire, one.cle.exercice): one.reponses[0].valeur for one in lecture}
    if doing is not None and held.get(doing[0]) == doing[1]:
        told[doing[0]] = doing[1]  # written in the register just before the cut: it counts from now on
    if held != told:
        yield f"le registre a {held}, on avait dit {told}"
    for name, service in ((PUBLIC, Service()), (BRUT, Service(BRUT, TABLES_BRUTES))):
        network = service(folder)
        rows = network.rows("SELECT territoire, exercice, valeur FROM reponse")
        shown = {(row["territoire"], row["exercice"]): row["valeur"] for row in rows}
        if network.manque or shown != told:
            yield f"{name} montre {shown} ({network.manque}), on avait dit {told}"
    for left in (*folder.glob("*.encours*"), *folder.glob("*.wal")):
        yield f"{left.name} reste"
    for one in verify(registre.base, registre.fichiers).constats:
        if one.grave:
            yield f"{one.ou} : {one.quoi}"
