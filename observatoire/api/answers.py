"""How an answer travels: read-only methods, threads, cache, formats, by pieces. Compression is the server's."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from etl.identite import OBSERVATOIRE
from observatoire.api.problems import Refus
from observatoire.api.store import in_service
from observatoire.exports.tables import cell_text
from observatoire.warehouse import NoWarehouse

_log = logging.getLogger(__name__)
PARQUET = "application/vnd.apache.parquet"
# Seconds that an answer may be kept: figures change once a day at most, and a correction must not wait long.
FRAICHEUR = 300
# Questions answered at the same time: the pages keep the other threads.
SIMULTANEES = 4
# Rows written at a time: some 100 kB of JSON.
ECRITES = 300
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


def route(path: str, answer: Answer, base: str = "", version: Callable[[], str] | None = None) -> Route:
    """A read-only route under ``base``: ``answer`` is called in a thread, and may raise Refus.

    It reads in ``request.state.base`` the path under which the application is served. ``version``: changes with what
    is answered; that of the warehouse by default.
    """
    return Route(base + path, ReadOnly(answer, base, version))


class ReadOnly:
    """ASGI application around a function: GET and HEAD are answered, OPTIONS described, the rest refused."""

    def __init__(self, answer: Answer, base: str = "", version: Callable[[], str] | None = None) -> None:
        self.answer, self.base = answer, base
        self.version = version or (lambda: in_service().version)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        request.state.base = self.base
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers=_PREFLIGHT)
        elif request.method not in ("GET", "HEAD"):
            refused = Refus(405, f"{request.method} n’est pas permis : l’API se lit seulement (GET).")
            response = refused.response(request.url.path, {"Allow": _PREFLIGHT["Allow"]})
        else:
            response = await to_thread.run_sync(self._respond, request, limiter=_places())
        if request.method == "HEAD" and isinstance(response, StreamingResponse):
            # Nothing is read from the warehouse for a body that nobody will see.
            response = Response(status_code=response.status_code, headers=_without_length(response))
        response.headers.update(CORS)
        await response(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        try:
            tag = etag(request, self.version())
            known = [part.strip() for part in request.headers.get("If-None-Match", "").split(",")]
            if tag.removeprefix("W/") in [part.removeprefix("W/") for part in known]:
                return Response(status_code=304, headers=_cache(tag))
            response = self.answer(request)
            if "*" in known:  # « if there is anything here »: known only once the request has been found right
                return Response(status_code=304, headers=_cache(tag))
        except Refus as problem:
            return problem.response(request.url.path)
        except NoWarehouse as error:
            return Refus(503, str(error), attente=60).response(request.url.path)
        except Exception:
            _log.exception("L’API a rencontré une erreur : %s", request.url.path)
            words = (
                "L’API a rencontré une erreur : réessayer ; si elle revient, la signaler à "
                f"l’{OBSERVATOIRE.union} avec l’heure."
            )
            return Refus(500, words).response(request.url.path)
        for name, value in _cache(tag).items():
            response.headers.setdefault(name, value)
        return response


def etag(request: Request, version: str) -> str:
    """The tag of an answer: it changes with its figures and with what is asked. Weak, as answers are compressed."""
    asked = "\n".join([version, request.url.path, request.url.query])
    return f'W/"{hashlib.sha256(asked.encode()).hexdigest()[:24]}"'


def as_json(content: Any, headers: dict[str, str] | None = None, media_type: str = "application/json") -> Response:
    """An answer in JSON; dates as ``AAAA-MM-JJ``, an absence as null."""
    return Response(_dump(content).encode(), headers=headers, media_type=media_type)


def as_json_rows(
    tables: Iterator[pa.Table], name: str, before: dict[str, Any], headers: dict[str, str]
) -> StreamingResponse:
    """An answer in JSON: the fields of ``before``, then under ``name`` the rows of tables read one after the other."""

    def pieces() -> Iterator[bytes]:
        opening = f"{_dump(before)[:-1]},{_dump(name)}:["
        for rows in _by_few(tables):
            yield (opening + ",".join(map(_dump, rows.to_pylist()))).encode()
            opening = ","
        yield b"]}"

    return _streamed(pieces(), headers, "application/json")


def as_csv(tables: Iterator[pa.Table], name: str, headers: dict[str, str]) -> StreamingResponse:
    """An answer in CSV for French spreadsheets: UTF-8 with BOM, « ; », decimal comma, an absence is empty."""

    def pieces() -> Iterator[bytes]:
        start = "\ufeff"
        for rows in _by_few(tables):
            stream = io.StringIO()
            writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
            if start:
                writer.writerow(rows.column_names)
            writer.writerows([cell_text(value, None) for value in row.values()] for row in rows.to_pylist())
            yield (start + stream.getvalue()).encode()
            start = ""

    return _streamed(pieces(), headers | _attached(f"{name}.csv"), "text/csv")


def as_parquet(tables: Iterator[pa.Table], name: str, headers: dict[str, str]) -> StreamingResponse:
    """An answer in Parquet, types of the warehouse kept, a group of rows for each table."""

    def pieces() -> Iterator[bytes]:
        sink, writer = _Sink(), None
        for table in tables:
            writer = writer or pq.ParquetWriter(sink, table.schema, compression="zstd")
            writer.write_table(table)
            yield sink.take()
        if writer:
            writer.close()
        yield sink.take()

    return _streamed(pieces(), headers | _attached(f"{name}.parquet"), PARQUET)


def _by_few(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The tables, a few rows at a time: rows take in Python twenty times their room in Arrow."""
    for table in tables:
        for start in range(0, max(table.num_rows, 1), ECRITES):
            yield table.slice(start, ECRITES)


class _Sink(io.RawIOBase):
    """A file that is only written, and forgets what has been taken from it."""

    def __init__(self) -> None:
        super().__init__()
        self._held, self._length = bytearray(), 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._length

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._held += piece
        self._length += len(piece)
        return len(piece)

    def take(self) -> bytes:
        """What has been written since the last time."""
        held, self._held = bytes(self._held), bytearray()
        return held


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _streamed(pieces: Iterator[bytes], headers: dict[str, str], media_type: str) -> StreamingResponse:
    """The first piece is made at once: what goes wrong there is still told as a problem."""
    whole = itertools.chain([next(pieces, b"")], pieces)
    return StreamingResponse(_in_threads(whole), headers=headers, media_type=media_type)


async def _in_threads(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, each made in a thread once the reader has taken the one before: a slow reader holds no thread."""
    while (piece := await to_thread.run_sync(next, pieces, None, limiter=_places())) is not None:
        yield piece


def _without_length(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}


def _dump(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)


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
