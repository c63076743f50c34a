"""What the warehouse's territories may be asked for by (see methods.search.find)."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache

from observatoire.config import RACINE
from observatoire.methods.search import find, find_whole_beginning
from observatoire.records import FRANCE, REGION
from observatoire.warehouse import Warehouse

Names = dict[str, list[str]]
# « Plaine 03 », « Iris 12 », « Quartier 4 - Gare »: what numbers a quarter, and what names none.
_NUMEROS = re.compile(r"\b(?:iris|secteur|quartier)s? [0-9]+\b|\b[0-9]+\b", re.IGNORECASE)


def find_territory(house: Warehouse, typed: str) -> list[str]:
    """The codes of the territories that a text may stand for."""
    return find(typed, house.kept(territory_names))


def find_quarter(house: Warehouse, typed: str) -> list[str]:
    """The communes that have a quarter of this name, for what is the name of no territory.

    A quarter of the politique de la ville may touch several communes: they only answer where no other quarter does.
    """
    found = (find_whole_beginning(typed, house.kept(quarter_names, astride)) for astride in (False, True))
    return next(filter(None, found), [])


def territory_names(house: Warehouse) -> Names:
    """By code: names, INSEE code, T6 to T9, postal codes, communes that joined it.

    Those of the département, and the levels above it, which are compared with it.
    """
    above = [house.territoires[code] for code in (REGION, FRANCE) if code in house.territoires]
    known = [*house.choices, *above]
    names = {t.code: [t.nom, t.complet, t.code, *([t.code_court] if t.code_court else [])] for t in known}
    for code, others in _written()["autres_noms"].items():
        names[code] += others
    for postal, commune in postal_codes().items():
        if commune in names:
            names[commune] += [postal, f"{postal} {house.territoires[commune].nom}"]
    for place, commune in _written()["lieux_postaux"].items():
        if commune in names:
            names[commune] += [place, place.split(" ", 1)[1]]
    former = house.rows("SELECT code, nom, successeur FROM territoire WHERE successeur IS NOT NULL ORDER BY code")
    for row in former:
        if row["successeur"] in names:
            names[row["successeur"]] += [row["code"], row["nom"]]
    return names


def quarter_names(house: Warehouse, astride: bool) -> Names:
    """By commune, the names of its IRIS and quarters, or those of the quarters ``astride`` several communes."""
    held = [(commune, code, place) for level in house.quartiers.values() for commune, own in level.items()
            for code, place in own.items()]  # fmt: skip
    communes = Counter(code for _, code, _ in held)
    names: Names = {commune: [] for commune in house.communes}
    for commune, code, place in held:
        if commune in names and (communes[code] > 1) == astride:
            names[commune] += [part.strip(" -") for part in _parts(place.nom)]
    return names


def _parts(name: str) -> list[str]:
    return re.split(" [-–] |/", _NUMEROS.sub(" ", name))


def postal_codes() -> dict[str, str]:
    """The postal codes of the département: code → commune (data/catalogue/recherche.toml)."""
    return _written()["codes_postaux"]


@cache
def _written() -> dict[str, dict]:
    with (RACINE / "data" / "catalogue" / "recherche.toml").open("rb") as file:
        return tomllib.load(file)
