"""Errors with an address: which file, which line, what was found, what to do."""

from __future__ import annotations

import errno
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


_ELSEWHERE = "vérifier les droits, ou donner un autre dossier"
_REFUSALS = {
    errno.EACCES: ("accès refusé", _ELSEWHERE),
    errno.EPERM: ("accès refusé", _ELSEWHERE),
    errno.EROFS: ("ce dossier est en lecture seule", "donner un autre dossier"),
    errno.ENOSPC: ("il n’y a plus de place sur le disque", "faire de la place, ou donner un autre dossier"),
    errno.EEXIST: ("un fichier porte déjà ce nom", "donner le chemin d’un dossier"),
    errno.ENOTDIR: ("ce n’est pas un dossier", "donner un chemin qui ne passe que par des dossiers"),
    errno.EISDIR: ("c’est un dossier", "donner le chemin d’un fichier"),
    errno.ENOENT: ("fichier ou dossier absent", "vérifier le chemin"),
    errno.ENAMETOOLONG: ("nom trop long", "donner un chemin plus court"),
}


def refusal(error: OSError, path: str | None = None) -> Problem:
    """What the system refused, in French, and what to do."""
    words, advice = _REFUSALS.get(
        error.errno or 0, (f"refusé par le système (code {error.errno})", "vérifier le chemin et les droits")
    )
    return Problem(path or str(error.filename or "fichier"), words, conseil=advice)
