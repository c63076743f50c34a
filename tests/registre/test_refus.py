"""What stops a write: locked, full, read-only, absent, unreachable. Told in French, and nothing is half written."""

import contextlib
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, make_url, text

from registre.base import default_depots, default_url, read_url
from registre.errors import Incertain, Indisponible, Invalide, RegistreError, SchemaRefuse
from registre.records import Cle
from registre.store import Registre
from registre.verification import verify

from .conftest import AWA, MONTREUIL, REPONSES, confirmed

VIDE = "rien n’a été écrit"


def sound(registre):
    assert verify(registre.base, registre.fichiers).constats == ()


def big(registre, n):
    """A deposit of some megabytes."""
    from registre.records import Reponse

    return registre.brouillon(
        Cle("bilan", f"gros-{n}", 2025),
        [Reponse(f"L{i:04d}", texte="x" * 2_000) for i in range(300)],
        AWA,
        attendu=None,
        modele_version="1",
    )


def test_a_full_disk_writes_nothing(nouvelle, fichiers):
    """SQLite's own limit of pages gives the error of a full disk."""
    with Registre.ouvrir(nouvelle("sqlite"), fichiers) as registre:
        confirmed(registre)
        before = registre.empreinte()

        @event.listens_for(registre.base.engine, "checkout")
        def limit(connection, *_):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages + 20}")

        refused = None
        for n in range(50):
            try:
                big(registre, n)
            except Indisponible as error:
                refused = str(error)
                break
            before = registre.empreinte()
        assert refused is not None
        assert "plus de place" in refused
        assert VIDE in refused
        assert registre.empreinte() == before
        sound(registre)


def test_a_register_that_is_read_only_says_so(nouvelle, fichiers):
    with Registre.ouvrir(nouvelle("sqlite"), fichiers) as registre:
        confirmed(registre)

        @event.listens_for(registre.base.engine, "checkout")
        def lock(connection, *_):
            connection.execute("PRAGMA query_only=ON")

        with pytest.raises(Indisponible, match=r"lecture seule.; rien n’a été écrit"):
            big(registre, 1)
        assert registre.depot(MONTREUIL).en_vigueur
        sound(registre)


def test_a_postgresql_that_is_read_only_says_so(nouvelle, fichiers):
    url = nouvelle("postgresql")
    Registre.ouvrir(url, fichiers).fermer()
    options = make_url(url).query["options"]
    closed = make_url(url).update_query_dict({"options": f"{options} -cdefault_transaction_read_only=on"})
    with Registre.ouvrir(closed.render_as_string(hide_password=False), fichiers) as registre:
        with pytest.raises(Indisponible, match="lecture seule"):
            confirmed(registre)
        assert registre.revision() == 0


def test_a_register_locked_by_another_says_so_in_time(adresse, fichiers):
    with (
        Registre.ouvrir(adresse, fichiers) as other,
        Registre.ouvrir(adresse, fichiers, attente=0.3) as registre,
    ):
        confirmed(other)
        with other.base.writing() as connexion:
            connexion.execute(text("UPDATE compteur SET revision = revision"))
            with pytest.raises(Indisponible, match=r"occupé par une autre écriture.; rien n’a été écrit"):
                registre.brouillon(Cle("abs", "93066", 2025), [], AWA, attendu=None, modele_version="1")
            # Reading waits for nobody.
            assert registre.depot(MONTREUIL).en_vigueur
        registre.brouillon(Cle("abs", "93066", 2025), [], AWA, attendu=None, modele_version="1")
        sound(registre)


@pytest.mark.parametrize("step", range(1, 9))
def test_a_save_that_fails_at_any_of_its_statements_writes_nothing(registre, step):
    """Every statement of a save in turn: a deposit, its revision, its answers, the audit, the counter."""
    confirmed(registre)
    before = registre.empreinte()
    seen = []

    @event.listens_for(registre.base.engine, "before_cursor_execute")
    def stop(_connection, _cursor, statement, *_):
        if statement.split()[0] in ("INSERT", "UPDATE", "SELECT"):
            seen.append(statement)
            if len(seen) == step:
                raise RuntimeError("coupure")

    with pytest.raises(RuntimeError, match="coupure"):
        registre.brouillon(MONTREUIL, REPONSES[:1], AWA, attendu=3, modele_version="1")
    event.remove(registre.base.engine, "before_cursor_execute", stop)
    assert registre.empreinte() == before
    assert len(registre.revisions(MONTREUIL)) == 1
    registre.brouillon(MONTREUIL, REPONSES[:1], AWA, attendu=3, modele_version="1")
    sound(registre)


@pytest.fixture
def contested(nouvelle, fichiers):
    """A function that opens a PostgreSQL register whose first writes of the audit fail as contested ones do."""

    @contextlib.contextmanager
    def opened(times: int):
        with Registre.ouvrir(nouvelle("postgresql"), fichiers) as registre:
            with registre.base.writing() as connexion:
                # A sequence counts even what is rolled back.
                connexion.exec_driver_sql("CREATE SEQUENCE essais")
                connexion.exec_driver_sql(
                    "CREATE FUNCTION echouer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"IF nextval('essais') <= {times} THEN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END IF; "
                    "RETURN NEW; END $$"
                )
                connexion.exec_driver_sql(
                    "CREATE TRIGGER echec BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION echouer()"
                )
            yield registre

    return opened


def test_a_contested_write_is_made_again(contested):
    with contested(3) as registre:
        registre.reglages.ecrire("a", 1, AWA)
        assert (registre.reglages.lire_version("a"), registre.revision()) == ((1, 1), 1)
        sound(registre)


def test_a_write_that_is_always_contested_is_refused(contested):
    with contested(1_000) as registre:
        with pytest.raises(Indisponible, match=r"trop d’écritures à la fois.; rien n’a été écrit"):
            registre.reglages.ecrire("a", 1, AWA)
        assert registre.revision() == 0


def test_a_connection_cut_while_it_is_acknowledged_is_said_to_be_uncertain(nouvelle, fichiers):
    with Registre.ouvrir(nouvelle("postgresql"), fichiers) as registre:

        @event.listens_for(registre.base.engine, "commit")
        def cut(connection):
            raw = connection.connection.driver_connection
            with psycopg.connect(raw.info.dsn, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (raw.info.backend_pid,))

        with pytest.raises(Incertain, match="peut-être"):
            registre.reglages.ecrire("a", 1, AWA)
        event.remove(registre.base.engine, "commit", cut)
        # The next demand takes another connection.
        assert registre.reglages.lire("a") is None
        registre.reglages.ecrire("a", 1, AWA)
        sound(registre)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg://x:secret@127.0.0.1:1/rien?connect_timeout=2", "le serveur ne répond pas"),
        ("sqlite:////proc/registre/registre.sqlite", "absent|droits|refusé"),
        ("sqlite:////tmp", "dossier"),
    ],
)
def test_a_register_that_cannot_be_reached_says_so_without_the_password(url, words):
    with pytest.raises(Indisponible, match=words) as refused:
        Registre.ouvrir(url)
    assert "secret" not in str(refused.value)


def test_a_wrong_password_and_a_database_that_is_not_there(serveur, fichiers):
    url = make_url(serveur).set(drivername="postgresql+psycopg", database="absente")
    with pytest.raises(Indisponible, match=r"n’existe pas|ne répond pas"):
        Registre.ouvrir(url.render_as_string(hide_password=False), fichiers)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://x:secret@y/z", r"base «.mysql.» inconnue"),
        ("n’importe quoi secret", "illisible"),
        ("sqlite://", "se garde dans un fichier"),
        ("sqlite:///:memory:", "se garde dans un fichier"),
    ],
)
def test_an_address_that_is_none_is_refused_without_showing_it(url, words):
    with pytest.raises(Invalide, match=words) as refused:
        read_url(url)
    assert "secret" not in str(refused.value)


def test_settings_of_the_environment(monkeypatch, tmp_path):
    for name in ("OBSERVATOIRE_REGISTRE", "OBSERVATOIRE_REGISTRE_DOSSIER", "OBSERVATOIRE_DEPOTS"):
        monkeypatch.delenv(name, raising=False)
    root = Path(__file__).resolve().parents[2]
    assert default_url().database == str(root / "data" / "registre" / "registre.sqlite")
    assert default_depots() == root / "data" / "depots"
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE_DOSSIER", str(tmp_path))
    monkeypatch.setenv("OBSERVATOIRE_DEPOTS", str(tmp_path / "d"))
    assert default_url().database == str(tmp_path / "registre.sqlite")
    assert default_depots() == tmp_path / "d"
    for written in ("postgres://u@h/b", "postgresql://u@h/b", "postgresql+psycopg://u@h/b"):
        monkeypatch.setenv("OBSERVATOIRE_REGISTRE", written)
        assert default_url().drivername == "postgresql+psycopg"


def test_a_file_that_is_no_register_is_refused(tmp_path, fichiers):
    path = tmp_path / "registre.sqlite"
    path.write_bytes(b"un classeur, pas une base" * 100)
    with pytest.raises(Indisponible, match="n’est pas un registre"):
        Registre.ouvrir(f"sqlite:///{path}", fichiers)
    assert path.read_bytes() == b"un classeur, pas une base" * 100


def test_the_tables_of_another_program_are_left_alone(tmp_path, fichiers):
    path = tmp_path / "registre.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE depot (x)")
    with pytest.raises(RegistreError):
        Registre.ouvrir(f"sqlite:///{path}", fichiers)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("depot",)]


def test_sqlite_is_told_to_lose_nothing(nouvelle, fichiers):
    with Registre.ouvrir(nouvelle("sqlite"), fichiers) as registre, registre.base.reading() as connexion:
        found = [connexion.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        assert found == ["wal", 2]
        assert connexion.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_table_removed_behind_its_back_is_told(adresse, fichiers):
    with Registre.ouvrir(adresse, fichiers) as registre:
        with registre.base.writing() as connexion:
            connexion.execute(text("DROP TABLE reponse"))
        with pytest.raises(SchemaRefuse, match="manque des tables"):
            confirmed(registre)
        assert registre.revision() == 0
