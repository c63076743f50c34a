"""``python -m benchmarks``: build, pages, bare pages, in one run; medians; writes benchmarks/resultats.md."""

from __future__ import annotations

import argparse
import contextlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.browser import RACINE, Change, Visit, memory_mib, serve, visit
from outils.navigateur import find

PAGES = {
    "vide": ("benchmarks/nues/vide.py", "/", None),
    "nue": ("benchmarks/nues/pleine.py", "/", Change("Choisir un territoire", "Montreuil")),
    "Accueil": ("app.py", "/", None),
    "Portrait": ("app.py", "/portrait?territoire=93066", Change("Choisir un territoire", "Montreuil")),
    "Cartes": ("app.py", "/cartes", Change("Indicateur", "Taux d’emploi")),
    "Comparer": ("app.py", "/comparer?territoires=93066,93048", Change("Comparer à", "France")),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Mesures de l’observatoire.")
    parser.add_argument("--tours", type=int, default=5, help="visites de chaque page (5)")
    parser.add_argument("--miroir", type=Path, help="dossier des fichiers des producteurs, pour mesurer leur lecture")
    options = parser.parse_args(arguments)
    browser_path = find()
    if browser_path is None:
        print("Aucun navigateur Chromium : rien à mesurer.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        builds = measure_builds(folder, options.miroir)
        report = [*report_builds(builds), "", *report_pages(*measure_pages(folder, browser_path, options.tours))]
    text = "\n".join(["# Mesures", "", f"Médianes de {options.tours} visites, cache vide, Chromium.", "", *report, ""])
    (RACINE / "benchmarks" / "resultats.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


def measure_builds(folder: Path, mirror: Path | None) -> dict[str, tuple[float, float]]:
    """Seconds and peak memory (MiB) of a build from the snapshot, and from the producers' files."""
    ways = {"instantané": []}
    if mirror:
        ways["fichiers des producteurs"] = ["--mirror", str(mirror)]
    results = {}
    for label, extra in ways.items():
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        started = time.perf_counter()
        command = [sys.executable, "-m", "etl", "build", "--output", str(folder), *extra]
        subprocess.run(command, cwd=RACINE, check=True, stdout=subprocess.DEVNULL)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        results[label] = (time.perf_counter() - started, max(peak, before) / 1024)
    return results


def measure_pages(folder: Path, browser_path: str, rounds: int) -> tuple[dict[str, list[Visit]], dict[str, float]]:
    """Visits of each page, all pages in turn in each round, and each server's memory afterwards."""
    visits: dict[str, list[Visit]] = {name: [] for name in PAGES}
    with contextlib.ExitStack() as stack, sync_playwright() as playwright:
        scripts = {script for script, _, _ in PAGES.values()}
        servers = {script: stack.enter_context(serve(script, folder)) for script in sorted(scripts)}
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"],
        )
        for turn in range(rounds + 1):
            for name, (script, path, change) in PAGES.items():
                done = visit(browser, servers[script][0] + path, change)
                if turn:  # the first turn warms servers and disk
                    visits[name].append(done)
        memory = {script: memory_mib(pid) or 0.0 for script, (_, pid) in servers.items()}
        browser.close()
    return visits, memory


def report_builds(builds: dict[str, tuple[float, float]]) -> list[str]:
    """Lines of the report on builds."""
    lines = ["| Construction de l’entrepôt | Durée | Mémoire au plus haut |", "|---|---:|---:|"]
    return lines + [f"| {label} | {_number(s)} s | {peak:.0f} Mio |" for label, (s, peak) in builds.items()]


def report_pages(visits: dict[str, list[Visit]], memory: dict[str, float]) -> list[str]:
    """Lines of the report on pages: medians, and the ratio to the bare page that shows as much."""
    lines = [
        "| Page | Script fini | Dessins présents | ÷ page nue | Octets reçus | Changement | − page nue |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    bare = _median([v.dessins for v in visits["nue"]])
    bare_change = _median([v.changement for v in visits["nue"] if v.changement is not None])
    for name, found in visits.items():
        drawn = _median([v.dessins for v in found])
        changes = [v.changement for v in found if v.changement is not None]
        change = f"{_number(_median(changes))} s | {_number(_median(changes) - bare_change)} s" if changes else "– | –"
        size = _median([v.octets for v in found]) / 1000
        script = _median([v.script for v in found])
        times = f"{_number(script)} s | {_number(drawn)} s | {_number(drawn / bare)}"
        lines.append(f"| {name} | {times} | {size:.0f} ko | {change} |")
    lines += ["", "| Serveur | Mémoire après les visites |", "|---|---:|"]
    return lines + [f"| {script} | {size:.0f} Mio |" for script, size in memory.items()]


def _median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else float("nan")


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",").replace("-", "−")


if __name__ == "__main__":
    sys.exit(main())
