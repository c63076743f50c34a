"""Wide tables, one row a territory and one column a variable: the producers' CSV files and workbooks."""

from __future__ import annotations

import csv
import difflib
import io
from pathlib import Path

import duckdb
import pandas as pd
from python_calamine import CalamineWorkbook

from etl.catalogue import Jeu, Source
from etl.errors import DataError, Problem
from etl.sources import decode, open_bytes, read_bytes


def read_csv_table(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, path: Path) -> None:
    """Read a delimited text file into ``brut``.

    Options of ``lecture``: separateur, code (column, or columns put end to end), annee (column that holds the
    year, when the file stacks several of them).
    """
    text = decode(read_bytes(path, source))
    rows = csv.reader(io.StringIO(text), delimiter=source.lecture.get("separateur", ";"))
    header = next(rows, [])
    width = len(header)
    problems, kept = [], []
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != width:
            problems.append(
                Problem(
                    source.fichier,
                    f"{len(row)} colonnes au lieu de {width}",
                    ligne=number,
                    conseil="vérifier que le fichier est complet et que son séparateur est bien le bon",
                )
            )
            continue
        kept.append([number, *row])
    if problems:
        raise DataError(problems[:20])
    frame = pd.DataFrame(kept, columns=["ligne", *_unique(header)], dtype=str)
    if year_column := source.lecture.get("annee"):
        frame = frame[frame[year_column] == str(source.millesime)]
    melt(con, source, jeu, frame)


def read_workbook(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, path: Path) -> None:
    """Read a sheet of an .xls or .xlsx workbook. Options of ``lecture``: feuille, entete (line of the header)."""
    book = CalamineWorkbook.from_filelike(open_bytes(path, source))
    sheet, first = source.lecture["feuille"], int(source.lecture.get("entete", 1))
    if sheet not in book.sheet_names:
        names = ", ".join(book.sheet_names)
        raise DataError([Problem(source.fichier, f"feuille « {sheet} » absente (feuilles : {names})")])
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    header = [str(cell) for cell in rows[first - 1]]
    data = [[number, *map(_cell_text, row)] for number, row in enumerate(rows[first:], start=first + 1)]
    melt(con, source, jeu, pd.DataFrame(data, columns=["ligne", *_unique(header)], dtype=str))


def melt(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, frame: pd.DataFrame) -> None:
    """Turn a wide frame (``ligne`` and the file's columns, all text) into ``brut``.

    Raises DataError naming each declared column that the file does not have, with the nearest ones it has.
    """
    code_columns = source.lecture.get("code", "CODGEO")
    code_columns = [code_columns] if isinstance(code_columns, str) else code_columns
    wanted = {variable: column_name(variable, source) for variable in source.variables or jeu.variables}
    missing = [column for column in [*code_columns, *wanted.values()] if column not in frame.columns]
    if missing:
        raise DataError([_missing_column(source, column, list(frame.columns)) for column in missing])
    code = frame[code_columns[0]].astype(str)
    for column in code_columns[1:]:
        # 01 + 004 → 01004, but overseas 974 + 411 → 97411: a commune's code has five characters.
        code = code.str.slice(0, 2) + frame[column].astype(str)
    columns = list(dict.fromkeys(wanted.values()))
    narrow = frame.assign(code=code).melt(["ligne", "code"], columns, "colonne", "texte")
    names = pd.DataFrame({"variable": list(wanted), "colonne": list(wanted.values())})
    con.register("large", narrow)
    con.register("noms", names)
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE brut AS
        SELECT CAST(l.ligne AS BIGINT) AS ligne, ? AS niveau, l.code, l.colonne, n.variable, l.texte
        FROM large AS l JOIN noms AS n USING (colonne)
        """,
        [source.niveau],
    )
    con.unregister("large")
    con.unregister("noms")


def column_name(variable: str, source: Source) -> str:
    """The column of the file that holds a variable: its alias, or its own name, at the file's vintage."""
    name = source.alias.get(variable, variable)
    for parameter, value in source.parametres.items():
        name = name.replace("{" + parameter + "}", value)
    return name


def _missing_column(source: Source, column: str, present: list[str]) -> Problem:
    near = difflib.get_close_matches(column, present, n=3)
    advice = f"colonnes proches dans le fichier : {', '.join(near)}" if near else "vérifier le millésime et l'en-tête"
    return Problem(source.fichier, "colonne attendue et absente", ligne=1, colonne=column, conseil=advice)


def _unique(header: list[str]) -> list[str]:
    """Name the empty trailing columns some producers leave, so that each column has its own name."""
    return [name.strip() or f"(sans nom {position})" for position, name in enumerate(header)]


def _cell_text(cell: object) -> str:
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
