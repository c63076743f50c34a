"""What the server spends on each view, without a browser: cold, at a change of choice, and on the same view again.

Processor time of the script alone (``process_time``), beside a bare page asked in turn, so that the ratio holds on a
busy machine; wall-clock times would not.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from etl.load import NAME, current

RACINE = Path(__file__).resolve().parent.parent
NUE = RACINE / "benchmarks" / "nues" / "pleine.py"
SIX = "93066,93048,93005,93008,93010,93001"


@dataclass(frozen=True)
class View:
    """A view of a page: the address it is asked by, and the choices that ``change`` it."""

    page: str
    choix: Mapping[str, str] = field(default_factory=dict)
    change: Mapping[str, str] = field(default_factory=dict)


def _comparer(vue: str, change: Mapping[str, str]) -> dict[str, View]:
    """The same view for six communes and for the thirty-nine."""
    return {
        f"Comparer, {vue}, 6 communes": View("comparer", {"vue": vue, "territoires": SIX}, change),
        f"Comparer, {vue}, 39 communes": View("comparer", {"vue": vue, "groupe": "communes"}, change),
    }


VUES: dict[str, View] = {
    "Accueil": View("accueil"),
    "Portrait, démographie": View("portrait", {"territoire": "93066", "theme": "demographie"}, {"territoire": "93048"}),
    "Portrait, revenus": View("portrait", {"territoire": "93066", "theme": "revenus"}, {"territoire": "93048"}),
    "Portrait, politique de la ville": View(
        "portrait", {"territoire": "93066", "theme": "politique_ville"}, {"territoire": "93048"}
    ),
    "Cartes, communes": View("cartes", {"indicateur": "REV02"}, {"indicateur": "EMP01"}),
    "Cartes, IRIS": View("cartes", {"indicateur": "REV02", "niveau": "iris"}, {"indicateur": "EMP01"}),
    "Cartes, deux indicateurs": View(
        "cartes", {"indicateur": "REV02", "vue": "deux", "avec": "EMP01"}, {"indicateur": "REV01"}
    ),
    "Cartes, carte croisée": View(
        "cartes", {"indicateur": "REV02", "vue": "croisee", "avec": "EMP01"}, {"indicateur": "REV01"}
    ),
    "Cartes, mode simple": View("cartes", {"mode": "simple"}, {"indicateur": "EMP01"}),
    **_comparer("tableau", {"theme": "emploi"}),
    **_comparer("chaleur", {"tri": "REV02"}),
    **_comparer("repartition", {"indicateur": "EMP01"}),
    **_comparer("nuage", {"indicateur": "REV01"}),
    **_comparer("evolution", {"indicateur": "EMP01"}),
    **_comparer("indice", {"poids": "2,1,1,1,1"}),
    **_comparer("moyens", {"reference": "R11"}),
    "Sources et méthode, catalogue": View("donnees", {}, {"mots": "logement"}),
    "Sources et méthode, trace": View(
        "donnees",
        {"rayon": "tracer", "territoire": "93066", "indicateur": "REV02"},
        {"indicateur": "EMP01"},
    ),
}


@dataclass(frozen=True)
class Rerun:
    """Milliseconds of processor: ``froid`` the first time, ``change`` the first time with the other choice, ``chaud``
    the same view again; ``nue`` the bare page again, ``nue_change`` the bare page at a change of commune."""

    froid: float
    change: float | None
    chaud: float
    nue: float
    nue_change: float


def measure_reruns(folder: Path, pairs: int = 5, only: str = "") -> dict[str, Rerun]:
    """Ask every view of the warehouse of ``folder``; ``only``: those whose name holds these words."""
    logging.disable(logging.WARNING)
    from streamlit.testing.v1 import AppTest

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as apart:
        # A file of its own: DuckDB refuses to open one file in two ways in one process.
        os.environ["OBSERVATOIRE_ENTREPOT"] = apart
        served = current(folder)
        if served is None:
            sys.exit(f"Aucun entrepôt dans {folder} : le construire d’abord (python -m etl build).")
        shutil.copy(served, Path(apart) / NAME)
        bare = AppTest.from_file(str(NUE), default_timeout=120).run()
        bare.selectbox[0].select_index(2).run()
        bare.selectbox[0].select_index(1).run()
    os.environ["OBSERVATOIRE_ENTREPOT"] = str(folder)
    pages = AppTest.from_file(str(RACINE / "observatoire" / "navigation.py"), default_timeout=120).run()
    found = {}
    for name, view in VUES.items():
        if only in name:
            found[name] = _measure(pages, bare, view, pairs)
            print(f"  {name} : {found[name].chaud / found[name].nue:.2f}", flush=True)
    return found


def _measure(pages, bare, view: View, pairs: int) -> Rerun:
    _open(pages, view, {})
    cold = _spent(pages)
    _look(pages, view, view.change)
    change = _spent(pages) if view.change else None
    _look(pages, view, {})
    pages.run()
    warm, still, moved = [], [], []
    for turn in range(pairs):
        still.append(_spent(bare))
        warm.append(_spent(pages))
        bare.selectbox[0].select_index(turn % 2 + 1)
        moved.append(_spent(bare))
    return Rerun(cold, change, *(statistics.median(times) for times in (warm, still, moved)))


def _open(pages, view: View, change: Mapping[str, str]) -> None:
    pages.session_state["choix"] = {}
    pages.switch_page(f"../pages/{view.page}.py")
    _look(pages, view, change)


def _look(pages, view: View, change: Mapping[str, str]) -> None:
    pages.query_params.clear()
    pages.query_params.update({**view.choix, **change})


def _spent(page) -> float:
    """Milliseconds of processor that one run takes."""
    gc.collect()
    used = time.process_time()
    page.run()
    spent = 1000 * (time.process_time() - used)
    if page.exception:
        raise AssertionError(page.exception[0].message)
    return spent
