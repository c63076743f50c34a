"""The page Cartes in a real Chromium: click, pointing, boundaries fetched once, settings, simple mode."""

import io
import re
from functools import partial

import numpy as np
import pytest
from PIL import Image

from tests.browser.carte import MAP, TOOLTIP, click_until, click_until_the_url_has, open_map, point_at

SUFFIX = "/api/v1/geo/"


def test_pointing_at_a_commune_says_its_name_and_value(visit):
    visited = visit()
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2021")
    point_at(page, 0.27, 0.4, "Saint-Denis")
    # The name is a text of the bubble, beside its style sheet; the value is written by that style sheet.
    said = """tip => [
      [...tip.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join("").trim(),
      getComputedStyle(tip.querySelector("b"), "::after").content,
    ]"""
    name, value = page.eval_on_selector(TOOLTIP, said)
    assert (name, value.replace("\u00a0", " ")) == ("Saint-Denis", '"36 %"')
    assert visited.errors == []


def test_a_click_opens_the_portrait_and_back_returns_to_the_same_map(visit):
    visited = visit()
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2020&methode=jenks")
    click_until_the_url_has(page, point_at(page, 0.27, 0.4, "Saint-Denis"), "/portrait?")
    visited.wait()
    assert "territoire=93066" in page.url
    page.go_back()
    visited.wait()
    assert re.search(r"/cartes\?.*annee=2020.*methode=jenks", page.url)
    assert "2020" in page.inner_text("[data-testid=stMain]")


def test_a_click_on_an_iris_opens_the_portrait_of_its_commune(visit):
    visited = visit()
    page = open_map(visited, "/cartes?indicateur=REV02&niveau=iris")
    place = point_at(page, 0.27, 0.4, "Saint-Denis")
    assert page.locator(TOOLTIP).text_content().endswith("Saint-Denis")
    click_until_the_url_has(page, place, "/portrait?")
    visited.wait()
    assert "territoire=93066" in page.url
    page.go_back()
    visited.wait()
    assert "niveau=iris" in page.url
    assert (visited.errors, visited.strangers) == ([], [])


def test_a_change_of_indicator_resends_no_boundary(visit):
    visited = visit(fresh=True)
    fetched: list[str] = []
    received: list[int] = []
    visited.page.on("request", lambda r: fetched.append(r.url) if SUFFIX in r.url else None)
    visited.page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: received.append(len(frame))))
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2021")
    assert sorted(url.rsplit("/", 1)[1] for url in fetched) == ["communes.geojson", "ept.geojson"]
    assert sum(received) < 100_000
    fetched.clear()
    received.clear()
    box = page.get_by_role("combobox", name="Indicateur")
    box.click()
    box.fill("Taux d’emploi")
    page.keyboard.press("Enter")
    page.wait_for_url("**indicateur=EMP02**")
    visited.wait()
    assert "indicateur=EMP02" in page.url
    assert fetched == []
    assert sum(received) < 100_000


def test_communes_chosen_on_the_map_go_to_comparer(visit):
    visited = visit()
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2021&clic=comparer")
    for across, name in ((0.27, "Saint-Denis"), (0.62, "Aulnay-sous-Bois")):
        link = page.get_by_role("link", name=re.compile(f"Comparer.*{name}"))
        click_until(page, point_at(page, across, 0.4, name), partial(link.wait_for, timeout=10_000), name)
        visited.wait()
    page.get_by_role("link", name=re.compile("Comparer ces 2 communes")).click()
    visited.wait()
    assert "/comparer" in page.url
    assert re.search(r"territoires=93066(%2C|,)93005", page.url)
    assert visited.errors == []


NAMED = (
    "(tip => getComputedStyle(tip).display === 'none' ? '' : tip.innerText.trim())"
    "(document.querySelector('.deck-tooltip'))"
)
MARKED = "[...document.querySelectorAll('tr.obs-vise th')].map(n => n.textContent)"
DOTS = "[...document.querySelectorAll('path.obs-vise')].map(n => n.ariaLabel.split(' : ')[0])"


def test_what_is_pointed_at_on_the_map_shows_in_the_ranking_and_the_distribution_and_back(visit):
    visited = visit()
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2021")
    point_at(page, 0.27, 0.4, "Saint-Denis")
    page.wait_for_function(f"() => {MARKED}[0] === 'Saint-Denis' && {DOTS}[0] === 'Saint-Denis'", timeout=10_000)
    page.get_by_role("row", name="La Courneuve").hover()
    page.wait_for_function(f"() => {DOTS}[0] === 'La Courneuve'", timeout=10_000)
    page.wait_for_function(f"() => {NAMED} === 'La Courneuve'", timeout=10_000)
    page.locator("[data-testid=stVegaLiteChart] path[aria-label^=Bondy]").hover(force=True)
    page.wait_for_function(f"() => {MARKED}[0] === 'Bondy' && {NAMED} === 'Bondy'", timeout=10_000)
    page.get_by_role("heading", name="Classement").hover()
    page.wait_for_function(f"() => {NAMED} === ''", timeout=10_000)
    assert visited.errors == []


def test_a_dot_of_the_distribution_shows_its_commune_on_the_map(visit):
    visited = visit()
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2021")
    page.locator("[data-testid=stVegaLiteChart] g.mark-symbol path").nth(5).click(force=True)
    visited.wait()
    code = re.search(r"territoire=(93\d{3})", page.url).group(1)
    assert page.locator("tr.lit").count() == 1
    assert page.locator(f"tr.lit a[href*='{code}']").count() == 1


def test_two_maps_are_one_canvas_and_both_answer_to_the_pointer(visit):
    visited = visit()
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2021&vue=deux&avec=SEN01")
    for across in (0.13, 0.63):
        point_at(page, across, 0.42, "Saint-Denis")
    assert (visited.errors, visited.strangers) == ([], [])


def test_the_simple_mode_on_a_phone_has_its_map_in_the_first_screen(visit):
    visited = visit(390)
    page = open_map(visited, "/cartes?mode=simple&indicateur=EMP01")
    box = page.locator(MAP).bounding_box()
    assert box["y"] + box["height"] < 844
    assert page.locator("[data-testid=stSidebar]").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=re.compile("Suivant")).click()
    visited.wait()
    assert "indicateur=REV14" in page.url
    assert (visited.errors, visited.strangers) == ([], [])


EDGE = 4


def ink(page):
    """What the map draws, as an image: True where a pixel is neither the ground nor nearly so."""
    box = page.locator(MAP)
    box.scroll_into_view_if_needed()
    pixels = np.asarray(Image.open(io.BytesIO(box.screenshot())).convert("RGB"), dtype=int)
    return np.abs(pixels - pixels[2, 2]).sum(axis=2) > 40


def settled_ink(page):
    """The same once it has stopped moving."""
    before = ink(page)
    for _ in range(30):
        page.wait_for_timeout(400)
        drawn = ink(page)
        if drawn.any() and drawn.shape == before.shape and (drawn == before).all():
            return drawn
        before = drawn
    raise AssertionError("la carte bouge encore")


@pytest.mark.parametrize(
    ("widths", "path"),
    [
        ((1366, 1024, 768, 320), "/cartes?indicateur=REV02"),
        ((1024, 320), "/cartes?indicateur=REV02&mode=simple"),
    ],
    ids=["page", "mode simple"],
)
def test_the_whole_department_is_in_the_box_whatever_its_width(visit, widths, path):
    visited = visit(fresh=True)
    for width in widths:
        visited.page.set_viewport_size({"width": width, "height": 844 if width < 500 else 900})
        drawn = settled_ink(open_map(visited, path))
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        assert rows[0] > EDGE, width
        assert rows[-1] < drawn.shape[0] - EDGE, width
        assert columns[0] > EDGE, width
        assert columns[-1] < drawn.shape[1] - EDGE, width
        # It fills its box, one way or the other.
        assert max(np.ptp(rows) / drawn.shape[0], np.ptp(columns) / drawn.shape[1]) > 0.85, width
