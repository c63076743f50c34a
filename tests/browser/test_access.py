"""Accessibility, as axe-core sees it and as the keyboard meets it: no violation at all, on a desk and on a phone, in
the light and in the dark; the keyboard goes through every page, seen, in order, and out again."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

# What axe judges by the colours: the rest is the same in the light and in the dark.
COULEURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.mark.parametrize("width", [1366, 390])
def test_axe_finds_no_violation_in_the_light_nor_in_the_dark(vue, width):
    """All its rules in the light on a desk and in the dark on a phone, those of the colours in the other theme too."""
    whole, other = ("light", "dark") if width == 1366 else ("dark", "light")
    with vue.on(width, whole) as page:
        faults = [(whole, *fault) for fault in violations(page)]
    with vue.on(width, other) as page:
        faults += [(other, *fault) for fault in violations(page, COULEURS)]
    assert faults == []


def violations(page, options=None) -> list[tuple[str, list[str]]]:
    """The violations of a page, with the first elements at fault."""
    answer = Axe().run(page, options={"resultTypes": ["violations"], **(options or {})}).response
    return [(found["id"], [node["html"][:160] for node in found["nodes"][:3]]) for found in answer["violations"]]


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


def test_the_keyboard_goes_through_a_page_in_order_seen_and_without_a_trap(vue):
    steps, seen = [], set()
    with vue.on(1366) as page:
        page.evaluate("document.activeElement.blur()")
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
