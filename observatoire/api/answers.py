"""How an answer travels: read-only methods, threads, cache, formats. Compression is the server's."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from observatoire.api.problems import Problem
from observatoire.api.store import warehouse
from observatoire.exports.tables import cell_text
from observatoire.warehouse import NoWarehouse

PARQUET = "application/vnd.apache.parquet"
FRAICHEUR = 300
# Questions answered at the same time: the pages keep the other threads.
SIMULTANEES = 4
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link, X-Total"}
_PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, Accept",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}
_limiter: RunVar[CapacityLimiter] = RunVar("api")

Answer = Callable[[Request], Response]


def route(path: str, answer: Answer) -> Route:
    """A read-only route: ``answer`` is called in a thread, and may raise Problem."""
    return Route(path, ReadOnly(answer))


class ReadOnly:
    """ASGI application around a function: GET and HEAD are answered, OPTIONS described, the rest refused."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers=_PREFLIGHT)
        elif request.method not in ("GET", "HEAD"):
            refused = Problem(405, f"{request.method} n’est pas permis : l’API se lit seulement (GET).")
            response = refused.response(request.url.path, {"Allow": _PREFLIGHT["Allow"]})
        else:
            response = await to_thread.run_sync(self._respond, request, limiter=_places())
        response.headers.update(CORS)
        await response(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        try:
            tag = etag(request)
            known = [part.strip() for part in request.headers.get("If-None-Match", "").split(",")]
            if "*" in known or tag.removeprefix("W/") in [part.removeprefix("W/") for part in known]:
                return Response(status_code=304, headers=_cache(tag))
            response = self.answer(request)
        except Problem as problem:
            return problem.response(request.url.path)
        except NoWarehouse:
            absent = Problem(503, "L’entrepôt n’est pas construit ; réessayer plus tard.")
            return absent.response(request.url.path, {"Retry-After": "60"})
        for name, value in _cache(tag).items():
            response.headers.setdefault(name, value)
        return response


def etag(request: Request) -> str:
    """The tag of an answer: it changes with the warehouse and with what is asked. Weak, as answers are compressed."""
    asked = "\n".join([warehouse().version, request.url.path, request.url.query])
    return f'W/"{hashlib.sha256(asked.encode()).hexdigest()[:24]}"'


def as_json(content: Any, headers: dict[str, str] | None = None, media_type: str = "application/json") -> Response:
    """An answer in JSON; dates as ``AAAA-MM-JJ``, an absence as null."""
    body = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    return Response(body.encode(), headers=headers, media_type=media_type)


def as_csv(table: pa.Table, name: str, headers: dict[str, str]) -> Response:
    """An answer in CSV for French spreadsheets: UTF-8 with BOM, « ; », decimal comma, an absence is empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.column_names)
    writer.writerows([cell_text(value, None) for value in row.values()] for row in table.to_pylist())
    attached = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(("\ufeff" + stream.getvalue()).encode(), headers=headers | attached, media_type="text/csv")


def as_parquet(table: pa.Table, name: str, headers: dict[str, str]) -> Response:
    """An answer in Parquet, types of the warehouse kept."""
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    attached = {"Content-Disposition": f'attachment; filename="{name}.parquet"'}
    return Response(stream.getvalue(), headers=headers | attached, media_type=PARQUET)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"valeur de type {type(value).__name__} sans écriture JSON")


def _cache(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": f"public, max-age={FRAICHEUR}"}


def _places() -> CapacityLimiter:
    """One limiter an event loop."""
    try:
        return _limiter.get()
    except LookupError:
        limiter = CapacityLimiter(SIMULTANEES)
        _limiter.set(limiter)
        return limiter
