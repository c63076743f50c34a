"""A portrait in a browser: its inside opened part by part, its similar communes, and the page on paper."""

import io
import re

from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader


def test_the_inside_of_a_commune_opens_on_a_click_and_stays_accessible(visit):
    visited = visit()
    page = visited.open("/portrait?territoire=93014")
    assert page.locator("img.obs-iris").count() == 0
    for label in ("Revenus : des plus", "Familles : qui", "Quartiers : carte", "Quartiers prioritaires"):
        page.locator("summary", has_text=re.compile(label)).click()
        visited.wait()
    picture = page.locator("img.obs-iris")
    assert "Carte des IRIS de Clichy-sous-Bois" in picture.get_attribute("alt")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 300")
    page.get_by_text("1 quartier prioritaire depuis 2024").wait_for()
    serious = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == []
    assert (visited.errors, visited.strangers) == ([], [])


def test_similar_communes_are_explained_and_lead_to_comparer(visit):
    visited = visit()
    page = visited.open("/portrait?territoire=93014")
    page.get_by_role("button", name="Pourquoi ces communes").click()
    visited.wait()
    assert page.get_by_role("region", name="Communes semblables").locator("tbody tr").count() == 5
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Comparer avec elles").click()
    visited.wait()
    assert "groupe=semblables" in page.url
    page.get_by_text("Les 5 communes qui ressemblent le plus à Clichy-sous-Bois").wait_for()


def test_the_whole_page_is_printed_without_its_controls(visit):
    visited = visit()
    page = visited.open("/portrait?territoire=93062&theme=emploi_insertion")
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    text = re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in paper.pages))
    assert 3 <= len(paper.pages) <= 8
    for said in ("Le Raincy", "Ce qui ressort", "Demandeurs d’emploi pour 100 actifs", "Entrepôt construit"):
        assert said in text
    for control in ("Fiche à imprimer", "Pourquoi ces communes", "Tranquillité", "Sources et méthode"):
        assert control not in text
