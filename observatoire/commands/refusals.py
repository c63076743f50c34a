"""What a command says of an option that it cannot take, in French, before it writes anything."""

from __future__ import annotations

from collections.abc import Collection

from etl.errors import DataError, Problem
from observatoire.config import warehouse_folder
from observatoire.warehouse import NoWarehouse, Warehouse, open_warehouse


def refusal(where: str, message: str) -> DataError:
    """An error that the command line prints in French, with the option at fault."""
    return DataError([Problem(where, message)])


def expect(value: str, allowed: Collection[str], option: str) -> None:
    """Raise the refusal of a value that is not among those allowed, which it names."""
    if value not in allowed:
        raise refusal(option, f"« {value} » : attendu {', '.join(allowed)}.")


def asked_warehouse() -> Warehouse:
    """The warehouse in service. Raises the refusal that says what to do when there is none."""
    try:
        return open_warehouse(warehouse_folder())
    except NoWarehouse as error:
        raise refusal("entrepôt", error.local) from None
