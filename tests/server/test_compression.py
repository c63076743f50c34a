"""Streamlit's files leave compressed, are kept by the browser, and are never given to one that cannot read them."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import file_util

from observatoire.server.compression import FOREVER, Assets, Compressed, accepted, compress, linked

TEXTE = "export const mot = 'é';\n" * 200


@pytest.fixture
def folder(tmp_path) -> Path:
    """The files of a small Streamlit."""
    for name, content in {
        "index.html": '<script src="./static/js/a.AB-12.js"></script><link href="./static/css/a.css">',
        "static/js/a.AB-12.js": TEXTE,
        "static/css/a.css": "a { color: red }",
        "static/media/a.woff2": "fonte",
        "secret.js": "secret",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


@pytest.fixture
def client(folder):
    """``client(base)`` → a client of the middleware before a server that says « brut »."""

    def start(base: str = "") -> TestClient:
        raw = Route("/{x:path}", lambda _: PlainTextResponse("brut"), methods=["GET", "POST"])
        app = Starlette(routes=[raw], middleware=[Middleware(Compressed, assets=Assets(folder), base=base)])
        return TestClient(app)

    return start


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_what_is_compressed_is_the_file(coding):
    sent = compress(TEXTE.encode(), coding)
    read = gzip.decompress(sent) if coding == "gzip" else pa.Codec("brotli").decompress(sent, len(TEXTE.encode()))
    assert bytes(read) == TEXTE.encode()
    assert len(sent) < 300


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.000", ""),
        ("br;q=0.001", "br"),
        ("identity", ""),
        ("", ""),
        ("brotli", ""),
    ],
)
def test_only_a_coding_that_the_browser_takes_is_chosen(header, coding):
    assert accepted(header) == coding


@pytest.mark.parametrize("base", ["", "/observatoire"])
def test_a_file_leaves_compressed_and_is_kept_a_year(client, base):
    address = f"{base}/static/js/a.AB-12.js"
    answer = client(base).get(address, headers={"accept-encoding": "gzip"})
    assert answer.text == TEXTE
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 300
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["vary"] == "Accept-Encoding"


def test_each_coding_has_its_own_tag_and_a_known_one_is_not_sent_again(client):
    asked = client()
    tags = {}
    for coding in ("br", "gzip"):
        given = {"accept-encoding": coding}
        tags[coding] = asked.head("/static/js/a.AB-12.js", headers=given).headers["etag"]
        again = asked.get("/static/js/a.AB-12.js", headers={**given, "if-none-match": f'"x", W/{tags[coding]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["vary"] == "Accept-Encoding"
    assert tags["br"] != tags["gzip"]
    other = asked.get("/static/js/a.AB-12.js", headers={"accept-encoding": "gzip", "if-none-match": tags["br"]})
    assert other.status_code == 200


@pytest.mark.parametrize("given", [{"accept-encoding": "identity"}, {"accept-encoding": "br", "range": "bytes=0-9"}])
def test_the_file_as_it_is_says_that_it_hangs_on_the_codings(client, given):
    answer = client().get("/static/js/a.AB-12.js", headers=given)
    assert answer.text == "brut"
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path",
    ["/static/media/a.woff2", "/static/js/absent.js", "/static/js/%2e%2e/%2e%2e/secret.js", "/secret.js", "/portrait"],
)
def test_anything_else_passes(client, path):
    answer = client().get(path, headers={"accept-encoding": "br"})
    assert answer.text == "brut"
    assert "vary" not in answer.headers


def test_what_the_start_page_names_is_ready_before_it_is_asked_for(folder):
    assets = Assets(folder)
    assets.warm()
    for name in assets.names:
        (folder / "static" / name).unlink()
    assert gzip.decompress(assets.get("js/a.AB-12.js", "gzip")[0]).decode() == TEXTE
    assert assets.get("css/a.css", "br")[0]


def test_the_scripts_of_streamlit_s_own_start_page_are_known_and_light():
    """419 kB would be the least that brotli can do; 2.1 MB when they are sent as they are."""
    assets = Assets(Path(file_util.get_static_dir()))
    named = list(linked((assets.folder / "index.html").read_text("utf-8")))
    scripts = [name for name in named if not name.endswith(".woff2")]
    assert len(scripts) > 20
    assert set(scripts) <= set(assets.names)
    assert sum(len(assets.get(name, "br")[0]) for name in scripts) < 500_000
