"""Builds the warehouse aside, checks it, then moves the pointer: nothing is ever half loaded."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from etl import VERSION
from etl.cache import with_cache
from etl.catalogue import CATALOGUE, Catalogue, load_catalogue
from etl.checks import DEPARTEMENT, run_checks
from etl.errors import DataError, Problem, system_told
from etl.identite import IDENTITE
from etl.snapshot import SNAPSHOT, complete_from_snapshot, read_snapshot, snapshot_files
from etl.sources import find_file
from etl.tables import TABLE_FAIT
from etl.transform import TRANSFORM, create_tables, transform

WAREHOUSE = Path(__file__).resolve().parent.parent / "data" / "entrepot"
NAME = "observatoire.duckdb"
POINTER = "observatoire.courant"
# The one in service, the one that readers are still on, and the one to go back to.
KEPT = 3
# Rows by group, DuckDB's unit of reading: an eighth of its usual size (the least is 2,048). A group whose territories,
# indicators and years are not those asked is skipped.
GROUPE = 16_384

Progress = Callable[[str], None]


def build(
    output: Path = WAREHOUSE,
    mirror: Path | None = None,
    snapshot: Path = SNAPSHOT,
    departement: str = DEPARTEMENT,
    progress: Progress = lambda step: None,
    cache: Path | None = None,
    catalogue_folder: Path = CATALOGUE,
) -> Path:
    """Build the warehouse; return the new file. Its figures come from the snapshot; or from the producers' files
    of ``mirror``, all of them; or from those that ``cache`` holds, and from the snapshot for the others.

    The former warehouse answers until the very end. Raises DataError when the input is wrong or when a
    check of severity « erreur » fails; the former warehouse then stays in service.
    """
    started = time.monotonic()
    with system_told(output), _lock(output):
        _remove_leftovers(output)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        target = output / f"observatoire-{stamp}.duckdb"
        working = target.with_suffix(".encours")
        try:
            progress("Lecture du catalogue")
            catalogue = load_catalogue(catalogue_folder)
            if cache is not None:
                catalogue = with_cache(catalogue, cache)
            with contextlib.closing(open_new(working)) as con:
                con.execute("SET preserve_insertion_order = true")
                fill(con, catalogue, mirror, snapshot, departement, progress, cache)
                progress("Contrôles")
                failed = run_checks(con, departement)
                _stop_on_errors(con)
                con.execute(
                    "INSERT INTO construction VALUES (?, ?, ?, (SELECT count(*) FROM source), ?, ?, ?)",
                    [
                        *(datetime.now(UTC).replace(tzinfo=None), VERSION, time.monotonic() - started, failed),
                        *("fichiers" if mirror or cache else "instantane", recipe(snapshot)),
                    ],
                )
                con.execute("CHECKPOINT")
            _sync(working)
            working.replace(target)
        finally:
            working.unlink(missing_ok=True)
            Path(f"{working}.wal").unlink(missing_ok=True)
        progress("Mise en service")
        point_to(output, target)
        _forget_old_builds(output)
    return target


def open_new(path: Path, config: dict[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """A new database file, whose tables are cut in small groups of rows: a question reads few of them."""
    # One thread: two of them spend half as much again to be done a little sooner.
    con = duckdb.connect(config={"threads": "1", "temp_directory": f"{path}.tmp", **(config or {})})
    name = str(path).replace("'", "''")
    con.execute(f"ATTACH '{name}' AS entrepot (ROW_GROUP_SIZE {GROUPE}); USE entrepot")
    return con


def fill(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    mirror: Path | None,
    snapshot: Path,
    departement: str,
    progress: Progress,
    cache: Path | None = None,
) -> None:
    """Fill every table of an empty database; see `build` for where the figures come from."""
    create_tables(con)
    if mirror is None and departement != DEPARTEMENT:
        message = f"l’instantané ne couvre que {IDENTITE.departement.avec_article} ({DEPARTEMENT})"
        raise DataError([Problem(f"--departement {departement}", message, conseil="donner --mirror DOSSIER")])
    if cache is not None:
        extract_cached(con, catalogue, cache, snapshot, departement, progress)
    elif mirror is None:
        progress("Lecture de l’instantané")
        con.execute(TABLE_FAIT)
        read_snapshot(con, snapshot)
    else:
        extract(con, catalogue, mirror, departement, progress)
    if mirror is None:
        _require_corrections(con, catalogue)
    progress("Calcul des indicateurs")
    transform(con, catalogue, departement)


def extract(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, mirror: Path, departement: str, progress: Progress
) -> None:
    """Read territories, boundaries and facts from the producers' files into an empty database."""
    if not mirror.is_dir():
        raise DataError([Problem(str(mirror), "ce dossier n’existe pas", conseil="vérifier --mirror")])
    catalogue = _concerning(catalogue, departement)
    from etl.facts import load_facts  # here, like all that reads a file: the readers take a while to import

    _require_geography(catalogue, mirror)
    progress("Lecture des territoires")
    _read_geography(con, catalogue, mirror, departement)
    progress("Lecture des fichiers des producteurs")
    load_facts(con, catalogue, mirror, departement)
    _read_places(con, catalogue, mirror, departement)


def extract_cached(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    cache: Path,
    snapshot: Path,
    departement: str,
    progress: Progress = lambda step: None,
) -> None:
    """Read the files that the cache holds; what they do not give comes from the snapshot, source by source.

    Territories and boundaries are read from the cache when all the files of geography are there, since they
    only make sense together.
    """
    from etl.facts import load_facts

    if not cache.is_dir():
        raise DataError([Problem(str(cache), "ce dossier n’existe pas", conseil="lancer « python -m etl fetch »")])
    catalogue = _concerning(catalogue, departement)
    present = [source for source in catalogue.sources if all((cache / name).is_file() for name in source.fichiers)]
    geography = [source for source in catalogue.sources if source.lecteur == "geographie"]
    if all(source in present for source in geography):
        progress("Lecture des territoires")
        _read_geography(con, catalogue, cache, departement)
    else:
        present = [source for source in present if source not in geography]
        read_snapshot(con, snapshot, ("territoire", "geometrie"))
    progress(f"Lecture des fichiers du cache ({len({source.fichier for source in present})})")
    codes = {source.code for source in present}
    corrections = [correction for correction in catalogue.corrections if correction.source in codes]
    held = catalogue.model_copy(update={"sources": present, "corrections": corrections})
    load_facts(con, held, cache, departement)
    _read_places(con, held, cache, departement)
    known = {source.code for source in catalogue.sources}
    complete_from_snapshot(con, sorted(known - codes), snapshot)


def _concerning(catalogue: Catalogue, departement: str) -> Catalogue:
    """The catalogue without the boundaries of other départements: what is not read is not among the sources."""
    kept = [s for s in catalogue.sources if departement in s.lecture.get("departements", [departement])]
    return catalogue.model_copy(update={"sources": kept})


def _read_geography(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, mirror: Path, departement: str) -> None:
    # geopandas takes half a second to import: only those who read the producers' files pay for it.
    from etl.boundaries import load_boundaries, load_iris_boundaries
    from etl.geography import load_territories
    from etl.quartiers import load_quartiers

    latest = {source.jeu: source for source in sorted(catalogue.sources, key=lambda s: s.millesime)}
    load_territories(con, latest, mirror, departement)
    load_quartiers(con, latest, mirror, departement)
    for source in catalogue.sources:
        if source.lecteur == "geographie" and departement in source.lecture.get("departements", []):
            load_boundaries(con, source, mirror, departement)
    if departement == DEPARTEMENT:
        load_iris_boundaries(con, latest["ign_contours_iris"], mirror)


def _read_places(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, mirror: Path, departement: str) -> None:
    # Imported here for the same reason: places need shapely.
    from etl.places import load_places

    load_places(con, catalogue.sources, mirror, departement)


def _require_corrections(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Every declared correction is in the snapshot, which was corrected when the producers' files were read."""
    absent = []
    for one in catalogue.corrections:
        keys = [one.source, one.territoire, one.annee, one.variable, one.statut]
        query = "FROM fait WHERE (source, territoire, annee, variable, statut) = (?, ?, ?, ?, ?)"
        if not con.execute(query, keys).fetchall():
            what = f"l’instantané ne porte pas la correction de {one.variable}, {one.territoire}, {one.annee}"
            absent.append(Problem("corrections.toml", what, conseil="« python -m etl snapshot --mirror DOSSIER »"))
    if absent:
        raise DataError(absent)


def _require_geography(catalogue: Catalogue, mirror: Path) -> None:
    """Name at once all the files of geography that are not there: nothing can be read without them."""
    problems: list[Problem] = []
    for source in catalogue.sources:
        if source.lecteur == "geographie":
            try:
                find_file(mirror, source)
            except DataError as error:
                problems += error.problems
    if problems:
        raise DataError(problems)


def current(output: Path = WAREHOUSE, name: str = NAME) -> Path | None:
    """The file in service under this name, or None. Follows the link, or the one-line pointer where links are not
    allowed."""
    link, pointer = output / name, (output / name).with_suffix(Path(POINTER).suffix)
    if link.exists():
        return output / os.readlink(link) if link.is_symlink() else link
    if pointer.is_file():
        target = output / pointer.read_text(encoding="utf-8").strip()
        return target if target.is_file() else None
    return None


def recipe(snapshot: Path = SNAPSHOT) -> str:
    """Fingerprint of what a warehouse is made with: catalogue, SQL, snapshot. It changes with the project."""
    digest = hashlib.sha256()
    # What the CCAS are asked changes no public figure.
    apart = {"modeles", "demonstration", "imports"}
    catalogue = (path for path in CATALOGUE.rglob("*.toml") if apart.isdisjoint(path.relative_to(CATALOGUE).parts))
    files = [*catalogue, *TRANSFORM.glob("*.sql")]
    for path in [*sorted(files), *snapshot_files(snapshot)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def outdated(output: Path = WAREHOUSE, snapshot: Path = SNAPSHOT) -> bool:
    """True when there is no warehouse, or when the one in service comes from a former version of the snapshot.

    A warehouse built from the producers' files is left alone: only who has them can build it again.
    """
    path = current(output)
    if path is None:
        return True
    try:
        with contextlib.closing(duckdb.connect(str(path), read_only=True)) as con:
            found = con.execute("SELECT origine, empreinte FROM construction").fetchone()
    except duckdb.Error:
        return True
    return found is None or (found[0] == "instantane" and found[1] != recipe(snapshot))


def point_to(output: Path, target: Path, name: str = NAME) -> None:
    """Move the pointer in one atomic step: a symbolic link, or a one-line file where the system refuses links."""
    link, pointer = output / name, (output / name).with_suffix(Path(POINTER).suffix)
    temporary = output / f".{name}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    try:
        temporary.symlink_to(target.name)
        temporary.replace(link)
        pointer.unlink(missing_ok=True)
    except OSError:
        temporary.unlink(missing_ok=True)
        temporary.write_text(target.name, encoding="utf-8")
        temporary.replace(pointer)
        link.unlink(missing_ok=True)


def _stop_on_errors(con: duckdb.DuckDBPyConnection) -> None:
    failed = con.execute(
        "SELECT libelle, detail FROM controle WHERE gravite = 'erreur' AND resultat = 'ecart' ORDER BY code"
    ).fetchall()
    if failed:
        raise DataError([Problem(f"contrôle « {label} »", detail) for label, detail in failed])


@contextlib.contextmanager
def _lock(output: Path) -> Iterator[None]:
    """One build at a time in a folder, made if need be. The system releases the lock of a process that dies."""
    output.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(output / ".construction", timeout=0, fallback_to_soft=False):
            yield
    except Timeout:
        problem = Problem(str(output), "une autre construction est en cours", conseil="attendre qu’elle finisse")
        raise DataError([problem]) from None


def _remove_leftovers(output: Path) -> None:
    """What a killed build leaves (database, log, spilled data, half-made link): never in service."""
    for path in [*output.glob("observatoire-*.encours*"), *output.glob(f".{NAME}.*")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _forget_old_builds(output: Path) -> None:
    builds = sorted(output.glob("observatoire-*.duckdb"))
    in_service = current(output)
    for path in builds[:-KEPT]:
        if path != in_service:
            with contextlib.suppress(OSError):
                path.unlink()


def _sync(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
