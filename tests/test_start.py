"""What the server prepares before the first page, and the boundaries its maps fetch."""

import asyncio
import contextlib

import duckdb
from starlette.applications import Starlette
from starlette.testclient import TestClient

import app as server
from etl.load import build, current, outdated
from observatoire.api import ROUTES

PAGE = '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body>é</body></html>'


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
