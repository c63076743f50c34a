"""Rows made in Python, given to a table all at once. Without pandas: importing it takes longer than writing them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import duckdb


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence], columns: str = "") -> None:
    """Insert rows in the order given, into all the columns of ``table`` or into those named (« code nom »).

    They go as one text, a JSON list a column: as parameters, each of their values is looked at for a long time.
    """
    if not rows:
        return
    types = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()}
    names = columns.split() or list(types)
    lists = ", ".join(f"unnest(CAST(listes -> {n} AS {types[name]}[]))" for n, name in enumerate(names))
    con.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {lists} FROM (SELECT CAST(? AS JSON) AS listes)",
        [json.dumps(list(zip(*rows, strict=True)), default=str)],
    )
