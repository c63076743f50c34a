"""A connection that does not finish is cut; one that does is left alone."""

import contextlib
import json
import time

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from observatoire.api.problems import ILLISIBLE, Refus
from observatoire.server.connections import bound
from tests.server.sockets import dial, is_cut, serving

LONG = 4_000_000
FIN = b"Host: a\r\n\r\n"


class Protocol(AutoHTTPProtocol):
    """A copy of the server's class, with short delays for these tests alone."""


bound(Refus(400, ILLISIBLE).response("/"), Protocol, demande=0.6, lecture=0.6)


@pytest.fixture(scope="module")
def port():
    async def whole(request):
        return PlainTextResponse("x" * LONG if request.url.path == "/long" else request.client.host)

    async def swallow(request):
        return PlainTextResponse(str(len(await request.body())))

    routes = [Route("/envoi", swallow, methods=["POST"]), Route("/{x:path}", whole)]
    with serving(Starlette(routes=routes), Protocol) as number:
        yield number


@pytest.mark.parametrize(
    "unfinished",
    [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ", b"POST /envoi HTTP/1.1\r\nContent-Length: 9\r\n" + FIN],
    ids=["rien", "ligne", "entete", "corps"],
)
def test_an_unfinished_request_is_cut(port, unfinished):
    assert is_cut(dial(port, unfinished), within=5)


def test_drops_sent_from_time_to_time_do_not_prolong_it(port):
    sock, started = dial(port, b"GET / HTTP/1.1\r\n"), time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() - started < 5:
            sock.sendall(b"X-A: b\r\n")
            time.sleep(0.1)
    assert time.monotonic() - started < 5, "toujours ouverte"


def test_a_second_request_has_its_own_delay(port):
    sock, received = dial(port, b"GET / HTTP/1.1\r\n" + FIN), b""
    while b"200 OK" not in received:
        received += sock.recv(4096)
    time.sleep(1)  # longer than the delay: an idle connection is uvicorn's affair
    sock.sendall(b"GET / HTTP/1.1\r\n" + FIN)
    while received.count(b"200 OK") < 2:
        received += sock.recv(4096)
    sock.sendall(b"GET / HT")
    assert is_cut(sock, within=4)


def test_a_reader_who_no_longer_reads_is_cut(port):
    sock = dial(port, b"GET /long HTTP/1.1\r\n" + FIN, buffer=4096)
    time.sleep(2)
    received = b""
    with contextlib.suppress(OSError):
        while piece := sock.recv(65_536):
            received += piece
    assert 0 < len(received) < LONG


def test_a_slow_reader_who_reads_has_it_all(port):
    sock, received = dial(port, b"GET /long HTTP/1.1\r\nConnection: close\r\n" + FIN, buffer=65_536), 0
    while piece := sock.recv(200_000):
        received += len(piece)
        time.sleep(0.02)
    assert received > LONG


@pytest.mark.parametrize(
    "unreadable",
    [
        "GET /api/v1/territoires?type=départ HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        "GET /api/v1/indicateurs/é HTTP/1.1\r\nHost: a\r\n\r\n".encode("latin-1"),
        b"GET /api/v1/territoires?type=a b c HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    ],
    ids=["utf-8", "latin-1", "espaces", "tls"],
)
def test_what_is_not_http_is_told_in_french_as_a_problem(port, unreadable):
    sock, answer = dial(port, unreadable), b""
    while piece := sock.recv(4096):
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    assert f"content-length: {len(body)}".encode() in head
    problem = json.loads(body)
    assert problem["status"] == 400
    assert "accents" in problem["detail"]


def test_what_is_not_http_after_an_answer_is_told_too(port):
    sock, received = dial(port, b"GET / HTTP/1.1\r\n" + FIN), b""
    while not received.endswith(b"127.0.0.1"):
        received += sock.recv(4096)
    sock.sendall("GET /é HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    answer = b""
    while piece := sock.recv(4096):
        answer += piece
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_an_ipv4_reader_is_named_as_such(port):
    sock = dial(port, b"GET / HTTP/1.1\r\nConnection: close\r\n" + FIN)
    answer = b""
    while piece := sock.recv(4096):
        answer += piece
    assert answer.endswith(b"127.0.0.1")
