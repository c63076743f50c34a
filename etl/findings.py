"""What a check of the warehouse finds: how many figures it looked at, and the gaps, told with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from etl.typography import count

# More would scroll out of a terminal: the count says how many there are.
SHOWN = 20
SEPARATOR = " ; "


@dataclass(frozen=True)
class Finding:
    """What a check looked at, and the gaps it found, each told in French with its numbers."""

    code: str
    libelle: str
    gravite: str
    examines: int
    objet: str
    ecarts: list[str]

    @property
    def detail(self) -> str:
        """« 2 écarts sur 1 234 chiffres : … ; … »."""
        scope = f"sur {count(self.examines, self.objet)}"
        if not self.ecarts:
            return f"aucun écart {scope}"
        shown = self.ecarts[:SHOWN]
        rest = [f"et {count(len(self.ecarts) - SHOWN, 'autre')}"] if len(self.ecarts) > SHOWN else []
        return f"{count(len(self.ecarts), 'écart')} {scope}\u00a0: " + SEPARATOR.join(shown + rest)


def examine(
    con: duckdb.DuckDBPyConnection, sql: str, wrong: str, order: str, parameters: Mapping[str, Any] | None = None
) -> tuple[int, list[tuple]]:
    """How many rows ``sql`` gives, and those that are ``wrong``, in ``order``: the others never leave the database."""
    rows = con.execute(
        f"""
        WITH vu AS MATERIALIZED ({sql}), faux AS (SELECT *, TRUE AS trouve FROM vu WHERE {wrong})
        SELECT n, faux.* FROM (SELECT count(*) AS n FROM vu) LEFT JOIN faux ON TRUE ORDER BY {order}
        """,
        parameters or {},
    ).fetchall()
    return rows[0][0], [row[1:-1] for row in rows if row[-1]]


Check = Callable[[duckdb.DuckDBPyConnection, str], Finding]
