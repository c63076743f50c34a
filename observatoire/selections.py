"""Editorial choices, from data/catalogue/selections.toml: what is shown first, what makes communes alike."""

from __future__ import annotations

import tomllib
from typing import Any

from observatoire.config import RACINE


def _read() -> dict[str, Any]:
    with (RACINE / "data" / "catalogue" / "selections.toml").open("rb") as file:
        return tomllib.load(file)


_LUES = _read()
ACCUEIL: tuple[str, ...] = tuple(_LUES["accueil"]["indicateurs"])
CLES: tuple[str, ...] = tuple(_LUES["portrait"]["cles"])
SUIVIS: tuple[str, ...] = tuple(_LUES["portrait"]["suivis"])
# Indicators that answer one question: only one of each group is put forward.
MEMES: tuple[frozenset[str], ...] = tuple(frozenset(group) for group in _LUES["portrait"]["memes"])
IRIS: tuple[str, ...] = tuple(_LUES["portrait"]["iris"])
QPV: tuple[str, ...] = tuple(_LUES["portrait"]["qpv"])
PREMIERE_CARTE: str = _LUES["carte"]["premiere"]
SUITE: tuple[str, ...] = tuple(_LUES["carte"]["suite"])
# Indicator of a share → its band of ages, from the youngest; its numerator is the number of inhabitants.
BANDES: dict[str, str] = _LUES["ages"]
# Indicator → its place among incomes, from the tenth below which the poorest live to that above which the richest do.
QUANTILES: dict[str, str] = _LUES["revenus"]
# Rows for methods.ouverture.Fait.
OUVERTURE: list[dict[str, Any]] = _LUES["ouverture"]
# Indicator of all ages → the same by band of ages: indicator → its band, from the youngest.
PAR_AGE: dict[str, dict[str, str]] = _LUES["par_age"]
# Rows for methods.similarity.Caracteristique and methods.needs_index.Domaine.
SEMBLABLES: list[dict[str, Any]] = _LUES["semblables"]
BESOINS: list[dict[str, Any]] = _LUES["besoins"]
