"""The HTML page in which Streamlit starts, made ours before it leaves the server.

Streamlit's own page is in English, untitled, and looks for its server under the page's address first (two failed
requests on each deep link). This middleware declares the language, the title, the style sheet, the address of the
server, has Streamlit's own words said in French (ui/francais.js), links what is pointed at on a map to the ranking and
the distribution beside it (ui/carte.js), hears « Plein écran » (ui/plein_ecran.js) and « / » (ui/recherche.js), and
names the scripts of the page in its content policy (server/headers.py); nothing else of the traffic is touched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from observatoire.brand import DESCRIPTION, MARQUE, TITRE, as_image
from observatoire.server.headers import POLICY, page_policy, script_hashes

Policy = Callable[[str, Sequence[str]], str]

# What tells Streamlit's start page from the other pages in HTML (that of the API).
_DEPART = "<title>Streamlit</title>"
_HIDDEN = (b"accept-encoding", b"if-none-match", b"if-modified-since")


def make_ours(page: str, base_path: str = "") -> str:
    """Streamlit's start page with our language, words, title, icon, style and the address of the server."""
    style = files("observatoire.ui").joinpath("style.css").read_text("utf-8")
    names = ("francais.js", "carte.js", "plein_ecran.js", "recherche.js")
    texts = (files("observatoire.ui").joinpath(name).read_text("utf-8") for name in names)
    scripts = "".join(f"<script>{text}</script>" for text in texts)
    head = (
        f'<meta name="description" content="{escape(DESCRIPTION, quote=True)}">'
        f"<script>window.__streamlit={{BACKEND_BASE_URL:window.location.origin+{json.dumps(base_path)}}}</script>"
        f"{scripts}<style>{style}</style>"
    )
    page = page.replace('<html lang="en">', '<html lang="fr">', 1)
    page = page.replace(_DEPART, f"<title>{TITRE}</title>{head}", 1)
    page = page.replace('href="./favicon.png"', f'href="{as_image(MARQUE)}"', 1)
    return page.replace(
        "You need to enable JavaScript to run this app.", "Cette application a besoin de JavaScript pour s’afficher."
    )


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
        host = Headers(scope=scope).get("host", "")
        under = "/" in scope["path"].removeprefix(self.base_path).strip("/")
        rewriter = _Rewriter(send, self.base_path, lambda page: self.policy(host, script_hashes(page)), under)
        await self.app({**scope, "headers": kept}, receive, rewriter)


class _Rewriter:
    """Holds an HTML response back until it is whole, then sends it rewritten."""

    def __init__(self, send: Send, base_path: str, policy: Callable[[str], str], under: bool = False) -> None:
        self.send, self.base_path, self.policy, self.under = send, base_path, policy, under
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
        body, headers = page.encode("utf-8"), MutableHeaders(raw=self.start["headers"])
        headers["content-length"] = str(len(body))
        headers[POLICY] = self.policy(page)
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": body})
