"""Who may open the websocket, and what may be said on it."""

import asyncio

import pytest
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg

import app as server
from observatoire.server.messages import Messages

HOST = "observatoire.exemple.fr"


def opens(origin: str | None, host: str = HOST, origins: tuple[str, ...] = ()) -> bool:
    return Messages(None, origins, lambda _: True).may_open(origin, host)


@pytest.mark.parametrize(
    ("origin", "host", "admitted"),
    [
        ("https://observatoire.exemple.fr", HOST, True),
        ("http://localhost:8501", "localhost:8501", True),
        ("http://localhost:3000", "localhost:8501", False),
        ("http://localhost:8501", HOST, False),
        ("https://ailleurs.exemple.fr", HOST, False),
        ("null", HOST, False),
        (None, HOST, False),
        ("https://observatoire.exemple.fr.ailleurs.fr", HOST, False),
    ],
)
def test_only_a_page_of_the_application_opens_the_socket(origin, host, admitted):
    assert opens(origin, host) is admitted


def test_a_configured_address_is_the_only_one():
    """A name that somebody else points at this server (DNS rebinding) is of the same origin as itself, and refused."""
    ours = ("https://observatoire.exemple.fr/",)
    assert opens("https://observatoire.exemple.fr", "interne:8501", ours)
    assert not opens("http://pirate.exemple", "pirate.exemple", ours)
    assert not opens("http://localhost:8501", "localhost:8501", ours)


def test_the_address_is_the_one_of_streamlit_s_settings():
    assert server.origins() == []
    before = config.get_option("browser.serverAddress")
    try:
        config.set_option("browser.serverAddress", "observatoire.exemple.fr")
        assert "https://observatoire.exemple.fr" in server.origins()
    finally:
        config.set_option("browser.serverAddress", before)


@pytest.mark.parametrize(
    ("message", "admitted"),
    [
        (BackMsg(clear_cache=True), False),
        (BackMsg(load_git_info=True), False),
        (BackMsg(set_run_on_save=True), False),
        (BackMsg(debug_shutdown_runtime=True), False),
        (BackMsg(stop_script=True), True),
        (BackMsg(app_heartbeat=True), True),
        (BackMsg(), False),
    ],
)
def test_a_reader_chooses_and_stops_but_does_not_empty_the_caches(message, admitted):
    assert server.admitted(message.SerializeToString()) is admitted


def test_a_clear_cache_hidden_behind_another_message_is_dropped():
    """In a protobuf message the last of the alternatives wins."""
    hidden = BackMsg(app_heartbeat=True).SerializeToString() + BackMsg(clear_cache=True).SerializeToString()
    assert not server.admitted(hidden)


def test_the_messages_dropped_never_reach_the_page():
    sent = [BackMsg(clear_cache=True), BackMsg(stop_script=True)]
    queue = [{"type": "websocket.receive", "bytes": one.SerializeToString()} for one in sent]
    seen = []

    async def page(_scope, receive, _send):
        seen.append(BackMsg.FromString((await receive())["bytes"]).WhichOneof("type"))

    async def receive():
        return queue.pop(0)

    headers = [(b"host", b"a"), (b"origin", b"http://a")]
    asyncio.run(Messages(page, (), server.admitted)({"type": "websocket", "headers": headers}, receive, None))
    assert seen == ["stop_script"]
