"""A real server and a real Chromium. What a page does wrong is collected, whatever the test looks at."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from outils.navigateur import find
from tests.browser.vues import PAGES_ET_VUES

RACINE = Path(__file__).resolve().parents[2]
OPTIONS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--no-first-run",
]
PRET = "[data-testid=stApp][data-test-script-state=notRunning]"
# Under this width in pixels, a phone: its agent too, which the server reads.
PHONE = 500
GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
# What a view must have drawn, within the content policy, before it is looked at.
DESSIN = "[data-testid=stVegaLiteChart] :is(svg, canvas)"
DESSINS = {
    "portrait": DESSIN,
    "cartes": ".obs-svg a.obs-lieu",
    "cartes-simple": ".obs-svg a.obs-lieu",
    "comparer-nuage": DESSIN,
    "comparer-repartition": DESSIN,
    "comparer-evolution": DESSIN,
}
# Every chart that it holds is drawn, every image has come.
DESSINE = """() => [...document.querySelectorAll("[data-testid=stVegaLiteChart]")].every(
  chart => chart.querySelector("svg, canvas")) && [...document.images].every(
  image => image.complete || image.loading === "lazy")"""
# A function, not an expression: the content policy of the pages refuses that Playwright evaluates a text in them.
# Still: the script has finished, nothing is waiting for its code any more, and that has lasted 0.7 s.
IMMOBILE = f"""() => {{
  const still = document.querySelector("{PRET}") && !document.querySelector("[data-testid=stSkeleton]");
  if (!still) delete window.__depuis;
  else window.__depuis ??= performance.now();
  return still && performance.now() - window.__depuis > 700;
}}"""


def pytest_collection_modifyitems(items):
    """Every test of this folder needs a browser. One that ran out of time on a busy machine is played once more, and
    the summary says so; a failed assertion never is."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.navigateur)
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(
    folder: Path, *options: str, base: str = "", port: int | None = None, **environ: str
) -> tuple[subprocess.Popen, str]:
    """Start the application on a free port with the warehouse of ``folder``, under a path or none (``base``:
    « /observatoire »); return the process and its address."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *options]
    if base:
        command += ["--server.baseUrlPath", base.strip("/")]
    environment = {**os.environ, "OBSERVATOIRE_ENTREPOT": str(folder), **environ}
    process = subprocess.Popen(
        command, cwd=RACINE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://localhost:{port}{base}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return process, address
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise RuntimeError("le serveur n’a pas démarré en une minute")


def stop_server(process: subprocess.Popen) -> None:
    """Stop a server and wait until it is gone."""
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def serveur(entrepot) -> Iterator[str]:
    """The address of the application."""
    process, address = start_server(entrepot)
    yield address
    stop_server(process)


@pytest.fixture(scope="session")
def sous_chemin(entrepot) -> Iterator[str]:
    """The address of the application served under /observatoire."""
    process, address = start_server(entrepot, base="/observatoire")
    yield address
    stop_server(process)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium; without any, the tests of this folder are skipped."""
    path = find()
    if path is None:
        pytest.skip("aucun navigateur Chromium : essai sauté")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page being visited, and what it did that it should not."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a path and wait until the script has run."""
        self.page.goto(self.address + path)
        return self._settle()

    def wait(self) -> Page:
        """Wait until the page has finished what it is doing; a click takes a moment to reach the server."""
        self.page.wait_for_timeout(300)
        self.page.evaluate("delete window.__depuis")
        return self._settle()

    def _settle(self) -> Page:
        self.page.wait_for_selector("h1", timeout=60_000)
        self.page.wait_for_function(IMMOBILE, timeout=60_000)
        return self.page


@pytest.fixture(scope="session")
def contexts(chromium):
    """``contexts(width)`` → the context of that width, the same all along: the code of Streamlit is loaded once."""
    kept: dict[int, BrowserContext] = {}

    def of_width(width: int) -> BrowserContext:
        if width not in kept:
            kept[width] = new_context(chromium, width)
        return kept[width]

    yield of_width
    for context in kept.values():
        context.close()


def new_context(chromium: Browser, width: int, **options: Any) -> BrowserContext:
    """A context with an empty cache; a phone under PHONE. ``options``: others of Playwright."""
    phone = width < PHONE
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36" if phone else None
    return chromium.new_context(
        viewport={"width": width, "height": 844 if phone else 900}, locale="fr-FR", user_agent=agent, **options
    )


@pytest.fixture
def visit(chromium, contexts, serveur):
    """``visit(width)`` → a Visit in a page of its own; ``fresh``: with an empty cache too, as the very first time."""
    opened: list[Page | BrowserContext] = []

    def start(width: int = 1440, *, fresh: bool = False) -> Visit:
        context = new_context(chromium, width) if fresh else contexts(width)
        page = context.new_page()
        opened.append(context if fresh else page)
        return watched(page, serveur)

    yield start
    for held in opened:
        held.close()


def watched(page: Page, address: str) -> Visit:
    """A visit whose errors and requests to others are noted."""
    visited = Visit(page, address)
    page.on("console", lambda m: visited.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: visited.errors.append(str(error)))
    page.on("request", lambda request: _note_stranger(visited, request.url))
    page.on("websocket", lambda socket: _note_stranger(visited, socket.url))
    return visited


@dataclass
class Vue:
    """A view that many tests look at and none changes: loaded once for a desk, once for a phone, whatever their number.

    ``with vue.on(width) as page``: the page at that width, as it stands when nobody has touched it. On the way out no
    error, no request to others; a test that fails leaves nothing behind: the next one loads the page again.
    """

    nom: str
    chemin: str
    address: str
    contexts: Callable[[int], BrowserContext]
    visits: dict[bool, Visit] = field(default_factory=dict)

    @contextlib.contextmanager
    def on(self, width: int, scheme: Literal["light", "dark"] = "light") -> Iterator[Page]:
        phone = width < PHONE
        visited = self.visits.pop(phone, None) or self._load(phone, scheme)
        page = visited.page
        try:
            page.emulate_media(media="null")
            page.set_viewport_size({"width": width, "height": 844 if phone else 900})
            # A window made narrow has closed the menu, which a wide one does not open again.
            if not phone and page.locator("[data-testid=stSidebar][aria-expanded=false]").count():
                page.get_by_test_id("stExpandSidebarButton").click()
            _colour(visited, scheme)
            yield page
            assert visited.errors == []
            assert visited.strangers == []
        except BaseException:
            page.close()
            raise
        self.visits[phone] = visited

    def _load(self, phone: bool, scheme: Literal["light", "dark"]) -> Visit:
        page = self.contexts(390 if phone else 1440).new_page()
        page.emulate_media(color_scheme=scheme)
        visited = watched(page, self.address)
        visited.open(self.chemin)
        page.wait_for_selector(DESSINS.get(self.nom, "h1"), timeout=30_000)
        page.wait_for_function(DESSINE, timeout=30_000)
        return visited

    def close(self) -> None:
        for visited in self.visits.values():
            visited.page.close()


def _colour(visited: Visit, scheme: Literal["light", "dark"]) -> None:
    """The theme follows the colours of the machine: the page is drawn anew when they change."""
    page = visited.page
    if page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark"):
        return
    before = page.evaluate(GROUND)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"() => {GROUND} !== '{before}'", timeout=10_000)
    visited.wait()


@pytest.fixture(scope="session", params=PAGES_ET_VUES)
def vue(request, contexts, serveur) -> Iterator[Vue]:
    """Each view in turn: the tests that ask for it are played one after the other, in all the files."""
    opened = Vue(request.param, PAGES_ET_VUES[request.param], serveur, contexts)
    yield opened
    opened.close()


def _note_stranger(visited: Visit, url: str) -> None:
    ours = (f"{visited.address}/", f"{visited.address.replace('http', 'ws', 1)}/", "data:", "blob:")
    if not url.startswith(ours):
        visited.strangers.append(url)
