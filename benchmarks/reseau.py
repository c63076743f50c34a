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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
from babel.dates import format_date

from etl.saisies.modeles import Chapitre, Genre, Modele, Rubrique
from etl.saisies.reseau import PUBLIC, DepotConfirme, TerritoireReseau, publish
from etl.typography import number
from registre.records import Cle, Diffusion, Reponse

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


TAILLES = (Taille(39, 4, 10), Taille(1_000, 25, 10))


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = _timed(folder, deposits, model, places)
        others = []
        for turn in range(confirmations):
            n = draw.randrange(len(deposits))
            key = deposits[n].cle
            deposits[n] = _deposit(draw, key.territoire, key.exercice, turn + 2)
            others.append(_timed(folder, deposits, model, places))
        sizes = {path.name.split("-")[0]: path.stat().st_size for path in sorted(folder.glob("*.duckdb"))}
        with contextlib.closing(duckdb.connect(str(folder / PUBLIC), read_only=True)) as con:
            rows = con.execute("SELECT count(*) FROM reponse").fetchone()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        **{"ccas": size.ccas, "exercices": size.exercices, "reponses": len(deposits) * LIGNES, "premiere": first},
        **{"autres": others, "memoire": peak, "octets": sizes, "publiques": rows[0] if rows else 0},
    }


def _timed(folder: Path, deposits: list, model: Modele, places: list) -> dict:
    """Until another connection reads a sum of the new public file."""
    steps: dict[str, float] = {}

    def noted(step: str) -> None:
        steps.setdefault(step, time.perf_counter())

    started, cpu = time.perf_counter(), time.process_time()
    publish(folder, deposits, [model], places, progress=noted)
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
        "une autre connexion ; le registre n’est pas compté.",
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
    names = list(results[0]["premiere"]["etapes"])
    lines += [f"| | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
    for one in results:
        cells = [
            f"{number(statistics.median(other['etapes'][name] for other in one['autres']), 2)} s "
            f"({number(one['premiere']['etapes'][name], 2)} s)"
            for name in names
        ]
        lines.append(f"| {number(one['ccas'])} CCAS | {' | '.join(cells)} |")
    verdict = all(max(other["duree"] for other in one["autres"]) < WANTED_S for one in results[:1])
    lines += [
        "",
        f"But : moins de {number(WANTED_S)} s pour le réseau d’aujourd’hui ({results[0]['ccas']} CCAS). "
        + ("Il est tenu." if verdict else "Il n’est pas tenu sur cette machine."),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
