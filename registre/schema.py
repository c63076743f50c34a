"""The register's tables, the same on SQLite and PostgreSQL. A change is a migration (docs/registre.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

# The last migration: the tables below are those that it leaves.
TETE = "0001"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An instant with its zone, kept in UTC: SQLite has no time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


# One row. Every write begins by taking it, which puts the writers in line: numbers have no hole, the chain has no fork.
compteur = Table(
    "compteur",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),  # how many writes
    Column("empreinte", Text, nullable=False),  # of the last line of « journal »
    CheckConstraint("id = 1", name="une_ligne"),
)

journal = Table(
    "journal",
    metadata,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("quand", Instant, nullable=False),
    Column("courriel", Text, nullable=False),
    Column("nom", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("objet", Text, nullable=False),
    Column("cle", Text, nullable=False),
    Column("avant", Text),  # canonical JSON
    Column("apres", Text),
    Column("note", Text),
    Column("empreinte", Text, nullable=False),  # sha256 of the former line's and of this line
    Index(None, "objet", "cle"),
)

fichier = Table(
    "fichier",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("nom", Text, nullable=False),
    Column("taille", Integer, nullable=False),
    Column("recu_le", Instant, nullable=False),
)

depot = Table(
    "depot",
    metadata,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("modele", Text, nullable=False),
    Column("territoire", Text, nullable=False),
    Column("exercice", Integer, nullable=False),
    Column("etape", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("confirmee", Integer),
    Column("avant_retrait", Text),
    Column("motif", Text),
    Column("cree_le", Instant, nullable=False),
    Column("modifie_le", Instant, nullable=False),
    Column("courriel", Text, nullable=False),
    Column("nom", Text, nullable=False),
    Column("role", Text, nullable=False),
    UniqueConstraint("modele", "territoire", "exercice"),
)

revision = Table(
    "revision",
    metadata,
    Column("depot", Integer, ForeignKey("depot.numero"), primary_key=True, autoincrement=False),
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("ecrite_le", Instant, nullable=False),
    Column("courriel", Text, nullable=False),
    Column("nom", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("modele_version", Text, nullable=False),
    Column("demonstration", Boolean, nullable=False),
    Column("fichier", Text, ForeignKey("fichier.sha256")),
    Column("nom_fichier", Text),
    Column("au_nom_de", Text),
    Column("note", Text),
    Column("nombre", Integer, nullable=False),
    Column("empreinte", Text, nullable=False),
)

reponse = Table(
    "reponse",
    metadata,
    Column("depot", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("rubrique", Text, primary_key=True),
    Column("rang", Integer, primary_key=True, autoincrement=False),
    Column("valeur", Double),
    Column("texte", Text),
    Column("statut", Text, nullable=False),
    Column("note", Text),
    Column("unite", Text),
    Column("methode", Text),
    Column("diffusion", Text, nullable=False),
    ForeignKeyConstraint(["depot", "revision"], ["revision.depot", "revision.numero"]),
)

compte = Table(
    "compte",
    metadata,
    Column("courriel", Text, primary_key=True),
    Column("nom", Text, nullable=False),
    Column("actif", Boolean, nullable=False),
    Column("epoque", Integer, nullable=False),
    Column("cree_le", Instant, nullable=False),
)

attribution = Table(
    "attribution",
    metadata,
    Column("courriel", Text, ForeignKey("compte.courriel"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("territoire", Text, primary_key=True),  # '' : not limited to one
)

invitation = Table(
    "invitation",
    metadata,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("empreinte", Text, nullable=False),  # sha256 of the token, which is not kept
    Column("courriel", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("territoire", Text, nullable=False),
    Column("cree_le", Instant, nullable=False),
    Column("cree_par", Text, nullable=False),
    Column("expire_le", Instant, nullable=False),
    Column("acceptee_le", Instant),
    Column("annulee_le", Instant),
    UniqueConstraint("empreinte"),
)

commentaire = Table(
    "commentaire",
    metadata,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("modele", Text, nullable=False),
    Column("rubrique", Text, nullable=False),
    Column("texte", Text, nullable=False),
    Column("ecrit_le", Instant, nullable=False),
    Column("courriel", Text, nullable=False),
    Column("nom", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("ouvert", Boolean, nullable=False),
    Column("ferme_le", Instant),
    Column("ferme_par", Text),
    Column("conclusion", Text),
    Index(None, "modele", "rubrique"),
)

reglage = Table(
    "reglage",
    metadata,
    Column("cle", Text, primary_key=True),
    Column("valeur", Text, nullable=False),  # canonical JSON
    Column("version", Integer, nullable=False),
)
