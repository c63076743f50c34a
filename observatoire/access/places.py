"""The territories that can deposit, and who answers for each today."""

from __future__ import annotations

from collections.abc import Mapping

from observatoire.access.desk import Place
from observatoire.records import DEPARTEMENT
from observatoire.warehouse import Warehouse


def places(warehouse: Warehouse) -> Mapping[str, Place]:
    """Communes and EPT of the département by code; a former commune leads to the one that replaced it."""
    found = {
        t.code: Place(t.code, t.code_ept, t.nom, t.type)
        for t in (*warehouse.communes.values(), *warehouse.epts.values())
        if t.code_departement == DEPARTEMENT
    }
    for former, successor in warehouse.successors.items():
        if (place := found.get(successor)) is not None:
            nom = warehouse.former_names(successor).get(former, former)
            found[former] = Place(place.code, place.code_ept, nom, place.type, warehouse.last_years.get(former))
    return found
