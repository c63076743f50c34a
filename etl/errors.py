"""Errors with an address: which file, which line, what was found, what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One surprise in the data, told to the person who can mend it (texts in French)."""

    fichier: str
    message: str
    ligne: int | None = None
    colonne: str | None = None
    conseil: str | None = None

    def __str__(self) -> str:
        place = self.fichier
        if self.ligne is not None:
            place += f", ligne {self.ligne}"
        if self.colonne is not None:
            place += f", colonne « {self.colonne} »"
        advice = f" → {self.conseil}" if self.conseil else ""
        return f"{place} : {self.message}{advice}"


class DataError(Exception):
    """All the problems met in one step, so that one bad file does not hide the others."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))
