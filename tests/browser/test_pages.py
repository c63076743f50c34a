"""Each page as a person meets it, on a phone and on a desk: no error, no third party, French whole, nothing cut."""

import contextlib
import re
import urllib.request

import pytest
from playwright.sync_api import TimeoutError

from observatoire.navigation import PAGES
from tests.browser.conftest import DESSINS, PRET, start_server, stop_server
from tests.browser.test_largeurs import DEBORDE

ENGLISH = (
    "the", "and", "choose", "select", "search", "download", "loading", "running", "stop", "deploy", "settings",
    "no options", "no results", "drag and drop", "browse files", "press enter", "show", "view", "value", "year", "rank",
    "error", "warning", "data", "map", "chart",
)  # fmt: skip
# The text of the page. Icons are ligatures of a font: their names are not read.
LU = """() => {
  const icons = [...document.querySelectorAll("[data-testid=stIconMaterial]")];
  icons.forEach(icon => { icon.style.display = "none"; });
  const text = document.querySelector("[data-testid=stApp]").innerText;
  icons.forEach(icon => { icon.style.display = ""; });
  return text;
}"""


@pytest.mark.parametrize("width", [1440, 390])
def test_a_view_of_a_commune_opens_clean_and_french_and_its_charts_have_a_text_alternative(vue, width):
    with vue.on(width) as page:
        assert_clean(page, width)


@pytest.mark.parametrize("info", PAGES, ids=lambda info: info.url or "accueil")
def test_a_page_opens_clean_to_a_reader_who_has_chosen_nothing(visit, info):
    visited = visit()
    page = visited.open(f"/{info.url}")
    page.wait_for_selector(DESSINS.get(info.url, "h1"), timeout=30_000)
    assert info.titre in page.title()
    assert_clean(page, 1440)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_clean(page, 390)
    assert visited.errors == []
    assert visited.strangers == []


def assert_clean(page, width: int) -> None:
    """One title, no word of English, nothing broken, nothing wider than the window, each chart said in words."""
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator("h1").count() == 1
    # The page itself never scrolls sideways; in Streamlit it is its main part that would.
    with contextlib.suppress(TimeoutError):  # a chart takes the width of a window in its own time
        page.wait_for_function(f"() => !({DEBORDE})().length", timeout=8_000)
    assert page.evaluate(DEBORDE) == []
    for chart in page.locator("[data-testid=stVegaLiteChart], .obs-carte-boite").all():
        labelled = chart.evaluate(
            "e => [e, ...e.querySelectorAll('*')].some("
            "n => (n.getAttribute('aria-label') || n.getAttribute('alt') || '').length > 20)"
        )
        assert labelled, chart.evaluate("e => e.outerHTML.slice(0, 300)")
        assert chart.evaluate("e => e.getBoundingClientRect().width") <= width
    text = page.evaluate(LU).lower()
    assert "a rencontré une erreur" not in text
    found = [word for word in ENGLISH if re.search(rf"(?<![\w’'-]){re.escape(word)}(?![\w’'-])", text)]
    assert found == []
    assert "nan" not in re.findall(r"\w+", text)
    assert "none" not in re.findall(r"\w+", text)


@pytest.mark.parametrize("name", ["accueil", "portrait"])
def test_a_cold_server_asked_for_a_page_by_its_file_name_still_runs_the_entry_script(entrepot, chromium, name):
    """Streamlit's old discovery of pages/ would run the page alone, without navigation or access control."""
    process, address = start_server(entrepot)
    try:
        page = chromium.new_page()
        page.goto(f"{address}/{name}")
        page.wait_for_selector(PRET, timeout=60_000)
        page.get_by_text("Plus forts ensemble en Seine-Saint-Denis").wait_for(timeout=60_000)
        page.goto(f"{address}/pages/{name}.py")
        assert "import streamlit" not in page.content()
        page.close()
    finally:
        stop_server(process)


def test_the_start_page_is_ours_before_any_script(serveur):
    request = urllib.request.Request(serveur, headers={"Accept": "text/html"})
    with urllib.request.urlopen(request) as response:
        html = response.read().decode()
    assert '<html lang="fr">' in html
    assert "<title>Observatoire social des CCAS 93</title>" in html
    assert "You need to enable JavaScript" not in html


@pytest.mark.parametrize("size", [(390, 844), (844, 390)], ids=["debout", "couché"])
def test_a_phone_never_zooms_on_a_field_and_its_title_is_in_the_first_screen(visit, size):
    """Safari zooms on a field whose letters are under 16 px. On its side, a phone has the height of a few lines."""
    visited = visit(390, fresh=True)
    visited.page.set_viewport_size({"width": size[0], "height": size[1]})
    visited.page.emulate_media(color_scheme="dark")
    for path in ("/comparer?territoires=93010,93066", "/cartes"):
        page = visited.open(path)
        letters = page.eval_on_selector_all(
            ".stApp :is(input, textarea)",
            "all => all.filter(n => n.getClientRects().length).map(n => parseFloat(getComputedStyle(n).fontSize))",
        )
        assert letters
        assert min(letters) >= 16
        box = page.locator("h1").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < size[1]
        for part in ("html", "[data-testid=stMain]"):
            assert page.eval_on_selector(part, "e => e.scrollWidth - e.clientWidth") <= 0, part
    assert page.locator(".st-key-carte-clic").is_hidden()
    assert visited.errors == []
