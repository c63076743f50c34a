"""From a figure of a page to its origin, and the warehouse taken away, as a person does it."""

import json
import urllib.request


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
