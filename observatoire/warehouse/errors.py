"""What reading the warehouse may raise."""

from __future__ import annotations

import logging
from pathlib import Path

from etl.identite import OBSERVATOIRE

_log = logging.getLogger(__name__)


class NoWarehouse(RuntimeError):
    """There is no warehouse to read; the message says in French what to do.

    It is shown to readers: ``dossier``, which only concerns who runs the server, is beside it.
    """

    def __init__(self, message: str, dossier: Path | None = None) -> None:
        super().__init__(message)
        self.dossier = dossier

    @property
    def local(self) -> str:
        """The message and the folder, for a command line."""
        return f"{self} ({self.dossier})" if self.dossier else str(self)


class Unreadable(NoWarehouse):
    """The warehouse is there and cannot be read: damaged, or being replaced. The server's log says why."""

    def __init__(self, path: Path, error: Exception) -> None:
        _log.error("Entrepôt illisible : %s (%s)", path, str(error).split("\n", 1)[0])
        words = (
            "L’entrepôt ne peut pas être lu : réessayer dans une minute ; si cela dure, le signaler à "
            f"l’{OBSERVATOIRE.union}."
        )
        super().__init__(words, path.parent)
