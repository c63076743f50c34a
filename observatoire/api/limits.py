"""What a reader of the API may take, and all of them together: requests a second, answers at once, time to read.

Pure ASGI, in memory: each server process counts for itself. The packages that count requests (limits, slowapi) bring
storages and decorators that we have no use for; a bucket of tokens is ten lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from observatoire.api.problems import Refus
from observatoire.server.headers import is_dangerous

_log = logging.getLogger(__name__)
# Handed to the connection by pieces of this size, so that it never holds more of an answer than it can soon send.
MORCEAU = 65_536
# Addresses remembered: a megabyte or two, a hundred times the readers of a busy day.
ADRESSES_MAX = 20_000


@dataclass(frozen=True)
class Bornes:
    """The limits. A town hall is often one address: ``reserve`` lets fifty of its readers open a map together.

    ``reserve``, ``debit``: requests an address may send at once, then a second. ``reponses``, ``par_adresse``: answers
    written at once, in all and to an address; ``attente``: seconds that a request waits for its turn.
    ``duree``: seconds that an answer may take to be read.
    """

    reserve: int = 300
    debit: float = 20.0
    reponses: int = 32
    par_adresse: int = 8
    attente: float = 10.0
    duree: float = 300.0


class Buckets:
    """A bucket of tokens an address: full at first, filled at ``debit``, one token a request."""

    def __init__(self, reserve: int, debit: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.reserve, self.debit, self.clock = reserve, debit, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> int:
        """Take a token: 0, or when there is none the whole seconds to wait for one."""
        now = self.clock()
        left, since = self._left.pop(address, (float(self.reserve), now))
        left = min(self.reserve, left + (now - since) * self.debit)
        wait = 0 if left >= 1 else math.ceil((1 - left) / self.debit)
        self._left[address] = (left if wait else left - 1, now)
        # The one that has asked nothing for the longest is forgotten: memory is bounded.
        while len(self._left) > ADRESSES_MAX:
            self._left.popitem(last=False)
        return wait


class Limits:
    """ASGI middleware: applies Bornes to what is under ``prefix``, and refuses dangerous paths there in French.

    ``header``: the header in which a proxy that we trust writes the reader's address; its last value counts.
    """

    def __init__(
        self, app: ASGIApp, bornes: Bornes = Bornes(), prefix: str = "/api", header: str | None = None
    ) -> None:
        self.app, self.bornes, self.prefix, self.header = app, bornes, prefix, header
        self._buckets = Buckets(bornes.reserve, bornes.debit)
        self._places = asyncio.Semaphore(bornes.reponses)
        self._by_address: dict[str, tuple[asyncio.Semaphore, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, make it wait, or refuse it."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == self.prefix or path.startswith(f"{self.prefix}/")):
            await self.app(scope, receive, send)
            return
        address = reader_address(scope, self.header)
        try:
            if is_dangerous(path):
                raise Refus(400, "L’adresse contient « .. », « \\ » ou un caractère nul.")
            if wait := self._buckets.take(address):
                words = f"Plus de {self.bornes.reserve} demandes d’affilée : attendre {wait} s"
                raise Refus(429, f"{words}, puis {self.bornes.debit:.0f} par seconde au plus.", attente=wait)
            async with self._place(address):
                await self._answer(scope, receive, send)
        except Refus as problem:
            await problem.response(path, {"Access-Control-Allow-Origin": "*"})(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self.bornes.duree):
                await self.app(scope, receive, _sliced(send))
        except TimeoutError:
            # Nothing more is sent: the server sees an unfinished answer and closes the connection.
            _log.warning("Réponse de l’API abandonnée : lue depuis plus de %s s.", self.bornes.duree)

    @contextlib.asynccontextmanager
    async def _place(self, address: str) -> AsyncIterator[None]:
        """A place among the answers written to this address, then one among all. Raises Refus after ``attente``."""
        own, users = self._by_address.get(address, (asyncio.Semaphore(self.bornes.par_adresse), 0))
        self._by_address[address] = (own, users + 1)
        try:
            async with contextlib.AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(self.bornes.attente):
                        await own.acquire()
                        held.callback(own.release)
                        await self._places.acquire()
                        held.callback(self._places.release)
                except TimeoutError:
                    words = f"{self.bornes.par_adresse} réponses à la fois par adresse, {self.bornes.reponses} en tout"
                    raise Refus(429, f"{words} : lire les précédentes d’abord.", attente=5) from None
                yield
        finally:
            own, users = self._by_address.pop(address)
            if users > 1:
                self._by_address[address] = (own, users - 1)


def reader_address(scope: Scope, header: str | None = None) -> str:
    """The address that requests are counted under: an IPv4, or the /64 that one subscriber has in IPv6."""
    client = scope.get("client")
    found = client[0] if client else ""
    if header and (given := Headers(scope=scope).getlist(header)):
        found = given[-1].rsplit(",", 1)[-1].strip()
    try:
        parsed = ipaddress.ip_address(found)
    except ValueError:
        return found[:60]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _sliced(send: Send) -> Send:
    """``send``, by pieces: the server makes each wait until the reader has taken those before."""

    async def sliced(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or len(body) <= MORCEAU:
            await send(message)
            return
        more, view = message.get("more_body", False), memoryview(body)
        for start in range(0, len(body), MORCEAU):
            last = start + MORCEAU >= len(body)
            await send({**message, "body": bytes(view[start : start + MORCEAU]), "more_body": more or not last})

    return sliced
