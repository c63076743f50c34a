"""Schemas: what the migrations leave is what the code reads, data are kept, a newer schema is refused."""

import shutil
import textwrap

import pytest
from sqlalchemy import inspect, text

from registre import migrations, schema, store
from registre.base import Base, read_url
from registre.errors import SchemaRefuse
from registre.store import Registre
from registre.verification import verify

from .conftest import AWA, MONTREUIL, REPONSES, confirmed


def test_the_tables_are_those_that_the_migrations_leave(registre):
    with registre.base.reading() as connexion:
        assert migrations.gap(connexion) == []
        assert migrations.current(connexion) == schema.TETE


def test_the_last_migration_is_the_one_that_the_code_says():
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migrations.configuration()).get_current_head() == schema.TETE


def test_a_gap_between_tables_and_migrations_is_seen(registre):
    with registre.base.writing() as connexion:
        connexion.execute(text("ALTER TABLE commentaire ADD COLUMN urgence INTEGER"))
    assert [c.ou for c in verify(registre.base, registre.fichiers).constats] == ["schéma"]


NEXT = """
    import sqlalchemy as sa
    from alembic import op

    revision = "9999"
    down_revision = "{former}"


    def upgrade() -> None:
        with op.batch_alter_table("commentaire") as batch:
            batch.add_column(sa.Column("urgence", sa.Integer(), nullable=False, server_default="1"))
        {end}
"""


@pytest.fixture
def next_migration(tmp_path, monkeypatch):
    """A function that adds a migration to those of the project, as another version of it would."""

    def add(end: str = "") -> None:
        folder = tmp_path / "versions"
        shutil.copytree(migrations.VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        (folder / "9999_urgence.py").write_text(textwrap.dedent(NEXT.format(former=schema.TETE, end=end)))
        monkeypatch.setattr(migrations, "VERSIONS", folder)
        monkeypatch.setattr(store, "TETE", "9999")

    return add


def test_a_register_goes_to_the_next_schema_with_its_data(adresse, fichiers, next_migration):
    with Registre.ouvrir(adresse, fichiers) as registre:
        confirmed(registre)
        registre.commentaires.ouvrir("bilan", "DOM01", "À préciser", AWA)
        before = registre.empreinte()
    next_migration()
    with Registre.ouvrir(adresse, fichiers) as registre:
        with registre.base.reading() as connexion:
            assert migrations.current(connexion) == "9999"
            assert connexion.execute(text("SELECT texte, urgence FROM commentaire")).all() == [("À préciser", 1)]
        assert registre.empreinte() == before
        assert set(registre.reponses(MONTREUIL)) == set(REPONSES)


def test_a_migration_that_fails_leaves_the_former_schema(adresse, fichiers, next_migration):
    with Registre.ouvrir(adresse, fichiers) as registre:
        confirmed(registre)
    next_migration('raise RuntimeError("coupure")')
    with pytest.raises(RuntimeError, match="coupure"):
        Registre.ouvrir(adresse, fichiers)
    base = Base(read_url(adresse))
    with base.reading() as connexion:
        assert migrations.current(connexion) == schema.TETE
        assert "urgence" not in {column["name"] for column in inspect(connexion).get_columns("commentaire")}
        assert migrations.gap(connexion) == []
    base.close()


def test_a_newer_schema_is_refused_and_left_alone(adresse, fichiers):
    with Registre.ouvrir(adresse, fichiers) as registre, registre.base.writing() as connexion:
        connexion.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaRefuse, match=r"version plus récente de l’observatoire \(schéma 9999.; connu ici"):
        Registre.ouvrir(adresse, fichiers)
    base = Base(read_url(adresse))
    with base.reading() as connexion:
        assert migrations.current(connexion) == "9999"
    base.close()
