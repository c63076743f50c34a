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
# A chart is there once its drawing is, a map once its canvas and the boundaries that it fetches are, a table once its
# cells are. Streamlit adds them some time after the script has finished: counting what is on the page is not enough,
# one must know how many to expect.
CONTENU = """() => {
  const drawn = (name, inside) =>
    [...document.querySelectorAll(`[data-testid=${name}]`)].filter(n => n.querySelector(inside)).length;
  return {
    graphiques: drawn('stVegaLiteChart', 'svg, canvas'),
    cartes: drawn('stDeckGlJsonChart', 'canvas'),
    tableaux: drawn('stDataFrame', 'canvas'),
    contours: performance.getEntriesByType('resource').filter(
      r => r.name.includes('/api/v1/geo/') && r.responseEnd > 0).length,
  };
}"""
AU_COMPLET = f"""expected => {{
  const found = ({CONTENU})();
  return Object.keys(expected).every(k => found[k] >= expected[k]);
}}"""
# A change is over when the script has run again, the page has the title expected, if any, and the drawings are there.
CHANGE = f"""([title, expected]) =>
  window.__tours > 0 && document.querySelector("{PRET}") !== null
  && (title === null || [...document.querySelectorAll("h1")].some(n => n.textContent.trim() === title))
  && ({AU_COMPLET})(expected)"""
COMPTER_LES_TOURS = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  window.__tours = 0;
  new MutationObserver(() => { if (app.dataset.testScriptState === 'notRunning') window.__tours++; })
    .observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
}"""

Content = dict[str, int]


@dataclass(frozen=True)
class Change:
    """A choice to change: the label of a box, the text to type in it, the title of the page it leads to if another."""

    label: str
    text: str
    titre: str | None = None


@dataclass(frozen=True)
class Visit:
    """One visit: seconds to script finished and to drawings present, bytes of our own, seconds of a change.

    ``contenu`` and ``ensuite`` count the drawings before and after the change.
    """

    script: float
    dessins: float
    octets: int
    contenu: Content
    changement: float | None = None
    ensuite: Content | None = None


# A slow phone line: 400 kbit/s both ways, 400 ms there and back.
LENTE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


@dataclass(frozen=True)
class SlowVisit:
    """One visit on a slow line, cache empty: seconds to the first words drawn and to the title of the page, and the
    bytes received before each, as they travel (messages of the socket aside)."""

    premiers_mots: float
    titre: float
    octets_premiers_mots: int
    octets_titre: int


def slow_visit(browser: Browser, url: str) -> SlowVisit:
    """Open a page on a slow line, in a new context."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    page = context.new_page()
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", LENTE)
    total = [0]

    def add(event: dict) -> None:
        total[0] += int(event["encodedDataLength"])

    client.on("Network.dataReceived", add)
    page.goto(url, wait_until="commit", timeout=120_000)
    page.wait_for_function(
        "() => performance.getEntriesByName('first-contentful-paint').length > 0", timeout=120_000, polling=50
    )
    at_first = total[0]
    page.wait_for_selector("h1", timeout=240_000)
    title, at_title = page.evaluate("() => performance.now()"), total[0]
    first = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return SlowVisit(first / 1000, title / 1000, at_first, at_title)


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
    for _ in range(900):  # three minutes: several processes start at once on a busy machine
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


def visit(browser: Browser, url: str, change: Change | None, known: Visit | None) -> Visit:
    """Open a page in a new context (empty cache) and, once it is still, change a choice.

    ``known`` is a former visit of the same page, which says how many drawings to wait for; without one, the visit
    is a reconnaissance: it waits until nothing moves any more and its times are not to be used.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    page = context.new_page()
    received = _count_bytes(page)
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(PRET, timeout=60_000)
    script = time.perf_counter() - started
    _wait_for_drawings(page, known.contenu if known else None)
    drawings = time.perf_counter() - started
    content = _content_at_rest(page)
    first = received[0]
    changed = _change(page, change, known.ensuite if known else None) if change else None
    after = _content_at_rest(page) if change else None
    context.close()
    return Visit(script, drawings, first, content, changed, after)


def _wait_for_drawings(page: Page, expected: Content | None) -> None:
    if expected is None:
        _content_at_rest(page)
    else:
        page.wait_for_function(AU_COMPLET, arg=expected, timeout=60_000)


def _content_at_rest(page: Page) -> Content:
    """The drawings of the page once their number has not moved for three seconds."""
    content, since = page.evaluate(CONTENU), time.perf_counter()
    while time.perf_counter() - since < 3:
        page.wait_for_timeout(250)
        found = page.evaluate(CONTENU)
        if found != content:
            content, since = found, time.perf_counter()
    return content


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


def _change(page: Page, change: Change, expected: Content | None) -> float:
    """Seconds from the key that confirms a choice to the script finished and the drawings present."""
    page.evaluate(COMPTER_LES_TOURS)
    box = page.get_by_role("combobox", name=change.label).first
    box.click()
    box.fill(change.text)
    page.wait_for_timeout(300)
    started = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_function(CHANGE, arg=[change.titre, expected or {}], timeout=60_000)
    if expected is None:
        _content_at_rest(page)
    return time.perf_counter() - started
