"""Files sent by browsers: none where nobody writes, few and small where somebody does."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from observatoire.server import envois
from observatoire.server.envois import Envois

ADRESSE = "/obs/_stcore/upload_file/page/fichier"


async def taken(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())}")


@pytest.fixture
def server():
    """``server(ouvert=True)`` → a client of an application that takes any file, behind the guard."""

    def of(ouvert: bool = True, **more) -> TestClient:
        application = Starlette(routes=[Route("/{reste:path}", taken, methods=["PUT", "DELETE", "GET"])])
        return TestClient(Envois(application, base="/obs", ouvert=ouvert, **more))

    return of


def test_nothing_is_sent_where_nobody_writes(server):
    client = server(ouvert=False)
    for ask in (client.put, client.delete, client.get):
        assert ask(ADRESSE).status_code == 404
    assert client.put("/obs/ailleurs", content=b"x").status_code == 200


def test_a_file_goes_in_where_somebody_writes(server):
    answer = server().put(ADRESSE, content=b"classeur")
    assert (answer.status_code, answer.text) == (200, "8")


def test_a_file_too_heavy_is_refused_before_it_is_read(server, monkeypatch):
    monkeypatch.setattr(envois, "PLUS_LOURD", 10)
    client = server()
    assert client.put(ADRESSE, content=b"x" * 10).status_code == 200
    assert client.put(ADRESSE, content=b"x" * 11).status_code == 413


def test_a_file_of_unknown_size_is_refused(server):
    assert server().put(ADRESSE, content=iter([b"x"])).status_code == 411


def test_a_page_holds_a_few_files_at_once(server, monkeypatch):
    monkeypatch.setattr(envois, "PAR_PAGE", 2)
    client = server()
    sent = [client.put(f"{ADRESSE}{n}", content=b"x").status_code for n in range(3)]
    assert sent == [200, 200, 429]
    assert client.put(f"{ADRESSE}1", content=b"y").status_code == 200
    assert client.delete(f"{ADRESSE}0").status_code == 200
    assert client.put(f"{ADRESSE}3", content=b"x").status_code == 200


def test_all_pages_together_hold_so_much_until_one_is_closed(server, monkeypatch):
    monkeypatch.setattr(envois, "EN_TOUT", 10)
    opened = {"p0", "p1", "p2"}
    client = server(active=opened.__contains__)
    pages = [f"/obs/_stcore/upload_file/p{n}/f" for n in range(3)]
    assert [client.put(page, content=b"x" * 5).status_code for page in pages] == [200, 200, 503]
    assert client.put(pages[2], content=b"x" * 5).status_code == 503
    opened.remove("p0")
    assert client.put(pages[2], content=b"x" * 5).status_code == 200
