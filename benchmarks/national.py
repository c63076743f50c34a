"""``python -m benchmarks.national``: a warehouse of the size of France, generated; writes benchmarks/national.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

from babel.dates import format_date

from benchmarks.browser import RACINE
from benchmarks.nation import Taille, build_with_duckdb, build_with_pandas, generate
from benchmarks.questions import RUNS, Chronometrage, measure
from etl.typography import number

RAPPORT = RACINE / "benchmarks" / "national.md"
WANTED_MS = 20
STEPS = ("faits", "duckdb", "questions", "pandas")


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate, build with DuckDB and with pandas, ask the pages' questions, report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.national", description="Mesures à la taille nationale.")
    parser.add_argument("--communes", type=int, default=Taille.communes, help="nombre de communes (34900)")
    parser.add_argument("--memoire", default="4GB", help="mémoire permise à DuckDB pendant la construction (4GB)")
    parser.add_argument("--plafond", type=float, default=8, help="mémoire permise à pandas, en Go (8)")
    parser.add_argument("--dossier", type=Path, help="où travailler, sans rien refaire de ce qui y est déjà fait")
    parser.add_argument("--rapport", type=Path, default=RAPPORT, help="où écrire (benchmarks/national.md)")
    parser.add_argument("--etape", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.etape:
        print(json.dumps(run_step(options.etape, options)))
        return 0
    with contextlib.ExitStack() as stack:
        folder = options.dossier or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        results = {step: spawn_step(step, folder, options) for step in STEPS}
    text = report(Taille(options.communes), options, results)
    options.rapport.write_text(text, encoding="utf-8")
    print(text)
    return 0


def spawn_step(step: str, folder: Path, options: argparse.Namespace) -> dict | None:
    """Run a step in a process of its own; its answer, with ``duree`` (s) and ``memoire`` (MiB, peak).

    None when pandas has not enough memory; any other failure stops the measure. What is done is not done again.
    """
    kept = folder / f"{step}.json"
    if kept.is_file():
        return json.loads(kept.read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "benchmarks.national", "--etape", step, "--dossier", str(folder)]
    command += ["--communes", str(options.communes), "--memoire", options.memoire, "--plafond", str(options.plafond)]
    print(f"{step}…", file=sys.stderr, flush=True)
    done = subprocess.run(command, cwd=RACINE, stdout=subprocess.PIPE, text=True)
    if done.returncode and step == "pandas":
        return None
    done.check_returncode()
    kept.write_text(done.stdout, encoding="utf-8")
    return json.loads(done.stdout)


def run_step(step: str, options: argparse.Namespace) -> dict:
    """One step, in this process."""
    folder, size, started = options.dossier, Taille(options.communes), time.perf_counter()
    if step == "questions":
        answer = {"mesures": [asdict(found) for found in measure(folder)]}
    elif step == "faits":
        answer = generate(folder, size)
    elif step == "duckdb":
        answer = build_with_duckdb(folder, size, options.memoire)
    else:
        limit = int(options.plafond * 1e9)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        answer = build_with_pandas(folder, size)
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    spent = used.ru_utime + used.ru_stime
    return answer | {"duree": time.perf_counter() - started, "memoire": peak, "calcul": spent}


def report(size: Taille, options: argparse.Namespace, results: dict) -> str:
    """The page benchmarks/national.md."""
    ours, theirs, asked = results["duckdb"], results["pandas"], results["questions"]
    measures = [Chronometrage(**fields) for fields in asked["mesures"]]
    if theirs and (ours["lignes"], ours["france"]) != (theirs["lignes"], theirs["france"]):
        raise AssertionError("the two builds must give the same rows and the same sums")
    lines = [
        "# À la taille nationale",
        "",
        f"{_machine()} « Calcul » est le temps des processeurs, qui dépend peu de ce que la machine fait d’autre ; les "
        "durées en dépendent : sur une machine chargée, elles sont plusieurs fois celles d’une machine libre.",
        "",
        f"`python -m benchmarks.national` invente {number(size.communes)} communes × {size.indicateurs} "
        f"indicateurs × {size.annees} années et leurs sommes par EPCI, département, région et France. Voir "
        "[README.md](README.md) pour ce que cela mesure, et ne mesure pas.",
        "",
        "## Construire",
        "",
        "| | Lignes | Durée | Calcul | Mémoire au plus haut | Fichier |",
        "|---|---:|---:|---:|---:|---:|",
        _build_line(f"DuckDB ({options.memoire} permis) : relevés et observations", ours),
        _build_line("pandas : observations seules, en Parquet", theirs)
        if theirs
        else f"| pandas : observations seules | arrêté : plus de {number(options.plafond)} Go | – | – | – | – |",
        "",
        f"DuckDB : relevés {number(ours['relevés'])} s, observations {number(ours['observations'])} s, "
        f"contrôle des clés {number(ours['contrôle'])} s." + (_ratios(ours, theirs) if theirs else ""),
        "",
        "## Demander",
        "",
        f"Médianes de {RUNS} fois, après une première. {_verdict(measures)} Mémoire du processus qui répond, au plus "
        f"haut : {number(asked['memoire'])} Mio.",
        "",
        f"| Où | Question | Première fois | Médiane | Au mieux | Calcul | Sous {WANTED_MS} ms |",
        "|---|---|---:|---:|---:|---:|---|",
        *(_question_line(found) for found in measures),
    ]
    return "\n".join([*lines, ""])


def _machine() -> str:
    day = format_date(date.today(), "long", locale="fr")
    load = f", charge moyenne {number(os.getloadavg()[1], 1)}" if hasattr(os, "getloadavg") else ""
    return (
        f"Le {day}, {platform.system()}, {os.cpu_count()} cœurs{load}, Python {platform.python_version()}, "
        f"DuckDB {version('duckdb')}, pandas {version('pandas')}."
    )


def _ratios(ours: dict, theirs: dict) -> str:
    slower, work = theirs["duree"] / ours["observations"], theirs["calcul"] / ours["calcul"]
    heavier = theirs["memoire"] / ours["memoire"]
    return (
        f" pandas, pour les seules observations : {number(slower, 2)} fois leur durée avec DuckDB, {number(work, 2)} "
        f"fois le calcul et {number(heavier, 2)} fois la mémoire de toute la construction. Sa mémoire grandit avec les "
        "lignes ; celle de DuckDB est bornée par ce qu’on lui permet, le reste passant par le disque."
    )


def _verdict(measures: Sequence[Chronometrage]) -> str:
    pages = [found for found in measures if found.page]
    late = [found for found in pages if found.mediane >= WANTED_MS]
    work = sum(found.calcul < WANTED_MS for found in pages)
    return (
        f"Sur {len(pages)} questions des pages, {len(pages) - len(late)} sont sous {WANTED_MS} ms, et {work} y sont en "
        "temps de calcul."
    )


def _build_line(label: str, result: dict) -> str:
    size = number(result["octets"] / 1e6)
    return (
        f"| {label} | {number(result['lignes'])} | {number(result['duree'])} s | {number(result['calcul'])} s | "
        f"{number(result['memoire'])} Mio | {size} Mo |"
    )


def _question_line(found: Chronometrage) -> str:
    spent = (found.premiere, found.mediane, found.meilleure, found.calcul)
    times = " | ".join(f"{number(value, 1)} ms" for value in spent)
    kept = ("oui" if found.mediane < WANTED_MS else "non") if found.page else "–"
    return f"| {found.ou} | {found.quoi} | {times} | {kept} |"


if __name__ == "__main__":
    sys.exit(main())
