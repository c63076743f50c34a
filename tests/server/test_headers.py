"""What every answer says to a browser, and the addresses that answer nothing."""

from functools import partial

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from observatoire.config import RACINE, framers
from observatoire.server.headers import Protected, page_policy, script_hashes
from observatoire.shell import FrenchShell

PAGE = '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body><script>un()</script></body></html>'
CHEMINS = ("/", "/static/js/a.js", "/api/v1/sources", "/_stcore/health", "/inconnu")


@pytest.fixture
def client():
    """A client of a small application behind the headers and the French shell."""
    routes = [
        Route("/api/v1/sources", lambda _: PlainTextResponse("{}")),
        Route("/{reste:path}", lambda request: HTMLResponse(PAGE, headers={"X-Vu": str(request.headers.raw)})),
    ]
    cadres = {"cadres": "'self' https://bondy.fr"}
    middleware = [Middleware(Protected, **cadres), Middleware(FrenchShell, policy=partial(page_policy, **cadres))]
    return TestClient(Starlette(routes=routes, middleware=middleware), base_url="http://observatoire.exemple.fr")


def rules(answer) -> dict[str, str]:
    """The content policy of an answer, rule by rule."""
    policy = answer.headers["content-security-policy"]
    return dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))


@pytest.mark.parametrize("chemin", CHEMINS)
def test_every_answer_protects_its_reader(client, chemin):
    answer = client.get(chemin, headers={"Accept": "text/html"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert rules(answer)["frame-ancestors"].startswith("'self'")


def test_a_page_loads_nothing_from_elsewhere_and_no_script_that_is_not_its_own(client):
    answer = client.get("/", headers={"Accept": "text/html"})
    found = rules(answer)
    assert "unsafe-inline" not in found["script-src"]
    assert "'unsafe-eval'" not in found["script-src"]
    hashes = script_hashes(answer.text)
    own = len(list((RACINE / "observatoire" / "ui").glob("*.js")))
    assert len(hashes) == own + 2, "les nôtres, et les deux de Streamlit"
    assert all(one in found["script-src"] for one in hashes)
    outside = [word for rule in found.values() for word in rule.split() if word.startswith(("http", "ws"))]
    assert set(outside) == {"ws://observatoire.exemple.fr", "wss://observatoire.exemple.fr", "https://bondy.fr"}


def test_the_api_runs_no_script_at_all(client):
    found = rules(client.get("/api/v1/sources"))
    assert found["default-src"] == "'none'"
    assert "script-src" not in found


def test_a_host_cannot_write_rules_into_the_policy():
    assert "evil" not in page_policy("a; script-src https://evil.example")


def test_a_map_background_is_the_only_third_party_one_can_open():
    found = page_policy("a", fond="https://tuiles.exemple.fr/style.json")
    assert found.count("https://tuiles.exemple.fr") == 3


@pytest.mark.parametrize("chemin", ["/_stcore/metrics", "/_stcore/agent/interact"])
def test_what_is_of_no_use_to_a_reader_is_closed(client, chemin):
    for method in ("GET", "POST", "PUT"):
        assert client.request(method, chemin).status_code == 404


def test_under_a_path_the_same_addresses_are_closed():
    app = Protected(Starlette(routes=[Route("/{x:path}", lambda _: PlainTextResponse("ouvert"))]), base="/obs")
    client = TestClient(app)
    assert client.get("/obs/_stcore/metrics").status_code == 404
    assert client.get("/obs/_stcore/health").status_code == 200
    assert "script-src" not in rules(client.get("/obs/api"))


def test_a_path_that_leaves_its_folder_is_refused_in_french(client):
    answer = client.get("/portrait%00")
    assert (answer.status_code, answer.text) == (400, "Cette adresse n’est pas permise.")


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("gzip;q=0", ""),
        ("gzip; q=0.000, br", "br"),
        ("gzip;q=0.5", "gzip;q=0.5"),
        ("gzip, deflate", "gzip, deflate"),
        ("identity;q=1, gzip;q=0", "identity;q=1"),
    ],
)
def test_a_coding_that_is_refused_is_not_used(client, asked, kept):
    seen = client.get("/inconnu", headers={"Accept-Encoding": asked}).headers["x-vu"]
    assert f"(b'accept-encoding', b'{kept}')" in seen


def test_who_may_frame_is_a_setting_that_cannot_say_more(monkeypatch):
    assert framers() == "'self'"
    monkeypatch.setenv("OBSERVATOIRE_CADRES", "'self' https://bondy.fr https://*.ville.fr:8443")
    assert "https://bondy.fr" in framers()
    monkeypatch.setenv("OBSERVATOIRE_CADRES", "'self'; script-src *")
    with pytest.raises(ValueError, match="OBSERVATOIRE_CADRES"):
        framers()
