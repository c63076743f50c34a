"""Builds the warehouse aside, checks it, then moves the pointer: nothing is ever half loaded."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from etl import VERSION
from etl.catalogue import Catalogue, load_catalogue
from etl.checks import run_checks
from etl.errors import DataError, Problem
from etl.facts import TABLE_FAIT, load_facts
from etl.geography import load_boundaries, load_territories
from etl.snapshot import SNAPSHOT, read_snapshot
from etl.transform import create_tables, transform

WAREHOUSE = Path(__file__).resolve().parent.parent / "data" / "entrepot"
NAME = "observatoire.duckdb"
POINTER = "observatoire.courant"
KEPT = 3

Progress = Callable[[str], None]


def build(
    output: Path = WAREHOUSE,
    mirror: Path | None = None,
    snapshot: Path = SNAPSHOT,
    departement: str = "93",
    progress: Progress = lambda step: None,
) -> Path:
    """Build the warehouse from the snapshot, or from the producers' files of ``mirror``; return the new file.

    The former warehouse answers until the very end. Raises DataError when the input is wrong or when a
    check of severity « erreur » fails; the former warehouse then stays in service.
    """
    started = time.monotonic()
    output.mkdir(parents=True, exist_ok=True)
    with _lock(output):
        _remove_leftovers(output)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        target = output / f"observatoire-{stamp}.duckdb"
        working = target.with_suffix(".encours")
        try:
            progress("Lecture du catalogue")
            catalogue = load_catalogue()
            with contextlib.closing(duckdb.connect(str(working))) as con:
                con.execute("SET preserve_insertion_order = true")
                fill(con, catalogue, mirror, snapshot, departement, progress)
                progress("Contrôles")
                failed = run_checks(con, catalogue, departement)
                _stop_on_errors(con)
                con.execute(
                    "INSERT INTO construction VALUES (?, ?, ?, (SELECT count(*) FROM source), ?)",
                    [datetime.now(UTC).replace(tzinfo=None), VERSION, time.monotonic() - started, failed],
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


def fill(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    mirror: Path | None,
    snapshot: Path,
    departement: str,
    progress: Progress,
) -> None:
    """Fill every table of an empty database: from the producers' files when ``mirror`` is given, else the snapshot."""
    create_tables(con)
    if mirror is None:
        progress("Lecture de l’instantané")
        con.execute(TABLE_FAIT)
        read_snapshot(con, snapshot)
    else:
        extract(con, catalogue, mirror, departement, progress)
    progress("Calcul des indicateurs")
    transform(con, catalogue, departement)


def extract(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, mirror: Path, departement: str, progress: Progress
) -> None:
    """Read territories, boundaries and facts from the producers' files into an empty database."""
    if not mirror.is_dir():
        raise DataError([Problem(str(mirror), "ce dossier n’existe pas", conseil="vérifier --mirror")])
    progress("Lecture des territoires")
    latest = {source.jeu: source for source in sorted(catalogue.sources, key=lambda s: s.millesime)}
    load_territories(con, latest, mirror, departement)
    if departement == "93":
        load_boundaries(con, latest["ign_contours"], mirror)
    progress("Lecture des fichiers des producteurs")
    load_facts(con, catalogue, mirror)


def current(output: Path = WAREHOUSE) -> Path | None:
    """The warehouse in service, or None. Follows the link, or the one-line pointer where links are not allowed."""
    link, pointer = output / NAME, output / POINTER
    if link.exists():
        return link.resolve()
    if pointer.is_file():
        target = output / pointer.read_text(encoding="utf-8").strip()
        return target if target.is_file() else None
    return None


def point_to(output: Path, target: Path) -> None:
    """Move the pointer in one atomic step: a symbolic link, or a one-line file where the system refuses links."""
    temporary = output / f".{NAME}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    try:
        temporary.symlink_to(target.name)
        temporary.replace(output / NAME)
    except OSError:
        temporary.unlink(missing_ok=True)
        temporary.write_text(target.name, encoding="utf-8")
        temporary.replace(output / POINTER)


def _stop_on_errors(con: duckdb.DuckDBPyConnection) -> None:
    failed = con.execute(
        "SELECT libelle, detail FROM controle WHERE gravite = 'erreur' AND resultat = 'ecart' ORDER BY code"
    ).fetchall()
    if failed:
        raise DataError([Problem(f"contrôle « {label} »", detail) for label, detail in failed])


@contextlib.contextmanager
def _lock(output: Path) -> Iterator[None]:
    """One build at a time in a folder. A lock left by a process that died is taken over."""
    path = output / ".construction"
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        holder = path.read_text(encoding="utf-8").strip() if path.exists() else ""
        if holder.isdigit() and _alive(int(holder)):
            problem = Problem(str(output), "une autre construction est en cours", conseil="attendre qu’elle finisse")
            raise DataError([problem]) from None
        handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(str(os.getpid()))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_leftovers(output: Path) -> None:
    """Files of a build that was killed: never in service, safe to remove."""
    for path in output.glob("observatoire-*.encours*"):
        path.unlink(missing_ok=True)


def _forget_old_builds(output: Path) -> None:
    builds = sorted(output.glob("observatoire-*.duckdb"))
    in_service = current(output)
    for path in builds[:-KEPT]:
        if path.resolve() != in_service:
            with contextlib.suppress(OSError):
                path.unlink()


def _sync(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
