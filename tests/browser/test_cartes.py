"""The page Cartes in a real Chromium: click, pointing, boundaries fetched once, settings, simple mode."""

import re

import pytest

from tests.browser.carte import (
    MAP,
    SVG,
    TOOLTIP,
    click_until_the_url_has,
    commune,
    open_map,
    open_svg,
    point_at,
    said_by,
    tap,
)

SUFFIX = "/api/v1/geo/"


def test_pointing_at_a_commune_says_its_name_and_value_and_outlines_it(visit):
    visited = visit()
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021")
    assert page.locator(MAP).count() == 0
    commune(page, "Saint-Denis").hover()
    page.wait_for_function(said_by("Saint-Denis, 36 % — ouvrir le portrait"), timeout=10_000)
    outlined = page.locator(f"{SVG} .obs-survol").get_attribute("d")
    assert outlined == commune(page, "Saint-Denis").locator("path").get_attribute("d")
    page.get_by_role("heading", name="Classement").hover()
    page.wait_for_function("() => document.querySelector('.obs-bulle').hidden", timeout=10_000)
    assert page.locator(f"{SVG} .obs-survol").get_attribute("d") == ""
    assert visited.errors == []


def test_a_click_opens_the_portrait_and_back_returns_to_the_same_map(visit):
    visited = visit()
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2020&methode=jenks")
    commune(page, "Saint-Denis").click()
    page.wait_for_url("**/portrait?*", timeout=20_000)
    visited.wait()
    assert "territoire=93066" in page.url
    assert "Saint-Denis" in page.inner_text("h1")
    page.go_back()
    visited.wait()
    assert re.search(r"/cartes\?.*annee=2020.*methode=jenks", page.url)
    assert "2020" in page.inner_text("[data-testid=stMain]")
    assert page.locator(f"{SVG} a.obs-lieu").count() == 39
    assert visited.errors == []


def test_the_keyboard_reaches_a_commune_hears_it_and_opens_it(visit):
    visited = visit()
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021")
    stops = page.locator(f"{SVG} a.obs-lieu[tabindex='0']")
    page.wait_for_function("() => document.querySelectorAll('.obs-svg a[tabindex=\"0\"]').length === 1")
    # One stop: the one before it, then the one after it, is no longer on the map.
    stops.first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('.obs-svg')") is None
    commune(page, "Bobigny").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(said_by("Bondy, 34 % — ouvrir le portrait"), timeout=10_000)
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')").startswith("Bondy, 34")
    outlined = page.locator(f"{SVG} .obs-survol").get_attribute("d")
    assert outlined == commune(page, "Bondy").locator("path").get_attribute("d")
    assert [stop.get_attribute("data-nom") for stop in stops.all()] == ["Bondy"]
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(said_by("Bobigny"), timeout=10_000)
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.closest('.obs-svg')") is None
    assert page.locator(f"{SVG} .obs-survol").get_attribute("d") == ""
    commune(page, "Bondy").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/portrait?*territoire=93010*", timeout=20_000)
    visited.wait()
    assert visited.errors == []


def test_the_arrows_reach_every_commune(visit):
    page = open_svg(visit(), "/cartes?indicateur=REV02&annee=2021")
    page.wait_for_function("() => document.querySelectorAll('.obs-svg a[tabindex=\"0\"]').length === 1")
    missed = page.evaluate(
        """() => {
          const places = [...document.querySelectorAll(".obs-svg a.obs-lieu")], seen = new Set(), left = [places[0]];
          while (left.length) {
            const place = left.pop();
            if (seen.has(place)) continue;
            seen.add(place);
            for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
              place.focus();
              place.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
              if (document.activeElement.matches("a.obs-lieu")) left.push(document.activeElement);
            }
          }
          return places.filter(place => !seen.has(place)).map(place => place.dataset.nom);
        }"""
    )
    assert missed == []


def test_a_click_goes_to_the_portrait_without_loading_the_application_again(visit):
    visited = visit()
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021")
    page.evaluate("() => { window.__marque = 1; }")
    commune(page, "Drancy").click()
    page.wait_for_url("**/portrait?*territoire=93029*", timeout=20_000)
    visited.wait()
    assert "indicateur=REV02" in page.url
    assert page.evaluate("() => window.__marque") == 1
    assert page.inner_text("h1") == "Drancy"


def test_a_first_touch_names_a_commune_and_the_second_opens_it(visit):
    visited = visit(390, fresh=True)
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021")
    tap(page, commune(page, "Bondy"))
    page.wait_for_function(said_by("Bondy, 34 % — ouvrir le portrait"), timeout=10_000)
    tap(page, commune(page, "Drancy"))
    page.wait_for_function(said_by("Drancy, 29 % — ouvrir le portrait"), timeout=10_000)
    assert "/cartes" in page.url
    tap(page, commune(page, "Drancy"))
    page.wait_for_url("**/portrait?*territoire=93029*", timeout=20_000)
    visited.wait()
    assert (visited.errors, visited.strangers) == ([], [])


def test_the_communes_are_shown_without_a_boundary_nor_the_code_of_deck(visit):
    visited = visit(fresh=True)
    fetched: list[str] = []
    received: list[int] = []
    visited.page.on("request", lambda r: fetched.append(r.url))
    visited.page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: received.append(len(frame))))
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021")
    assert [url for url in fetched if SUFFIX in url or "DeckGl" in url] == []
    assert sum(received) < 150_000
    received.clear()
    box = page.get_by_role("combobox", name="Indicateur")
    box.click()
    box.fill("Taux d’emploi")
    page.keyboard.press("Enter")
    page.wait_for_url("**indicateur=EMP02**")
    visited.wait()
    assert sum(received) < 130_000


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


def test_a_change_of_indicator_by_iris_resends_no_boundary(visit):
    visited = visit(fresh=True)
    fetched: list[str] = []
    visited.page.on("request", lambda r: fetched.append(r.url.rsplit("/", 1)[1]) if SUFFIX in r.url else None)
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2021&niveau=iris")
    wanted = {"communes.geojson", "ept.geojson", "iris.geojson"}
    for _ in range(100):  # the map asks for its boundaries once its own code is there
        if wanted <= set(fetched):
            break
        page.wait_for_timeout(200)
    first = set(fetched)
    assert wanted <= first
    fetched.clear()
    box = page.get_by_role("combobox", name="Indicateur")
    box.click()
    box.fill("Niveau de vie médian")
    page.keyboard.press("Enter")
    page.wait_for_url("**indicateur=REV01**")
    visited.wait()
    assert "indicateur=REV01" in page.url
    assert first.isdisjoint(fetched)


def test_communes_chosen_on_the_map_go_to_comparer(visit):
    visited = visit()
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021&clic=comparer")
    for name in ("Saint-Denis", "Drancy", "Aulnay-sous-Bois", "Drancy"):
        commune(page, name).click()
    link = page.get_by_role("link", name=re.compile("Comparer ces 2 communes : Saint-Denis, Aulnay-sous-Bois"))
    link.wait_for(timeout=10_000)
    assert page.locator(f"{SVG} a.obs-choisi").count() == 2
    link.click()
    page.wait_for_url("**/comparer?*", timeout=20_000)
    visited.wait()
    assert re.search(r"territoires=93066(%2C|,)93005", page.url)
    assert visited.errors == []


NAMED = "((document.querySelector('.obs-bulle:not([hidden])') || {}).textContent || '').split(',')[0]"
MARKED = "[...document.querySelectorAll('tr.obs-vise th')].map(n => n.textContent)"
DOTS = "[...document.querySelectorAll('path.obs-vise')].map(n => n.ariaLabel.split(' : ')[0])"


def test_what_is_pointed_at_on_the_map_shows_in_the_ranking_and_the_distribution_and_back(visit):
    visited = visit()
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021")
    commune(page, "Saint-Denis").hover()
    page.wait_for_function(f"() => {MARKED}[0] === 'Saint-Denis' && {DOTS}[0] === 'Saint-Denis'", timeout=10_000)
    page.get_by_role("row", name="La Courneuve").hover()
    page.wait_for_function(f"() => {DOTS}[0] === 'La Courneuve'", timeout=10_000)
    page.wait_for_function(f"() => {NAMED} === 'La Courneuve'", timeout=10_000)
    dot = page.locator("[data-testid=stVegaLiteChart] path[aria-label^=Bondy]")
    dot.evaluate("node => node.scrollIntoView({block: 'center'})")  # not under the head of the page
    dot.hover(force=True)
    page.wait_for_function(f"() => {MARKED}[0] === 'Bondy' && {NAMED} === 'Bondy'", timeout=10_000)
    page.get_by_role("heading", name="Classement").hover()
    page.wait_for_function(f"() => {NAMED} === ''", timeout=10_000)
    assert visited.errors == []


def test_a_dot_of_the_distribution_shows_its_commune_on_the_map(visit):
    visited = visit()
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021")
    page.locator("[data-testid=stVegaLiteChart] g.mark-symbol path").nth(5).click(force=True)
    visited.wait()
    code = re.search(r"territoire=(93\d{3})", page.url).group(1)
    assert page.locator("tr.lit").count() == 1
    assert page.locator(f"tr.lit a[href*='{code}']").count() == 2, "son nom, et sa valeur"
    outlined = page.locator(f"{SVG} .obs-choix").get_attribute("d")
    assert outlined == page.locator(f"{SVG} a[data-code='{code}'] path").get_attribute("d")


def test_two_maps_answer_together_to_the_pointer(visit):
    visited = visit()
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021&vue=deux&avec=SEN01")
    assert page.get_by_role("combobox", name="Second indicateur").is_visible()
    tops = [page.locator(SVG).nth(n).bounding_box()["y"] for n in range(2)]
    assert abs(tops[0] - tops[1]) < 1
    page.locator(SVG).nth(1).locator("a[data-nom='Drancy'] path").hover()
    page.wait_for_function(said_by("Drancy"), timeout=10_000)
    assert [bool(page.locator(f"{SVG} .obs-survol").nth(n).get_attribute("d")) for n in range(2)] == [True, True]
    assert (visited.errors, visited.strangers) == ([], [])


def test_two_maps_of_iris_are_one_canvas_and_both_answer_to_the_pointer(visit):
    visited = visit()
    page = open_map(visited, "/cartes?indicateur=REV02&annee=2021&vue=deux&avec=LOG01&niveau=iris")
    for across in (0.13, 0.63):
        point_at(page, across, 0.42, "Saint-Denis")
    assert (visited.errors, visited.strangers) == ([], [])


def test_the_simple_mode_on_a_phone_has_its_sentence_and_its_map_in_the_first_screen(visit):
    visited = visit(390)
    page = open_svg(visited, "/cartes?mode=simple&indicateur=EMP01")
    box, words = page.locator(SVG).bounding_box(), page.locator(".obs-phrase").bounding_box()
    assert words["y"] + words["height"] <= box["y"]
    assert box["y"] + box["height"] < 844
    assert page.locator("[data-testid=stSidebar]").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=re.compile("Suivant")).click()
    visited.wait()
    assert "indicateur=REV14" in page.url
    assert (visited.errors, visited.strangers) == ([], [])


def test_the_sentence_and_the_legend_stand_beside_the_map_in_the_first_screen(visit):
    visited = visit(1366, fresh=True)
    visited.page.set_viewport_size({"width": 1366, "height": 768})
    page = open_svg(visited, "/cartes?indicateur=REV02&annee=2021")
    drawn = page.locator(SVG).bounding_box()
    for what in (page.locator(".obs-legende"), page.get_by_text("En 2021, le taux de pauvreté va de")):
        box = what.bounding_box()
        assert box["x"] > drawn["x"] + drawn["width"]
        assert box["y"] < 600
    # Of the map itself, the first screen holds all but the last lines.
    assert drawn["y"] + 0.85 * drawn["height"] < 768


WIDTHS = (320, 360, 390, 480, 600, 768, 1024, 1280, 1366, 1920, 2560, 3840)
# What is drawn, in pixels of the window: the box of the map, its territories, the words that are shown.
DRAWN = """() => {
  const box = n => {
    const { left, top, right, bottom } = n.getBoundingClientRect();
    return [left, top, right, bottom];
  };
  const svg = document.querySelector(".obs-svg");
  const words = [...svg.querySelectorAll(".obs-mots text")].filter(n => n.getClientRects().length);
  return {
    container: box(svg.parentElement), svg: box(svg), window: document.documentElement.clientWidth,
    territories: [...svg.querySelectorAll("a.obs-lieu path")].map(box), words: words.map(box),
    letters: Math.min(...words.map(n => parseFloat(getComputedStyle(n).fontSize)))
      * svg.getBoundingClientRect().height / svg.viewBox.baseVal.height,
  };
}"""


@pytest.mark.parametrize("path", ["/cartes?indicateur=REV02", "/cartes?indicateur=REV02&mode=simple"])
def test_the_whole_department_is_in_its_box_whatever_the_width_the_zoom_and_the_theme(visit, path):
    visited = visit(fresh=True)
    page = open_svg(visited, path)
    screen = page.context.new_cdp_session(page)
    for width in WIDTHS:
        for zoom in (1, 2):
            scheme = "dark" if (WIDTHS.index(width) + zoom) % 2 else "light"
            page.emulate_media(color_scheme=scheme)
            # A zoom of 200 % is a window of half as many pixels, each twice as fine.
            size = {"width": max(width // zoom, 320), "height": 900 // zoom, "deviceScaleFactor": zoom, "mobile": False}
            screen.send("Emulation.setDeviceMetricsOverride", size)
            page.wait_for_timeout(250)
            check_drawn(page.evaluate(DRAWN), f"{width} px, zoom {zoom}, {scheme}")
    screen.send(
        "Emulation.setDeviceMetricsOverride", {"width": 720, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    )
    page.emulate_media(media="print", color_scheme="light")
    page.wait_for_timeout(250)
    check_drawn(page.evaluate(DRAWN), "sur papier")
    assert visited.errors == []


def check_drawn(drawn, where):
    """The map is in its box, whole, and its words are in it and large enough to be read."""
    left, top, right, bottom = drawn["svg"]
    assert drawn["container"][0] - 1 <= left, where
    assert right <= drawn["container"][2] + 1, where
    assert right <= drawn["window"] + 1, where
    assert len(drawn["territories"]) == 39, where
    for boxes in (drawn["territories"], drawn["words"]):
        for x1, y1, x2, y2 in boxes:
            assert (x2 - x1) * (y2 - y1) > 4, where
            assert left - 1 <= x1, where
            assert x2 <= right + 1, where
            assert top - 1 <= y1, where
            assert y2 <= bottom + 1, where
    assert len(drawn["words"]) > 39, where
    assert drawn["letters"] > 7.5, where
