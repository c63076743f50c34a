"""Brings the files that sources.toml declares into the cache: from the producers' sites, or from a mirror folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import httpx

from etl import guarded
from etl.cache import is_whole, read_manifest, record
from etl.catalogue import Catalogue
from etl.download import Downloader
from etl.errors import DataError, Problem, system_told
from etl.sources import sha256

FilesProgress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Need:
    """A file that the catalogue reads, and where its producer publishes it (``url``) or tells of it (``page``)."""

    fichier: str
    url: str | None
    membre: str | None
    sha256: str | None
    page: str | None


@dataclass
class Report:
    """What a fetch did, by file name; ``a_la_main`` are those without an address to download from."""

    pris: list[str] = field(default_factory=list)
    gardes: list[str] = field(default_factory=list)
    a_la_main: list[Need] = field(default_factory=list)
    problemes: list[Problem] = field(default_factory=list)


def needs(catalogue: Catalogue) -> list[Need]:
    """The files of the catalogue, once each, in its order; those that only name columns are taken by hand."""
    found: dict[str, Need] = {}
    for source in catalogue.sources:
        url = source.url if source.url and not source.url_perimee and is_file_address(source.url) else None
        page = catalogue.jeux[source.jeu].page
        found.setdefault(source.fichier, Need(source.fichier, url, source.membre_telecharge, source.sha256, page))
        for beside in source.fichiers[1:]:
            found.setdefault(beside, Need(beside, None, None, None, page))
    return list(found.values())


def is_file_address(url: str) -> bool:
    """False for the address of a page (it ends like a folder), where a person has to look for the file."""
    return bool(PurePosixPath(httpx.URL(url).path).suffix) and not url.endswith("/")


def fetch(
    catalogue: Catalogue,
    cache: Path,
    mirror: Path | None = None,
    downloader: Downloader | None = None,
    again: bool = False,
    progress: FilesProgress = lambda name, received, total: None,
) -> Report:
    """Bring every file into ``cache``, from ``mirror`` when given, else from the producers.

    A file already there and whole is kept, unless ``again``. One file that fails does not hide the others:
    problems are in the report. The former file stays in place until the new one has passed all the checks.
    """
    if mirror is not None and not mirror.is_dir():
        raise DataError([Problem(str(mirror), "ce dossier n’existe pas", conseil="vérifier --mirror")])
    with system_told(cache):
        return _fetch(catalogue, cache, mirror, downloader or Downloader(), again, progress)


def _fetch(
    catalogue: Catalogue, cache: Path, mirror: Path | None, downloader: Downloader, again: bool, progress: FilesProgress
) -> Report:
    cache.mkdir(parents=True, exist_ok=True)
    report, entries = Report(), read_manifest(cache)
    for need in needs(catalogue):
        if not again and is_whole(cache, need.fichier, entries):
            report.gardes.append(need.fichier)
            continue
        if mirror is None and need.url is None:
            report.a_la_main.append(need)
            continue
        try:
            origin = _bring(need, cache, mirror, downloader, progress)
        except DataError as error:
            report.problemes += error.problems
            continue
        record(cache, need.fichier, origin)
        report.pris.append(need.fichier)
    return report


def _bring(need: Need, cache: Path, mirror: Path | None, downloader: Downloader, progress: FilesProgress) -> str:
    """Put one file in its place in the cache; return where it came from."""
    target = cache / need.fichier
    target.parent.mkdir(parents=True, exist_ok=True)
    if mirror is not None:
        _copy(mirror / need.fichier, target, need)
        return f"dossier {mirror.name}"
    assert need.url is not None, "fetch() only brings files that have an address"
    inside = _is_archive(need.url) and not _is_archive(need.fichier)
    arrival = cache / "telechargements" / PurePosixPath(httpx.URL(need.url).path).name if inside else target
    downloader.download(
        need.url, arrival, need.fichier, need.sha256, lambda received, total: progress(need.fichier, received, total)
    )
    if inside:
        try:
            _extract(arrival, target, need)
        finally:
            arrival.unlink(missing_ok=True)
    return need.url


def _copy(origin: Path, target: Path, need: Need) -> None:
    if not origin.is_file():
        advice = f"le producteur le publie : {need.url or need.page}" if need.url or need.page else None
        raise DataError([Problem(need.fichier, "absent du dossier de --mirror", conseil=advice)])
    if need.sha256 and sha256(origin) != need.sha256:
        raise DataError([Problem(need.fichier, "n’a pas l’empreinte attendue", conseil="reprendre le bon fichier")])
    temporary = target.with_name(f"{target.name}.partiel")
    try:
        shutil.copyfile(origin, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _extract(archive_path: Path, target: Path, need: Need) -> None:
    """Take one member out of the downloaded archive, whatever the folder and the case it is written in."""
    wanted = need.membre or Path(need.fichier).name
    advice = "le producteur a changé le contenu : corriger « membre_telecharge » dans sources.toml"
    temporary = target.with_name(f"{target.name}.partiel")
    try:
        choose = guarded.choose_by_name(wanted, need.fichier, advice)
        guarded.extract(archive_path, need.fichier, choose, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _is_archive(name: str) -> bool:
    return name.lower().endswith(".zip")
