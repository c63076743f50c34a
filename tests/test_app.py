"""The server as one starts it: cold start, a page that fails, nobody called outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from streamlit import net_util
from streamlit.testing.v1 import AppTest

import app
from etl.load import current
from observatoire.config import RACINE, warehouse_folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def cold_start(tmp_path):
    """``cold_start(*options)`` → the address of a server started with no warehouse, and its log."""
    started = []

    def start(*options: str) -> tuple[str, Path]:
        port, log = free_port(), tmp_path / "journal.txt"
        environment = {**os.environ, "OBSERVATOIRE_ENTREPOT": str(tmp_path / "entrepot"), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *options]
        with log.open("w") as out:
            process = subprocess.Popen(command, cwd=RACINE, env=environment, stdout=out, stderr=out)
        started.append(process)
        return f"http://localhost:{port}", log

    yield start
    for process in started:
        process.kill()
        process.wait()


def get(address: str, tries: int = 400) -> str:
    request = urllib.request.Request(address, headers={"Accept": "text/html"})
    for _ in range(tries):
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return response.read().decode()
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"{address} ne répond pas")


def test_a_first_start_builds_the_warehouse_says_so_in_french_and_serves_under_a_base_path(cold_start, tmp_path):
    address, log = cold_start("--server.baseUrlPath", "observatoire")
    page = get(f"{address}/observatoire/portrait")
    assert current(tmp_path / "entrepot") is not None
    assert '<html lang="fr">' in page
    assert 'BACKEND_BASE_URL:window.location.origin+"/observatoire"' in page
    told = log.read_text(encoding="utf-8")
    assert "Premier démarrage : construction de l’entrepôt" in told
    assert "Observatoire ouvert sur http://localhost:" in told
    assert "External URL" not in told


def test_without_a_warehouse_a_page_says_in_french_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    page = AppTest.from_file(str(RACINE / "observatoire" / "navigation.py"), default_timeout=30).run()
    assert [e.value.split(" : ")[1] for e in page.error] == ["lancer « python -m etl build », puis recharger la page."]
    assert len(page.exception) == 0
    assert len(page.title) == 0


def test_a_page_that_fails_shows_a_french_sentence_and_no_traceback():
    def failing():
        import app

        app.tell_error(ZeroDivisionError("secret interne"))

    page = AppTest.from_function(failing, default_timeout=30).run()
    (error,) = [e.value for e in page.error]
    assert error.startswith("Cette page a rencontré une erreur.")
    assert "secret interne" not in error
    assert app.tell_error.__name__ == app.app._on_script_error.__name__


def test_nobody_is_asked_for_the_server_s_public_address(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("appel vers l’extérieur")

    monkeypatch.setattr(socket, "create_connection", refuse)
    assert net_util.get_external_ip() is None


def test_the_folder_of_the_warehouse_is_a_setting(monkeypatch):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", "/ailleurs")
    assert warehouse_folder() == Path("/ailleurs")
    monkeypatch.delenv("OBSERVATOIRE_ENTREPOT")
    assert warehouse_folder() == RACINE / "data" / "entrepot"
