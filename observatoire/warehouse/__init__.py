"""Read access to the warehouse: one question a function, typed answers, nothing written.

``store``: the file and its SQL; then the questions by subject. ``Warehouse`` joins those that every page asks; others
are functions of their module. What is answered is in ``observatoire.records``.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.load import current
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


class Warehouse(Figures, Maps):
    """A warehouse file and every question asked of it."""


def open_warehouse(folder: Path) -> Warehouse:
    """Open the warehouse in service in a folder. Raises NoWarehouse when there is none, or none that can be read."""
    path = current(folder)
    if path is None:
        words = "L’entrepôt n’est pas construit : lancer « python -m etl build », puis recharger la page."
        raise NoWarehouse(words, folder)
    house = Warehouse(path)
    try:
        ours = house.rows("SELECT 1 FROM territoire WHERE type = 'ept' AND code_departement = $d", {"d": DEPARTEMENT})
    except duckdb.Error as error:  # a database, not a warehouse
        raise Unreadable(path, error) from error
    if not ours:
        words = "L’entrepôt est celui d’un autre département, et ces pages servent la Seine-Saint-Denis : "
        raise NoWarehouse(f"{words}lancer « python -m etl build », puis recharger la page.", folder)
    return house
