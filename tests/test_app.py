"""The server: it builds its warehouse when there is none, says in French what fails, serves the boundaries."""

import asyncio
import contextlib
from pathlib import Path

import duckdb
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

import app as server
from etl.load import build, current, outdated
from observatoire.api import ROUTES
from observatoire.config import RACINE, warehouse_folder


def test_a_first_start_builds_the_warehouse(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))

    async def start():
        async with server.prepare(server.app):
            pass

    asyncio.run(start())
    assert current(tmp_path) is not None
    assert "Premier démarrage : construction de l’entrepôt" in capsys.readouterr().out


def test_a_warehouse_of_a_former_version_is_built_again_at_start(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    path = build(tmp_path)
    assert not outdated(tmp_path)
    with contextlib.closing(duckdb.connect(str(path))) as con:
        con.execute("UPDATE construction SET empreinte = 'ancienne'")
    assert outdated(tmp_path)

    async def start():
        async with server.prepare(server.app):
            pass

    asyncio.run(start())
    assert current(tmp_path) != path
    assert "Nouvelle version des chiffres" in capsys.readouterr().out


def test_a_warehouse_built_from_the_producers_files_is_left_alone(tmp_path):
    path = build(tmp_path)
    with contextlib.closing(duckdb.connect(str(path))) as con:
        con.execute("UPDATE construction SET empreinte = 'autre', origine = 'fichiers'")
    assert not outdated(tmp_path)


def test_boundaries_are_light_and_in_the_order_of_the_map(entrepot, house):
    client = TestClient(Starlette(routes=ROUTES))
    answer = client.get("/api/v1/geo/communes.geojson")
    assert answer.status_code == 200
    assert len(answer.content) < 300_000
    assert "max-age" in answer.headers["cache-control"]
    features = answer.json()["features"]
    assert [f["properties"]["code"] for f in features] == sorted(house.communes)
    assert [f["properties"]["i"] for f in features] == list(range(39))
    assert client.get("/api/v1/geo/cantons.geojson").status_code == 404


def test_without_a_warehouse_a_page_says_in_french_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    page = AppTest.from_file(str(RACINE / "observatoire" / "navigation.py"), default_timeout=30).run()
    assert [e.value.split(" : ")[1] for e in page.error] == ["lancer « python -m etl build », puis recharger la page."]
    assert len(page.exception) == 0
    assert len(page.title) == 0


def test_a_page_that_fails_shows_a_french_sentence_and_nothing_of_the_error():
    def failing():
        import app

        app.tell_error(ZeroDivisionError("secret interne"))

    page = AppTest.from_function(failing, default_timeout=30).run()
    (error,) = [e.value for e in page.error]
    assert error.startswith("Cette page a rencontré une erreur.")
    assert "secret interne" not in error


def test_the_folder_of_the_warehouse_is_a_setting(monkeypatch):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", "/ailleurs")
    assert warehouse_folder() == Path("/ailleurs")
    monkeypatch.delenv("OBSERVATOIRE_ENTREPOT")
    assert warehouse_folder() == RACINE / "data" / "entrepot"
