"""The snapshot: the figures the project ships, in its own tidy schema (Parquet), each with its source."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from etl.errors import DataError, Problem, refusal, system_problem, system_told

SNAPSHOT = Path(__file__).resolve().parent.parent / "data" / "snapshot"
TABLES = ("source", "territoire", "geometrie", "lieu", "fait")
PREPARED, NEXT, LOCK = ".preparation", ".suivant", ".verrou"
_ORDER = {
    "source": "code",
    "territoire": "code",
    "geometrie": "code",
    "lieu": "code",
    "fait": "source, variable, territoire, annee",
}


def write_snapshot(con: duckdb.DuckDBPyConnection, folder: Path = SNAPSHOT) -> None:
    """Write the tables aside, then put them in place as one. Same input, same bytes.

    They are written in a folder of their own, which is then renamed at once to « .suivant »: from that instant it is
    the snapshot (see snapshot_file), whatever stops the moves that follow. Raises DataError, and leaves the former
    snapshot as it was, when the folder cannot be written.
    """
    require_writable(folder)
    with system_told(folder), _alone(folder):
        _put_in_place(folder)
        aside = folder / PREPARED
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        try:
            _write_tables(con, aside)
            aside.rename(folder / NEXT)
        except duckdb.IOException as error:
            advice = "vérifier les droits et la place sur le disque, ou donner un autre dossier"
            found = system_problem(error, str(folder))
            problem = Problem(str(folder), "impossible d’écrire l’instantané ici", conseil=advice)
            raise DataError([found or problem]) from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        _put_in_place(folder)


def _write_tables(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    con.execute("SET threads = 1")
    try:
        for table in TABLES:
            path = folder / f"{table}.parquet"
            target = path.as_posix().replace("'", "''")
            con.execute(
                f"COPY (SELECT * FROM {table} ORDER BY {_ORDER[table]}) TO '{target}' "
                "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 12, ROW_GROUP_SIZE 200000)"
            )
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())
    finally:
        con.execute("RESET threads")


def _put_in_place(folder: Path) -> None:
    """Move the tables of « .suivant », if there is one, to their usual place; a move that was cut short goes on."""
    following = folder / NEXT
    if following.is_dir():
        for table in TABLES:
            if (following / f"{table}.parquet").is_file():
                (following / f"{table}.parquet").replace(folder / f"{table}.parquet")
        shutil.rmtree(following)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        with FileLock(folder / LOCK, timeout=0, fallback_to_soft=False):
            yield
    except Timeout as error:
        told = "une autre commande écrit cet instantané"
        raise DataError([Problem(str(folder), told, conseil="attendre qu’elle finisse")]) from error


def snapshot_file(folder: Path, table: str) -> Path:
    """Where a table of the snapshot is: still in « .suivant » when the writing was stopped there, else in its place."""
    waiting = folder / NEXT / f"{table}.parquet"
    return waiting if waiting.is_file() else folder / f"{table}.parquet"


def snapshot_files(folder: Path = SNAPSHOT) -> list[Path]:
    """The files of the snapshot, in the order of their names."""
    return [path for table in sorted(TABLES) if (path := snapshot_file(folder, table)).is_file()]


@contextlib.contextmanager
def _unchanged(folder: Path, tables: tuple[str, ...]) -> Iterator[dict[str, Path]]:
    """The files of ``tables``; raises DataError when they were replaced while they were read: never half of each."""

    def now() -> list[tuple[int, int]]:
        found = (snapshot_file(folder, table) for table in tables)
        return [(told.st_ino, told.st_mtime_ns) for told in (path.stat() for path in found if path.is_file())]

    before = now()
    paths = {table: snapshot_file(folder, table) for table in tables}
    yield paths
    if now() != before:
        told = "l’instantané a été remplacé pendant sa lecture"
        raise DataError([Problem(str(folder), told, conseil="recommencer")])


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
    columns = {"source": "code", "fait": "source", "lieu": "source"}
    _require(folder, tuple(columns))
    with _unchanged(folder, tuple(columns)) as paths, system_told(folder):
        for table, column in columns.items():
            con.execute(
                f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?) WHERE list_contains(?, {column})",
                [paths[table].as_posix(), codes],
            )


def read_snapshot(con: duckdb.DuckDBPyConnection, folder: Path = SNAPSHOT, tables: tuple[str, ...] = TABLES) -> None:
    """Fill the tables (all of them unless told otherwise) from the snapshot."""
    _require(folder, tables)
    problems = []
    with _unchanged(folder, tables) as paths:
        for table, path in paths.items():
            try:
                con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?)", [path.as_posix()])
            except duckdb.Error as error:
                if system_problem(error, str(path)):
                    raise  # a full disk, which `build` tells of: the snapshot is not to blame
                problems.append(_damaged(path))
    if problems:
        raise DataError(problems)


def ask_snapshot(folder: Path, table: str, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple]:
    """The rows of a query on one table of the snapshot, which ``sql`` names « instantane »."""
    _require(folder, (table,))
    path = snapshot_file(folder, table)
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
    absent = [table for table in tables if not snapshot_file(folder, table).is_file()]
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
