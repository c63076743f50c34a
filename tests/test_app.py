"""The server: it builds its warehouse when there is none, and its start page is ours."""

import asyncio
import contextlib

import duckdb
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

import app as server
from etl.load import build, current, outdated
from observatoire.api import ROUTES
from observatoire.shell import FrenchShell, make_ours

PAGE = '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body>é</body></html>'


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


def test_the_start_page_speaks_french_and_knows_its_server():
    html = make_ours(PAGE, "/obs")
    assert '<html lang="fr">' in html
    assert "<title>Observatoire social des CCAS 93</title>" in html
    assert 'BACKEND_BASE_URL:window.location.origin+"/obs"' in html


@pytest.fixture
def client():
    routes = [
        Route("/", lambda _request: HTMLResponse(PAGE, headers={"etag": "x"})),
        Route("/texte", lambda _request: PlainTextResponse('<html lang="en">')),
    ]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(FrenchShell)]))


def test_only_pages_are_rewritten_and_their_length_is_right(client):
    page = client.get("/", headers={"accept": "text/html"})
    assert '<html lang="fr">' in page.text
    assert int(page.headers["content-length"]) == len(page.content)
    assert client.get("/", headers={"accept": "*/*"}).text == PAGE
    assert client.get("/texte", headers={"accept": "text/html"}).text == '<html lang="en">'


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
