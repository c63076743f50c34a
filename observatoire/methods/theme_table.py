"""The table of a theme as a page shows it: only what says something, and one line for what answers one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from observatoire.formats import ABSENCES, is_missing
from observatoire.mesures import Mesure
from observatoire.methods.portrait import Row
from observatoire.methods.trend_test import MOTS, NON_TESTEE

VIDE = "–"
# Columns that stay whatever they hold: what, when, how much.
FIXES = 3
# Under so many lines of one question, each keeps its own.
PLIEES_MIN = 3
Cells = list[str]


@dataclass(frozen=True)
class Pli:
    """Lines of one question folded in one: ``lignes``, and the figures that its small chart shows, in their order.

    ``noms``: of each figure; ``valeurs``, ``references``: missing ones are None; ``textes``: the values as they read.
    """

    libelle: str
    lignes: tuple[tuple[str, ...], ...]
    noms: tuple[str, ...]
    valeurs: tuple[float | None, ...]
    references: tuple[float | None, ...]
    textes: tuple[str, ...]


@dataclass(frozen=True)
class Tableau:
    """The columns that say something, and lines: cells, or what is folded.

    ``codes``: the indicator of each line, none of what is folded; ``non_testees``: how many trends are not tested.
    """

    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...] | Pli, ...]
    non_testees: int
    codes: tuple[str, ...] = ()


def make_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    codes: Sequence[str],
    keys: Iterable[str],
    groups: Mapping[str, Mapping[str, str]],
    gaps: Mapping[str, Row],
    cards: Mapping[str, Mesure],
    spine: str,
) -> Tableau:
    """The table of ``portrait.theme_rows`` without its empty columns, its untested trends as « – », its groups folded.

    ``codes``: the indicator of each row; ``keys``: those that keep their own line; ``groups``: name of a group → its
    codes and their names, in order; ``gaps``: indicator → its row; ``spine``: prefix of the reference of the charts.
    """
    untested = MOTS[NON_TESTEE]
    cleaned = [[VIDE if cell == untested else cell for cell in row] for row in rows]
    count = sum(untested in row for row in rows)
    kept = [n for n in range(len(columns)) if n < FIXES or any(_says(row[n]) for row in cleaned)]
    lines = [tuple(row[n] for n in kept) for row in cleaned]
    folded = {
        name: [n for n, code in enumerate(codes) if code in own] for name, own in folds(codes, keys, groups).items()
    }
    starts = {places[0]: name for name, places in folded.items()}
    hidden = {n for places in folded.values() for n in places}
    found: list[tuple[str, ...] | Pli] = []
    own_codes: list[str] = []
    for n, line in enumerate(lines):
        if n in starts:
            name = starts[n]
            own_codes.append("")
            found.append(_fold(name, [lines[k] for k in folded[name]], groups[name], gaps, cards, spine))
        elif n not in hidden:
            own_codes.append(codes[n])
            found.append(line)
    return Tableau(tuple(columns[n] for n in kept), tuple(found), count, tuple(own_codes))


def folds(
    codes: Sequence[str], keys: Iterable[str], groups: Mapping[str, Mapping[str, str]]
) -> dict[str, frozenset[str]]:
    """Name of a group → those of ``codes`` that it folds: at least PLIEES_MIN, without ``keys``."""
    stay = set(keys)
    found = {
        name: frozenset(code for code in codes if code in group and code not in stay) for name, group in groups.items()
    }
    return {name: own for name, own in found.items() if len(own) >= PLIEES_MIN}


def _says(cell: str) -> bool:
    return cell not in (VIDE, "", *ABSENCES.values())


def _fold(
    name: str,
    lines: Sequence[tuple[str, ...]],
    group: Mapping[str, str],
    gaps: Mapping[str, Row],
    cards: Mapping[str, Mesure],
    spine: str,
) -> Pli:
    """The chart shows the figures of the latest year of the group, key ones included, beside those of the same year."""
    rows = {code: gaps[code] for code in group if code in gaps and not is_missing(gaps[code]["valeur"])}
    year = max((int(row["annee"]) for row in rows.values()), default=0)
    shown = {code: row for code, row in rows.items() if row["annee"] == year}

    def reference(row: Row) -> float | None:
        known = row[f"annee_{spine}"] == row["annee"] and not is_missing(row[f"valeur_{spine}"])
        return float(row[f"valeur_{spine}"]) if known else None

    return Pli(
        libelle=name,
        lignes=tuple(lines),
        noms=tuple(group[code] for code in shown),
        valeurs=tuple(float(row["valeur"]) for row in shown.values()),
        references=tuple(reference(row) for row in shown.values()),
        textes=tuple(
            cards[code].format(row["valeur"], row["statut"], row.get("arrondi")) for code, row in shown.items()
        ),
    )
