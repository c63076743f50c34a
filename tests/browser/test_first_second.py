"""The first words, before any script has come, and a page on a slow line (400 kbit/s, 400 ms): bytes, not seconds."""

from __future__ import annotations

import pytest

from tests.browser.conftest import new_context

ATTENTE = "#obs-attente"
# The start page whole, compressed: under two kinds of packets that a server sends without waiting for an answer.
PREMIERS_OCTETS = 20_000
# What comes before the title of a page, the font aside (it is not waited for): 2.4 MB when nothing was compressed.
AVANT_LE_TITRE = 650_000
LENTE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
FONDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 24, 36)"}


@pytest.fixture
def fresh(chromium):
    """``fresh(width, **options)`` → a page with an empty cache."""
    contexts = []

    def start(width: int = 1440, **options):
        contexts.append(new_context(chromium, width, **options))
        return contexts[-1].new_page()

    yield start
    for context in contexts:
        context.close()


def count(page, throttled: bool = False) -> dict[str, int]:
    """The bytes received by address, as they travel, from now on."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    if throttled:
        client.send("Network.emulateNetworkConditions", LENTE)
    names, received = {}, {}
    client.on("Network.responseReceived", lambda e: names.update({e["requestId"]: e["response"]["url"]}))
    client.on(
        "Network.loadingFinished",
        lambda e: received.update({names.get(e["requestId"], ""): int(e["encodedDataLength"])}),
    )
    return received


@pytest.mark.parametrize("colors", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_first_words_need_the_start_page_alone(fresh, serveur, width, colors):
    page = fresh(width, color_scheme=colors)
    received = count(page)
    page.route("**/static/**", lambda route: None)  # nothing else ever comes
    page.goto(f"{serveur}/portrait?territoire=93010", wait_until="commit")
    page.get_by_text("Chargement de l’observatoire…").wait_for()
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
    page.wait_for_timeout(300)
    received = {address.split("?")[0]: size for address, size in received.items() if address.startswith("http")}
    assert list(received) == [f"{serveur}/portrait"]
    assert 5_000 < sum(received.values()) < PREMIERS_OCTETS
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.locator(ATTENTE).evaluate("node => getComputedStyle(node).backgroundColor") == FONDS[colors]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_colours_chosen_by_the_reader_are_those_of_the_first_words(fresh, serveur):
    page = fresh(color_scheme="light")
    page.add_init_script("localStorage.setItem('stActiveTheme-/cartes-v2', '\"Dark\"')")
    page.route("**/static/**", lambda route: None)
    page.goto(f"{serveur}/cartes", wait_until="commit")
    page.wait_for_selector(f"{ATTENTE}.sombre")
    assert page.locator(ATTENTE).evaluate("node => getComputedStyle(node).backgroundColor") == FONDS["dark"]


def test_on_a_slow_line_a_page_comes_within_its_bytes_and_nothing_jumps(fresh, serveur):
    page = fresh(390)
    page.add_init_script(
        "window.__sauts = []; new PerformanceObserver(list => list.getEntries().forEach(e => window.__sauts.push("
        "[e.startTime, e.value]))).observe({ type: 'layout-shift', buffered: true });"
    )
    received = count(page, throttled=True)
    page.goto(f"{serveur}/portrait?territoire=93010", wait_until="commit", timeout=60_000)
    page.wait_for_selector(ATTENTE, timeout=60_000)
    page.wait_for_selector("[data-testid=stApp]", timeout=120_000)
    assert page.evaluate("() => window.__sauts") == []
    page.wait_for_selector("h1", timeout=120_000)
    before = {address: size for address, size in received.items() if not address.endswith(".woff2")}
    assert 300_000 < sum(before.values()) < AVANT_LE_TITRE
    page.wait_for_selector(ATTENTE, state="detached")


def test_without_javascript_the_page_says_in_french_what_to_do(chromium, serveur):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(serveur)
    assert page.locator(ATTENTE).is_hidden()
    assert "Cette application a besoin de JavaScript" in page.inner_text("body")
    page.click("noscript a[href$='/api']")
    assert "/api" in page.url
    context.close()
