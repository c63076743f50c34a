"""Streamlit's scripts and style sheets, compressed once and kept, and the codings that a browser accepts.

Streamlit sends them as they are, for a proxy to compress; a server without one would send 2 MB before the first word.
They are named by their contents: each is compressed the first time it is asked for, kept as long as the process (some
10 MB if all were), and the browser keeps it a year. Brotli comes with pyarrow; a browser that asks by http, without
« s », only takes gzip.
"""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
# Preferred first. Brotli at 9: a tenth heavier than at 11, six times faster.
CODINGS = ("br", "gzip")
_BROTLI = 9
FOREVER = "public, immutable, max-age=31536000"
_ASSET = re.compile(r"/static/(?P<name>(?:js|css|media)/[\w.\-]+\.(?:js|css|svg))")
_LINKED = re.compile(r'(?:src|href)="\./static/([^"]+)"')


def compress(content: bytes, coding: str) -> bytes:
    """``content`` in a coding of CODINGS."""
    if coding == "br":
        return pa.Codec("brotli", compression_level=_BROTLI).compress(content, asbytes=True)
    return gzip.compress(content, 9, mtime=0)


def accepted(header: str) -> str:
    """The coding of an answer, from what the browser says it takes (« gzip, br;q=0.8 »); empty: none."""
    refused = re.compile(r";\s*q\s*=\s*0(?:\.0{0,3})?\s*$")
    taken = {part.split(";")[0].strip().lower() for part in header.split(",") if not refused.search(part)}
    return next((coding for coding in CODINGS if coding in taken), "")


def is_known(header: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names an answer that the browser still has."""
    return header.strip() == "*" or etag in {part.strip().removeprefix("W/") for part in header.split(",")}


def vary(headers: MutableHeaders) -> None:
    """Say, once, that an answer hangs on the codings accepted."""
    if "accept-encoding" not in headers.get("vary", "").lower():
        headers.add_vary_header("Accept-Encoding")


class Assets:
    """The files of a folder, compressed and kept. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._making: dict[tuple[str, str], threading.Lock] = {}
        self._made: dict[tuple[str, str], tuple[bytes, str]] = {}
        found = (path for path in folder.glob("static/*/*") if path.suffix in KINDS)
        self.names = {path.relative_to(folder / "static").as_posix(): path for path in found}

    def get(self, name: str, coding: str) -> tuple[bytes, str]:
        """A file of ``names`` in a coding, and the tag of this answer."""
        key = (name, coding)
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            if key not in self._made:
                content = self.names[name].read_bytes()
                self._made[key] = compress(content, coding), f'"{sha256(content).hexdigest()[:24]}-{coding}"'
            return self._made[key]

    def warm(self) -> None:
        """Compress what the start page names: the first reader does not wait for it."""
        page = (self.folder / "index.html").read_text("utf-8")
        for name in linked(page):
            if name in self.names:
                for coding in CODINGS:
                    self.get(name, coding)


def linked(page: str) -> Iterable[str]:
    """The files that a start page names, without « ./static/ »."""
    return _LINKED.findall(page)


class Compressed:
    """ASGI middleware: answers for the files of ``assets`` where the browser takes a coding; passes the rest on.

    ``base``: the path under which the application is served.
    """

    def __init__(self, app: ASGIApp, assets: Assets, base: str = "") -> None:
        self.app, self.assets, self.base = app, assets, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
        name = self._asset(scope)
        if not name:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        coding = accepted(headers.get("accept-encoding", ""))
        if not coding or "range" in headers:
            await self.app(scope, receive, _varying(send))
            return
        content, etag = await to_thread.run_sync(self.assets.get, name, coding)
        said = {"etag": etag, "cache-control": FOREVER, "vary": "Accept-Encoding"}
        if is_known(headers.get("if-none-match", ""), etag):
            await Response(None, 304, said)(scope, receive, send)
            return
        kind = KINDS[Path(name).suffix]
        said |= {"content-type": kind, "content-encoding": coding, "content-length": str(len(content))}
        await Response(b"" if scope["method"] == "HEAD" else content, 200, said)(scope, receive, send)

    def _asset(self, scope: Scope) -> str:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return ""
        found = _ASSET.fullmatch(scope["path"].removeprefix(self.base))
        return found["name"] if found and found["name"] in self.assets.names else ""


def _varying(send: Send) -> Send:
    """An answer that says that it hangs on the codings accepted: a cache must not give it to another browser."""

    async def said(message: Message) -> None:
        if message["type"] == "http.response.start":
            vary(MutableHeaders(raw=message.setdefault("headers", [])))
        await send(message)

    return said
