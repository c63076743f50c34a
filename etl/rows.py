"""Rows made in Python, given to a table all at once: a list a column. No pandas: it takes a second to import."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence], columns: str = "") -> None:
    """Insert rows in the order given, into all the columns of ``table`` or into those named (« code nom »)."""
    if not rows:
        return
    named = f"({', '.join(columns.split())})" if columns else ""
    values = [list(column) for column in zip(*rows, strict=True)]
    con.execute(f"INSERT INTO {table} {named} SELECT {', '.join(['unnest(?)'] * len(values))}", values)
