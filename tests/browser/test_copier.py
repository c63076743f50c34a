"""« Copier l’image »: the clipboard really holds the PNG of the figure, on each page that has one."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.browser.conftest import new_context

COLLE = """async () => {
  const items = await navigator.clipboard.read();
  const blob = await items[0].getType("image/png");
  return [...new Uint8Array(await blob.arrayBuffer())];
}"""
BOUTON = "button[data-copier]"


@pytest.fixture
def may_paste(contexts, serveur):
    """The clipboard may be read and written; and no more after the test."""
    context = contexts(1440)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=serveur)
    yield
    context.clear_permissions()


@pytest.mark.parametrize(
    "path",
    [
        "/portrait?territoire=93010",
        "/cartes?indicateur=REV02",
        "/comparer?vue=repartition&territoires=93010,93066",
        "/indicateur?indicateur=REV02&territoire=93010",
    ],
    ids=["portrait", "cartes", "comparer", "indicateur"],
)
def test_a_click_puts_the_image_on_the_clipboard(visit, may_paste, path):
    visited = visit()
    page = visited.open(path)
    panel = page.locator("[data-testid=stPopover] button").filter(has_text="Données").first
    panel.click()
    button = page.locator(BOUTON).first
    button.wait_for()
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Image copiée").wait_for(timeout=60_000)
    pasted = Image.open(io.BytesIO(bytes(page.evaluate(COLLE))))
    assert pasted.format == "PNG"
    assert min(pasted.size) > 150
    assert visited.errors == []


def test_a_browser_that_cannot_copy_says_so_in_french(chromium, serveur):
    context = new_context(chromium, 1440)
    page = context.new_page()
    page.add_init_script("delete window.ClipboardItem")
    page.goto(f"{serveur}/portrait?territoire=93010")
    page.wait_for_selector("h1", timeout=60_000)
    page.locator("[data-testid=stPopover] button").filter(has_text="Données").first.click()
    page.locator(BOUTON).first.click()
    said = page.locator(".obs-copie [role=status]").first
    said.filter(has_text="ne laisse pas copier").wait_for()
    assert "« PNG »" in said.inner_text()
    context.close()
