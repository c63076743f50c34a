"""What a command says of an option that it cannot take, in French, before it writes anything."""

from __future__ import annotations

from collections.abc import Collection

from etl.errors import DataError, Problem
from observatoire.config import warehouse_folder
from observatoire.warehouse import NoWarehouse, Warehouse, open_warehouse


def refusal(where: str, message: str, advice: str | None = None) -> DataError:
    """An error that the command line prints in French, with the option at fault."""
    return DataError([Problem(where, message, conseil=advice)])


def expect(value: str, allowed: Collection[str], option: str) -> None:
    """Raise the refusal of a value that is not among those allowed, which it names."""
    if value not in allowed:
        raise refusal(option, f"« {value} » : attendu {', '.join(allowed)}.")


def asked_territory(warehouse: Warehouse, typed: str, allowed: Collection[str], option: str) -> str:
    """The code of a territory: an EPT may be asked for by its short name, T6 to T9."""
    short = {str(t.code_court): t.code for t in warehouse.epts.values()}
    code = short.get(typed.strip().upper(), typed.strip())
    if code in allowed:
        return code
    if code in warehouse.merged:
        raise refusal(option, f"{warehouse.merged[code]}.", "demander la commune d’aujourd’hui")
    raise refusal(option, f"« {typed} » n’est pas un territoire connu (exemples : 93066, T8, 93).")


def asked_warehouse() -> Warehouse:
    """The warehouse in service. Raises the refusal that says what to do when there is none."""
    try:
        return open_warehouse(warehouse_folder())
    except NoWarehouse as error:
        raise refusal("entrepôt", error.local) from None
