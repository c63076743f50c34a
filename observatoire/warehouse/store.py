"""The warehouse file: opened read-only, asked in SQL, one cursor a question."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd
import pyarrow as pa

from etl.load import recipe
from observatoire.warehouse.errors import Unreadable

# The frames of a view are small, and read cell by cell: texts as Python objects rather than Arrow's take a third off
# the processor of a view.
pd.set_option("mode.string_storage", "python")

# Up to how many codes asked together DuckDB looks for one by one, instead of reading all that lies between them.
LISTE = 1_000


# Nothing but this file is read by a question, whatever its SQL: no other file, no extension, and no setting can be
# changed. Questions are written with parameters; this holds the day one is not.
REGLAGES: dict[str, str | bool | int | float | list[str]] = {
    "threads": "2",
    "memory_limit": "512MB",
    "dynamic_or_filter_threshold": str(LISTE),
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "lock_configuration": "true",
}
# What DuckDB raises when the file itself is at fault, not the question.
_ABIMES = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


class Column(NamedTuple):
    """A column of a public table: its DuckDB type, whether it can be NULL, what it means."""

    type: str
    nullable: bool
    mots: str


class Store:
    """A warehouse file, opened read-only. Safe to share between threads: each question has its own cursor.

    Any question raises Unreadable when the file is damaged; the next one opens it again, in case it has been mended.
    """

    reglages = REGLAGES

    def __init__(self, path: Path) -> None:
        self.path = path
        self._con: duckdb.DuckDBPyConnection | None = None
        with self._answering():
            pass

    @contextlib.contextmanager
    def _answering(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one question."""
        try:
            con = self._con or duckdb.connect(str(self.path), read_only=True, config=self.reglages)
            self._con = con
            yield con.cursor()
        except _ABIMES as error:
            # Dropped, not closed: the questions being answered beside this one end as they can.
            self._con = None
            raise Unreadable(self.path, error) from error

    @property
    def version(self) -> str:
        """Changes with each build: a key for caches."""
        return self.path.name

    def ask(self, sql: str, parameters: dict[str, object] | None = None) -> pd.DataFrame:
        """The answer to a question in SQL, values passed as named parameters (``$nom``)."""
        with self._answering() as cursor:
            return cursor.execute(sql, parameters or {}).df()

    def rows(self, sql: str, parameters: dict[str, object] | None = None) -> list[dict[str, Any]]:
        """The same answer as dictionaries of plain Python values: an absence is None, an integer stays one."""
        names, found = self.tuples(sql, parameters)
        return [dict(zip(names, row, strict=True)) for row in found]

    def tuples(self, sql: str, parameters: dict[str, object] | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The same answer as the names of its columns, and its rows: a fourth of the memory, for what is kept."""
        with self._answering() as cursor:
            answer = cursor.execute(sql, parameters or {})
            return [column[0] for column in answer.description], answer.fetchall()

    def table(self, sql: str, parameters: dict[str, object] | None = None) -> pa.Table:
        """The same answer as an Arrow table, types of the warehouse kept."""
        with self._answering() as cursor:
            return cursor.execute(sql, parameters or {}).to_arrow_table()

    @cached_property
    def columns(self) -> dict[str, dict[str, Column]]:
        """The public tables: name → column → what it is, in order."""
        found: dict[str, dict[str, Column]] = {}
        rows = self.rows(
            """
            SELECT table_name, column_name, data_type, is_nullable, coalesce(comment, column_name) AS mots
            FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index
            """
        )
        for row in rows:
            column = Column(row["data_type"], bool(row["is_nullable"]), row["mots"])
            found.setdefault(row["table_name"], {})[row["column_name"]] = column
        return found

    @cached_property
    def tables(self) -> dict[str, str]:
        """The public tables: name → what a row is, in words."""
        rows = self.rows(
            "SELECT table_name, coalesce(comment, table_name) AS mots FROM duckdb_tables() "
            "WHERE NOT internal ORDER BY table_oid"
        )
        return {row["table_name"]: row["mots"] for row in rows}

    @cached_property
    def outdated(self) -> bool:
        """Whether it comes from a former version of the project, which the server could not build again."""
        found = self.rows("SELECT origine, empreinte FROM construction")
        return any(row["origine"] == "instantane" and row["empreinte"] != recipe() for row in found)

    @cached_property
    def built_on(self) -> date:
        """The day the warehouse was built (UTC)."""
        return self.rows("SELECT max(construit_le) AS jour FROM construction")[0]["jour"].date()


def statement(name: str) -> str:
    """A long question, kept in a file of its own beside this one."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
