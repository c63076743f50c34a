"""Real servers and real sockets, for what a client in the process cannot show."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn


@contextlib.contextmanager
def serving(app, protocol="auto") -> Iterator[int]:
    """Serve an ASGI application in a thread with uvicorn; yield its port."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", http=protocol)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


def dial(port: int, text: bytes, buffer: int | None = None) -> socket.socket:
    """A connection that has sent some bytes. ``buffer``: how much the system may keep for a reader."""
    sock = socket.socket()
    if buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    sock.settimeout(20)
    sock.connect(("127.0.0.1", port))
    sock.sendall(text)
    return sock


def is_cut(sock: socket.socket, within: float) -> bool:
    """Whether the other side closes the connection in that many seconds."""
    sock.settimeout(within)
    try:
        while sock.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
