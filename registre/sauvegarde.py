"""A backup: one file that any engine can take back: rows as JSON lines, files as they are, the hash of each."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    MetaData,
    Table,
    Text,
    collate,
    delete,
    insert,
    select,
    update,
)

from registre import migrations
from registre.base import Base
from registre.errors import Altere, Introuvable, NonVide, RegistreError, SchemaRefuse, refused, shown
from registre.fichiers import SHA256, Fichiers, sync_folder
from registre.journal import Ecriture, canonical
from registre.records import Acteur
from registre.schema import TETE, compteur, metadata
from registre.store import prepare

FORMAT, VERSION = "registre-observatoire-ccas", 1
_MANIFESTE = "manifeste.json"
_LOT = 1_000
_ABIMEE = "prendre une autre sauvegarde"
# Told of each step, for people who wait.
Avance = Callable[[str], None]


@dataclass(frozen=True)
class Manifeste:
    """What a backup says of itself. ``tables``: rows and sha256 of each; ``fichiers``: the size of each, by sha256;
    ``manquants``: the files that the register knew and could not be read then."""

    cree_le: str
    schema: str
    revision: int
    empreinte: str
    tables: dict[str, tuple[int, str]]
    fichiers: dict[str, int]
    manquants: tuple[str, ...]


def backup(base: Base, fichiers: Fichiers, chemin: Path, avance: Avance = lambda _step: None) -> Manifeste:
    """Write the whole register, in one state, to ``chemin``, read again before it takes that name.

    The register is not changed, its schema neither. A file that is lost or damaged is listed, and does not prevent the
    rest from being kept. Raises SchemaRefuse (there is no register), Indisponible.
    """
    try:
        chemin.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=chemin.parent, prefix=".partiel-", suffix=".zip")
        os.close(handle)
        aside = Path(name)
        try:
            with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                manifest = _fill_archive(archive, base, fichiers, avance)
            avance("Relecture")
            with Archive(aside) as written:
                written.check()
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(aside, chemin)
        finally:
            aside.unlink(missing_ok=True)
        sync_folder(chemin.parent)
    except OSError as error:
        raise refused(error, str(chemin)) from None
    return manifest


def _fill_archive(archive: zipfile.ZipFile, base: Base, fichiers: Fichiers, avance: Avance) -> Manifeste:
    with base.reading() as connexion:
        schema = migrations.current(connexion)
        if schema is None:
            raise SchemaRefuse("il n’y a pas de registre à sauvegarder", base.nom, "vérifier l’adresse du registre")
        state = connexion.execute(select(compteur.c.revision, compteur.c.empreinte)).one()
        tables: dict[str, tuple[int, str]] = {}
        known: list[str] = []
        for table in _tables(connexion, schema):
            avance(f"Table {table.name}")
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
                tables[table.name] = _write_table(connexion, table, out)
            if table.name == "fichier":
                known = sorted(connexion.execute(select(table.c.sha256)).scalars())
    sizes: dict[str, int] = {}
    missing = []
    for sha256 in known:
        avance(f"Fichier {len(sizes) + 1} sur {len(known)}")
        try:
            content = fichiers.read(sha256)
        except (Altere, Introuvable):
            missing.append(sha256)
            continue
        # Workbooks are compressed already.
        archive.writestr(zipfile.ZipInfo(f"fichiers/{sha256}"), content, zipfile.ZIP_STORED)
        sizes[sha256] = len(content)
    manifest = Manifeste(
        datetime.now(UTC).isoformat(timespec="seconds"),
        schema,
        state.revision,
        state.empreinte,
        tables,
        sizes,
        tuple(missing),
    )
    archive.writestr(_MANIFESTE, canonical({"format": FORMAT, "version": VERSION} | vars(manifest)))
    return manifest


class Archive:
    """A backup that is read. Raises Altere for what is not one, or is no longer what was written."""

    def __init__(self, chemin: Path) -> None:
        self.chemin = chemin
        try:
            self._zip = zipfile.ZipFile(chemin)
        except OSError as error:
            raise refused(error, str(chemin)) from None
        except zipfile.BadZipFile:
            raise self._altered("ce n’est pas une sauvegarde, ou elle est coupée") from None
        try:
            self.manifeste = self._read_manifest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._zip.close()

    def check(self) -> None:
        """Read all of it, and compare with what the manifest says."""
        for name, (count, sha256) in self.manifeste.tables.items():
            digest, found = hashlib.sha256(), 0
            for line in self._lines(name):
                digest.update(line)
                found += 1
            if (found, digest.hexdigest()) != (count, sha256):
                raise self._altered(f"la table « {shown(name)} » n’est plus ce qui a été sauvegardé")
        for sha256 in self.manifeste.fichiers:
            self.file(sha256)

    def rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """The rows of a table, as they are inserted."""
        instants = [column.name for column in table.c if isinstance(column.type, DateTime)]
        for line in self._lines(table.name):
            row = json.loads(line)
            for name in instants:
                row[name] = None if row[name] is None else datetime.fromisoformat(row[name])
            yield row

    def file(self, sha256: str) -> bytes:
        """The content of a file, verified."""
        with self._open(f"fichiers/{sha256}") as file:
            content = self._told(file.read)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise self._altered(f"le fichier {sha256[:12]}… n’est plus ce qui a été sauvegardé")
        return content

    def _lines(self, name: str) -> Iterator[bytes]:
        with self._open(f"tables/{name}.jsonl") as file:
            while line := self._told(file.readline):
                yield line

    def _told(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except (zipfile.BadZipFile, EOFError, ValueError, OSError, zlib.error) as error:
            raise self._altered("une partie ne se lit plus") from error

    def _open(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(name)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
            raise self._altered(f"il y manque « {shown(name)} »") from None

    def _read_manifest(self) -> Manifeste:
        with self._open(_MANIFESTE) as file:
            text = self._told(file.read)
        try:
            content = json.loads(text)
            if content.pop("format") != FORMAT:
                raise ValueError
            version = int(content.pop("version"))
            if version > VERSION:
                raise SchemaRefuse(
                    f"cette sauvegarde vient d’une version plus récente (format {version} ; connu ici : {VERSION})",
                    str(self.chemin),
                    "mettre l’observatoire à jour",
                )
            tables = {str(name): (int(rows), str(sha256)) for name, (rows, sha256) in content.pop("tables").items()}
            manifest = Manifeste(tables=tables, manquants=tuple(content.pop("manquants")), **content)
            if not all(SHA256.fullmatch(sha256) for sha256 in manifest.fichiers):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._altered("ce n’est pas une sauvegarde du registre") from None
        return manifest

    def _altered(self, quoi: str) -> Altere:
        return Altere(quoi, str(self.chemin), _ABIMEE)


@dataclass(frozen=True)
class Restauration:
    """What a restore did. ``cote``: where what it replaced was put, if there was something."""

    manifeste: Manifeste
    cote: Path | None


def restore(
    base: Base,
    fichiers: Fichiers,
    chemin: Path,
    acteur: Acteur,
    *,
    remplacer: bool = False,
    avance: Avance = lambda _step: None,
) -> Restauration:
    """Put a backup in the place of the register, whole or not at all, whatever engine it comes from.

    What the register holds is first put aside, and only replaced with ``remplacer``: then the audit says so. Before the
    transaction ends, each table is compared with the backup. Raises NonVide, Altere, SchemaRefuse, Indisponible.
    """
    with Archive(chemin) as archive, contextlib.ExitStack() as stack:
        avance("Contrôle de la sauvegarde")
        archive.check()
        manifest = archive.manifeste
        if not migrations.known(manifest.schema):
            raise SchemaRefuse(
                f"cette sauvegarde vient d’une version plus récente (schéma {manifest.schema} ; connu ici : {TETE})",
                str(chemin),
                "mettre l’observatoire à jour ; rien n’a été modifié",
            )
        base.prepare_folder()
        prepare(base)
        replaced, aside = base.state(), None
        if replaced[0]:
            if not remplacer:
                raise NonVide(
                    f"ce registre n’est pas vide ({replaced[0]} écritures)",
                    base.nom,
                    "--remplacer le met de côté, puis le remplace ; rien n’a été modifié",
                )
            avance("Mise de côté du registre présent")
            aside = _free(fichiers.dossier)
            put = backup(base, fichiers, aside)
            replaced = put.revision, put.empreinte
        for sha256 in manifest.fichiers:
            fichiers.keep(archive.file(sha256))
        source = stack.enter_context(_at_present_schema(archive, avance))
        with base.told(), base.writing() as connexion:
            _take_turn(connexion, base, replaced)
            reflected = _tables(connexion, TETE)
            for table in reversed(reflected):
                if table.name != compteur.name:
                    connexion.execute(delete(table))
            for table in reflected:
                avance(f"Table {table.name}")
                _fill_table(connexion, table, source(table))
            if manifest.schema == TETE:
                _compare(connexion, reflected, manifest, chemin)
            if aside is not None:
                ecriture = Ecriture.begin(connexion, acteur, base.horloge)
                ecriture.note(
                    "restaurer",
                    "registre",
                    "",
                    {"revision": replaced[0], "empreinte": replaced[1]},
                    {"revision": manifest.revision, "empreinte": manifest.empreinte},
                    chemin.name,
                )
    return Restauration(manifest, aside)


def fingerprints(base: Base) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and the sha256 of them all in order: the same on every engine."""
    with base.reading() as connexion:
        return {table.name: _write_table(connexion, table) for table in _tables(connexion, TETE)}


def _tables(connexion: Connection, schema: str) -> list[Table]:
    """The register's tables as they are in the database, those that others refer to first."""
    found = MetaData()
    found.reflect(connexion, only=lambda name, _: schema != TETE or name in metadata.tables)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _write_table(connexion: Connection, table: Table, out: IO[bytes] | None = None) -> tuple[int, str]:
    """Write the rows in the order of their key, which is that of bytes: engines do not all sort letters alike."""
    postgresql = connexion.dialect.name == "postgresql"
    order = [
        collate(column, "C") if postgresql and isinstance(column.type, Text) else column for column in table.primary_key
    ]
    digest, count = hashlib.sha256(), 0
    rows = connexion.execute(select(table).order_by(*order), execution_options={"yield_per": _LOT})
    for row in rows.mappings():
        values = {
            name: value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        line = canonical(values).encode() + b"\n"
        digest.update(line)
        count += 1
        if out is not None:
            out.write(line)
    return count, digest.hexdigest()


def _fill_table(connexion: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    left = iter(rows)
    if table.name == compteur.name:
        # Its row is the turn that other writers wait for: it stays.
        for row in left:
            connexion.execute(update(table).values(row))
        return
    while batch := list(islice(left, _LOT)):
        connexion.execute(insert(table), batch)


@contextlib.contextmanager
def _at_present_schema(archive: Archive, avance: Avance) -> Iterator[Callable[[Table], Iterable[dict[str, Any]]]]:
    """The rows of a backup under the present schema: one of a former schema is migrated in a database of its own."""
    if archive.manifeste.schema == TETE:
        yield archive.rows
        return
    avance(f"Passage du schéma {archive.manifeste.schema} au schéma {TETE}")
    with tempfile.TemporaryDirectory(prefix="registre-") as folder:
        between = Base(URL.create("sqlite", database=str(Path(folder) / "passage.sqlite")))
        try:
            with between.told(), between.writing() as connexion:
                migrations.upgrade(connexion, archive.manifeste.schema)
                for table in _tables(connexion, archive.manifeste.schema):
                    _fill_table(connexion, table, archive.rows(table))
            prepare(between)
            with between.reading() as connexion:
                own = {table.name: table for table in _tables(connexion, TETE)}
                yield lambda table: (dict(row) for row in connexion.execute(select(own[table.name])).mappings())
        finally:
            between.close()


def _take_turn(connexion: Connection, base: Base, seen: tuple[int, str]) -> None:
    """Wait for the register's turn; what it holds must still be what was seen, and put aside. Raises NonVide."""
    row = connexion.execute(
        update(compteur).values(revision=compteur.c.revision).returning(compteur.c.revision, compteur.c.empreinte)
    ).one()
    if (row.revision, row.empreinte) != seen:
        raise NonVide("on vient d’écrire dans ce registre", base.nom, "arrêter l’observatoire, puis recommencer")


def _compare(connexion: Connection, tables: list[Table], manifest: Manifeste, chemin: Path) -> None:
    for table in tables:
        if _write_table(connexion, table) != manifest.tables.get(table.name):
            raise RegistreError(
                f"la table « {table.name} » restaurée n’est pas celle de la sauvegarde ; rien n’a été modifié",
                str(chemin),
                "le signaler",
            )


def _free(folder: Path) -> Path:
    """A name that is not taken, for what is put aside."""
    stem = f"avant-restauration-{datetime.now():%Y%m%d-%H%M%S}"
    names = (folder / f"{stem}{suffix}.zip" for suffix in ("", *(f"-{i}" for i in range(2, 1_000))))
    return next(path for path in names if not path.exists())
