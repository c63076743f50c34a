"""The parameters of a request, checked: a wrong one is named in French, an unknown one is refused.

An unknown name is an error because to ignore it (``commune=93010``) would answer another question than the one asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.datastructures import QueryParams

from observatoire.api.problems import Refus

TYPES = ("commune", "ept", "departement", "region", "pays", "commune_historique", "iris", "iris_historique", "qpv")
FORMATS = ("json", "csv", "parquet")
CODE_TERRITOIRE = r"^[0-9A-Za-z_]{2,12}$"
CODE_INDICATEUR = r"^[A-Z]{3}[0-9]{2,3}$"
ANNEE_MIN, ANNEE_MAX = 1900, 2100
LIMITE, LIMITE_MAX, PAGE_MAX = 1_000, 50_000, 100_000
# More than all the communes compared with, or all the indicators, in one question.
VALEURS_MAX = 500


class Parameters:
    """The query of a request; ``allowed`` are the only names it may hold."""

    def __init__(self, query: QueryParams, allowed: Sequence[str] = ()) -> None:
        self._query = query
        for name in query:
            if name not in allowed:
                known = f"attendu : {', '.join(allowed)}" if allowed else "cette adresse n’en a aucun"
                raise Refus(400, f"Paramètre inconnu : « {name[:60]} » ({known}).", name[:60])

    def texts(self, name: str, pattern: str) -> list[str] | None:
        """The values of a repeated or comma-separated parameter; None when it is absent."""
        given = self._query.getlist(name)
        if not given:
            return None
        values = [value for text in given for value in text.split(",")]
        if len(values) > VALEURS_MAX:
            raise Refus(400, f"« {name} » : {len(values)} valeurs, {VALEURS_MAX} au plus.", name)
        for value in values:
            if not re.fullmatch(pattern.strip("^$"), value, re.ASCII):
                raise Refus(400, f"« {name} » : « {value[:60]} » n’a pas la forme attendue ({pattern}).", name)
        return list(dict.fromkeys(values))

    def years(self, name: str) -> list[int] | None:
        """The years of a repeated or comma-separated parameter; None when it is absent."""
        found = self.texts(name, "^[0-9]{4}$")
        years = [int(value) for value in found] if found else None
        for year in years or ():
            if not ANNEE_MIN <= year <= ANNEE_MAX:
                raise Refus(400, f"« {name} » : {year} n’est pas entre {ANNEE_MIN} et {ANNEE_MAX}.", name)
        return years

    def among(self, name: str, options: Sequence[str]) -> list[str] | None:
        """The values of a repeated or comma-separated parameter, each one of ``options``; None when it is absent."""
        found = self.texts(name, "^[a-z_]{1,30}$")
        for value in found or ():
            if value not in options:
                raise Refus(400, f"« {name} » : « {value} » inconnu (attendu : {', '.join(options)}).", name)
        return found

    def one(self, name: str, options: Sequence[str], default: str) -> str:
        """A single value among ``options``."""
        found = self.among(name, options)
        return self._single(name, found) if found else default

    def text(self, name: str, pattern: str) -> str | None:
        """A single value that follows a pattern; None when it is absent."""
        found = self.texts(name, pattern)
        return self._single(name, found) if found else None

    def year(self, name: str) -> int | None:
        """A single year; None when it is absent."""
        found = self.years(name)
        return int(self._single(name, [str(year) for year in found])) if found else None

    def number(self, name: str, default: int, maximum: int) -> int:
        """A whole number from 1 to ``maximum``."""
        found = self.text(name, "^[0-9]{1,9}$")
        number = int(found) if found else default
        if not 1 <= number <= maximum:
            raise Refus(400, f"« {name} » : {number} n’est pas entre 1 et {maximum}.", name)
        return number

    def _single(self, name: str, found: Sequence[str]) -> str:
        if len(found) > 1:
            raise Refus(400, f"« {name} » : une seule valeur attendue, {len(found)} données.", name)
        return found[0]
