"""Errors with an address: which file, which line, what was found, what to do."""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

# What a message shows, at most: of a cell, of a list, of a whole sentence. A file may hold anything, and its
# words are read in a terminal.
SHOWN, LISTED, LONGEST = 60, 10, 2_000


def shown(text: str, longest: int = SHOWN) -> str:
    """What a message shows of a text found in a file: its beginning, without what a terminal would obey."""
    clean = "".join(
        char if char.isprintable() or char.isspace() else "\N{REPLACEMENT CHARACTER}" for char in text[:longest]
    )
    return clean if len(text) <= longest else clean + "…"


def listed(names: Collection[str], longest: int = LISTED) -> str:
    """« a, b, c », and how many more there are after the first ones."""
    first = ", ".join(shown(name) for name, _ in zip(names, range(longest), strict=False))
    return first if len(names) <= longest else f"{first}… et {len(names) - longest} de plus"


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
        advice = f" → {shown(self.conseil, LONGEST)}" if self.conseil else ""
        return f"{shown(place, LONGEST)} : {shown(self.message, LONGEST)}{advice}"


class DataError(Exception):
    """All the problems met in one step, so that one bad file does not hide the others."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


_ELSEWHERE = "vérifier les droits, ou donner un autre dossier"
_ROOM = "faire de la place, ou donner un autre dossier"
_REFUSALS = {
    errno.EACCES: ("accès refusé", _ELSEWHERE),
    errno.EPERM: ("accès refusé", _ELSEWHERE),
    errno.EROFS: ("ce dossier est en lecture seule", "donner un autre dossier"),
    errno.ENOSPC: ("il n’y a plus de place sur le disque", _ROOM),
    errno.EDQUOT: ("la place permise sur le disque est prise", _ROOM),
    errno.EFBIG: ("le fichier dépasse la taille permise ici", "demander une limite plus grande, ou un autre dossier"),
    errno.EIO: ("le disque ne répond pas bien", "vérifier le disque, ou donner un autre dossier"),
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


# How DuckDB ends the message of a write that the system refused: the words of the C library, always in English there.
_SYSTEM_WORDS = {
    r"no space left on device|not enough space|disk is full": errno.ENOSPC,
    r"quota exceeded": errno.EDQUOT,
    r"file too large": errno.EFBIG,
    r"read-only file system": errno.EROFS,
    r"permission denied": errno.EACCES,
    r"input/output error": errno.EIO,
}
_MEMORY = re.compile(r"out of memory|could not allocate|failed to allocate|max_temp_directory_size", re.IGNORECASE)


def system_problem(error: BaseException, path: str) -> Problem | None:
    """What the system refused (disk, rights, memory), in French; None when the error is of another nature.

    Understands the errors of Python and those of DuckDB, which only says the system's words.
    """
    if isinstance(error, OSError):
        return refusal(error, str(error.filename or path)) if error.errno in _REFUSALS else None
    text = str(error)
    for words, code in _SYSTEM_WORDS.items():
        if re.search(words, text, re.IGNORECASE):
            return refusal(OSError(code, ""), path)
    if isinstance(error, MemoryError) or _MEMORY.search(text):
        return Problem(path, "il n’y a pas assez de mémoire", conseil="fermer d’autres programmes, puis recommencer")
    return None


@contextlib.contextmanager
def system_told(path: object) -> Iterator[None]:
    """What the system refuses inside becomes a DataError about ``path``; every other error passes."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        problem = system_problem(error, str(path))
        if problem is None:
            raise
        raise DataError([problem]) from error
