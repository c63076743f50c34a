"""The names under which the warehouse's territories may be asked for (see methods.search.find)."""

from __future__ import annotations

import tomllib
from functools import cache

from observatoire.config import RACINE
from observatoire.warehouse import Warehouse

Names = dict[str, list[str]]


def territory_names(house: Warehouse) -> Names:
    """What a reader can choose, by code: names, INSEE code, T6 to T9, postal codes, communes that joined it."""
    names = {t.code: [t.nom, t.complet, t.code, *([t.code_court] if t.code_court else [])] for t in house.choices}
    for postal, commune in postal_codes().items():
        if commune in names:
            names[commune].append(postal)
    former = house.rows("SELECT code, nom, successeur FROM territoire WHERE successeur IS NOT NULL ORDER BY code")
    for row in former:
        if row["successeur"] in names:
            names[row["successeur"]] += [row["code"], row["nom"]]
    return names


@cache
def postal_codes() -> dict[str, str]:
    """The postal codes of the département: code → commune (data/catalogue/recherche.toml)."""
    with (RACINE / "data" / "catalogue" / "recherche.toml").open("rb") as file:
        return tomllib.load(file)["codes_postaux"]
