"""``python -m benchmarks.reseau``: from the confirmation of a deposit to the network's figures; writes
benchmarks/reseau.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
from babel.dates import format_date

from etl.saisies.modeles import Chapitre, Genre, Modele, Rubrique
from etl.saisies.reseau import PUBLIC, DepotConfirme, TerritoireReseau, publish
from etl.typography import number
from observatoire.access.publication import Confirmes
from registre.records import Acteur, Cle, Diffusion, Reponse
from registre.store import Registre

RACINE = Path(__file__).resolve().parent.parent
RAPPORT = RACINE / "benchmarks" / "reseau.md"
WANTED_S = 2.0
# A line in five is a count of persons, with an amount that follows it.
LIGNES = 100


@dataclass(frozen=True)
class Taille:
    """How many CCAS, in how many areas, over how many years."""

    ccas: int
    aires: int
    exercices: int


TAILLES = (Taille(39, 4, 3), Taille(39, 4, 10), Taille(1_000, 25, 10))
# Above so many deposits, the register is left out: filling it would take longer than all the rest.
AVEC_REGISTRE = 500
ACTEUR = Acteur("mesure@essai.fr", "Mesure", "udccas")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size in a process of its own, and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reseau", description="De la confirmation aux chiffres.")
    parser.add_argument("--confirmations", type=int, default=5, help="dépôts corrigés l’un après l’autre (5)")
    parser.add_argument("--rapport", type=Path, default=RAPPORT, help="où écrire (benchmarks/reseau.md)")
    parser.add_argument("--taille", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.taille is not None:
        print(json.dumps(measure(TAILLES[options.taille], options.confirmations)))
        return 0
    results = []
    for n, size in enumerate(TAILLES):
        print(f"{size.ccas} CCAS × {size.exercices} exercices…", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "benchmarks.reseau", "--taille", str(n)]
        command += ["--confirmations", str(options.confirmations)]
        done = subprocess.run(command, cwd=RACINE, stdout=subprocess.PIPE, text=True, check=True)
        results.append(json.loads(done.stdout))
    text = report(options, results)
    options.rapport.write_text(text, encoding="utf-8")
    print(text)
    return 0


def measure(size: Taille, confirmations: int) -> dict:
    """The first edition, then one for each deposit corrected: seconds, elapsed and of processor."""
    draw = random.Random(93)
    model, places = _model(), _places(size)
    deposits = [_deposit(draw, place.code, year, 1) for place in places for year in range(2016, 2016 + size.exercices)]
    kept = len(deposits) <= AVEC_REGISTRE
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as held:
        folder = Path(name)
        registre = held.enter_context(_register(folder, deposits)) if kept else None
        first = _timed(folder, deposits, model, places, registre)
        others = []
        for turn in range(confirmations):
            n = draw.randrange(len(deposits))
            key = deposits[n].cle
            deposits[n] = _deposit(draw, key.territoire, key.exercice, turn + 2)
            version = _submit(registre, deposits[n]) if registre else 0
            others.append(_timed(folder, deposits, model, places, registre, key, version))
        sizes = {path.name.split("-")[0]: path.stat().st_size for path in sorted(folder.glob("*-*.duckdb"))}
        with contextlib.closing(duckdb.connect(str(folder / PUBLIC), read_only=True)) as con:
            rows = con.execute("SELECT count(*) FROM reponse").fetchone()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        **{"ccas": size.ccas, "exercices": size.exercices, "reponses": len(deposits) * LIGNES, "premiere": first},
        **{"registre": kept, "autres": others, "memoire": peak, "octets": sizes, "publiques": rows[0] if rows else 0},
    }


@contextlib.contextmanager
def _register(folder: Path, deposits: list[DepotConfirme]) -> Iterator[Registre]:
    """A register where all of these are confirmed."""
    with Registre.ouvrir(f"sqlite:///{folder / 'registre.sqlite'}", folder / "depots") as registre:
        for one in deposits:
            registre.confirmer(one.cle, ACTEUR, attendu=_submit(registre, one))
        yield registre


def _submit(registre: Registre, deposit: DepotConfirme) -> int:
    """Enter and submit answers; the version to confirm."""
    found = registre.depot(deposit.cle)
    attendu = found.version if found else None
    entered = registre.brouillon(deposit.cle, deposit.reponses, ACTEUR, attendu=attendu, modele_version="1")
    return registre.soumettre(deposit.cle, ACTEUR, attendu=entered.version).version


def _timed(
    folder: Path,
    deposits: list,
    model: Modele,
    places: list,
    registre: Registre | None = None,
    cle: Cle | None = None,
    version: int = 0,
) -> dict:
    """From the confirmation in the register, when there is one, until another connection reads a sum of the new public
    file."""
    steps: dict[str, float] = {}

    def noted(step: str) -> None:
        steps.setdefault(step, time.perf_counter())

    started, cpu = time.perf_counter(), time.process_time()
    with contextlib.ExitStack() as held:
        if registre and cle:
            noted("Registre")
            registre.confirmer(cle, ACTEUR, attendu=version)
        publish(folder, Confirmes(registre, held) if registre else deposits, [model], places, progress=noted)
    with contextlib.closing(duckdb.connect(str((folder / PUBLIC).resolve()), read_only=True)) as con:
        con.execute("SELECT max(numero) FROM edition").fetchone()
        con.execute("SELECT sum(valeur) FROM somme WHERE type = 'departement'").fetchone()
    ended = time.perf_counter()
    ends = [*list(steps.values())[1:], ended]
    return {
        "duree": ended - started,
        "calcul": time.process_time() - cpu,
        "etapes": {name: end - begin for (name, begin), end in zip(steps.items(), ends, strict=True)},
    }


def _model() -> Modele:
    lines = []
    for n in range(LIGNES):
        code, kind = f"L{n:03}", n % 5
        more = {"compte_de_personnes": kind == 0, "suit": f"L{n - 1:03}" if kind == 1 else None, "nature": "flux"}
        genre = Genre.MONTANT if kind == 1 else Genre.ENTIER
        lines.append(Rubrique(code, "A", f"Ligne {n}", genre, "Ligne inventée.", **more))
    return Modele("bilan", 1, "Bilan inventé", "Mesure", (Chapitre("A", "Activité"),), tuple(lines))


def _places(size: Taille) -> list[TerritoireReseau]:
    """Made-up communes, dealt to areas in order."""
    end = date(2100, 1, 1)
    one = TerritoireReseau("", "commune", valide_au=end, population={2020: 10_000.0})
    return [
        replace(one, code=f"X{n:04}", code_ept=f"E{n * size.aires // size.ccas:03}", code_departement="93")
        for n in range(size.ccas)
    ]


def _deposit(draw: random.Random, place: str, year: int, turn: int) -> DepotConfirme:
    """Answers half of whose lines are public; one count in ten is from 1 to 4."""
    answers = []
    count = 0.0
    for n in range(LIGNES):
        kind = n % 5
        if kind == 0:
            count = float(draw.randint(1, 4) if draw.random() < 0.1 else draw.randint(5, 900))
        value = count * 120 if kind == 1 else count if kind == 0 else float(draw.randint(0, 5_000))
        open_ = Diffusion.PUBLIC if n % 10 < 5 else Diffusion.RESEAU
        answers.append(Reponse(f"L{n:03}", valeur=value, diffusion=open_))
    when = datetime(2026, 3, 1, tzinfo=UTC)
    return DepotConfirme(Cle("bilan", place, year), 1, False, None, when, answers, f"{turn}")


def report(options: argparse.Namespace, results: list[dict]) -> str:
    """The Markdown of benchmarks/reseau.md."""
    day = format_date(date.today(), "d MMMM y", locale="fr")
    load = number(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else "inconnue"
    lines = [
        "# De la confirmation d’un dépôt aux chiffres du réseau",
        "",
        f"Le {day}, {platform.system()}, {os.cpu_count()} cœurs, charge moyenne {load}, Python "
        f"{platform.python_version()}, DuckDB {version('duckdb')}. « Calcul » est le temps des processeurs, qui dépend "
        "peu de ce que la machine fait d’autre ; les durées en dépendent.",
        "",
        f"`python -m benchmarks.reseau` invente un réseau de {LIGNES} lignes par dépôt (une sur cinq compte des "
        "personnes, une sur cinq est un montant qui la suit, la moitié est publique), publie tout, puis confirme "
        f"{options.confirmations} dépôts corrigés, un à la fois. La durée va de l’appel à la lecture d’une somme par "
        f"une autre connexion. Jusqu’à {number(AVEC_REGISTRE)} dépôts, elle part de la confirmation dans le registre "
        "(SQLite) et le compte ; au-delà, de la publication.",
        "",
        "| | Réponses | Première édition | dont calcul | Une confirmation (médiane) | la plus longue | dont calcul | "
        "Mémoire | Fichiers |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in results:
        times = [other["duree"] for other in one["autres"]]
        cpu = [other["calcul"] for other in one["autres"]]
        files = " + ".join(f"{number(size / 1e6, 1)} Mo" for size in one["octets"].values())
        lines.append(
            f"| {number(one['ccas'])} CCAS × {one['exercices']} exercices | {number(one['reponses'])} | "
            f"{number(one['premiere']['duree'], 2)} s | {number(one['premiere']['calcul'], 2)} s | "
            f"{number(statistics.median(times), 2)} s | {number(max(times), 2)} s | "
            f"{number(statistics.median(cpu), 2)} s | {number(one['memoire'])} Mio | {files} |"
        )
    lines += ["", "## Où passe le temps", "", "Médianes d’une confirmation, entre parenthèses la première édition.", ""]
    names = list(results[0]["autres"][0]["etapes"])
    lines += [f"| | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
    for one in results:
        cells = [
            f"{number(statistics.median(other['etapes'].get(name, 0) for other in one['autres']), 2)} s "
            f"({number(one['premiere']['etapes'].get(name, 0), 2)} s)"
            for name in names
        ]
        lines.append(f"| {number(one['ccas'])} CCAS × {one['exercices']} | {' | '.join(cells)} |")
    real = [one for one in results if one["registre"]]
    verdict = all(statistics.median(other["duree"] for other in one["autres"]) < WANTED_S for one in real)
    lines += [
        "",
        f"But : moins de {number(WANTED_S)} s en médiane pour le réseau d’aujourd’hui ({results[0]['ccas']} CCAS). "
        + ("Il est tenu." if verdict else "Il n’est pas tenu sur cette machine."),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
