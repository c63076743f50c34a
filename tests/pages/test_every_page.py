"""Completeness: what is true of one page is true of all of them, those to come included."""

import re

import pytest

from observatoire.config import RACINE
from observatoire.navigation import PAGES
from tests.pages.conftest import elements, maps, tables, texts

ENGLISH = (
    "the", "and", "of", "with", "choose", "select", "search", "download", "loading", "show", "view", "value", "values",
    "year", "years", "rank", "error", "warning", "data", "map", "chart", "none", "nan", "null", "true", "false",
    "empty", "missing", "undefined", "home", "settings",
)  # fmt: skip
PAR_URL = pytest.mark.parametrize("info", PAGES, ids=lambda info: info.url or "accueil")


@PAR_URL
def test_a_page_opens_with_one_title_in_french_and_names_its_sources(opened, info):
    page = opened(info.url)
    assert len(page.title) == 1
    assert [e.value for e in page.error] == []
    assert [w.value for w in page.warning] == []
    said = texts(page)
    whole = " ".join(said).lower()
    assert [word for word in ENGLISH if re.search(rf"(?<![\w’'-]){word}(?![\w’'-])", whole)] == []
    assert [text for text in said if re.search(r"\w'\w", text)] == [], "l’apostrophe est courbe"
    # What shows no figure has no source: the pages of members, and the network's as long as nobody has reported.
    if not (info.membres or (info.url == "bilans" and page.info and not tables(page))):
        assert any(text.startswith(("Source", "Sources")) for text in said)
    charts = [*page.get("vega_lite_chart"), *page.get("arrow_vega_lite_chart"), *page.get("deck_gl_json_chart")]
    for chart in charts:
        assert len(chart.proto.alt) > 20
        assert not re.search(r"\b(nan|None)\b", chart.proto.alt)
    for drawn in maps(page):
        assert len(drawn.get("aria-label")) > 20
    assert [image.get("src")[:80] for image in elements(page, ".//img") if image.get("alt") is None] == []


@PAR_URL
@pytest.mark.parametrize(
    "asked",
    [
        {"territoire": "99999", "theme": "x", "indicateur": "XXX", "annee": "abc", "territoires": "1,2", "ept": "T9"},
        {"territoire": "", "theme": "", "indicateur": "", "annee": "", "territoires": "", "reference": ""},
        {"territoire": "93066,93014", "annee": "2021.5", "territoires": ",,,", "liste": "toutes", "ept": "93066"},
        {"territoire": "' OR 1=1 --", "indicateur": "REV02;DROP", "territoires": "é" * 3000},
    ],
)
def test_a_wrong_address_opens_a_right_page(opened, info, asked):
    page = opened(info.url, **asked)
    assert len(page.title) == 1
    assert [e.value for e in page.error] == []


def test_what_an_address_asks_is_quoted_as_code_and_cut(opened):
    page = opened("portrait", territoire="![x](https://exemple.org/x.png) `**`" + "z" * 200)
    (warning,) = [w.value for w in page.warning]
    quoted = re.search(r"« `([^`]*)` »", warning).group(1)
    assert quoted.startswith("![x](https://exemple.org/x.png) **zz")
    assert len(quoted) <= 61
    assert "qui n’est pas un territoire de la Seine-Saint-Denis" in warning


def test_every_file_of_pages_is_in_the_menu_under_its_own_address():
    files = {path.name for path in (RACINE / "pages").glob("*.py")} - {"__init__.py"}
    assert files == {info.fichier for info in PAGES}
    assert len({info.url for info in PAGES}) == len(PAGES)
    assert [info.url for info in PAGES].count("") == 1
