"""The register: where it is opened, and all that is read and written in it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, text

from registre import journal, migrations
from registre.base import ATTENTE, Base, default_depots, default_url, read_url
from registre.commentaires import Commentaires
from registre.comptes import Comptes
from registre.depots import Confirmes, Depots
from registre.errors import Introuvable, SchemaRefuse
from registre.fichiers import Fichiers
from registre.journal import Ecriture
from registre.records import Acteur, Ecrit
from registre.reglages import Reglages
from registre.schema import TETE, fichier
from registre.schema import journal as table_journal
from registre.textes import clean

# PostgreSQL: one migration at a time, whoever starts first.
_VERROU = 0x0CCA593


class Registre(Depots):
    """An open register, shared by the threads of a process.

    Deposits are its own methods (``registre.depots``); ``comptes``, ``commentaires`` and ``reglages`` hold the others.
    What a method raises is a RegistreError, whose text is for the reader; then nothing was written, unless it is
    Incertain.
    """

    def __init__(self, base: Base, fichiers: Fichiers) -> None:
        super().__init__(base)
        self.fichiers = fichiers
        self.comptes = Comptes(base)
        self.commentaires = Commentaires(base)
        self.reglages = Reglages(base)

    @classmethod
    def ouvrir(
        cls,
        url: str | None = None,
        depots: Path | str | None = None,
        *,
        attente: float = ATTENTE,
        horloge: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Registre:
        """Open a register, made or brought to the present schema when it is not.

        ``url`` and ``depots`` (the folder of files): by default those of the environment, else ``data/``.
        ``attente``: how many seconds a write waits for its turn. Raises SchemaRefuse for a newer schema, Indisponible.
        """
        base = Base(read_url(url) if url else default_url(), attente, horloge)
        base.prepare_folder()
        prepare(base)
        return cls(base, Fichiers(Path(depots) if depots else default_depots()))

    def fermer(self) -> None:
        """Let go of the connections."""
        self.base.close()

    def __enter__(self) -> Registre:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.fermer()

    def revision(self) -> int:
        """How many writes there were since the first. Each raises it, in its own transaction."""
        return self.base.state()[0]

    def empreinte(self) -> str:
        """The fingerprint of all that was written, in order: a key for what is computed from the register.

        Unlike the revision, it never comes back with another content, even after a restore.
        """
        return self.base.state()[1]

    def deposer_fichier(self, contenu: bytes, nom: str, acteur: Acteur) -> str:
        """Keep a file as it is, and return its address (sha256). The same content is kept once; the audit says of each
        person that they brought it."""
        sha256 = self.fichiers.keep(contenu)
        short = clean(Path(nom.replace("\\", "/")).name, "nom du fichier") or "sans nom"

        def work(ecriture: Ecriture) -> None:
            connexion, known = ecriture.connexion, {"nom": short[:200], "taille": len(contenu)}
            held = connexion.execute(select(fichier).where(fichier.c.sha256 == sha256)).first()
            if held is None:
                values = {"sha256": sha256, "recu_le": ecriture.quand, **known}
                connexion.execute(insert(fichier).values(values))
                ecriture.note("deposer", "fichier", sha256, None, known)
            elif not _brought(connexion, sha256, acteur.courriel):
                before = {"nom": held.nom, "taille": held.taille}
                ecriture.note("deposer", "fichier", sha256, before, before)

        self.base.write(acteur, work)
        return sha256

    def a_depose(self, sha256: str, courriel: str) -> bool:
        """Whether this person brought this file themselves: to know its address is not to have it."""
        with self.base.reading() as connexion:
            return _brought(connexion, sha256, courriel)

    def fichier(self, sha256: str) -> bytes:
        """The content of a file, verified. Raises Introuvable, Altere."""
        with self.base.reading() as connexion:
            if connexion.execute(select(fichier).where(fichier.c.sha256 == sha256)).first() is None:
                raise Introuvable("ce fichier n’est pas dans le registre", sha256[:80], "le déposer de nouveau")
        return self.fichiers.read(sha256)

    def journal(
        self,
        *,
        objet: str | None = None,
        cle: str | None = None,
        courriel: str | None = None,
        avant: int | None = None,
        limite: int = 200,
    ) -> list[Ecrit]:
        """The audit, last line first; ``avant``: only the lines before that number (the next page)."""
        query = select(table_journal).order_by(table_journal.c.numero.desc()).limit(limite)
        asked = {table_journal.c.objet: objet, table_journal.c.cle: cle, table_journal.c.courriel: courriel}
        for column, value in asked.items():
            if value is not None:
                query = query.where(column == value)
        if avant is not None:
            query = query.where(table_journal.c.numero < avant)
        with self.base.reading() as connexion:
            return [journal.read(row) for row in connexion.execute(query)]

    @contextlib.contextmanager
    def confirmes(self) -> Iterator[Confirmes]:
        """All the deposits in force, their answers and the revision of the register, read in one state.

        ``with registre.confirmes() as lecture: lecture.revision; for confirme in lecture: …``
        """
        with self.base.reading() as connexion:
            yield Confirmes(connexion)


def _brought(connexion: Connection, sha256: str, courriel: str) -> bool:
    lines = table_journal.c
    query = select(lines.numero).where(lines.objet == "fichier", lines.cle == sha256, lines.courriel == courriel)
    return connexion.execute(query.limit(1)).first() is not None


def prepare(base: Base) -> None:
    """Make the tables, or bring them to the present schema. Raises SchemaRefuse, Indisponible."""
    with base.told():
        with base.reading() as connexion:
            schema = migrations.current(connexion)
        if schema == TETE:
            return
        with base.writing() as connexion:
            _migrate(base, connexion)


def _migrate(base: Base, connexion: Connection) -> None:
    if not base.sqlite:
        connexion.execute(text("SELECT pg_advisory_xact_lock(:verrou)"), {"verrou": _VERROU})
    schema = migrations.current(connexion)  # another process may have done it while this one waited
    if schema == TETE:
        return
    if schema is not None and not migrations.known(schema):
        raise SchemaRefuse(
            f"ce registre a été écrit par une version plus récente de l’observatoire (schéma {schema} ; connu ici : "
            f"{TETE})",
            base.nom,
            "mettre l’observatoire à jour ; rien n’a été modifié",
        )
    migrations.upgrade(connexion)
