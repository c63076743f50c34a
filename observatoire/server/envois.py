"""Files that browsers send (workbooks, photos): none where nobody writes, few and small where somebody does.

Streamlit keeps what is sent in memory until its session ends, and takes it from any open page, signed in or not. What
is then read of a file, and whose, is judged at the desk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

ADRESSE = "/_stcore/upload_file"
# What the readers of files take (etl.saisies.fichier, etl.saisies.pieces), and the envelope of the request.
PLUS_LOURD = (10 << 20) + (64 << 10)
# By page open, what it may have sent and not taken back; of all pages, what is held at once.
PAR_PAGE, EN_TOUT = 12, 300 << 20


class Envois:
    """ASGI middleware. ``ouvert``: whether somebody may write in this application; ``base``: where it is served;
    ``active``: whether a page is still open, whose files are then in memory."""

    def __init__(
        self, app: ASGIApp, base: str = "", ouvert: bool = False, active: Callable[[str], bool] = lambda page: True
    ) -> None:
        self.app, self.prefix, self.ouvert, self.active = app, f"{base}{ADRESSE}/", ouvert, active
        self._lock = threading.Lock()
        # Page → file → octets.
        self._held: dict[str, dict[str, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a file in, or say why not."""
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        status, words = self._judge(scope)
        if words:
            await PlainTextResponse(words, status)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _judge(self, scope: Scope) -> tuple[int, str]:
        """The status and the words of a refusal; no words when it goes on."""
        if not self.ouvert:
            return 404, "Rien à cette adresse."
        page, _, file = scope["path"].removeprefix(self.prefix).partition("/")
        if scope["method"] == "DELETE":
            with self._lock:
                self._held.get(page, {}).pop(file, None)
            return 0, ""
        if scope["method"] != "PUT":
            return 0, ""
        length = Headers(scope=scope).get("content-length", "")
        # Without its length, a file would be known too large only once in memory.
        if not (length.isascii() and length.isdecimal()):
            return 411, "La taille du fichier manque."
        if int(length) > PLUS_LOURD:
            return 413, f"Fichier trop lourd : {PLUS_LOURD >> 20} Mio au plus."
        return self._count(page, file, int(length))

    def _count(self, page: str, file: str, size: int) -> tuple[int, str]:
        with self._lock:
            for gone in [one for one in self._held if one != page and not self.active(one)]:
                del self._held[gone]
            mine = self._held.setdefault(page, {})
            held = sum(sum(files.values()) for files in self._held.values()) - mine.get(file, 0)
            if len(mine.keys() | {file}) > PAR_PAGE:
                return 429, "Trop de fichiers envoyés depuis cette page : la recharger."
            if held + size > EN_TOUT:
                return 503, "Trop de fichiers en cours d’envoi : recommencer dans un instant."
            mine[file] = size
        return 0, ""
