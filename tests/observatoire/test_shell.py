"""The start page is ours: French, titled, told where its server is; nothing else of the traffic is touched."""

import asyncio
import gzip
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit import file_util

from observatoire.shell import FrenchShell, make_ours

PAGE = (
    '<!doctype html><html lang="en"><head><title>Streamlit</title><link rel="icon" href="./favicon.png"></head>'
    "<body><noscript>You need to enable JavaScript to run this app.</noscript>é</body></html>"
)


@dataclass
class Answer:
    """What a browser receives."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def ask(path: str = "/", base_path: str = "", **headers: str) -> Answer:
    """What a server of three addresses answers through the middleware, the start page being sent in two pieces."""

    async def server(scope, _receive, send):
        kind, status, pieces = "text/html; charset=utf-8", 200, PAGE.encode()
        if scope["path"] == "/data":
            kind, pieces = "application/json", b'{"titre": "<title>Streamlit</title>"}'
        elif scope["path"] == "/cache" and any(key == b"if-none-match" for key, _ in scope["headers"]):
            status, pieces = 304, b""
        sent = [(b"content-type", kind.encode()), (b"content-length", str(len(pieces)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        half = len(pieces) // 2
        await send({"type": "http.response.body", "body": pieces[:half], "more_body": True})
        await send({"type": "http.response.body", "body": pieces[half:]})

    received = []

    async def keep(message):
        received.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": given}
    asyncio.run(FrenchShell(server, base_path)(scope, None, keep))
    start, *bodies = received
    known = {key.decode(): value.decode() for key, value in start["headers"]}
    return Answer(start["status"], known, b"".join(message.get("body", b"") for message in bodies))


def test_the_page_declares_french_and_its_title():
    answer = ask(accept="text/html")
    assert '<html lang="fr">' in answer.text
    assert "<title>Observatoire social des CCAS 93</title>" in answer.text
    assert "<title>Streamlit" not in answer.text
    assert "You need to enable" not in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(("base", "address"), [("", '+""'), ("/observatoire", '+"/observatoire"')])
def test_the_page_knows_the_address_of_its_server(base, address):
    page = ask(base_path=base, accept="text/html").text
    assert f"BACKEND_BASE_URL:window.location.origin{address}}}" in page


def test_what_is_not_a_page_passes_untouched():
    assert ask("/data", accept="text/html").text == '{"titre": "<title>Streamlit</title>"}'
    assert ask(accept="application/json").text == PAGE


def test_a_browser_never_keeps_an_old_start_page():
    answer = ask("/cache", accept="text/html", if_none_match="abc")
    assert (answer.status, '<html lang="fr">' in answer.text) == (200, True)


def test_streamlit_s_own_page_still_has_what_we_replace():
    """A new version of Streamlit that changes its page would leave English words: this test says which."""
    with open(f"{file_util.get_static_dir()}/index.html", encoding="utf-8") as file:
        page = make_ours(file.read())
    assert '<html lang="fr">' in page
    assert "<title>Observatoire social des CCAS 93</title>" in page
    assert "BACKEND_BASE_URL" in page
    assert "favicon.png" not in page
    assert "You need to enable JavaScript" not in page

    assert "<p>You" not in page
    assert "_stcore/agent" not in page
    assert page.count("<noscript>") == 1
    # The first words come before the scripts that are not theirs, the style sheet holds nothing back, the font is last.
    assert page.index("Chargement de l’observatoire…") < page.index("const MOTS")
    assert page.count('media="not all" data-attente') == page.count('rel="stylesheet"') == 1
    assert page.count('as="font"') == 1
    assert page.index('as="font"') > page.index("const MOTS")


def test_the_first_words_have_the_colours_of_the_themes():
    style = files("observatoire.ui").joinpath("attente.css").read_text("utf-8")
    theme = tomllib.loads(Path(".streamlit/config.toml").read_text("utf-8"))["theme"]
    for name in ("textColor", "backgroundColor"):
        assert f"light-dark({theme['light'][name]}, {theme['dark'][name]})" in style
    side = (theme["light"]["sidebar"]["backgroundColor"], theme["dark"]["sidebar"]["backgroundColor"])
    assert f"light-dark({side[0]}, {side[1]})" in style


def test_the_page_of_the_api_is_left_as_it_is():
    page = "<html><head><title>API</title></head><body><p>You</p></body></html>"
    assert make_ours(page, "/obs") == page


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_the_page_is_compressed_and_not_sent_again_to_who_has_it(coding):
    whole = ask(accept="text/html").content
    first = ask(accept="text/html", accept_encoding=f"{coding}, deflate")
    read = (
        gzip.decompress(first.content) if coding == "gzip" else pa.Codec("brotli").decompress(first.content, len(whole))
    )
    assert bytes(read) == whole
    assert first.headers["content-encoding"] == coding
    assert first.headers["vary"] == "Accept-Encoding"
    again = ask(accept="text/html", accept_encoding=coding, if_none_match=first.headers["etag"])
    assert (again.status, again.content) == (304, b"")
    other = ask(accept="text/html", if_none_match=first.headers["etag"])
    assert (other.status, other.content) == (200, whole)


def test_the_start_page_calls_no_third_party():
    with open(f"{file_util.get_static_dir()}/index.html", encoding="utf-8") as file:
        page = make_ours(file.read())
    assert 'src="http' not in page
    assert 'href="http' not in page


@pytest.mark.parametrize(
    ("path", "base"),
    [("/donnees/xx", ""), ("/portrait/a/b", ""), ("/obs/donnees/xx", "/obs"), ("/donnees/static/a.js", "")],
)
def test_under_the_address_of_a_page_there_is_a_french_404(path, base):
    answer = ask(path, base_path=base, accept="text/html")
    assert answer.status == 404
    assert "<h1>Page introuvable</h1>" in answer.text
    assert f'<a href="{base}/">Ouvrir l’accueil</a>' in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(("path", "base"), [("/", ""), ("/donnees", ""), ("/obs/donnees", "/obs"), ("/obs/", "/obs")])
def test_the_address_of_a_page_is_no_404(path, base):
    answer = ask(path, base_path=base, accept="text/html")
    assert answer.status == 200
    assert "<h1>" not in answer.text
