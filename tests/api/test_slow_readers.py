"""Twenty-five readers who take 16 MB drop by drop: the server holds a few pieces for each, not the answers."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.applications import Starlette

from observatoire.api import ROUTES
from observatoire.api.answers import SIMULTANEES
from observatoire.api.limits import Bornes, Limits
from tests.server.sockets import dial, serving

LECTEURS = 25
DEMANDE = b"GET /api/v1/observations?limite=50000 HTTP/1.1\r\nHost: a\r\n\r\n"
MIO = 1_048_576


def resident() -> int:
    """The memory of this process, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024


def whole(port: int) -> int:
    """Take the answer as fast as it comes; its size in bytes."""
    sock = dial(port, DEMANDE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    return sum(map(len, iter(lambda: sock.recv(1_000_000), b"")))


@pytest.mark.skipif(sys.platform != "linux", reason="la mémoire d’un processus se lit dans /proc")
def test_slow_readers_cost_less_than_fifty_mebibytes(entrepot):
    bornes = Bornes(par_adresse=LECTEURS, reponses=LECTEURS)
    with serving(Limits(Starlette(routes=ROUTES), bornes)) as port:
        # What the first answers bring for good: threads, libraries, the warehouse's pages in memory.
        with ThreadPoolExecutor(SIMULTANEES) as pool:
            sizes = list(pool.map(whole, [port] * SIMULTANEES))
        assert min(sizes) > 14_000_000
        before, most = resident(), 0
        readers = [dial(port, DEMANDE, buffer=16_384) for _ in range(LECTEURS)]
        # Each must have begun to read: the server then works for all of them at once.
        firsts = [sock.recv(2_000) for sock in readers]
        assert all(b"200 OK" in first for first in firsts)
        for _ in range(30):
            for sock in readers:
                sock.recv(2_000)
            most = max(most, resident() - before)
            time.sleep(0.05)
        for sock in readers:
            sock.close()
    print(f"{LECTEURS} lecteurs lents : {most / MIO:.0f} Mio de plus")
    assert most < 50 * MIO
