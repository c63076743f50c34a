"""How many gestures a person needs: a click, a text typed, a key pressed are one each."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit

# What a director types → the indicator that she means.
MOTS = {
    "chômage": "EMP01",
    "pauvreté": "REV02",
    "pauvreté des enfants": "FAM07",
    "HLM": "LOG01",
    "médecins": "SAN01",
    "mamans seules": "FAM01",
    "vieux isolés": "SEN02",
    "gens au RSA": "REV14",
    "handicap": "HAN01",
    "crèches": "FAM05",
    "logements trop petits": "LOG03",
    "maison de retraite": "SEN22",
    "sans diplôme": "EDU01",
    "jeunes sans emploi": "JEU04",
    "loyers": "LOG26",
    "familles nombreuses": "FAM02",
    "retraités pauvres": "SEN04",
    "surendettement": "REV18",
    "passoires thermiques": "LOG42",
    "femmes battues": "FAM10",
    "aides à domicile": "SEN20",
    "SDF": "DRO03",
}


# The page has answered: what is found is listed, or the one answer is open.
ANSWERED = """words => (document.querySelector(".st-key-reponses")?.textContent ?? "").includes(words)
  || document.querySelector(".st-key-constat h1") || location.search.includes("fiche=")"""


@dataclass
class Gestes:
    """A page under the hands of a person, and what they have done."""

    page: Page
    nombre: int = 0

    def click(self, target) -> None:
        self.nombre += 1
        target.click()

    def type(self, text: str) -> None:
        self.nombre += 1
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.nombre += 1
        self.page.keyboard.press(key)


@pytest.mark.timeout(900)
def test_a_director_finds_an_indicator_named_in_her_own_words_in_three_gestures(visit, warehouse):
    visited = visit()
    visited.open("/portrait?territoire=93014")
    failed, waiting = [], {code for code in MOTS.values() if code not in warehouse.every_indicator}
    for words, code in MOTS.items():
        page = home(visited)
        person = Gestes(page)
        person.click(page.get_by_role("combobox", name="Chercher une commune"))
        person.type(words)
        page.get_by_role("option", name=f"Chercher : {words}").wait_for()
        person.press("Enter")
        page.wait_for_function(ANSWERED, arg=words)
        visited.wait()
        opened = f"indicateur={code}" in page.url or f"fiche={code}" in page.url
        link = page.locator(f".st-key-reponses a[href*='={code}']")
        read = link.first.inner_text() if link.count() else ""
        # In the list too the figure of her commune is read: no page has to be opened for it.
        if person.nombre > 3 or not (opened or (read and (code in waiting or any(c.isdigit() for c in read)))):
            failed.append((words, code, person.nombre, page.url, read))
    assert failed == []
    assert visited.errors == []


def home(visited: Visit) -> Page:
    """Accueil as it stands, or by its link: the page is not loaded again."""
    if not visited.page.get_by_role("combobox", name="Chercher une commune").count():
        visited.page.get_by_role("link", name="Accueil", exact=True).click()
        visited.wait()
    return visited.page


def test_an_elected_official_reads_the_sentence_of_his_town_in_two_gestures(visit):
    visited = visit()
    page = visited.open("/")
    person = Gestes(page)
    person.click(page.get_by_role("link", name="Une carte en grand, à montrer"))
    visited.wait()
    page.locator(".obs-svg a.obs-lieu").first.wait_for()
    person.click(page.locator(".obs-svg a[data-nom='Bondy']").first)
    visited.wait()
    sentence = page.locator(".obs-ma-ville, .obs-ouverture").first
    sentence.wait_for()
    assert "Bondy" in sentence.inner_text()
    assert any(character.isdigit() for character in sentence.inner_text())
    assert person.nombre <= 2
    assert visited.errors == []


def test_the_heat_map_of_a_plenary_is_one_click_from_accueil(visit):
    visited = visit(1920)
    page = visited.open("/?territoire=93014")
    person = Gestes(page)
    person.click(page.get_by_role("link", name="Carte de chaleur des quatre EPT"))
    visited.wait()
    page.locator(".obs-chaleur table").wait_for()
    heads = page.locator(".obs-chaleur thead th").all_inner_texts()
    assert {"Plaine Commune", "Paris Terres d’Envol", "Est Ensemble", "Grand Paris Grand Est"} <= set(heads)
    assert person.nombre == 1
    assert visited.errors == []
