"""The images that pages offer to copy: each drawn when its address is asked for, not before.

A page offers a figure under an address that cannot be guessed; the browser asks for it at the click, and has it on the
clipboard (ui/copier.js). Not in the contract of the API: an address lasts no longer than the page that gave it.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from secrets import token_urlsafe

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from observatoire.api.problems import Refus

# Figures offered that are remembered: those of the panels opened last, some 50 kB each when no one else holds them.
OFFERTES = 300
# Drawn or waiting to be at the same time: one process draws them all (exports/workshop.py).
SIMULTANEES = 2
PERDUE = "Cette image n’est plus offerte : recharger la page, puis copier de nouveau."
_TOKEN = re.compile(r"[\w-]{20,40}")
_limiter: RunVar[CapacityLimiter] = RunVar("images")


class Offered:
    """What is offered, by token; the one offered the longest ago is forgotten. Safe to share between threads."""

    def __init__(self, most: int = OFFERTES) -> None:
        self._lock, self._most = threading.Lock(), most
        self._makers: OrderedDict[str, Callable[[], bytes]] = OrderedDict()

    def offer(self, make: Callable[[], bytes], token: str = "") -> str:
        """Offer what ``make`` draws (PNG), in place of what ``token`` offered; return its token."""
        token = token or token_urlsafe(18)
        with self._lock:
            self._makers[token] = make
            self._makers.move_to_end(token)
            while len(self._makers) > self._most:
                self._makers.popitem(last=False)
        return token

    def find(self, token: str) -> Callable[[], bytes] | None:
        """What draws the image of a token."""
        with self._lock:
            return self._makers.get(token)


offered = Offered()


def address(token: str, base: str = "") -> str:
    """Where the image of a token is."""
    return f"{base}/api/images/{token}.png"


async def image(request: Request) -> Response:
    """``/api/images/{token}.png``."""
    token = request.path_params["token"]
    make = offered.find(token) if _TOKEN.fullmatch(token) else None
    if make is None:
        return Refus(404, PERDUE).response(request.url.path)
    headers = {"Cache-Control": "private, no-store"}
    return Response(await to_thread.run_sync(make, limiter=_places()), media_type="image/png", headers=headers)


def image_routes(base: str = "") -> list[Route]:
    """The route of the images, before those of the API (which answer for all that is under /api)."""
    return [Route(address("{token}", base), image, methods=["GET"])]


def _places() -> CapacityLimiter:
    """One limiter an event loop."""
    try:
        return _limiter.get()
    except LookupError:
        limiter = CapacityLimiter(SIMULTANEES)
        _limiter.set(limiter)
        return limiter
