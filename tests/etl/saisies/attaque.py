"""The reader who wants to know: all the public editions kept, every sum subtracted from every other.

What is read is the public files alone. What is known besides is given by ``savoir``: who answered what, and which
answers are the same from one edition to the next (« SAVOIR » of a test gives all of it: the strongest reader).
Every value that is not shown is an unknown; every sum, and every rule between lines, an equation; a linear programme
says between which bounds each unknown lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from etl.saisies.secret import Relation

# A lot: modele, exercice, demonstration. A cell: rubrique, unite, territoire, rang. A sum: rubrique, unite, type, code.
LotCle = tuple[str, int, bool]
Cellule = tuple[str, str, str, int]
Somme = tuple[str, str, str, str]
# Which value a cell holds, in an edition: the same token for the same value, that says nothing of it.
Savoir = Mapping[tuple[LotCle, Cellule], Hashable]


@dataclass
class Publication:
    """What one public file says. ``cellules``: None for a secret."""

    cellules: dict[LotCle, dict[Cellule, float | None]] = field(default_factory=lambda: defaultdict(dict))
    sommes: dict[LotCle, dict[Somme, float]] = field(default_factory=lambda: defaultdict(dict))
    perimetres: dict[tuple[int, str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    comptes: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Deduction:
    """What the reader knows of an unknown value: it lies between ``bas`` and ``haut``."""

    lot: LotCle
    cellule: Cellule
    jeton: Hashable
    bas: float
    haut: float


def read(path: Path) -> Publication:
    """A public file, by plain SQL."""
    found = Publication()
    with duckdb.connect(str(path), read_only=True) as con:
        answers = con.execute(
            """
            SELECT modele, exercice, demonstration, rubrique, coalesce(unite, ''), territoire, rang, valeur, statut
            FROM reponse WHERE valeur IS NOT NULL OR statut = 'secret'
            """
        ).fetchall()
        for model, year, demo, line, unit, place, rang, value, _ in answers:
            found.cellules[model, year, demo][line, unit, place, rang] = value
        sums = con.execute(
            """
            SELECT modele, exercice, demonstration, rubrique, coalesce(unite, ''), type, code, valeur FROM somme
            WHERE valeur IS NOT NULL
            """
        ).fetchall()
        for model, year, demo, line, unit, kind, code, value in sums:
            found.sommes[model, year, demo][line, unit, kind, code] = value
        areas = con.execute("SELECT exercice, type, code, territoire FROM perimetre").fetchall()
        for year, kind, code, place in areas:
            found.perimetres[year, kind, code].add(place)
        counts = con.execute("SELECT modele, code FROM rubrique WHERE compte_de_personnes").fetchall()
        found.comptes = set(counts)
    return found


def naive(publications: Sequence[Publication]) -> list[Savoir]:
    """What one supposes without knowing: every CCAS answered every line, and nothing changed but what is seen to."""
    said: list[Savoir] = []
    for one in publications:
        known: dict[tuple[LotCle, Cellule], Hashable] = {}
        for lot, sums in one.sommes.items():
            for line, unit, kind, code in sums:
                for place in one.perimetres[lot[1], kind, code]:
                    known[lot, (line, unit, place, 0)] = "inconnu"
        for lot, cells in one.cellules.items():
            for cell, value in cells.items():
                known[lot, cell] = "inconnu" if value is None else value
        said.append(known)
    return said


def attack(
    publications: Sequence[Publication],
    relations: Mapping[str, Sequence[Relation]] | None = None,
    savoir: Sequence[Savoir] | None = None,
    zeros: bool = False,
    assez: float = np.inf,
) -> list[Deduction]:
    """What can be deduced of every value that no edition shows. A reader whose suppositions are wrong finds nothing.

    The reader supposes that a secret count is at least 1, unless ``zeros`` may be hidden too. ``assez``: a value known
    no better than this is of no interest, and its bounds are not looked for.
    """
    told = savoir if savoir is not None else naive(publications)
    found: list[Deduction] = []
    for lot in sorted({lot for one in publications for lot in (*one.cellules, *one.sommes)}):
        found += _attack_lot(lot, publications, (relations or {}).get(lot[0], ()), told, zeros, assez)
    return found


def _attack_lot(
    lot: LotCle,
    publications: Sequence[Publication],
    relations: Sequence[Relation],
    told: Sequence[Savoir],
    zeros: bool,
    assez: float,
) -> list[Deduction]:
    here = [{cell: token for (where, cell), token in known.items() if where == lot} for known in told]
    values: dict[tuple[Cellule, Hashable], float] = {}
    not_zero: set[tuple[Cellule, Hashable]] = set()
    for one, known in zip(publications, here, strict=True):
        for cell, value in one.cellules[lot].items():
            if cell not in known:
                continue
            if value is not None:
                values[cell, known[cell]] = value
            elif (lot[0], cell[0]) in one.comptes and not zeros:
                not_zero.add((cell, known[cell]))
    unknown: dict[tuple[Cellule, Hashable], int] = {}
    for known in here:
        for cell, token in known.items():
            if (cell, token) not in values:
                unknown.setdefault((cell, token), len(unknown))
    equal: list[tuple[dict[int, float], float]] = []
    less: list[tuple[dict[int, float], float]] = []
    for one, known in zip(publications, here, strict=True):
        for (line, unit, kind, code), total in one.sommes[lot].items():
            members = [
                (cell, token)
                for cell, token in known.items()
                if cell[:2] == (line, unit) and cell[2] in one.perimetres[lot[1], kind, code]
            ]
            equal.append(_equation([(key, 1.0) for key in members], total, values, unknown))
        for relation in relations:
            for terms in _related(relation, known):
                (equal if relation.exacte else less).append(_equation(terms, 0.0, values, unknown))
    return _bounds(lot, unknown, not_zero, equal, less, assez)


def _related(relation: Relation, known: Mapping[Cellule, Hashable]) -> list[list]:
    """Parts less total, in each place and row that has the total and a part."""
    found = []
    for (line, unit, place, rang), token in known.items():
        if line == relation.total:
            parts = [((code, unit, place, rang), 1.0) for code in relation.parties]
            parts = [((cell, known[cell]), sign) for cell, sign in parts if cell in known]
            # A rule that misses a part may not hold: the reader only trusts whole ones, or a « dont ».
            if parts and (len(parts) == len(relation.parties) or not relation.exacte):
                found.append([*parts, (((line, unit, place, rang), token), -1.0)])
    return found


def _equation(terms: list, total: float, values: Mapping, unknown: Mapping) -> tuple[dict[int, float], float]:
    left: dict[int, float] = defaultdict(float)
    for key, sign in terms:
        if key in values:
            total -= sign * values[key]
        else:
            left[unknown[key]] += sign
    return left, total


def _bounds(lot: LotCle, unknown: Mapping, not_zero: set, equal: list, less: list, assez: float) -> list[Deduction]:
    """Each group of unknowns that equations bind together is a programme of its own: the others say nothing of it."""
    size = len(unknown)
    rows = [row for row in (*equal, *less) if row[0]]
    floors = np.array([1.0 if key in not_zero else 0.0 for key in unknown])
    links = [(min(left), other) for left, _ in rows for other in left]
    here, there = zip(*links, strict=True) if links else ((), ())
    graph = coo_matrix((np.ones(len(links)), (here, there)), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    members: dict[int, list[int]] = defaultdict(list)
    for n in range(size):
        members[group[n]].append(n)
    ours: dict[int, tuple[list, list]] = defaultdict(lambda: ([], []))
    for which, found in ((0, equal), (1, less)):
        for row in found:
            if row[0]:
                ours[group[min(row[0])]][which].append(row)
    ends = [(float(floor), np.inf) for floor in floors]
    for g, columns in members.items():
        if g in ours:
            said = _solve(columns, *ours[g], floors[columns], assez)
            if said is None:
                return []
            for n, bounds in zip(columns, said, strict=True):
                ends[n] = bounds
    return [Deduction(lot, *key, *ends[n]) for key, n in unknown.items()]


def _solve(
    columns: list[int], equal: list, less: list, floors: np.ndarray, assez: float
) -> list[tuple[float, float]] | None:
    """The bounds of each unknown; None when nothing agrees with all that is supposed.

    One that two solutions already met put further apart than ``assez`` is not looked into: nothing is claimed of it.
    """
    at = {n: k for k, n in enumerate(columns)}

    def system(rows: list) -> tuple:
        if not rows:
            return None, None
        cells = [(r, at[c], v) for r, (left, _) in enumerate(rows) for c, v in left.items()]
        r, c, v = zip(*cells, strict=True)
        return coo_matrix((v, (r, c)), shape=(len(rows), len(columns))).tocsr(), np.array([t for _, t in rows])

    (a_eq, b_eq), (a_ub, b_ub) = system(equal), system(less)
    limits = [(floor, None) for floor in floors]
    low, high = np.full(len(columns), np.inf), np.full(len(columns), -np.inf)
    found = []
    for n in range(len(columns)):
        ends = []
        for sign in (1.0, -1.0):
            if high[n] - low[n] > assez:
                break
            cost = np.zeros(len(columns))
            cost[n] = sign
            done = linprog(cost, a_ub, b_ub, a_eq, b_eq, bounds=limits, method="highs")
            if done.status == 2:
                return None
            ends.append(sign * done.fun if done.status == 0 else sign * -np.inf)
            if done.status == 0:
                low, high = np.minimum(low, done.x), np.maximum(high, done.x)
        found.append((ends[0], ends[1]) if len(ends) == 2 else (float(floors[n]), np.inf))
    return found
