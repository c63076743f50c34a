"""Opens a producer's file, whatever its format, as one table of texts: the temporary table ``lu``.

``lu`` has the file's columns, all text, under their own names (spaces around a name are dropped; a column
without a name is called « (sans nom 12) »), and ``_ligne``, the line of the file where the row stands.
A file is opened once for all the sources it holds.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from etl import guarded
from etl.cards import Source
from etl.errors import DataError, Problem, system_problem
from etl.readers import apart
from etl.typography import number

# As many as one mends in a sitting; the count says how many there are.
MAX_PROBLEMS = 20
# Far above the largest workbook or R file of the producers, far below what would fill a memory once opened.
MAX_WORKBOOK = 256 << 20
# Characters of a line: the widest known (1,900 columns) has 25,000. A cell longer than this is a missing quote.
MAX_LINE = 2 << 20


def open_csv(con: duckdb.DuckDBPyConnection, source: Source, path: Path, separator: str = ";") -> None:
    """Open a delimited text file. Raises DataError with every broken line.

    Options of ``lecture``: separateur; entetes (the file beside this one that holds the line of column names).
    """
    separator = source.lecture.get("separateur", separator)
    before = _header_beside(path, source) if "entetes" in source.lecture else ""
    with _folder(source) as folder:
        content, copy = path, folder / "fichier.csv"
        if source.membre is not None:
            content = folder / "membre"
            guarded.copy_content(path, source.fichier, source.membre, content)
        guarded.write_text(content, source.fichier, copy, before)
        names = apart.unique_names(_first_line(copy, source, separator))
        if len(names) < 2:
            told = f"une seule colonne avec « {separator} »"
            advice = "vérifier le séparateur déclaré dans sources.toml"
            raise DataError([Problem(source.fichier, told, ligne=1, conseil=advice)])
        if len(names) > apart.MAX_COLUMNS:
            raise DataError([Problem(source.fichier, f"{len(names)} colonnes : trop pour être lues", ligne=1)])
        _require_closed_quotes(copy, source)
        try:
            _read_text(con, copy, separator, names, f"row_number() OVER () + 1 AS {apart.LINE}, *")
        except duckdb.Error as error:
            raise DataError(_broken_lines(error, source, copy, separator, len(names))) from error


def open_tidy(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Open a « relevé » or a list: comma separated unless told otherwise."""
    open_csv(con, source, path, separator=",")


def open_workbook(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Open a sheet of an .xls or .xlsx workbook. Options of ``lecture``: feuille, entete (line of the header)."""
    sheet, header = source.lecture["feuille"], str(source.lecture.get("entete", 1))
    with _folder(source) as folder:
        book, table = folder / "classeur", folder / "table.csv"
        guarded.copy_content(path, source.fichier, source.membre, book, MAX_WORKBOOK)
        guarded.require_kind(source.fichier, guarded.beginning_of(book), ("zip", "ole"), "classeur")
        _read_apart("classeur", source, book, table, sheet, header)
        try:
            names = _first_line(table, source, ",")
            line = f"CAST({apart.LINE} AS BIGINT) AS {apart.LINE}"
            _read_text(con, table, ",", names, f"{line}, * EXCLUDE ({apart.LINE})")
        except duckdb.Error as error:
            raise DataError([_not_a_table(error, source)]) from error


def open_rds(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Open the one data frame of an .RDS file (R)."""
    with _folder(source) as folder:
        content, table = folder / "fichier.rds", folder / "table.parquet"
        guarded.copy_content(path, source.fichier, source.membre, content, MAX_WORKBOOK)
        kinds = ("gzip", "bzip2", "xz", "r")
        guarded.require_kind(source.fichier, guarded.beginning_of(content), kinds, "fichier R")
        _read_apart("rds", source, content, table)
        try:
            con.execute(
                f"""
                CREATE OR REPLACE TEMP TABLE lu AS
                SELECT row_number() OVER () + 1 AS {apart.LINE}, CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(?)
                """,
                [table.as_posix()],
            )
        except duckdb.Error as error:
            raise DataError([_not_a_table(error, source)]) from error


def columns_of(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The columns of the opened file, in order, ``_ligne`` left out."""
    return [name for name, *_ in con.execute("DESCRIBE lu").fetchall() if name != "_ligne"]


@contextmanager
def _folder(source: Source) -> Iterator[Path]:
    """A folder for the copies that a file goes through; a full disk there is told as such."""
    try:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
    except OSError as error:
        problem = system_problem(error, str(error.filename or tempfile.gettempdir()))
        if problem is None:
            raise
        raise DataError([problem]) from error


def _read_text(con: duckdb.DuckDBPyConnection, path: Path, separator: str, names: list[str], columns: str) -> None:
    types = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in names)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE lu AS
        SELECT {columns} FROM read_csv($path, delim = $separator, header = true, quote = '"', escape = '"',
            auto_detect = false, parallel = false, max_line_size = {MAX_LINE}, columns = {{{types}}})
        """,
        {"path": path.as_posix(), "separator": separator},
    )


def _read_apart(kind: str, source: Source, path: Path, table: Path, *options: str) -> None:
    """Have ``table`` written by etl/readers/apart.py. Raises DataError with what it says, or says by dying."""
    command = [sys.executable, "-P", apart.__file__, kind, str(path), str(table), *options]
    what = {"classeur": "classeur", "rds": "fichier R"}[kind]
    # Without it a library of linear algebra books memory for each processor of the machine.
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=2 * apart.SECONDS, env=alone, check=False)
    except subprocess.TimeoutExpired as error:
        told = f"{what} illisible : plus de {2 * apart.SECONDS} secondes de lecture"
        raise DataError([Problem(source.fichier, told, conseil=guarded.AGAIN)]) from error
    if done.returncode == 0 and not done.stdout and table.is_file():
        return
    try:
        said = json.loads(done.stdout)
        told, advice = f"{what} : {said['message']}", said["conseil"]
    except (ValueError, TypeError, LookupError):
        told, advice = f"{what} illisible : sa lecture s’est arrêtée d’elle-même", guarded.AGAIN
    raise DataError([Problem(source.fichier, told, conseil=advice)])


def _require_closed_quotes(path: Path, source: Source) -> None:
    """A quote that its line does not close makes one cell of all that follows, to the next one or to the end: the
    reader says nothing and the lines are lost. No producer's file has a cell of several lines."""
    with path.open("rb") as stream:
        for line, text in enumerate(stream, start=1):
            if text.count(b'"') % 2:
                advice = "retirer ce guillemet, ou reprendre le fichier chez le producteur"
                told = "un guillemet est ouvert et jamais refermé sur cette ligne"
                raise DataError([Problem(source.fichier, told, ligne=line, conseil=advice)])


def _first_line(path: Path, source: Source, separator: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        line = stream.readline(MAX_LINE)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error as error:
        advice = "vérifier les guillemets de cette ligne"
        raise DataError([Problem(source.fichier, "noms de colonnes illisibles", ligne=1, conseil=advice)]) from error


def _broken_lines(error: duckdb.Error, source: Source, path: Path, separator: str, width: int) -> list[Problem]:
    system = system_problem(error, tempfile.gettempdir())
    if system:
        return [system]
    advice = "vérifier que le fichier est complet et que son séparateur est bien le bon"
    problems: list[Problem] = []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, delimiter=separator)
        try:
            for line, row in enumerate(rows, start=1):
                if row and len(row) != width:
                    told = f"{len(row)} colonnes au lieu de {width}"
                    problems.append(Problem(source.fichier, told, ligne=line, conseil=advice))
                if len(problems) == MAX_PROBLEMS:
                    return problems
        except csv.Error:
            told = f"une case compte plus de {number(csv.field_size_limit())} caractères (un guillemet de trop ?)"
            problems.append(Problem(source.fichier, told, ligne=rows.line_num, conseil=advice))
    return problems or [Problem(source.fichier, "lignes illisibles (guillemets ou fins de ligne)", conseil=advice)]


def _not_a_table(error: duckdb.Error, source: Source) -> Problem:
    system = system_problem(error, tempfile.gettempdir())
    return system or Problem(source.fichier, "tableau illisible", conseil=guarded.AGAIN)


def _header_beside(path: Path, source: Source) -> str:
    """The line of column names, when the producer gives it in a file of its own, in the same folder."""
    header = path.with_name(source.lecture["entetes"])
    if not header.is_file():
        problem = f"fichier des noms de colonnes absent : {header.name}"
        raise DataError([Problem(source.fichier, problem, conseil=f"le placer dans {header.parent}")])
    guarded.require_size(header, header.name, MAX_LINE)
    content = header.read_bytes()
    guarded.require_kind(header.name, content[:512], guarded.TEXT, "tableau")
    return guarded.decode(content, header.name).strip() + "\n"


def _literal(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
