"""The HTML page in which Streamlit starts, made ours before it leaves the server.

Streamlit's own page is in English, untitled, and looks for its server under the page's address first (two failed
requests on each deep link). This middleware declares the language, the title, the style sheet, the address of the
server, has Streamlit's own words said in French (ui/francais.js), links what is pointed at on a map to the ranking and
the distribution beside it (ui/carte.js, ui/carte_svg.js), hears « Copier l’image » (ui/copier.js), « Plein écran »
(ui/plein_ecran.js) and « / » (ui/recherche.js), brings the keyboard where « Voir » and « Y aller » lead (ui/voir.js,
ui/viser.js), and names the
scripts of the page in its content policy (server/headers.py); nothing else of the traffic is touched.

The page says something before its scripts come (server/attente.py): what the first words need comes first, the rest of
the head after it, the font last. It is sent compressed, and not again to a browser that has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from observatoire.brand import DESCRIPTION, MARQUE, TITRE, as_image
from observatoire.server.attente import waiting, without_script
from observatoire.server.compression import accepted, compress, is_known, vary
from observatoire.server.headers import POLICY, page_policy, script_hashes

Policy = Callable[[str, Sequence[str]], str]

# What tells Streamlit's start page from the other pages in HTML (that of the API).
_DEPART = "<title>Streamlit</title>"
_HIDDEN = (b"accept-encoding", b"if-none-match", b"if-modified-since")
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_STYLE_SHEET = re.compile(r'<link rel="stylesheet"([^>]*)>')
_FONT = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*>')
_SERVICE = re.compile(r'<link rel="service-desc"[^>]*>')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def make_ours(page: str, base_path: str = "") -> str:
    """Streamlit's start page with our language, words, title, icon, style and the address of the server; another page
    as it is."""
    if _DEPART not in page:
        return page
    names = (
        "attente.js",
        "francais.js",
        "carte.js",
        "carte_svg.js",
        "copier.js",
        "plein_ecran.js",
        "recherche.js",
        "viser.js",
        "voir.js",
    )
    scripts = "".join(f"<script>{_text(name)}</script>" for name in names)
    head = (
        f'<meta name="description" content="{escape(DESCRIPTION, quote=True)}">'
        f"<script>window.__streamlit={{BACKEND_BASE_URL:window.location.origin+{json.dumps(base_path)}}}</script>"
        f"<style>{_text('attente.css')}{_text('style.css')}</style>"
    )
    page = _COMMENT.sub("", page)
    page = page.replace('<html lang="en">', '<html lang="fr">', 1)
    page = page.replace(_DEPART, f"<title>{TITRE}</title>{head}", 1)
    page = page.replace('href="./favicon.png"', f'href="{as_image(MARQUE)}"', 1)
    page = _SERVICE.sub(f'<link rel="service-desc" href="{escape(base_path, quote=True)}/api/v1/openapi.json">', page)
    page = _NOSCRIPT.sub(lambda _: without_script(base_path), page)
    # A style sheet holds back what follows it until it has come; this one waits for attente.js to have it applied.
    page = _STYLE_SHEET.sub(r'<link rel="stylesheet" media="not all" data-attente fetchpriority="high"\1>', page)
    # A font takes the line of the scripts: it comes after them.
    font = _FONT.search(page)
    last = font[0].replace('rel="preload"', 'rel="preload" fetchpriority="low"', 1) if font else ""
    page = _FONT.sub("", page).replace("<body>", f"<body>{waiting()}", 1)
    return page.replace("</body>", f"{scripts}{last}</body>", 1)


def _text(name: str) -> str:
    return files("observatoire.ui").joinpath(name).read_text("utf-8")


def make_nowhere(base_path: str = "") -> str:
    """What is said at an address under that of a page (« /donnees/xx »), where Streamlit would send a start page that
    finds none of its files."""
    home = escape(f"{base_path}/", quote=True)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Page introuvable · {TITRE}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="{as_image(MARQUE)}">'
        "<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 'Source Sans',sans-serif;max-width:38rem;"
        "margin:14vh auto;padding:0 1.2rem;color:light-dark(#16294a,#f2f4f8);background:light-dark(#fff,#111824)}"
        "a{color:inherit}</style></head><body><main><h1>Page introuvable</h1>"
        "<p>Cette adresse ne mène à aucune page de l’observatoire. Si elle vient d’un lien, il a peut-être été coupé "
        "ou complété en le copiant.</p>"
        f'<p><a href="{home}">Ouvrir l’accueil</a>, ou le '
        f'<a href="{home}donnees?rayon=indicateurs">catalogue des indicateurs</a>.</p></main></body></html>'
    )


class FrenchShell:
    """ASGI middleware: rewrites HTML pages with ``make_ours``; under the address of a page, ``make_nowhere``.

    ``policy``: the content policy of a page, from the host it is asked from and the hashes of its scripts.
    """

    def __init__(self, app: ASGIApp, base_path: str = "", policy: Policy = page_policy) -> None:
        self.app, self.base_path, self.policy = app, base_path, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through but the pages a browser asks for."""
        wanted = scope["type"] == "http" and any(k == b"accept" and b"text/html" in v for k, v in scope["headers"])
        if not wanted:
            await self.app(scope, receive, send)
            return
        kept = [(key, value) for key, value in scope["headers"] if key not in _HIDDEN]
        under = "/" in scope["path"].removeprefix(self.base_path).strip("/")
        asked = Headers(scope=scope)
        host = asked.get("host", "")
        rewriter = _Rewriter(send, self.base_path, lambda page: self.policy(host, script_hashes(page)), asked, under)
        await self.app({**scope, "headers": kept}, receive, rewriter)


class _Rewriter:
    """Holds an HTML response back until it is whole, then sends it rewritten."""

    def __init__(
        self, send: Send, base_path: str, policy: Callable[[str], str], asked: Headers, under: bool = False
    ) -> None:
        self.send, self.base_path, self.policy, self.asked, self.under = send, base_path, policy, asked, under
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            html = MutableHeaders(raw=message["headers"]).get("content-type", "").startswith("text/html")
            if html:
                self.start = message
                return
        elif self.start is not None and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._flush()
            return
        await self.send(message)

    async def _flush(self) -> None:
        assert self.start is not None
        page = self.body.decode("utf-8")
        if self.under and _DEPART in page:
            page, self.start["status"] = make_nowhere(self.base_path), 404
        page = make_ours(page, self.base_path)
        headers = MutableHeaders(raw=self.start["headers"])
        body, coding = page.encode("utf-8"), accepted(self.asked.get("accept-encoding", ""))
        headers[POLICY] = self.policy(page)
        headers["etag"] = f'"{sha256(body).hexdigest()[:24]}{"-" if coding else ""}{coding}"'
        vary(headers)
        if "last-modified" in headers:  # that of Streamlit's page, not of ours
            del headers["last-modified"]
        if self.start["status"] == 200 and is_known(self.asked.get("if-none-match", ""), headers["etag"]):
            self.start["status"], body = 304, b""
            del headers["content-length"]
        else:
            if coding:
                body, headers["content-encoding"] = _compressed(body, coding), coding
            headers["content-length"] = str(len(body))
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": body})


# One start page, one page that leads nowhere, each in two codings; the same page under another base in the tests.
@lru_cache(maxsize=8)
def _compressed(page: bytes, coding: str) -> bytes:
    return compress(page, coding)
