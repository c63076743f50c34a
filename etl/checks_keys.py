"""Check of the keys that no index keeps: one would cost more than all the writing."""

from __future__ import annotations

from typing import Any

import duckdb

from etl.findings import Check, Finding, Gap
from etl.typography import count

# Each table, and what a territory has one line for.
KEYS = {"observation": "indicateur, annee", "fait": "variable, annee, source"}


def count_lines(
    con: duckdb.DuckDBPyConnection, relation: str, group: str, place: str, places: int
) -> list[tuple[Any, ...]]:
    """Each ``group`` (« indicateur, annee »), its lines, and the territories that they are of.

    ``place``: the number of the territory, from 0 to ``places`` - 1. One bit a territory: a set of texts, which
    count(DISTINCT) makes, takes twice the time and far more memory.
    """
    return con.execute(
        f"""
        SELECT {group}, count(*), bit_count(bitstring_agg(CAST({place} AS INTEGER), 0, {places - 1}))
        FROM {relation} GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()


def check_keys(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """No line stands twice: a sum would count it twice, a page would show either."""
    (places,) = con.execute("SELECT count(*) FROM territoire").fetchone() or (0,)
    examined, gaps = 0, []
    for table, group in KEYS.items():
        ranked = "(SELECT code, row_number() OVER () - 1 AS place FROM territoire)"
        for *key, lines, territories in count_lines(
            con, f"{table} AS o JOIN {ranked} AS t ON t.code = o.territoire", group, "t.place", places
        ):
            examined += lines
            if lines != territories:
                told = f"{count(lines, 'ligne')} pour {count(territories, 'territoire')}"
                gaps.append(Gap(f"{table}, {' '.join(map(str, key))}\u00a0: {told}"))
    label = "Un territoire n’a qu’une ligne par indicateur et année, et par variable d’une source"
    return Finding("cles", label, "erreur", examined, "ligne", gaps)


CHECKS_KEYS: tuple[Check, ...] = (check_keys,)
