"""The cache: the producers' files as `etl fetch` and `etl releve` left them, and what is known of each."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from etl.cards import Source
from etl.catalogue import Catalogue
from etl.errors import DataError, Problem
from etl.sources import sha256

CACHE = Path(__file__).resolve().parent.parent / "data" / "cache"
MANIFEST, RELEVES = "manifeste.json", "releves"
# Seconds to wait for another command to have written what it has to; each takes a fraction of one.
PATIENCE = 60


@dataclass(frozen=True)
class Entry:
    """What the manifest says of a file: where it came from, its fingerprint, the day it was obtained."""

    origine: str
    sha256: str
    octets: int
    obtenu_le: str
    geographie: int | None = None


def read_manifest(cache: Path) -> dict[str, Entry]:
    """The manifest by path in the cache; empty when there is none. Raises DataError when it is damaged."""
    path = cache / MANIFEST
    if not path.is_file():
        return {}
    try:
        entries = {name: Entry(**fields) for name, fields in json.loads(path.read_text(encoding="utf-8")).items()}
        for entry in entries.values():
            date.fromisoformat(entry.obtenu_le)
    except (ValueError, TypeError, AttributeError) as error:
        advice = "le supprimer, puis relancer « python -m etl fetch » et, pour chaque relevé, « python -m etl releve »"
        raise DataError([Problem(str(path), "manifeste du cache illisible", conseil=advice)]) from error
    return entries


@contextlib.contextmanager
def locked(cache: Path) -> Iterator[None]:
    """Alone to read and write the manifest: without it, of two commands the last one forgets the other's entry.

    The system itself releases the lock of a process that dies.
    """
    try:
        with FileLock(cache / f".{MANIFEST}.verrou", timeout=PATIENCE, fallback_to_soft=False):
            yield
    except Timeout as error:
        advice = "attendre qu’elle finisse, puis recommencer"
        raise DataError([Problem(str(cache), "une autre commande écrit dans ce cache", conseil=advice)]) from error


def record(cache: Path, name: str, origine: str, geographie: int | None = None) -> None:
    """Write down, in one atomic step, where the cached file ``name`` came from."""
    entry = describe(cache / name, origine, geographie)
    with locked(cache):
        write_manifest(cache, read_manifest(cache) | {name: entry})


def describe(path: Path, origine: str, geographie: int | None = None) -> Entry:
    """What the manifest will say of a file obtained today."""
    return Entry(origine, sha256(path), path.stat().st_size, date.today().isoformat(), geographie)


def write_manifest(cache: Path, entries: dict[str, Entry]) -> None:
    """Write the whole manifest in one atomic step."""
    text = json.dumps({key: asdict(entries[key]) for key in sorted(entries)}, ensure_ascii=False, indent=1)
    temporary = cache / f".{MANIFEST}.{os.getpid()}"
    try:
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(cache / MANIFEST)
    finally:
        temporary.unlink(missing_ok=True)


def is_whole(cache: Path, name: str, entries: dict[str, Entry]) -> bool:
    """True when the file is there and is still the one that was recorded."""
    path = cache / name
    return path.is_file() and name in entries and sha256(path) == entries[name].sha256


def with_cache(catalogue: Catalogue, cache: Path) -> Catalogue:
    """The catalogue as the cache makes it: relevés of the cache first, and the day each file was obtained.

    A relevé is a source of its own, before the others: where both give a figure, the relevé's is kept.
    """
    entries = read_manifest(cache)
    releves = [_releve(catalogue, name, entry) for name, entry in entries.items() if name.startswith(f"{RELEVES}/")]
    dated = [
        source.model_copy(update={"obtenu_le": date.fromisoformat(entries[source.fichier].obtenu_le)})
        if source.fichier in entries
        else source
        for source in catalogue.sources
    ]
    return catalogue.model_copy(update={"sources": [*sorted(releves, key=lambda s: s.code), *dated]})


def releve_model(catalogue: Catalogue, jeu: str) -> Source | None:
    """A source of this dataset that is read as a relevé, or None when the dataset has no such source."""
    return next((s for s in catalogue.sources if s.jeu == jeu and s.lecteur == "releve"), None)


def _releve(catalogue: Catalogue, name: str, entry: Entry) -> Source:
    jeu, _, year = Path(name).stem.rpartition("_")
    model = releve_model(catalogue, jeu)
    if model is None:
        advice = "déclarer le jeu dans sources.toml, ou supprimer ce relevé"
        raise DataError([Problem(name, f"relevé d’un jeu inconnu du catalogue : « {jeu} »", conseil=advice)])
    lecture = {key: value for key, value in model.lecture.items() if key != "annee"}
    update = {
        "code": f"{jeu}_{year}_releve",
        "millesime": int(year),
        "geographie": entry.geographie or model.geographie,
        "fichier": name,
        "parametres": {"aa": f"{int(year) % 100:02d}"},
        "lecture": lecture,
        "obtenu_le": date.fromisoformat(entry.obtenu_le),
        "publie_le": None,
    }
    return model.model_copy(update=update)
