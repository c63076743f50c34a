"""The websocket of the pages: who may open it, and which messages a reader may send."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)


class Messages:
    """ASGI middleware around the websocket.

    ``origins``: the addresses of the application as its readers write them (« https://observatoire.exemple.fr »);
    empty: only a page of the same address and port may open the socket. Without ``Origin`` it is no browser's: refused.
    ``admitted``: whether a message may go on to the pages; the others are dropped.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str], admitted: Callable[[bytes], bool]) -> None:
        self.app, self.admitted = app, admitted
        self.origins = {origin.strip().rstrip("/").lower() for origin in origins if origin.strip()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a stranger's socket, sift the messages of the others."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self.may_open(headers.get("origin"), headers.get("host")):
            _log.warning("Connexion refusée : elle vient de %.100r, pas de l’application.", headers.get("origin"))
            await send({"type": "websocket.close", "code": 1008})
            return

        async def sifted() -> Message:
            while True:
                message = await receive()
                data = message.get("bytes") if message["type"] == "websocket.receive" else None
                if data is None or self.admitted(data):
                    return message

        await self.app(scope, sifted, send)

    def may_open(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of this origin may open the socket of a server asked for by this host."""
        if not origin or not host:
            return False
        if self.origins:
            return origin.lower() in self.origins
        return urlsplit(origin).netloc.lower() == host.lower()
