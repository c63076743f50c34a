"""Whose observatory this is, and of which département: data/catalogue/identite.toml, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FICHIER = Path(__file__).resolve().parent.parent / "data" / "catalogue" / "identite.toml"


@dataclass(frozen=True)
class Observatoire:
    """Names of the product and of the union that runs it."""

    titre: str
    nom: str
    reseau: str
    union: str
    signature: str


@dataclass(frozen=True)
class Contree:
    """A département or a region: its code, and its name as sentences want it (« de la Seine-Saint-Denis »)."""

    code: str
    nom: str
    avec_article: str
    de_article: str
    de: str
    dans: str


@dataclass(frozen=True)
class Identite:
    """``departements``: code → name of those of the region; ``couleurs``: code of an EPT or EPCI → its colour."""

    observatoire: Observatoire
    departement: Contree
    region: Contree
    departements: dict[str, str]
    couleurs: dict[str, str]


def read_identity(path: Path = FICHIER) -> Identite:
    """The identity that a file holds. Raises TypeError when a name is missing or unknown."""
    with path.open("rb") as file:
        read = tomllib.load(file)
    return Identite(
        Observatoire(**read["observatoire"]),
        Contree(**read["departement"]),
        Contree(**read["region"]),
        read["departements"],
        read["couleurs"],
    )


IDENTITE = read_identity()
OBSERVATOIRE, DEPARTEMENT, REGION = IDENTITE.observatoire, IDENTITE.departement, IDENTITE.region
