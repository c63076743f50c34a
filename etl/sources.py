"""Where files come from: a mirror folder, with the checks that make a missing or wrong file plain to see."""

from __future__ import annotations

import hashlib
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


def sha256(path: Path) -> str:
    """Fingerprint of a file, as recorded in table `source`."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
