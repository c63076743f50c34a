"""From a figure of a page to its origin, and the warehouse taken away, as a person does it."""

import json
import random
import re
import urllib.request

import pytest

ORIGINE = "D’où vient ce chiffre ?"
HASARD = random.Random(93)


def digits(text: str) -> str:
    """The number a text begins with, but for its spaces: « 1 704 316 habitants » → « 1704316 »; else the mark alone."""
    plain = re.sub(r"\s", "", text)
    found = re.match(r"[−\d,]+", plain)
    return found[0] if found else plain


def assert_traced(visited, page, number: str) -> None:
    """The page shows the origin of that very figure, recomputed; or why it is absent."""
    known = number[0].isdigit() or number[0] == "−"
    words = "c’est le chiffre de l’entrepôt" if known else "Il n’y a pas de valeur à recalculer"
    page.get_by_text(words).wait_for()
    visited.wait()
    assert digits(page.locator("h2").nth(1).inner_text()) == number
    page.get_by_text("Le recalculer : la requête SQL").click()
    page.locator("[data-testid=stCode]", has_text="SELECT").wait_for()
    assert visited.errors == []


@pytest.mark.parametrize("start", ["/", "/portrait?territoire=93010", "/portrait?territoire=200057875"])
def test_a_key_figure_is_traced_in_two_clicks(visit, start):
    """Any card of Accueil or of a portrait: its name opens the page of the indicator, and that page its origin."""
    visited = visit()
    page = visited.open(start)
    cards = page.locator(".obs-cles li")
    card = cards.nth(HASARD.randrange(cards.count()))
    number = digits(card.locator(".v").inner_text())
    card.locator("a").click()
    visited.wait()
    page.get_by_role("link", name=ORIGINE).first.click()
    assert_traced(visited, page, number)


def test_any_figure_of_a_portrait_table_is_traced_in_two_clicks(visit):
    """The table's link opens the first figure of the theme; the list there opens any other one."""
    visited = visit()
    page = visited.open("/portrait?territoire=93010&theme=emploi_insertion")
    rows = page.locator(".obs-table").first.locator("tbody tr")
    row = rows.nth(HASARD.randrange(1, rows.count()))
    cells = row.locator("th, td")
    label, number = cells.nth(0).inner_text(), digits(cells.nth(2).inner_text())
    page.get_by_role("link", name=ORIGINE).nth(1).click()
    visited.wait()
    page.locator(".obs-liens").first.get_by_role("link", name=label, exact=True).click()
    assert_traced(visited, page, number)


def test_any_commune_of_a_map_is_traced_in_two_clicks(visit):
    visited = visit()
    page = visited.open("/cartes?indicateur=EMP01&annee=2022")
    rows = page.locator(".obs-table tbody tr")
    row = rows.nth(HASARD.randrange(rows.count()))
    cells = row.locator("th, td")
    name, number = cells.nth(0).inner_text(), digits(cells.nth(2).inner_text())
    page.get_by_role("link", name=ORIGINE).first.click()
    visited.wait()
    page.locator(".obs-liens").last.get_by_role("link", name=name, exact=True).click()
    assert_traced(visited, page, number)


def test_any_figure_of_a_comparison_is_traced_in_two_clicks(visit):
    """A line and a column at random: the lists of the trace hold the theme of each compared territory."""
    visited = visit()
    page = visited.open("/comparer?territoires=93010,93014,93062&theme=emploi_insertion")
    rows = page.locator(".obs-versus tbody tr")
    row = rows.nth(HASARD.randrange(1, rows.count()))
    column = HASARD.randrange(3)
    label = row.locator("th").evaluate("th => th.firstChild.textContent.trim()")
    number = digits(row.locator("td").nth(1 + column).locator("b").inner_text())
    page.get_by_role("link", name=ORIGINE).first.click()
    visited.wait()
    lists = page.locator(".obs-liens").nth(column)
    lists.get_by_role("link", name=label, exact=True).click()
    assert_traced(visited, page, number)


def test_a_figure_of_an_iris_is_found_by_its_commune(visit):
    """Level, commune, quartier, indicator: what a person picks stays in the address, and the page holds on a phone."""
    visited = visit(390)
    page = visited.open("/donnees?rayon=tracer")
    page.get_by_role("radio", name="IRIS", exact=True).click()
    visited.wait()
    assert "echelon=iris" in page.url
    page.get_by_text("c’est le chiffre de l’entrepôt").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.go_back()
    visited.wait()
    assert "echelon" not in page.url
    assert visited.errors == []
    assert visited.strangers == []


def test_the_page_of_an_iris_indicator_shows_its_map(visit):
    visited = visit()
    page = visited.open("/donnees?rayon=indicateurs&fiche=IRI02&portee=iris")
    picture = page.locator("img.obs-carte")
    assert picture.evaluate("img => img.complete && img.naturalWidth > 0")
    assert "IRIS" in picture.get_attribute("alt")
    assert visited.errors == []
    assert visited.strangers == []


def test_one_click_leads_from_a_figure_to_its_origin(visit):
    """A map of unemployment in 2022: one click, and the département's figure is traced and recomputed."""
    visited = visit()
    page = visited.open("/cartes?indicateur=EMP01&annee=2022")
    page.get_by_role("link", name="D’où vient ce chiffre ?").first.click()
    visited.wait()
    assert "/donnees" in page.url
    assert "indicateur=EMP01" in page.url
    page.get_by_text("c’est le chiffre de l’entrepôt").wait_for()
    text = page.inner_text("[data-testid=stMain]")
    assert "Nous divisons" in text
    assert "P22_CHOM1564" not in text, "le SQL et les fichiers attendent d’être ouverts"
    for label in ("Les fichiers lus", "La formule, colonne par colonne"):
        page.get_by_text(label).click()
    page.get_by_text("P22_CHOM1564").first.wait_for()
    text = page.inner_text("[data-testid=stMain]")
    assert "P22_CHOM1564" in text
    assert "base_cc_comparateur_2025" in text
    assert visited.errors == []


def test_every_source_line_of_a_portrait_leads_to_the_right_territory(visit):
    visited = visit()
    page = visited.open("/portrait?territoire=93010&theme=emploi_insertion")
    links = page.get_by_role("link", name="D’où vient ce chiffre ?")
    assert links.count() >= 2
    assert all("territoire=93010" in link.get_attribute("href") for link in links.all())


def test_the_whole_warehouse_is_taken_away_on_a_click(visit):
    visited = visit()
    page = visited.open("/donnees?rayon=telecharger")
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="Parquet").click()
    assert waiting.value.suggested_filename == "observatoire_parquet.zip"
    assert waiting.value.path().read_bytes().startswith(b"PK")


def test_parts_hold_on_a_phone(visit):
    visited = visit(390)
    for part in ("indicateurs", "tracer", "sources", "qualite", "methodes", "telecharger", "api"):
        page = visited.open(f"/donnees?rayon={part}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, part
    assert visited.errors == []
    assert visited.strangers == []


def test_the_api_answers_beside_the_pages(serveur):
    with urllib.request.urlopen(f"{serveur}/api/v1/observations?territoire=93010&indicateur=REV02") as answer:
        assert json.load(answer)["observations"]
        assert answer.headers["ETag"]
    with urllib.request.urlopen(f"{serveur}/api") as answer:
        assert "API ouverte" in answer.read().decode()
