"""Connections that go wrong: a request that never ends or is not HTTP, a reader that no longer reads.

uvicorn waits for ever for the end of a request and for the reader of an answer (its only delay, five seconds, is
between two requests), and Streamlit hands it no setting. ``bound`` adds the two delays to its protocol class, the one
that it uses for each connection; a websocket leaves it, and has its own pings. It also answers in French, in place of
uvicorn's English line, what is not HTTP: an accent left as it is in an address, for instance.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from uvicorn.protocols.http.auto import AutoHTTPProtocol

# Seconds from the opening of a connection, or from the first byte of its next request, to the end of that request.
DEMANDE = 15.0
# Seconds to take in what the connection holds: 64 KiB, that is 3 kB a second at least.
LECTURE = 20.0
IPV4 = "::ffff:"


def bound(
    refused: Response, protocol: Any = AutoHTTPProtocol, demande: float = DEMANDE, lecture: float = LECTURE
) -> None:
    """Give uvicorn's HTTP protocol the two delays and the answer to what is not HTTP, once for the whole process.

    The class is changed in place: the server has it in hand before app.py is read. ``demande``, ``lecture``: seconds.
    """
    if getattr(protocol, "_bornes", None) is not None:
        protocol._bornes = (demande, lecture)
        return
    protocol._bornes = (demande, lecture)
    made, received, lost = protocol.connection_made, protocol.data_received, protocol.connection_lost
    upgraded, paused, resumed = protocol.handle_websocket_upgrade, protocol.pause_writing, protocol.resume_writing

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        self._demande = self._lecture = None
        made(self, transport)
        if self.client and self.client[0].startswith(IPV4):
            # An IPv4 reader seen by an IPv6 socket: written as such, so that a proxy on this machine is recognised.
            self.client = (self.client[0].removeprefix(IPV4), self.client[1])
        self._demande = self.loop.call_later(self._bornes[0], transport.abort)

    def data_received(self: Any, data: bytes) -> None:
        if self._demande is None and _waits_for_request(self):
            self._demande = self.loop.call_later(self._bornes[0], self.transport.abort)
        received(self, data)
        if not _waits_for_request(self):
            _cancel(self, "_demande")

    def handle_websocket_upgrade(self: Any, *event: Any) -> None:
        _cancel(self, "_demande")
        upgraded(self, *event)

    def pause_writing(self: Any) -> None:
        paused(self)
        _cancel(self, "_lecture")
        self._lecture = self.loop.call_later(self._bornes[1], self.transport.abort)

    def resume_writing(self: Any) -> None:
        _cancel(self, "_lecture")
        resumed(self)

    def send_400_response(self: Any, msg: str) -> None:
        if _waits_for_request(self):  # else an answer is on its way: nothing may be written inside it
            self.transport.write(_written(refused))
        self.transport.close()

    def connection_lost(self: Any, exc: Exception | None) -> None:
        _cancel(self, "_demande")
        _cancel(self, "_lecture")
        lost(self, exc)

    for method in (
        *(connection_made, data_received, handle_websocket_upgrade),
        *(pause_writing, resume_writing, connection_lost, send_400_response),
    ):
        setattr(protocol, method.__name__, method)


def _written(response: Response) -> bytes:
    """An answer as it travels, when there is no server's cycle to write it."""
    status = HTTPStatus(response.status_code)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
    lines += [name + b": " + value for name, value in (*response.raw_headers, (b"connection", b"close"))]
    return b"\r\n".join([*lines, b"", bytes(response.body)])


def _waits_for_request(connection: Any) -> bool:
    """Whether the request being received lacks its end, or none has begun since the last answer."""
    cycle = connection.cycle
    return cycle is None or cycle.response_complete or cycle.more_body


def _cancel(connection: Any, name: str) -> None:
    timer = getattr(connection, name, None)
    if timer is not None:
        timer.cancel()
        setattr(connection, name, None)
