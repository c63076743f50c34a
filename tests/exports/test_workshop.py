"""The process where images and PDF are drawn: it comes back when it ended, says what it cannot draw, and goes."""

import json
import os
import signal
import threading
import time

import pytest

from observatoire.charts import vega
from observatoire.exports import workshop as module
from observatoire.exports.workshop import Workshop, draw_svg

SPEC = vega.chart({"values": [{"x": 1}]}).mark("point").encode(x="x:Q").to_dict()


def test_a_drawing_is_made_again_when_the_process_was_killed():
    first = draw_svg(SPEC)
    pid = module.workshop.pid
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    assert draw_svg(SPEC) == first
    assert module.workshop.pid not in (None, pid)


def test_what_cannot_be_drawn_is_said_and_the_next_drawing_is_made():
    with pytest.raises(RuntimeError):
        draw_svg({"mark": "rien"})
    assert draw_svg(SPEC).startswith("<svg")


def test_the_process_ends_when_nobody_asks(monkeypatch):
    monkeypatch.setattr(module, "REPOS", 0.2)
    own = Workshop()
    assert own.ask("svg", spec=json.dumps(SPEC))
    end = time.monotonic() + 20
    while own.pid is not None and time.monotonic() < end:
        time.sleep(0.05)
    assert own.pid is None


def test_threads_wait_for_each_other():
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(draw_svg(SPEC))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
