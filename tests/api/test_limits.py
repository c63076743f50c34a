"""What one reader may take, and how he is told to wait."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from observatoire.api.limits import ADRESSES_MAX, MORCEAU, Bornes, Buckets, Limits, reader_address


def behind(bornes: Bornes, header: str | None = None, body: str = "ok") -> TestClient:
    """A client of an application under the limits."""
    routes = [Route("/{reste:path}", lambda _: PlainTextResponse(body))]
    return TestClient(Limits(Starlette(routes=routes), bornes, header=header))


def test_a_bucket_gives_its_reserve_then_its_flow():
    now = [0.0]
    buckets = Buckets(3, 2.0, lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.take("b") == 0
    now[0] = 0.5
    assert [buckets.take("a"), buckets.take("a")] == [0, 1]
    now[0] = 1000.0
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]


def test_the_addresses_remembered_are_bounded():
    buckets = Buckets(1, 1.0, lambda: 0.0)
    for number in range(ADRESSES_MAX + 50):
        buckets.take(str(number))
    assert len(buckets._left) == ADRESSES_MAX


def test_too_many_requests_are_told_in_french_when_to_come_back():
    client = behind(Bornes(reserve=2, debit=0.1))
    answers = [client.get("/api/v1/sources") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert "attendre" in refused.json()["detail"]
    assert client.get("/portrait").status_code == 200, "les pages ne sont pas comptées"


def test_each_reader_behind_a_proxy_has_his_own_count():
    client = behind(Bornes(reserve=1, debit=0.1), header="X-Lecteur")
    ask = [client.get("/api", headers={"X-Lecteur": f"8.8.8.8, 10.0.0.{n}"}).status_code for n in (1, 2, 1)]
    assert ask == [200, 200, 429]
    untrusting = behind(Bornes(reserve=1, debit=0.1))
    assert [untrusting.get("/api", headers={"X-Lecteur": str(n)}).status_code for n in (1, 2)] == [200, 429]


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("testclient", 1), "testclient"),
        (None, ""),
    ],
)
def test_a_reader_is_an_ipv4_or_the_ipv6_network_of_a_subscriber(client, address):
    assert reader_address({"type": "http", "client": client, "headers": []}) == address


@pytest.mark.parametrize("path", ["/api/v1/%00", "/api/..%2f..%2fetc/passwd", "/api/v1/a%5cb"])
def test_a_dangerous_path_is_a_problem_in_french(path):
    answer = behind(Bornes()).get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "caractère nul" in answer.json()["detail"]


def ask(limits: Limits, client: str, send) -> asyncio.Task:
    scope = {"type": "http", "method": "GET", "path": "/api", "headers": [], "client": (client, 1)}
    return asyncio.create_task(limits(scope, None, send))


def test_answers_written_at_once_are_counted_by_address_and_in_all():
    """Two of one reader are being written: his third waits then is refused; another reader's is answered."""

    async def play():
        gate, started = asyncio.Event(), []

        async def slow(scope, _receive, send):
            started.append(scope["client"][0])
            await gate.wait()
            await PlainTextResponse("ok")(scope, _receive, send)

        codes: dict[str, list[int]] = {"a": [], "b": [], "c": []}

        def note(name):
            async def send(message):
                if message["type"] == "http.response.start":
                    codes[name].append(message["status"])

            return send

        limits = Limits(slow, Bornes(par_adresse=2, reponses=3, attente=0.1))
        tasks = [ask(limits, "a", note("a")) for _ in range(3)] + [ask(limits, "b", note("b"))]
        await asyncio.sleep(0.3)
        assert sorted(started) == ["a", "a", "b"]
        assert codes["a"] == [429]
        tasks.append(ask(limits, "c", note("c")))  # three are written in all
        await asyncio.sleep(0.3)
        assert codes["c"] == [429]
        gate.set()
        await asyncio.gather(*tasks)
        assert codes == {"a": [429, 200, 200], "b": [200], "c": [429]}
        assert limits._by_address == {}

    asyncio.run(play())


def test_a_long_answer_leaves_by_pieces_and_one_never_read_is_given_up():
    async def play():
        pieces = []

        async def app(scope, receive, send):
            await PlainTextResponse("x" * (3 * MORCEAU + 1))(scope, receive, send)

        async def send(message):
            pieces.append(len(message.get("body", b"")))

        await ask(Limits(app, Bornes()), "a", send)
        assert pieces == [0, MORCEAU, MORCEAU, MORCEAU, 1]

        async def stuck(message):
            await asyncio.sleep(60)

        await asyncio.wait_for(ask(Limits(app, Bornes(duree=0.1)), "a", stuck), 5)

    asyncio.run(play())
