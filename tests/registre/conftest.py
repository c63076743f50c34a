"""A register on each engine: a SQLite file, and a base of a real PostgreSQL server, started once for all the tests."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from registre.records import Acteur, Cle, Diffusion, Reponse, Statut
from registre.store import Registre

from .pannes import PostgresqlAbsent, postgresql

NUMEROS = itertools.count(1)


@pytest.fixture(scope="session")
def serveur():
    """The address of a PostgreSQL server of our own; the test is skipped where none can start."""
    try:
        with postgresql() as uri:
            yield uri
    except PostgresqlAbsent as error:
        pytest.skip(f"PostgreSQL ne démarre pas ici ({error}) : essai sauté")


@pytest.fixture
def nouvelle(request, tmp_path):
    """A function that gives the address of a new, empty database of an engine."""

    def make(engine: str) -> str:
        if engine == "sqlite":
            return f"sqlite:///{tmp_path / f'r{next(NUMEROS)}' / 'registre.sqlite'}"
        # A schema of its own in one database: making a database takes seconds.
        name = f"registre_{next(NUMEROS)}"
        uri = request.getfixturevalue("serveur")
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        url = make_url(uri).update_query_dict({"options": f"-csearch_path={name}"})
        return url.render_as_string(hide_password=False)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def moteur(request) -> str:
    """Each engine."""
    return request.param


@pytest.fixture
def adresse(moteur, nouvelle) -> str:
    """The address of an empty database, on each engine."""
    return nouvelle(moteur)


@pytest.fixture
def fichiers(tmp_path) -> Path:
    """The folder of files."""
    return tmp_path / "depots"


class Horloge:
    """A clock that tests move: one second a look, so that no two writes are at the same instant."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, 0, 123456, UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def horloge() -> Horloge:
    """The register's clock."""
    return Horloge()


@pytest.fixture
def registre(adresse, fichiers, horloge):
    """An empty register, on each engine."""
    with Registre.ouvrir(adresse, fichiers, attente=10, horloge=horloge) as opened:
        yield opened


AWA = Acteur("awa@montreuil.fr", "Awa Diallo", "saisie")
LEA = Acteur("lea@montreuil.fr", "Léa Martin", "ccas")
UNION = Acteur("equipe@udccas93.fr", "Équipe de l’union", "udccas")
MONTREUIL = Cle("bilan", "93066", 2025)
REPONSES = [
    Reponse("DOM02", valeur=0.1, note="chiffre de janvier"),
    Reponse("DOM01", valeur=1234.0, diffusion=Diffusion.PUBLIC),
    Reponse("AIDE.montant", 2, valeur=12.5, unite="euro", methode="mandate"),
    Reponse("AIDE.montant", 1, valeur=-0.0),
    Reponse("ÉTAT", texte="« Épicerie » ; 2025-01-31\nligne"),
    Reponse("SEN09", statut=Statut.NON_SUIVI),
]


def confirmed(registre: Registre, cle: Cle = MONTREUIL, reponses=REPONSES, **more):
    """A deposit brought to its confirmation."""
    before = registre.depot(cle)
    saved = registre.brouillon(
        cle, reponses, AWA, attendu=before.version if before else None, modele_version="2026.1", **more
    )
    sent = registre.soumettre(cle, AWA, attendu=saved.version)
    return registre.confirmer(cle, LEA, attendu=sent.version)
