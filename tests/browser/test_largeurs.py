"""Every page at every width, a window enlarged twice included: nothing overflows, nothing is cut, tables say that they
go on."""

from __future__ import annotations

import contextlib

from playwright.sync_api import TimeoutError

# 640, 720 and 960: the windows of 1280, 1440 and 1920 enlarged twice.
LARGEURS = (320, 390, 480, 640, 720, 960, 1024, 1280, 1440, 1920, 2560, 3840)
# A text that its box hides; a select box shows the beginning of a long choice, whole in its list and its tip.
COUPES = """() => {
  const bad = [];
  const part = document.querySelector("[data-testid=stMain]");
  const read = "p, a, button, span, small, li, h1, h2, h3, h4, label, summary, td, th, dd, dt";
  const aside = "[data-baseweb=select], .obs-cache, caption, [data-testid=stIconMaterial]";
  for (const e of part.querySelectorAll(read)) {
    if (!e.textContent.trim() || !e.checkVisibility() || e.closest(aside)) continue;
    const own = getComputedStyle(e);
    if (["hidden", "clip"].includes(own.overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
      bad.push(e.tagName + " : " + e.textContent.trim().slice(0, 60));
  }
  for (const group of part.querySelectorAll("[data-testid=stButtonGroup]"))
    if (group.scrollWidth > group.clientWidth + 1) bad.push("boutons : " + group.textContent.slice(0, 60));
  // Under 390 px a name near the edge of a chart may be cut: each is read in the table beside it.
  if (innerWidth < 390) return bad;
  for (const svg of part.querySelectorAll("[data-testid=stVegaLiteChart] svg")) {
    const edge = svg.getBoundingClientRect();
    for (const word of svg.querySelectorAll("text")) {
      const box = word.getBoundingClientRect();
      if (!word.textContent.trim() || !box.width || getComputedStyle(word).opacity === "0") continue;
      const out = box.left < edge.left - 2 || box.right > edge.right + 2;
      if (out) bad.push("graphique : " + word.textContent.slice(0, 60));
    }
  }
  return bad;
}"""
# A table wider than its place: the names of the rows stay, a shadow on its edge says that it goes on.
TABLEAUX = """() => [...document.querySelectorAll(".obs-table")].filter(
  box => box.scrollWidth > box.clientWidth + 1).map(box => ({
    nom: box.getAttribute("aria-label"),
    fige: getComputedStyle(box.querySelector("tbody th")).position === "sticky",
    bord: getComputedStyle(box).backgroundImage.includes("gradient"),
    clavier: box.tabIndex === 0,
  }))"""
DEBORDE = """() => ["html", "[data-testid=stMain]"].map(part => document.querySelector(part)).filter(
  e => e.scrollWidth > e.clientWidth).map(e => e.tagName + " " + e.scrollWidth + " > " + e.clientWidth)"""


def test_at_every_width_nothing_overflows_and_nothing_is_cut(vue):
    faults = []
    with vue.on(1440) as page:
        # From the widest: the menu stays open as long as it would.
        for width in reversed(LARGEURS):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(250)
            # Charts take their new width in their own time.
            with contextlib.suppress(TimeoutError):
                page.wait_for_function(f"() => !({DEBORDE})().length && !({COUPES})().length", timeout=8_000)
            faults += [(width, "déborde", fault) for fault in page.evaluate(DEBORDE)]
            faults += [(width, "coupé", fault) for fault in page.evaluate(COUPES)]
            wide = page.evaluate(TABLEAUX)
            faults += [(width, "tableau", t["nom"]) for t in wide if not (t["fige"] and t["bord"] and t["clavier"])]
            if width >= 1440:
                faults += [(width, "colonne hors du cadre", table["nom"]) for table in wide]
    assert faults == []


def test_the_map_its_legend_and_its_sentence_stand_above_the_fold_of_a_laptop(visit):
    visited = visit()
    visited.page.set_viewport_size({"width": 1366, "height": 768})
    page = visited.open("/cartes?territoire=93014")
    page.locator(".obs-svg a.obs-lieu").first.wait_for()
    for part in (".obs-svg", ".obs-legende", ".obs-ma-ville"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768, part
    assert page.get_by_text("En 2023, le taux de pauvreté va de").bounding_box()["y"] < 600
