"""What the server prepares before the first page, and the boundaries its maps fetch."""

import asyncio
import contextlib
import errno
import os
import re
import shutil

import duckdb
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

import app as server
from etl.load import current, outdated, point_to
from etl.saisies import PUBLIC
from etl.transform import TRANSFORM
from observatoire.api import ROUTES
from observatoire.config import RACINE
from observatoire.warehouse import open_warehouse

PAGE = '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body>é</body></html>'


def start() -> None:
    """What the server does before its first page."""

    async def prepare():
        async with server.prepare(server.app):
            pass

    asyncio.run(prepare())


def age(path) -> None:
    """Make a warehouse that of a former version of the project."""
    with contextlib.closing(duckdb.connect(str(path))) as con:
        con.execute("UPDATE construction SET empreinte = 'ancienne'")


def copied(entrepot, folder):
    """The warehouse of the tests, in a folder of its own: building one takes seconds."""
    path = folder / current(entrepot).name
    shutil.copy(current(entrepot), path)
    point_to(folder, path)
    return path


def refuse(error: Exception):
    """A build that the system stops."""

    def build(*_args, **_kwargs):
        raise error

    return build


def test_a_warehouse_of_a_former_version_is_built_again_at_start(entrepot, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    path = copied(entrepot, tmp_path)
    assert not outdated(tmp_path)
    age(path)
    assert outdated(tmp_path)

    start()
    assert current(tmp_path) != path
    assert "Nouvelle version des chiffres" in capsys.readouterr().out


def test_a_warehouse_built_from_the_producers_files_is_left_alone(entrepot, tmp_path):
    path = copied(entrepot, tmp_path)
    with contextlib.closing(duckdb.connect(str(path))) as con:
        con.execute("UPDATE construction SET empreinte = 'autre', origine = 'fichiers'")
    assert not outdated(tmp_path)


def test_boundaries_are_light_and_in_the_order_of_the_map(entrepot, warehouse):
    client = TestClient(Starlette(routes=ROUTES))
    answer = client.get("/api/v1/geo/communes.geojson")
    assert answer.status_code == 200
    assert len(answer.content) < 300_000
    assert "max-age" in answer.headers["cache-control"]
    features = answer.json()["features"]
    assert [f["properties"]["code"] for f in features] == sorted(warehouse.communes)
    assert [f["properties"]["i"] for f in features] == list(range(39))
    assert client.get("/api/v1/geo/cantons.geojson").status_code == 404


def test_an_outdated_warehouse_that_cannot_be_built_again_is_served_and_said_so(
    entrepot, tmp_path, monkeypatch, capsys
):
    """An image in read-only, after an update: the pages open on the former figures, and one line says it."""
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    age(copied(entrepot, tmp_path))
    monkeypatch.setattr(server, "build", refuse(OSError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path))))
    start()
    told = capsys.readouterr().out
    assert "ce dossier est en lecture seule" in told
    assert "reste servi" in told
    assert "Traceback" not in told
    page = AppTest.from_file(str(RACINE / "observatoire" / "navigation.py"), default_timeout=60).run()
    assert not page.exception
    banner = [block.proto.body for block in page.get("html") if "obs-bandeau" in block.proto.body]
    assert len(banner) == 1
    assert "version antérieure" in banner[0]
    assert str(tmp_path) not in banner[0]
    assert len(page.title) == 1


@pytest.mark.parametrize(
    ("today", "formerly", "named"),
    [
        (r"ruptures STRUCT\([^)]*\)", "ruptures VARCHAR", "indicateur.ruptures"),
        (r"publie_le ", "paru_le ", "source.publie_le"),
    ],
)
def test_a_warehouse_of_another_form_is_refused_in_one_sentence(tmp_path, monkeypatch, today, formerly, named):
    """Served in a read-only folder after an update, tables of another form would fail page after page."""
    tables, changed = re.subn(today, formerly, (TRANSFORM / "00_tables.sql").read_text(encoding="utf-8"), count=1)
    assert changed
    with contextlib.closing(duckdb.connect(str(tmp_path / "observatoire.duckdb"))) as con:
        con.execute(tables)
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    page = AppTest.from_file(str(RACINE / "observatoire" / "navigation.py"), default_timeout=60).run()
    assert not page.exception
    (error,) = [block.value for block in page.error]
    assert error.startswith("L’entrepôt vient d’une version du projet dont les tables étaient autres")
    assert named in error
    assert "python -m etl build" in error


def test_an_up_to_date_warehouse_has_no_banner(warehouse):
    assert not warehouse.outdated


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), duckdb.IOException("IO Error: No space left on device")]
)
def test_a_full_disk_at_first_start_is_a_line_in_french_and_the_server_opens(tmp_path, monkeypatch, capsys, error):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    monkeypatch.setattr(server, "build", refuse(error))
    start()
    told = capsys.readouterr().out
    assert "L’entrepôt n’a pas pu être construit" in told
    assert "disque" in told
    assert "python -m etl build" in told
    assert "Observatoire ouvert" in told
    assert TestClient(Starlette(routes=ROUTES)).get("/api/v1/sources").status_code == 503


def test_what_the_database_says_in_english_is_for_the_log(tmp_path, monkeypatch, capsys, caplog):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    monkeypatch.setattr(server, "build", refuse(duckdb.IOException("IO Error: Something went wrong")))
    start()
    told = capsys.readouterr().out
    assert f"{tmp_path} : écriture interrompue → vérifier la place" in told
    assert "Something went wrong" not in told
    assert "Something went wrong" in caplog.text


def test_a_damaged_warehouse_shows_a_french_page_without_a_path(tmp_path, monkeypatch):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    (tmp_path / "observatoire.duckdb").write_bytes(b"\xff" * 5000)
    page = AppTest.from_file(str(RACINE / "observatoire" / "navigation.py"), default_timeout=60).run()
    assert not page.exception
    (error,) = [block.value for block in page.error]
    assert error.startswith("L’entrepôt ne peut pas être lu")
    assert str(tmp_path) not in error


def test_after_the_clock_was_set_back_the_newest_build_is_the_one_pointed_at(entrepot, tmp_path):
    """Builds are named by the clock: the pointer alone says which is in service."""
    good = (entrepot / "observatoire.duckdb").read_bytes()
    for day in ("20990101", "20261101"):
        (tmp_path / f"observatoire-{day}T000000000000.duckdb").write_bytes(good)
        point_to(tmp_path, tmp_path / f"observatoire-{day}T000000000000.duckdb")
    assert open_warehouse(tmp_path).version.startswith("observatoire-20261101")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '/tmp/observatoire-essai.csv'",
        "ATTACH '/tmp/observatoire-essai.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '64GB'",
    ],
)
def test_no_question_leaves_the_warehouse(warehouse, sql):
    with pytest.raises(duckdb.Error, match=r"disabled|locked|Cannot access"):
        warehouse.rows(sql)
    assert warehouse.rows("SELECT 1 AS un") == [{"un": 1}]


def test_the_demonstration_is_published_at_the_first_start_and_makes_no_register(
    entrepot, tmp_path, monkeypatch, capsys
):
    served = tmp_path / "entrepot"
    served.mkdir()
    path = current(entrepot)
    shutil.copy2(path, served / path.name)
    point_to(served, served / path.name)
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(served))
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE_DOSSIER", str(tmp_path / "registre"))
    monkeypatch.setenv("OBSERVATOIRE_DEMONSTRATION", "1")
    start()
    assert "jeu de démonstration" in capsys.readouterr().out
    first = current(served, PUBLIC)
    with contextlib.closing(duckdb.connect(str(first), read_only=True)) as con:
        assert con.execute("SELECT DISTINCT demonstration FROM reponse").fetchall() == [(True,)]
    assert not (tmp_path / "registre").exists()
    start()
    assert current(served, PUBLIC) == first
    monkeypatch.setenv("OBSERVATOIRE_DEMONSTRATION", "0")
    start()
    with contextlib.closing(duckdb.connect(str(current(served, PUBLIC)), read_only=True)) as con:
        assert con.execute("SELECT count(*) FROM reponse").fetchall() == [(0,)]
