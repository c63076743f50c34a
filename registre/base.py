"""The register's database: how it is reached, read in one state, written in one piece; what its refusals mean."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from registre.errors import Incertain, Indisponible, Invalide, RegistreError, SchemaRefuse, refused
from registre.journal import Ecriture
from registre.records import Acteur
from registre.schema import compteur
from registre.textes import clean

RACINE = Path(__file__).resolve().parent.parent
T = TypeVar("T")
# How long a write waits for its turn, in seconds, before it is refused.
ATTENTE = 30
# Connections that a process may hold beyond five, before a demand waits.
_LECTEURS = 30
_TENTATIVES = 6
_LATER = "recommencer dans un instant"
_DE_COTE = "mettre ce fichier de côté, puis « python -m registre restaurer » depuis une sauvegarde"
# PostgreSQL: serialization failure, deadlock. The transaction was rolled back, and may be run again as it is.
_A_REFAIRE = frozenset({"40001", "40P01"})


def default_url() -> URL:
    """``OBSERVATOIRE_REGISTRE``, else the SQLite file of the folder ``OBSERVATOIRE_REGISTRE_DOSSIER``."""
    given = os.environ.get("OBSERVATOIRE_REGISTRE")
    if given:
        return read_url(given)
    folder = Path(os.environ.get("OBSERVATOIRE_REGISTRE_DOSSIER") or RACINE / "data" / "registre")
    return URL.create("sqlite", database=str(folder / "registre.sqlite"))


def default_depots() -> Path:
    """The folder of the files received (``OBSERVATOIRE_DEPOTS``), ``data/depots`` by default."""
    return Path(os.environ.get("OBSERVATOIRE_DEPOTS") or RACINE / "data" / "depots")


def read_url(text: str) -> URL:
    """A database's address; ``postgres://…`` and ``postgresql://…`` are understood. Raises Invalide."""
    advice = "écrire postgresql+psycopg://utilisateur:mot-de-passe@serveur/base, ou sqlite:////chemin/registre.sqlite"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text is not shown: it may hold a password.
        raise Invalide("adresse de registre illisible", "OBSERVATOIRE_REGISTRE", advice) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("postgresql+psycopg", "sqlite", "sqlite+pysqlite"):
        raise Invalide(f"base « {url.drivername} » inconnue du registre", "OBSERVATOIRE_REGISTRE", advice)
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise Invalide("un registre se garde dans un fichier", "OBSERVATOIRE_REGISTRE", advice)
    return url


class Base:
    """One database, shared by the threads of a process."""

    def __init__(
        self, url: URL, attente: float = ATTENTE, horloge: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.url, self._attente, self.horloge = url, attente, horloge
        self.sqlite = url.get_backend_name() == "sqlite"
        self.nom = str(url.database) if self.sqlite else url.render_as_string(hide_password=True)
        self.engine = self._sqlite_engine() if self.sqlite else self._postgresql_engine()
        self._ecriture = self.engine.execution_options(registre_ecrit=True)
        self._lecture = self.engine if self.sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")

    def _sqlite_engine(self) -> Engine:
        engine = create_engine(self.url, max_overflow=_LECTEURS, connect_args={"timeout": self._attente})

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None  # the driver begins nothing by itself: ``begin`` below does
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # A write takes its turn at once: one that began by reading could not be continued after another's.
            written = connection.get_execution_options().get("registre_ecrit")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if written else "BEGIN")

        return engine

    def _postgresql_engine(self) -> Engine:
        wait = f"-c lock_timeout={int(self._attente * 1000)} -c synchronous_commit=on"
        given = self.url.query.get("options")
        options = " ".join([*([given] if isinstance(given, str) else given or ()), wait])
        return create_engine(
            self.url,
            # A write reads what is there once its turn has come, whatever the server does by default.
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            max_overflow=_LECTEURS,
            connect_args={"connect_timeout": 10, "options": options},
        )

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the register, whatever is written meanwhile."""
        with self.told(), self._lecture.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose writes are all kept, or none, when it is left; see ``write`` for what people write."""
        with self._ecriture.connect() as connection, connection.begin():
            yield connection

    def write(self, acteur: Acteur, work: Callable[[Ecriture], T]) -> T:
        """Run ``work`` in one transaction, with its line of the audit and the revision that follows.

        ``work`` is run again when the database asks for it, and must do nothing else than write there. If it notes
        nothing, nothing is kept. Raises Indisponible (nothing was written), Incertain, or what ``work`` raises.
        """
        retrying = Retrying(
            retry=retry_if_exception(_to_be_redone),
            stop=stop_after_attempt(_TENTATIVES),
            wait=wait_random_exponential(multiplier=0.02, max=1),
            reraise=True,
        )
        for text in (acteur.courriel, acteur.nom, acteur.role):
            clean(text, "auteur")
        with self.told():
            return retrying(self._write_once, acteur, work)

    def _write_once(self, acteur: Acteur, work: Callable[[Ecriture], T]) -> T:
        with self._ecriture.connect() as connection:
            transaction = connection.begin()
            try:
                ecriture = Ecriture.begin(connection, acteur, self.horloge)
                result = work(ecriture)
                if not ecriture.noted:
                    transaction.rollback()
                    return result
            except BaseException:
                if transaction.is_active:
                    transaction.rollback()
                raise
            try:
                transaction.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise Incertain(
                        "la connexion a été coupée pendant l’enregistrement : il est peut-être fait, peut-être pas",
                        self.nom,
                        "relire, puis recommencer si rien n’a changé",
                    ) from error
                raise
        return result

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """The database's refusals become ours, in French."""
        try:
            yield
        except RegistreError:
            raise
        except SQLAlchemyError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: SQLAlchemyError) -> RegistreError:
        cause = error.orig if isinstance(error, DBAPIError) else None
        known = None
        if isinstance(error, PoolTimeout):
            known = Indisponible("trop de demandes à la fois ; rien n’a été écrit", self.nom, _LATER)
        elif isinstance(cause, sqlite3.Error):
            known = self._sqlite_refusal(cause)
        elif isinstance(cause, psycopg.DataError):
            known = Invalide("la base ne peut pas garder ce texte ou ce nombre", self.nom, "vérifier ce qui est écrit")
        elif isinstance(cause, psycopg.Error):
            known = self._postgresql_refusal(cause, isinstance(error, OperationalError))
        what = type(cause or error).__name__
        return known or Indisponible(f"la base a refusé ({what}) ; rien n’a été écrit", self.nom, "le signaler")

    def _sqlite_refusal(self, cause: sqlite3.Error) -> RegistreError | None:
        known = {
            sqlite3.SQLITE_BUSY: ("le registre est occupé par une autre écriture", _LATER),
            sqlite3.SQLITE_LOCKED: ("le registre est occupé par une autre écriture", _LATER),
            sqlite3.SQLITE_FULL: ("il n’y a plus de place sur le disque", "faire de la place, puis recommencer"),
            sqlite3.SQLITE_READONLY: ("le registre est en lecture seule", "vérifier les droits du fichier"),
            sqlite3.SQLITE_PERM: ("le registre est en lecture seule", "vérifier les droits du fichier"),
            sqlite3.SQLITE_CANTOPEN: ("impossible d’ouvrir le registre", "vérifier le dossier et ses droits"),
            sqlite3.SQLITE_IOERR: ("le disque ne répond pas bien", "vérifier le disque et la place qu’il y reste"),
            sqlite3.SQLITE_CORRUPT: ("le registre est abîmé", _DE_COTE),
            sqlite3.SQLITE_NOTADB: ("ce n’est pas un registre", "donner le chemin d’un registre"),
        }
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code not in known:
            return _without_tables(str(cause), "no such table", self.nom)
        return Indisponible(f"{known[code][0]} ; rien n’a été écrit", self.nom, known[code][1])

    def _postgresql_refusal(self, cause: psycopg.Error, operational: bool) -> RegistreError | None:
        state = cause.sqlstate or ""
        known = {
            "53": ("le serveur n’a plus de place ou de connexions", "en faire, puis recommencer"),
            "25": ("le registre est en lecture seule", "demander le droit d’écrire dans cette base"),
            "28": ("le serveur refuse cet utilisateur ou ce mot de passe", "vérifier OBSERVATOIRE_REGISTRE"),
            "3D": ("cette base n’existe pas", "la créer, ou vérifier OBSERVATOIRE_REGISTRE"),
            "40": ("trop d’écritures à la fois", _LATER),
            "55": ("le registre est occupé par une autre écriture", _LATER),
            "57": ("le serveur s’arrête ou a interrompu la demande", _LATER),
            "58": ("le disque du serveur ne répond pas bien", "vérifier le disque du serveur"),
            "08": ("le serveur ne répond pas", "vérifier qu’il est en marche, puis recommencer"),
        }
        if state == "42501":
            quoi, conseil = "cet utilisateur n’a pas le droit de faire cela", "le demander à qui gère la base"
        elif state == "42P01":
            return _without_tables("", "", self.nom)
        elif state[:2] in known:
            quoi, conseil = known[state[:2]]
        elif not state and operational:
            quoi, conseil = known["08"]
        else:
            return None
        return Indisponible(f"{quoi} ; rien n’a été écrit", self.nom, conseil)

    def prepare_folder(self) -> None:
        """Make the folder of a SQLite file, which others of the machine may not read. Raises Indisponible."""
        if not self.sqlite:
            return
        path = Path(self.nom)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(21, "", str(path))
        except OSError as error:
            raise refused(error, str(path)) from None

    def state(self) -> tuple[int, str]:
        """How many writes there were, and the fingerprint of the last one."""
        with self.reading() as connection:
            row = connection.execute(select(compteur.c.revision, compteur.c.empreinte)).one()
        return row.revision, row.empreinte

    def close(self) -> None:
        self.engine.dispose()


def _without_tables(message: str, expected: str, nom: str) -> RegistreError | None:
    if expected not in message:
        return None
    return SchemaRefuse("il y manque des tables du registre", nom, "python -m registre migrer")


def _to_be_redone(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _A_REFAIRE
