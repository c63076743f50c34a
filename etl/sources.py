"""Where files come from: a mirror folder, with the checks that make a missing or wrong file plain to see."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

from etl.cards import Source
from etl.errors import DataError, Problem


def find_file(mirror: Path, source: Source) -> Path:
    """The path of the source's file in the mirror folder. Raises DataError when it is not there."""
    path = mirror / source.fichier
    if not path.is_file():
        advice = f"le placer dans {mirror}"
        if source.url:
            advice += f" (le producteur le publie : {source.url})"
        raise DataError([Problem(source.fichier, f"fichier absent, attendu pour « {source.code} »", conseil=advice)])
    return path


def read_bytes(path: Path, source: Source) -> bytes:
    """The content of the source's table: the file itself, or its member when the file is a zip archive."""
    if source.membre is None:
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(source.membre)
    except KeyError:
        with zipfile.ZipFile(path) as archive:
            names = ", ".join(archive.namelist())
        problem = Problem(source.fichier, f"l’archive ne contient pas « {source.membre} » mais : {names}")
    except zipfile.BadZipFile:
        problem = Problem(source.fichier, "archive zip illisible ou tronquée", conseil="la télécharger à nouveau")
    raise DataError([problem])


def open_bytes(path: Path, source: Source) -> io.BytesIO:
    """Same as read_bytes, as a seekable stream."""
    return io.BytesIO(read_bytes(path, source))


def decode(content: bytes) -> str:
    """Text of a producer's file: UTF-8 with or without BOM, else Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def sha256(path: Path) -> str:
    """Fingerprint of a file, as recorded in table `source`."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
