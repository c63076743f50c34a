"""Streamlit's own words, which no page writes, are French too: boxes, tools of charts, menus, a lost connection."""

import re

from tests.browser.conftest import Visit, start_server, stop_server

ATTRIBUTES = """() => [...document.querySelectorAll('[aria-label], [title], [placeholder]')]
  .flatMap(e => ['aria-label', 'title', 'placeholder'].map(name => e.getAttribute(name)).filter(Boolean))"""
ENGLISH = re.compile(
    r"\b(add|all|as|choose|clear|close|collapse|copy|download|expand|fullscreen|heading|link|loading|main|no results"
    r"|open|option|print|record|remove|running|select|selected|show|sidebar|spec|stop|system|theme|to|values|with)\b",
    re.IGNORECASE,
)


def english(texts: list[str]) -> list[str]:
    """The texts with an English word of a tool; what follows a colon is ours (a title, a sentence)."""
    return sorted({text for text in texts if ENGLISH.search(text.split(":")[0])})


def test_names_read_by_a_screen_reader_are_french(vue):
    with vue.on(1440) as page:
        assert english(page.evaluate(ATTRIBUTES)) == []


def test_a_search_without_result_says_so_in_french(visit):
    page = visit().open("/portrait")
    box = page.get_by_role("combobox", name="Choisir un territoire")
    box.click()
    box.fill("zzzz")
    page.get_by_role("option", name="Chercher : zzzz").wait_for(timeout=10_000)
    assert english(page.inner_text("[role=listbox]").splitlines()) == []
    page.keyboard.press("Enter")
    page.get_by_text("Rien ne répond à zzzz").wait_for(timeout=10_000)


def test_an_address_that_leads_nowhere_is_told_in_french(visit):
    page = visit().open("/nimporte")
    page.get_by_text("Cette adresse ne mène à aucune page de l’observatoire").wait_for(timeout=10_000)
    assert english(page.inner_text("[role=dialog]").splitlines()) == []


def test_the_menu_of_the_page_is_french(visit):
    page = visit().open("/")
    before = set(page.inner_text("body").splitlines())
    page.get_by_role("button", name="Menu principal").click()
    page.get_by_text("Imprimer", exact=True).wait_for(timeout=10_000)
    page.evaluate("document.querySelectorAll('[data-testid=stIconMaterial]').forEach(n => n.remove())")
    shown = [line for line in page.inner_text("body").splitlines() if line not in before]
    assert english(shown) == []


def test_a_lost_server_is_told_in_french(chromium, entrepot):
    process, address = start_server(entrepot)
    page = chromium.new_page()
    try:
        Visit(page, address).open("/")
    finally:
        stop_server(process)
    page.get_by_text("Connexion perdue").wait_for(timeout=30_000)
    dialog = page.get_by_role("dialog").inner_text()
    assert "Le serveur de l’observatoire" in dialog
    assert "Streamlit" not in dialog.replace("streamlit run", "")
    page.close()
