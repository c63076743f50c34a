"""Opens a producer's file, whatever its format, as one table of texts: the temporary table ``lu``.

``lu`` has the file's columns, all text, under their own names (spaces around a name are dropped; a column
without a name is called « (sans nom 12) »), and ``_ligne``, the line of the file where the row stands.
A file is opened once for all the sources it holds.
"""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pandas as pd
import pyreadr
from python_calamine import CalamineError, CalamineWorkbook

from etl.cards import Source
from etl.errors import DataError, Problem
from etl.sources import decode, open_bytes, read_bytes

MAX_PROBLEMS = 20


def open_csv(con: duckdb.DuckDBPyConnection, source: Source, path: Path, separator: str = ";") -> None:
    """Open a delimited text file. Raises DataError with every broken line.

    Options of ``lecture``: separateur; entetes (the file beside this one that holds the line of column names).
    """
    text = decode(read_bytes(path, source))
    if "entetes" in source.lecture:
        text = _header_beside(path, source) + text
    content = text.encode("utf-8").replace(b"\r\n", b"\n")
    separator = source.lecture.get("separateur", separator)
    header = next(csv.reader([content.partition(b"\n")[0].decode("utf-8")], delimiter=separator), [])
    names = _unique(header)
    if len(names) < 2:
        advice = "vérifier le séparateur déclaré dans sources.toml"
        raise DataError([Problem(source.fichier, f"une seule colonne avec « {separator} »", ligne=1, conseil=advice)])
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in names)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "fichier.csv"
        copy.write_bytes(content)
        try:
            con.execute(
                f"""
                CREATE OR REPLACE TEMP TABLE lu AS
                SELECT row_number() OVER () + 1 AS _ligne, * FROM read_csv($path, delim = $separator, header = true,
                    quote = '"', escape = '"', auto_detect = false, parallel = false, columns = {{{columns}}})
                """,
                {"path": str(copy), "separator": separator},
            )
        except duckdb.Error as error:
            raise DataError(_broken_lines(source, content.decode("utf-8"), separator, len(names))) from error


def open_tidy(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Open a « relevé » or a list: comma separated unless told otherwise."""
    open_csv(con, source, path, separator=",")


def open_workbook(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Open a sheet of an .xls or .xlsx workbook. Options of ``lecture``: feuille, entete (line of the header)."""
    try:
        book = CalamineWorkbook.from_filelike(open_bytes(path, source))
    except CalamineError as error:
        raise DataError([Problem(source.fichier, "classeur illisible", conseil="le télécharger à nouveau")]) from error
    sheet, first = source.lecture["feuille"], int(source.lecture.get("entete", 1))
    if sheet not in book.sheet_names:
        names = ", ".join(book.sheet_names)
        raise DataError([Problem(source.fichier, f"feuille « {sheet} » absente (feuilles : {names})")])
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    data = [[number, *map(_cell_text, row)] for number, row in enumerate(rows[first:], start=first + 1)]
    _put(con, pd.DataFrame(data, columns=["_ligne", *_unique([str(cell) for cell in rows[first - 1]])], dtype=object))


def open_rds(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Open the one data frame of an .RDS file (R)."""
    try:
        frame = next(iter(pyreadr.read_r(str(path)).values()))
    except pyreadr.custom_errors.LibrdataError as error:
        raise DataError([Problem(source.fichier, "fichier R illisible", conseil="le télécharger à nouveau")]) from error
    frame.columns = _unique([str(name) for name in frame.columns])
    frame.insert(0, "_ligne", range(2, len(frame) + 2))
    _put(con, frame)


def columns_of(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The columns of the opened file, in order, ``_ligne`` left out."""
    return [name for name, *_ in con.execute("DESCRIBE lu").fetchall() if name != "_ligne"]


def _put(con: duckdb.DuckDBPyConnection, frame: pd.DataFrame) -> None:
    con.register("lignes", frame)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE lu AS SELECT _ligne, CAST(COLUMNS(* EXCLUDE (_ligne)) AS VARCHAR) FROM lignes"
    )
    con.unregister("lignes")


def _broken_lines(source: Source, text: str, separator: str, width: int) -> list[Problem]:
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    advice = "vérifier que le fichier est complet et que son séparateur est bien le bon"
    problems = [
        Problem(source.fichier, f"{len(row)} colonnes au lieu de {width}", ligne=number, conseil=advice)
        for number, row in enumerate(rows, start=1)
        if row and len(row) != width
    ]
    unknown = Problem(source.fichier, "lignes illisibles (guillemets ou fins de ligne)", conseil=advice)
    return problems[:MAX_PROBLEMS] or [unknown]


def _unique(header: list[str]) -> list[str]:
    """Give each column its own name: empty trailing columns, and names that differ by their case only."""
    names, seen = [], set()
    for position, name in enumerate(header, start=1):
        clean = name.strip() or f"(sans nom {position})"
        names.append(clean if clean.lower() not in seen else f"{clean} ({position})")
        seen.add(names[-1].lower())
    return names


def _header_beside(path: Path, source: Source) -> str:
    """The line of column names, when the producer gives it in a file of its own, in the same folder."""
    header = path.with_name(source.lecture["entetes"])
    if not header.is_file():
        problem = f"fichier des noms de colonnes absent : {header.name}"
        raise DataError([Problem(source.fichier, problem, conseil=f"le placer dans {header.parent}")])
    return decode(header.read_bytes()).strip() + "\n"


def _literal(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _cell_text(cell: object) -> str:
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
