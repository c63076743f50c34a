"""A producer's site on this machine, that misbehaves on demand: one script of answers for each path."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """``script`` gives the answers of a path, in order; the last one is given for ever. ``seen`` are the requests."""

    def __init__(self) -> None:
        self.script: dict[str, list[Answer]] = {}
        self.seen: list[tuple[str, str | None, float]] = []
        self.address = ""

    def on(self, path: str, *answers: Answer) -> str:
        self.script[path] = list(answers)
        return self.address + path

    def ranges(self) -> list[str | None]:
        return [asked for _, asked, _ in self.seen]


@contextmanager
def serve() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.seen.append((self.path, self.headers.get("Range"), time.monotonic()))
            answers = site.script[self.path]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            self.close_connection = True
            answer(self)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def file(content: bytes, etag: str | None = '"v1"', kind: str = "application/octet-stream") -> Answer:
    """The whole file, or the range asked for when it is still the same file."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers.get("Range")
        resumed = asked and etag and handler.headers.get("If-Range") == etag
        start = int(asked.removeprefix("bytes=").rstrip("-")) if resumed and asked else 0
        handler.send_response(206 if resumed else 200)
        if resumed:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if etag:
            handler.send_header("ETag", etag)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        handler.wfile.write(content[start:])

    return answer


def cut(content: bytes, sent: int, etag: str | None = '"v1"') -> Answer:
    """Promises the whole file, then hangs up after ``sent`` bytes."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        if etag:
            handler.send_header("ETag", etag)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:sent])

    return answer


def stall(seconds: float) -> Answer:
    """Says nothing for a while, then hangs up."""
    return lambda handler: time.sleep(seconds)


def status(code: int, **headers: str) -> Answer:
    """An answer without content."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def raw(code: int, content: bytes, **headers: str) -> Answer:
    """These very bytes, under these very headers, whatever was asked."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def endless(size: int, pause: float) -> Answer:
    """Blocks of ``size`` bytes, ``pause`` seconds apart, until the other side hangs up."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b"x" * size)
                time.sleep(pause)

    return answer
