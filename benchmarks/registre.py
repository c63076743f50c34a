"""``python -m benchmarks.registre``: processes killed while they confirm, then how long the register takes, on SQLite
and on a real PostgreSQL; writes benchmarks/registre.md."""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from registre.records import Acteur, Cle, Reponse
from registre.sauvegarde import backup, restore
from registre.store import Registre
from registre.verification import verify
from tests.registre.pannes import PAS, PostgresqlAbsent, kill, postgresql

RESULTATS = Path(__file__).resolve().parent / "registre.md"
# The network: its towns, its models, a questionnaire's lines.
COMMUNES, EXERCICES, LIGNES = 40, 5, 150
FILS = 8
ACTEUR = Acteur("mesure@essai.fr", "Mesure", "udccas")


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, measure, write; return an exit code (1 when something acknowledged was lost)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registre", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="afficher cette aide et quitter")
    parser.add_argument("--coupures", metavar="N", type=int, default=50, help="processus tués par base (50)")
    parser.add_argument("--graine", metavar="N", type=int, default=93, help="du tirage des instants (93)")
    options = parser.parse_args(arguments)
    rows, lost = [], 0
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        engines = {"SQLite": f"sqlite:///{folder / 'coupures' / 'registre.sqlite'}"}
        try:
            engines["PostgreSQL"] = stack.enter_context(postgresql())
        except PostgresqlAbsent as error:
            print(f"PostgreSQL ne démarre pas ici ({error}) : SQLite seul.")
        for engine, url in engines.items():
            print(f"{engine} : {options.coupures} coupures…", flush=True)
            url = url.replace("postgresql://", "postgresql+psycopg://")
            found = kill(url, folder / f"depots {engine}", options.coupures, options.graine)
            lost += len(found.faults)
            print("\n".join(found.faults) or "rien de perdu", flush=True)
            rows.append((engine, "processus tués (`kill -9`)", f"{found.kills}"))
            rows.append((engine, "écritures dites faites avant de l’être", f"{found.told}"))
            rows.append((engine, "perdues, ou à moitié faites", f"{len(found.faults)}"))
            print(f"{engine} : durées…", flush=True)
            rows += [(engine, *row) for row in _durations(_elsewhere(engine, url, folder), folder / engine)]
    _write(rows, options.coupures)
    return 1 if lost else 0


def _elsewhere(engine: str, url: str, folder: Path) -> str:
    """An empty register of the same engine."""
    if engine == "SQLite":
        return f"sqlite:///{folder / 'mesures' / 'registre.sqlite'}"
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA mesures")
    return url + "&options=-csearch_path%3Dmesures"


def _durations(url: str, folder: Path) -> Iterator[tuple[str, str]]:
    answers = [Reponse(f"L{n:03d}", valeur=float(n), note="d’après le logiciel") for n in range(LIGNES)]
    with Registre.ouvrir(url, folder / "depots") as registre:
        times: dict[str, list[float]] = {name: [] for name in PAS}

        def deposit(cle: Cle) -> None:
            depot = _timed(
                times["enregistrer"],
                lambda: registre.brouillon(cle, answers, ACTEUR, attendu=None, modele_version="1"),
            )
            for name in ("soumettre", "confirmer"):
                call, version = getattr(registre, name), depot.version
                depot = _timed(times[name], lambda call=call, version=version: call(cle, ACTEUR, attendu=version))

        keys = [Cle("bilan", f"93{n:03d}", 2021 + year) for n in range(COMMUNES) for year in range(EXERCICES)]
        for cle in keys:
            deposit(cle)
        for name in ("enregistrer", "soumettre", "confirmer"):
            yield f"{name} (médiane ; {LIGNES} réponses)", _ms(statistics.median(times[name]))
        began = time.perf_counter()
        with registre.confirmes() as reading:
            count = sum(len(each.reponses) for each in reading)
        yield f"lire les {len(keys)} dépôts confirmés ({count} réponses)", _ms(time.perf_counter() - began)
        began = time.perf_counter()
        with ThreadPoolExecutor(FILS) as pool:
            list(pool.map(deposit, [Cle("abs", f"93{n:03d}", 2025) for n in range(80)]))
        yield f"{FILS} fils, écritures par seconde", f"{240 / (time.perf_counter() - began):.0f}"
        for name, work in (
            ("vérifier", lambda: verify(registre.base, registre.fichiers)),
            ("sauvegarder", lambda: backup(registre.base, registre.fichiers, folder / "une.zip")),
            (
                "restaurer",
                lambda: restore(registre.base, registre.fichiers, folder / "une.zip", ACTEUR, remplacer=True),
            ),
        ):
            yield f"{name} ({registre.revision()} écritures)", _ms(_time(work))


def _timed(times: list[float], work: Callable):
    began = time.perf_counter()
    done = work()
    times.append(time.perf_counter() - began)
    return done


def _time(work: Callable) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s".replace(".", ",")


def _write(rows: list[tuple[str, str, str]], kills: int) -> None:
    lines = [
        "# Le registre : coupures et durées",
        "",
        "Écrit par `python -m benchmarks.registre`. Un processus dépose, enregistre, soumet et confirme sans arrêt ; "
        f"il est tué {kills} fois par base, à un instant tiré au hasard de chacun de ces pas, tour à tour. Après "
        "chaque coupure, tout ce qu’il avait dit fait est relu, et tout le registre vérifié.",
        "",
        f"Charge moyenne de la machine à la fin : {os.getloadavg()[0]:.0f}, pour {os.cpu_count()} cœurs. Au-dessus de "
        "leur nombre, les durées sont surtout de l’attente.",
        "",
        "| Base | Mesure | Résultat |",
        "|---|---|---|",
        *(f"| {engine} | {what} | {result} |" for engine, what, result in rows),
        "",
    ]
    RESULTATS.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
