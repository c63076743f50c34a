"""Read access to the warehouse: one question a function, typed answers, nothing written.

``store``: the file and its SQL; then the questions by subject. ``Warehouse`` joins those that every page asks; others
are functions of their module. What is answered is in ``observatoire.records``.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb

from etl.errors import listed
from etl.identite import IDENTITE
from etl.load import current
from etl.transform import create_tables
from observatoire.records import DEPARTEMENT
from observatoire.warehouse.errors import NoWarehouse, Unreadable
from observatoire.warehouse.figures import Figures
from observatoire.warehouse.maps import Maps
from observatoire.warehouse.store import LISTE, REGLAGES

__all__ = [
    "LISTE",
    "REGLAGES",
    "NoWarehouse",
    "Unreadable",
    "Warehouse",
    "open_warehouse",
]

P = ParamSpec("P")
R = TypeVar("R")
# How many drawn views a warehouse keeps.
GARDES = 600


class Warehouse(Figures, Maps):
    """A warehouse file, every question asked of it, and what was drawn from the answers."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        # Through a weak reference: what is kept must not keep a warehouse that no page reads any more.
        self._kept = lru_cache(GARDES)(partial(_make, weakref.ref(self)))

    def kept(self, make: Callable[Concatenate[Warehouse, P], R], *choices: P.args, **named: P.kwargs) -> R:
        """``make(self, *choices)``, made once and shared: nobody changes it.

        ``make`` depends on nothing but the warehouse and its choices, which are hashable: codes, cards, a selection.
        What it returns holds no warehouse (see api.store). The least used is forgotten first; all of it with the
        warehouse, hence at each build.
        """
        return self._kept(make, choices, tuple(sorted(named.items())))


def _make(
    warehouse: weakref.ReferenceType[Warehouse],
    make: Callable[..., Any],
    choices: tuple[Hashable, ...],
    named: tuple[tuple[str, Hashable], ...],
) -> Any:
    return make(warehouse(), *choices, **dict(named))


def _former_columns(warehouse: Warehouse) -> list[str]:
    """The columns, « table.colonne », that this version of the project reads and a warehouse lacks, or has flat where
    lists and structures are read: served as it is, it would fail page after page."""
    with contextlib.closing(duckdb.connect()) as con:
        create_tables(con)
        wanted = con.execute("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal")
        columns = wanted.fetchall()
    had = {(table, name): column.type for table, of in warehouse.columns.items() for name, column in of.items()}
    return [
        f"{table}.{name}"
        for table, name, type_ in columns
        if (table, name) not in had or _form(had[table, name]) != _form(type_)
    ]


def _form(type_: str) -> tuple[bool, bool]:
    """Whether a type of DuckDB is a list, and whether it holds structures: text may be kept as VARCHAR or as ENUM."""
    return type_.endswith("[]"), "STRUCT(" in type_


def open_warehouse(folder: Path) -> Warehouse:
    """Open the warehouse in service in a folder. Raises NoWarehouse when there is none, or none that can be read."""
    path = current(folder)
    if path is None:
        words = "L’entrepôt n’est pas construit : lancer « python -m etl build », puis recharger la page."
        raise NoWarehouse(words, folder)
    warehouse = Warehouse(path)
    try:
        ours = warehouse.rows(
            "SELECT 1 FROM territoire WHERE type = 'ept' AND code_departement = $d", {"d": DEPARTEMENT}
        )
    except duckdb.Error as error:  # a database, not a warehouse
        raise Unreadable(path, error) from error
    if former := _former_columns(warehouse):
        words = (
            f"L’entrepôt vient d’une version du projet dont les tables étaient autres ({listed(former, 3)}) : lancer "
            "« python -m etl build », puis recharger la page."
        )
        raise NoWarehouse(words, folder)
    if not ours:
        words = (
            f"L’entrepôt est celui d’un autre département, et ces pages servent {IDENTITE.departement.avec_article} : "
        )
        raise NoWarehouse(f"{words}lancer « python -m etl build », puis recharger la page.", folder)
    return warehouse
