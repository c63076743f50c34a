"""The snapshot: the figures the project ships, in its own tidy schema (Parquet), each with its source."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from etl.errors import DataError, Problem, refusal

SNAPSHOT = Path(__file__).resolve().parent.parent / "data" / "snapshot"
TABLES = ("source", "territoire", "geometrie", "lieu", "fait")
_ORDER = {
    "source": "code",
    "territoire": "code",
    "geometrie": "code",
    "lieu": "code",
    "fait": "source, variable, territoire, annee",
}


def write_snapshot(con: duckdb.DuckDBPyConnection, folder: Path = SNAPSHOT) -> None:
    """Write the tables aside, then put them in place together. Same input, same bytes.

    Raises DataError, and leaves the former snapshot as it was, when the folder cannot be written.
    """
    require_writable(folder)
    con.execute("SET threads = 1")
    try:
        for table in TABLES:
            target = (folder / f".{table}.parquet").as_posix().replace("'", "''")
            con.execute(
                f"COPY (SELECT * FROM {table} ORDER BY {_ORDER[table]}) TO '{target}' "
                "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 12, ROW_GROUP_SIZE 200000)"
            )
    except duckdb.IOException as error:
        for table in TABLES:
            with contextlib.suppress(OSError):
                (folder / f".{table}.parquet").unlink(missing_ok=True)
        advice = "vérifier les droits et la place sur le disque, ou donner un autre dossier"
        raise DataError([Problem(str(folder), "impossible d’écrire l’instantané ici", conseil=advice)]) from error
    finally:
        con.execute("RESET threads")
    for table in TABLES:
        (folder / f".{table}.parquet").replace(folder / f"{table}.parquet")


def require_writable(folder: Path) -> None:
    """Make the folder if need be. Raises DataError when nothing can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise DataError([refusal(error, str(folder))]) from error


def complete_from_snapshot(con: duckdb.DuckDBPyConnection, codes: list[str], folder: Path = SNAPSHOT) -> None:
    """Add to `source`, `fait` and `lieu` the sources ``codes`` as the snapshot has them."""
    _require(folder, ("source", "fait", "lieu"))
    for table, column in (("source", "code"), ("fait", "source"), ("lieu", "source")):
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?) WHERE list_contains(?, {column})",
            [(folder / f"{table}.parquet").as_posix(), codes],
        )


def read_snapshot(con: duckdb.DuckDBPyConnection, folder: Path = SNAPSHOT, tables: tuple[str, ...] = TABLES) -> None:
    """Fill the tables (all of them unless told otherwise) from the snapshot."""
    _require(folder, tables)
    problems = []
    for table in tables:
        path = folder / f"{table}.parquet"
        try:
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?)", [path.as_posix()])
        except duckdb.Error:
            problems.append(_damaged(path))
    if problems:
        raise DataError(problems)


def ask_snapshot(folder: Path, table: str, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple]:
    """The rows of a query on one table of the snapshot, which ``sql`` names « instantane »."""
    _require(folder, (table,))
    path = folder / f"{table}.parquet"
    con = duckdb.connect()
    try:
        con.from_parquet(path.as_posix()).create_view("instantane")
        return con.execute(sql, parameters or {}).fetchall()
    except duckdb.Error as error:
        raise DataError([_damaged(path)]) from error
    finally:
        con.close()


def _damaged(path: Path) -> Problem:
    advice = "reprendre une copie complète du projet"
    return Problem(str(path), "fichier de l’instantané illisible ou incomplet", conseil=advice)


def _require(folder: Path, tables: tuple[str, ...]) -> None:
    """Raise DataError naming the snapshot's files that are not there."""
    absent = [table for table in tables if not (folder / f"{table}.parquet").is_file()]
    if absent:
        raise DataError(
            [
                Problem(
                    str(folder / f"{table}.parquet"),
                    "fichier absent de l’instantané",
                    conseil="reprendre une copie complète du projet, ou « python -m etl snapshot --mirror DOSSIER »",
                )
                for table in absent
            ]
        )
