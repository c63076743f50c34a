"""Headers of every answer (what a browser may load, who may frame us), and addresses that are closed.

The content policy is as strict as Streamlit allows:

- scripts: our own files, and the inline scripts of the start page, by their hashes (``script_hashes``); neither
  ``'unsafe-inline'`` nor ``'unsafe-eval'``: Streamlit has Vega's expressions interpreted, not compiled. Only
  ``'wasm-unsafe-eval'``: without it no map is drawn, pydeck's code compiles a WebAssembly module when it loads;
- styles: ``'unsafe-inline'``, as Streamlit (emotion, glide-data-grid, Vega) writes style elements and attributes as it
  goes, with no nonce;
- images: ``data:`` and ``blob:``, for our icons, the charts' exports and the maps' textures;
- workers: ``blob:``, from which deck.gl makes its own;
- connections: this server alone, its websocket named in full because Safari does not count it in ``'self'``.

Nothing else is loaded: no third party, no plug-in, no form sent elsewhere, no change of base address.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "content-security-policy"
# The API gives data and one page without script.
API_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Open to anybody in Streamlit, of no use to a reader: how the server is doing, driving pages by program. Files sent in:
# see server.envois.
CLOSED = ("/_stcore/metrics", "/_stcore/agent")
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9.\-_\[\]:]{1,255}")


def script_hashes(page: str) -> list[str]:
    """The inline scripts of a page, as a policy names them."""
    texts = [m["text"] for m in _SCRIPT.finditer(page) if "src=" not in m["attributes"] and m["text"].strip()]
    return [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts]


def page_policy(host: str = "", hashes: Sequence[str] = (), cadres: str = "'self'", fond: str | None = None) -> str:
    """The content policy of the pages and of their files.

    ``host``: as the browser wrote it. ``cadres``: who may frame the pages. ``fond``: the address of a map background.
    """
    sockets = f"ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    outside = _origin(fond)
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "'wasm-unsafe-eval'", *hashes]),
        "worker-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob: {outside}",
        "font-src": f"'self' data: {outside}",
        "connect-src": f"'self' {sockets} data: blob: {outside}",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": cadres,
    }
    return "; ".join(f"{name} {' '.join(value.split())}" for name, value in rules.items())


def is_dangerous(path: str) -> bool:
    """Whether a decoded path tries to leave its folder, or hides its end behind a null character."""
    return "\x00" in path or "\\" in path or path.startswith("//") or ".." in path.split("/")


def _origin(address: str | None) -> str:
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""


class Protected:
    """ASGI middleware: closed addresses answer 404, every other answer carries the headers that protect the reader.

    ``base``: the path under which the application is served. ``cadres``: who may frame the pages
    (``frame-ancestors``). An answer that has a policy already keeps it.
    """

    def __init__(self, app: ASGIApp, base: str = "", cadres: str = "'self'", fond: str | None = None) -> None:
        self.app, self.base, self.cadres, self.fond = app, base, cadres, fond
        self._closed = tuple(base + path for path in CLOSED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, host = scope["path"], Headers(scope=scope).get("host", "")
        of_the_api = path == f"{self.base}/api" or path.startswith(f"{self.base}/api/")
        policy = f"{API_POLICY}; frame-ancestors {self.cadres}" if of_the_api else self._pages(host)

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                headers.setdefault(POLICY, policy)
                for name, value in FIXED.items():
                    headers.setdefault(name, value)
            await send(message)

        if is_dangerous(path) and not of_the_api:  # the API says it in its own way (api.limits)
            await PlainTextResponse("Cette adresse n’est pas permise.", 400)(scope, receive, protected)
            return
        if any(path == closed or path.startswith(f"{closed}/") for closed in self._closed):
            await PlainTextResponse("Rien à cette adresse.", 404)(scope, receive, protected)
            return
        await self.app({**scope, "headers": _asked(scope["headers"])}, receive, protected)

    def _pages(self, host: str) -> str:
        return page_policy(host, cadres=self.cadres, fond=self.fond)


def _asked(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a request without the codings it refuses (« gzip;q=0 »): the compression looks for the word."""
    kept = []
    for name, value in headers:
        if name == b"accept-encoding":
            value = b", ".join(part.strip() for part in value.split(b",") if not _refused(part))
        kept.append((name, value))
    return kept


def _refused(coding: bytes) -> bool:
    return re.search(rb";\s*q\s*=\s*0(?:\.0{0,3})?\s*$", coding) is not None
