"""The images offered to copy: drawn when asked for, under an address that cannot be guessed, and forgotten in turn."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from observatoire.api import routes
from observatoire.api.images import PERDUE, Offered, address, image_routes, offered


@pytest.mark.parametrize("base", ["", "/observatoire"])
def test_an_image_is_drawn_only_when_it_is_asked_for(base):
    drawn = []
    token = offered.offer(lambda: drawn.append(1) or b"\x89PNG")
    client = TestClient(Starlette(routes=[*image_routes(base), *routes(base)]))
    assert drawn == []
    answer = client.get(address(token, base))
    assert (answer.status_code, answer.content, drawn) == (200, b"\x89PNG", [1])
    assert answer.headers["content-type"] == "image/png"
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize("token", ["inconnu", "x" * 24, "a%2Fb"])
def test_an_unknown_image_is_refused_in_french(token):
    client = TestClient(Starlette(routes=[*image_routes(), *routes()]))
    answer = client.get(address(token))
    assert answer.status_code == 404
    assert answer.json()["detail"] == PERDUE or answer.json()["detail"].startswith("Rien à cette adresse")


def test_the_oldest_offer_is_forgotten_and_a_token_keeps_its_place():
    kept = Offered(most=2)
    first, second = kept.offer(lambda: b"1"), kept.offer(lambda: b"2")
    assert kept.offer(lambda: b"1 bis", first) == first
    third = kept.offer(lambda: b"3")
    assert len({first, second, third}) == 3
    assert kept.find(second) is None
    made = kept.find(first)
    assert made is not None
    assert made() == b"1 bis"
