"""Accessibility, as axe-core sees it and as the keyboard meets it: no violation at all, on a desk and on a phone, in
the light and in the dark; the keyboard goes through every page, seen, in order, and out again."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.vues import PAGES_ET_VUES

GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("vue", PAGES_ET_VUES)
def test_axe_finds_no_violation_in_the_light_nor_in_the_dark(visit, vue, width):
    visited = visit(width)
    page = visited.open(PAGES_ET_VUES[vue])
    light = page.evaluate(GROUND)
    faults = [("clair", *fault) for fault in violations(page)]
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => {GROUND} !== '{light}'", timeout=10_000)
    visited.wait()
    faults += [("sombre", *fault) for fault in violations(page)]
    assert faults == []


def violations(page) -> list[tuple[str, list[str]]]:
    """The violations of a page, with the first elements at fault."""
    return [
        (found["id"], [node["html"][:160] for node in found["nodes"][:3]])
        for found in Axe().run(page).response["violations"]
    ]


# Where the keyboard is: what it is on, whether one sees it, and whether one sees that it is there: an outline, the
# caret of a field, the outline that the map draws over its territories.
FOYER = """() => {
  const e = document.activeElement, all = [...document.querySelectorAll("*")];
  if (!e || e === document.body) return null;
  const own = getComputedStyle(e), box = e.getBoundingClientRect();
  const around = [e, e.parentElement, e.closest("[data-baseweb=select] > div"), e.closest("[data-baseweb]"),
    e.closest("label")].filter(Boolean).map(n => getComputedStyle(n));
  const drawn = e.matches(".obs-svg a, input, textarea") || around.some(s =>
    (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none");
  const border = around.map(s => s.borderColor + s.backgroundColor).join();
  return {rang: all.indexOf(e), mot: (e.getAttribute("aria-label") || e.textContent || e.tagName).trim().slice(0, 60),
    vu: box.width > 0 && box.height > 0 && own.visibility !== "hidden", dessine: drawn, bord: border,
    menu: !!e.closest("[data-testid=stSidebar], [data-testid=stHeader]")};
}"""


@pytest.mark.parametrize("vue", PAGES_ET_VUES)
def test_the_keyboard_goes_through_a_page_in_order_seen_and_without_a_trap(visit, vue):
    visited = visit(1366)
    page = visited.open(PAGES_ET_VUES[vue])
    page.evaluate("document.activeElement.blur()")
    steps, seen = [], set()
    for _ in range(400):
        page.keyboard.press("Tab")
        step = page.evaluate(FOYER)
        if step is None or step["rang"] in seen:
            break
        seen.add(step["rang"])
        steps.append(step)
    assert len(steps) > 8
    # Out at the end, or back at the beginning: not held between two elements.
    assert step is None or step["rang"] == steps[0]["rang"], f"le clavier est retenu : {step}"
    assert [s["mot"] for s in steps if not s["vu"]] == []
    assert [s["mot"] for s in steps if not s["dessine"]] == []
    inside = [s["rang"] for s in steps if not s["menu"]]
    assert inside == sorted(inside), "l’ordre du clavier n’est pas celui de la page"
    assert visited.errors == []
