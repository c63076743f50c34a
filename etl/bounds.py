"""Which figures are possible: the lowest and the highest value of a variable, by level of territory.

One rule for every way in: the producers' files (`build --mirror`, `snapshot`), the relevés, and the facts of a
finished warehouse. A dataset says what its variables measure (``mesures`` in sources.toml); a variable of which
nothing is said is a number of people or things: not negative, and no larger than its level can hold.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

import duckdb

from etl.cards import Jeu
from etl.catalogue import Catalogue
from etl.errors import DataError, Problem
from etl.rows import insert_rows
from etl.typography import exact

Bounds = tuple[float, float]

# The most that a level can count of anything, pupils or jobs as well as people: Paris has 2.1 million inhabitants,
# Île-de-France 12.4, France 69; the largest IRIS and QPV of the département have 10,000 and 130,000.
CEILINGS: dict[str, float] = {
    "iris": 50_000,
    "qpv": 500_000,
    "commune": 3e6,
    "ept": 12e6,
    "departement": 12e6,
    "region": 30e6,
    "pays": 150e6,
}
UNITS: dict[str, Bounds] = {"%": (0, 100), "euros": (0, 1e6), "montant": (-1e10, 1e12)}
# As many as one mends in a sitting; the count says how many there are.
MAX_PROBLEMS = 20


def bounds_of(jeu: Jeu, variable: str, level: str) -> Bounds:
    """The lowest and highest possible values of a variable; the first ``mesure`` that names it decides."""
    for mesure in jeu.mesures:
        if any(fnmatchcase(variable, pattern) for pattern in mesure.variables):
            if mesure.bornes:
                return mesure.bornes[0], mesure.bornes[1]
            return UNITS.get(mesure.unite, (0, CEILINGS[level]))
    return 0, CEILINGS[level]


def out_of_bounds(value: float, bounds: Bounds) -> tuple[str, str] | None:
    """What to say, and what to do, when a figure is impossible; None when it is possible."""
    if bounds[0] <= value <= bounds[1]:
        return None
    word = "trop petit" if value < bounds[0] else "trop grand"
    span = f"cette variable va de {exact(bounds[0])} à {exact(bounds[1])}"
    return f"est {word}", f"vérifier le chiffre ; {span} (« mesures » du jeu, dans sources.toml)"


def stage_bounds(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Temporary tables ``borne``, the bounds of each variable of each dataset at each level, and ``total_declare``,
    the variables that are the sum of others (one row a part)."""
    rows = [
        (jeu.code, variable, level, *bounds_of(jeu, variable, level))
        for jeu in catalogue.jeux.values()
        for variable in _variables(catalogue, jeu)
        for level in CEILINGS
    ]
    parts = [
        (jeu.code, total.total, part, total.tolerance)
        for jeu in catalogue.jeux.values()
        for total in jeu.totaux
        for part in total.parties
    ]
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE borne (jeu VARCHAR, variable VARCHAR, niveau VARCHAR, bas DOUBLE, haut DOUBLE);
        CREATE OR REPLACE TEMP TABLE total_declare (jeu VARCHAR, total VARCHAR, partie VARCHAR, tolerance DOUBLE);
        """
    )
    insert_rows(con, "borne", rows)
    insert_rows(con, "total_declare", parts)


def _variables(catalogue: Catalogue, jeu: Jeu) -> list[str]:
    own = [variable for source in catalogue.sources if source.jeu == jeu.code for variable in source.variables]
    return list(dict.fromkeys([*jeu.variables, *own]))


def check_read_figures(con: duckdb.DuckDBPyConnection, fichier: str, jeu: str) -> None:
    """Raise DataError for each figure of ``propre`` (etl/facts.py) that is impossible, with its line and column."""
    wrong = con.execute(
        """
        SELECT p.ligne, p.colonne, p.valeur, b.bas, b.haut FROM propre AS p
        JOIN borne AS b ON b.jeu = $jeu AND b.variable = p.variable AND b.niveau = p.niveau
        WHERE p.statut = 'publie' AND p.valeur NOT BETWEEN b.bas AND b.haut
        ORDER BY p.ligne, p.colonne LIMIT $limite
        """,
        {"jeu": jeu, "limite": MAX_PROBLEMS},
    ).fetchall()
    problems = []
    for line, column, value, *bounds in wrong:
        message, advice = out_of_bounds(value, (bounds[0], bounds[1])) or ("est impossible", "vérifier le chiffre")
        problems.append(
            Problem(fichier, f"« {value:g} » {message}", ligne=line or None, colonne=column, conseil=advice)
        )
    if problems:
        raise DataError(problems)
