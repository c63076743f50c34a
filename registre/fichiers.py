"""The files received, each kept under the sha256 of its content: written whole or not at all, verified when read."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from registre.errors import Altere, Introuvable, refused

SHA256 = re.compile(r"[0-9a-f]{64}")


class Fichiers:
    """A folder of files named by their content."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier

    def path(self, sha256: str) -> Path:
        """Where a file is. Raises Introuvable for what is not a sha256."""
        if not SHA256.fullmatch(sha256):
            raise Introuvable("ce n’est pas l’adresse d’un fichier du registre", sha256[:80], "relire le dépôt")
        return self.dossier / sha256[:2] / sha256

    def keep(self, contenu: bytes) -> str:
        """Write a file and return its sha256; it is on the disk, whole, when this returns. Raises Indisponible."""
        sha256 = hashlib.sha256(contenu).hexdigest()
        path = self.path(sha256)
        try:
            if not self._holds(path, sha256):
                new_folder = not path.parent.is_dir()
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(path, contenu)
                if new_folder:
                    sync_folder(self.dossier)
        except OSError as error:
            raise refused(error, str(path)) from None
        return sha256

    def read(self, sha256: str) -> bytes:
        """The content of a file. Raises Introuvable (it is not there), Altere (it is not what was received)."""
        path = self.path(sha256)
        try:
            contenu = path.read_bytes()
        except FileNotFoundError:
            raise Introuvable("ce fichier n’est plus là", str(path), "le reprendre d’une sauvegarde") from None
        except OSError as error:
            raise refused(error, str(path)) from None
        if hashlib.sha256(contenu).hexdigest() != sha256:
            raise Altere("ce fichier n’est plus celui qui a été reçu", str(path), "le reprendre d’une sauvegarde")
        return contenu

    def names(self) -> Iterator[str]:
        """The sha256 of all the files there, in order; unfinished ones are left out."""
        for path in sorted(self.dossier.glob("??/*")):
            if SHA256.fullmatch(path.name):
                yield path.name

    def _holds(self, path: Path, sha256: str) -> bool:
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def write_whole(path: Path, contenu: bytes) -> None:
    """Write aside, sync, then take the place: a crash leaves the former file, or none. Raises OSError."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".partiel-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(contenu)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last, where the system can (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
