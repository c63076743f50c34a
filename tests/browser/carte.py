"""A map under the pointer of a test: what it draws comes in its own time, and nothing in the page tells when."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from playwright.sync_api import Locator, Page, TimeoutError

from tests.browser.conftest import Visit

MAP = "[data-testid=stDeckGlJsonChart]"
TOOLTIP = ".deck-tooltip"
SVG = ".obs-svg"
BUBBLE = ".obs-bulle"


def open_map(visited: Visit, path: str) -> Page:
    """Open a page and wait for the canvas of its map."""
    page = visited.open(path)
    page.locator(f"{MAP} canvas").first.wait_for()
    return page


def open_svg(visited: Visit, path: str) -> Page:
    """Open a page and wait for its map in SVG."""
    page = visited.open(path)
    page.locator(f"{SVG} a.obs-lieu").first.wait_for()
    return page


def commune(page: Page, name: str) -> Locator:
    """A territory of the map in SVG (the first one)."""
    return page.locator(f"{SVG} a[data-nom='{name}']").first


def said_by(words: str) -> str:
    """The function that tells whether the bubble of the map in SVG begins with these words."""
    return f"""() => {{
      const bubble = document.querySelector("{BUBBLE}");
      return bubble && !bubble.hidden && bubble.textContent.replace(/\\s/g, " ").startsWith("{words}");
    }}"""


def tap(page: Page, place: Locator) -> None:
    """Touch the middle of a territory with a finger."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(400)


def point_at(page: Page, across: float, down: float, name: str) -> tuple[float, float]:
    """Put the pointer at a place of the map, given as shares of its width and height, and keep it moving by a pixel
    until the map names what is there and goes on doing so; return the place in the window."""
    said = page.locator(TOOLTIP).filter(has_text=name, visible=True)
    for turn in range(60):
        box = page.locator(MAP).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] * across + turn % 2, box["y"] + box["height"] * down
        page.mouse.move(x, y)
        with contextlib.suppress(TimeoutError):
            said.first.wait_for(timeout=500)
            # A map drawn anew closes its bubble.
            page.wait_for_timeout(250)
            if said.count():
                return x, y
    raise AssertionError(f"la carte n’a pas nommé {name} sous le pointeur")


def click_until_the_url_has(page: Page, place: tuple[float, float], text: str) -> None:
    """Click a place of a window until the address holds a text."""
    click_until(page, place, lambda: page.wait_for_url(f"**{text}*", timeout=10_000, wait_until="commit"), text)


def click_until(page: Page, place: tuple[float, float], heard: Callable[[], object], what: str) -> None:
    """Click a place of a window until ``heard`` returns instead of timing out, as a person does whose click was not:
    a map drawn anew for what has just been chosen may name what is under the pointer before it hears."""
    for _ in range(4):
        page.mouse.click(*place)
        with contextlib.suppress(TimeoutError):
            heard()
            return
    raise AssertionError(f"aucun clic sur la carte n’a mené à {what}")
