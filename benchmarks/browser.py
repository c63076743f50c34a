"""Measures in Chromium: one visit with an empty cache, one change of choice."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

RACINE = Path(__file__).resolve().parent.parent
PRET = "[data-testid=stApp][data-test-script-state=notRunning]"
# A chart is present once its drawing is in the page, a map once its canvas is.
DESSINS = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(
  n => n.querySelector('svg, canvas')) && [...document.querySelectorAll('[data-testid=stDeckGlJsonChart]')].every(
  n => n.querySelector('canvas'))"""


@dataclass(frozen=True)
class Change:
    """A choice to change: the label of a select box, the text to type in it."""

    label: str
    text: str


@dataclass(frozen=True)
class Visit:
    """One visit: seconds to script finished, to drawings present, bytes of our own, seconds of a change."""

    script: float
    dessins: float
    octets: int
    changement: float | None


@contextlib.contextmanager
def serve(script: str, folder: Path) -> Iterator[tuple[str, int]]:
    """Serve a Streamlit script on a free port: (address, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "OBSERVATOIRE_ENTREPOT": str(folder), "PYTHONPATH": str(RACINE)}
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    process = subprocess.Popen(
        command, cwd=RACINE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://localhost:{port}"
        _wait_for(address)
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(address: str) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"{address} ne répond pas")


def memory_mib(pid: int) -> float | None:
    """Resident memory of a process in MiB, None where the system does not tell (other than Linux)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def visit(browser: Browser, url: str, change: Change | None) -> Visit:
    """Open a page in a new context (empty cache) and, once it is still, change a choice."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    page = context.new_page()
    received = _count_bytes(page)
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(PRET, timeout=60_000)
    script = time.perf_counter() - started
    page.wait_for_function(DESSINS, timeout=60_000)
    drawings = time.perf_counter() - started
    page.wait_for_timeout(1500)
    first = received[0]
    changed = _change(page, change) if change else None
    context.close()
    return Visit(script, drawings, first, changed)


def _count_bytes(page: Page) -> list[int]:
    """What the page receives that is not Streamlit's own code: messages of its socket, and our files."""
    total = [0]
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    ours: set[str] = set()

    def note(event: dict) -> None:
        if "/static/" not in event["response"]["url"]:
            ours.add(event["requestId"])

    def add(event: dict) -> None:
        if event["requestId"] in ours:
            total[0] += int(event["encodedDataLength"])

    def add_frame(event: dict) -> None:
        text = event["response"]["payloadData"]
        total[0] += len(text) * 3 // 4 if event["response"]["opcode"] == 2 else len(text)

    client.on("Network.responseReceived", note)
    client.on("Network.loadingFinished", add)
    client.on("Network.webSocketFrameReceived", add_frame)
    return total


def _change(page: Page, change: Change) -> float:
    """Seconds from the key that confirms a choice to the script finished and the drawings present."""
    page.evaluate(
        """() => { window.__tours = 0; new MutationObserver(() => {
          if (document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning') window.__tours++;
        }).observe(document.querySelector('[data-testid=stApp]'), {attributes: true}); }"""
    )
    box = page.get_by_role("combobox", name=change.label).first
    box.click()
    box.fill(change.text)
    page.wait_for_timeout(300)
    started = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_function("window.__tours > 0", timeout=30_000)
    page.wait_for_function(DESSINS, timeout=30_000)
    return time.perf_counter() - started
