"""What the measures say: tables of medians, beside the bare page that shows as much."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version

from babel.dates import format_date

from benchmarks.browser import Visit
from benchmarks.builds import Build
from benchmarks.reruns import Rerun

ABSENT = "–"


def write_report(
    builds: Mapping[str, Build],
    visits: Mapping[str, Sequence[Visit]],
    memory: Mapping[str, float | None],
    changes: Mapping[str, str],
    bare: str,
    reruns: Mapping[str, Rerun],
) -> str:
    """The whole report in Markdown; ``bare`` names the page that the others are compared with."""
    rounds = len(visits[bare])
    parts = [
        ["# Mesures"],
        [f"{_machine()} Médianes sur {rounds} tour{'s' if rounds > 1 else ''}, cache vide à chaque visite."],
        _table(
            ("Construction de l’entrepôt", "Durée", "Calcul", "Mémoire au plus haut"),
            map(_build_line, builds.items()),
        ),
        ["« ÷ nue » et « − nue » comparent à la page nue qui montre autant que les nôtres."],
        _table(
            ("Page", "Script fini", "÷ nue", "Dessins présents", "÷ nue", "Octets reçus", "Mémoire du serveur"),
            (_display_line(name, found, visits[bare], memory[name]) for name, found in visits.items()),
        ),
        _table(
            ("Page", "Ce qui est changé", "Durée", "− nue"),
            (_change_line(name, visits[name], visits[bare], what) for name, what in changes.items()),
        ),
        ["Processeur du script de chaque vue, sans navigateur, la page nue mesurée à son tour."],
        _table(
            ("Vue", "Première fois", "Autre choix", "÷ nue", "La même vue", "÷ nue"),
            map(_rerun_line, reruns.items()),
        ),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _machine() -> str:
    day = format_date(date.today(), "long", locale="fr")
    cores = os.cpu_count()
    return (
        f"Le {day}, {platform.system()}, {cores} cœurs, Python {platform.python_version()}, "
        f"Streamlit {version('streamlit')}, DuckDB {version('duckdb')}.{_load()}"
    )


def _load() -> str:
    """How busy the machine was, so that a measure taken beside other work is known as such; empty on Windows."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f" Charge moyenne sur les cinq dernières minutes : {_decimal(os.getloadavg()[1])}."


def _build_line(item: tuple[str, Build]) -> Sequence[str]:
    label, build = item
    work = ABSENT if build.calcul is None else _seconds(build.calcul)
    return label, _seconds(build.secondes), work, _mebibytes(build.memoire)


def _display_line(name: str, visits: Sequence[Visit], bare: Sequence[Visit], memory: float | None) -> Sequence[str]:
    script, drawings = _median(v.script for v in visits), _median(v.dessins for v in visits)
    return (
        name,
        _seconds(script),
        _decimal(script / _median(v.script for v in bare)),
        _seconds(drawings),
        _decimal(drawings / _median(v.dessins for v in bare)),
        f"{_median(v.octets for v in visits) / 1000:.0f} ko",
        _mebibytes(memory),
    )


def _change_line(name: str, visits: Sequence[Visit], bare: Sequence[Visit], what: str) -> Sequence[str]:
    change = _median(v.changement for v in visits)
    return name, what, _seconds(change), _seconds(change - _median(v.changement for v in bare))


def _rerun_line(item: tuple[str, Rerun]) -> Sequence[str]:
    name, found = item
    change = (ABSENT, ABSENT)
    if found.change is not None:
        change = f"{found.change:.0f} ms", _decimal(found.change / found.nue_change)
    return name, f"{found.froid:.0f} ms", *change, f"{found.chaud:.0f} ms", _decimal(found.chaud / found.nue)


def _table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    rule = "|---" + "|---:" * (len(heads) - 1) + "|"
    return [f"| {' | '.join(heads)} |", rule, *(f"| {' | '.join(cells)} |" for cells in lines)]


def _median(values: Iterable[float | None]) -> float:
    return statistics.median(value for value in values if value is not None)


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace(".", ",").replace("-", "−")


def _seconds(value: float) -> str:
    return f"{_decimal(value)} s"


def _mebibytes(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.0f} Mio"
