"""The snapshot: the figures the project ships, in its own tidy schema (Parquet), each with its source."""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.errors import DataError, Problem

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
    """Write the tables aside, then put them in place together. Same input, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    con.execute("SET threads = 1")
    for table in TABLES:
        target = folder / f".{table}.parquet"
        con.execute(
            f"COPY (SELECT * FROM {table} ORDER BY {_ORDER[table]}) TO '{target.as_posix()}' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 12, ROW_GROUP_SIZE 200000)"
        )
    con.execute("RESET threads")
    for table in TABLES:
        (folder / f".{table}.parquet").replace(folder / f"{table}.parquet")


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
            advice = "reprendre une copie complète du projet"
            problems.append(Problem(str(path), "fichier de l’instantané illisible ou incomplet", conseil=advice))
    if problems:
        raise DataError(problems)


def _require(folder: Path, tables: tuple[str, ...]) -> None:
    """Raise DataError naming the snapshot's files that are not there."""
    absent = [table for table in tables if not (folder / f"{table}.parquet").is_file()]
    if absent:
        raise DataError(
            [
                Problem(
                    str(folder / f"{table}.parquet"),
                    "fichier absent de l'instantané",
                    conseil="reprendre une copie complète du projet, ou « python -m etl snapshot --mirror DOSSIER »",
                )
                for table in absent
            ]
        )
