"""What the readers share: which columns they need, and the relation they leave behind."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable

import duckdb

from etl.cards import Jeu, Source
from etl.errors import DataError, Problem, listed
from etl.readers.files import columns_of
from etl.rows import insert_rows


def require_columns(con: duckdb.DuckDBPyConnection, source: Source, needed: Iterable[str]) -> None:
    """Raise DataError naming each column that the opened file does not have, with the nearest ones it has."""
    present = columns_of(con)
    problems = [_missing_column(source, name, present) for name in dict.fromkeys(needed) if name not in present]
    if problems:
        raise DataError(problems)


def require_unique(source: Source, codes: Iterable[str], column: str) -> None:
    """Raise DataError naming the codes that a list gives twice: it would be one place too many."""
    twice = sorted(code for code, times in Counter(codes).items() if times > 1)
    if twice:
        told = f"codes donnés deux fois : {listed(twice)}"
        raise DataError([Problem(source.fichier, told, colonne=column, conseil="ne garder qu’une ligne de chacun")])


def column_name(variable: str, source: Source, jeu: Jeu) -> str:
    """The name that the file gives a variable, or a column of codes: its alias, or its own, at the file's vintage."""
    name = ({**jeu.alias, **source.alias}).get(variable, variable.removeprefix(source.lecture.get("prefixe", "")))
    for parameter, value in source.parametres.items():
        name = name.replace("{" + parameter + "}", value)
    return name


def stage_names(con: duckdb.DuckDBPyConnection, names: dict[str, str]) -> None:
    """Temporary table ``noms``: the variables wanted and the file's column that holds each of them."""
    con.execute("CREATE OR REPLACE TEMP TABLE noms (variable VARCHAR, colonne VARCHAR)")
    insert_rows(con, "noms", list(names.items()))


def quote(name: str) -> str:
    """A column name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def nearest_names(name: str, present: list[str], what: str) -> str | None:
    """« colonnes proches dans le fichier : … », or None when nothing looks like ``name``."""
    near = difflib.get_close_matches(name, present, n=3)
    return f"{what} dans le fichier : {', '.join(near)}" if near else None


def rename_columns(con: duckdb.DuckDBPyConnection, source: Source, needed: Iterable[str]) -> None:
    """Give the columns of the opened file the names that its reader knows, where ``alias`` says they have others.

    For files that a single source reads; raises DataError when a column is not there.
    """
    names = {name: source.alias.get(name, name) for name in needed}
    require_columns(con, source, names.values())
    for name, own in names.items():
        if own != name:
            if name in columns_of(con):
                con.execute(f"ALTER TABLE lu DROP COLUMN {quote(name)}")
            con.execute(f"ALTER TABLE lu RENAME COLUMN {quote(own)} TO {quote(name)}")


def _missing_column(source: Source, column: str, present: list[str]) -> Problem:
    advice = nearest_names(column, present, "colonnes proches") or "vérifier le millésime et l’en-tête, ou « alias »"
    return Problem(source.fichier, "colonne attendue et absente", ligne=1, colonne=column, conseil=advice)
