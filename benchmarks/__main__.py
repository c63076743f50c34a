"""``python -m benchmarks``: build, every view again without a browser, pages, bare pages, in one run; medians; writes
benchmarks/resultats.md."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.browser import RACINE, Change, Visit, memory_mib, serve, visit
from benchmarks.builds import Build, measure_build
from benchmarks.report import write_report
from benchmarks.reruns import measure_reruns
from outils.navigateur import find

RESULTATS = RACINE / "benchmarks" / "resultats.md"
NUE = "Page nue"


@dataclass(frozen=True)
class Case:
    """A page to measure: the script that serves it, its path, a choice to change and how to say it."""

    script: str
    path: str
    change: Change | None = None
    what: str = ""


CASES = {
    "Page vide": Case("benchmarks/nues/vide.py", "/"),
    NUE: Case("benchmarks/nues/pleine.py", "/", Change("Choisir un territoire", "Montreuil"), "la commune"),
    "Accueil": Case(
        "app.py",
        "/",
        Change("Chercher une commune, un EPT ou le département", "Montreuil", "Montreuil"),
        "la commune cherchée, dont le portrait s’ouvre",
    ),
    "Portrait": Case(
        "app.py",
        "/portrait?territoire=93066",
        Change("Choisir un territoire", "Montreuil", "Montreuil"),
        "la commune",
    ),
    "Cartes": Case("app.py", "/cartes", Change("Indicateur", "Taux d’emploi"), "l’indicateur"),
    "Comparer": Case(
        "app.py", "/comparer?territoires=93066,93048", Change("Territoires", "Bondy"), "une commune de plus"
    ),
    "Comparer, carte de chaleur 39 × 40": Case(
        "app.py",
        "/comparer?groupe=communes",
        Change("Ranger les colonnes selon", "Taux de pauvreté"),
        "l’ordre des communes",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; return an exit code."""
    options = _parse(arguments)
    browser_path = find()
    if browser_path is None:
        print("Aucun navigateur Chromium : rien à mesurer.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        builds = measure_builds(Path(name), options.miroir)
        print("Chaque vue, sans navigateur (processeur ÷ page nue)…", flush=True)
        reruns = measure_reruns(Path(name) / "instantane", options.tours)
        visits, memory = measure_pages(Path(name) / "instantane", browser_path, options.tours)
    changes = {name: case.what for name, case in CASES.items() if case.change}
    text = write_report(builds, visits, memory, changes, NUE, reruns)
    RESULTATS.write_text(text, encoding="utf-8")
    print(f"\n{text}\nÉcrit dans {RESULTATS.relative_to(RACINE)}")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    default = Path(os.environ.get("OBSERVATOIRE_MIROIR") or RACINE.parent / "shared" / "data")
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Mesures de l’observatoire.", add_help=False
    )
    parser.add_argument("-h", "--help", action="help", help="afficher cette aide et quitter")
    parser.add_argument("--tours", metavar="N", type=int, default=5, help="visites de chaque page (5)")
    parser.add_argument(
        "--miroir",
        metavar="DOSSIER",
        type=Path,
        default=default if default.is_dir() else None,
        help="fichiers des producteurs (OBSERVATOIRE_MIROIR, sinon ../shared/data s’il existe)",
    )
    return parser.parse_args(arguments)


def measure_builds(folder: Path, mirror: Path | None) -> dict[str, Build]:
    """A build from the snapshot, in ``folder``/instantane, and one from the producers' files where they are."""
    print("Construction depuis l’instantané…", flush=True)
    builds = {"depuis l’instantané": measure_build(folder / "instantane", None)}
    if mirror:
        print("Construction depuis les fichiers des producteurs…", flush=True)
        builds["depuis les fichiers des producteurs"] = measure_build(folder / "miroir", mirror)
    return builds


def measure_pages(
    folder: Path, browser_path: str, rounds: int
) -> tuple[dict[str, list[Visit]], dict[str, float | None]]:
    """Visits of each page, all pages in turn in each round, and the memory of each page's server afterwards.

    Each page has a server of its own. A first round, not counted, warms servers and disk and counts the drawings.
    """
    visits: dict[str, list[Visit]] = {name: [] for name in CASES}
    with contextlib.ExitStack() as stack, sync_playwright() as playwright:
        servers = {name: stack.enter_context(serve(case.script, folder)) for name, case in CASES.items()}
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"],
        )
        known: dict[str, Visit] = {}
        for turn in range(rounds + 1):
            print(f"Tour {turn} sur {rounds}…" if turn else "Tour de reconnaissance…", flush=True)
            for name, case in CASES.items():
                done = visit(browser, servers[name][0] + case.path, case.change, known.get(name))
                known.setdefault(name, done)
                if turn:
                    visits[name].append(done)
        memory = {name: memory_mib(pid) for name, (_, pid) in servers.items()}
        browser.close()
    return visits, memory


if __name__ == "__main__":
    sys.exit(main())
