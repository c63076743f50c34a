"""Comparer in Chromium: the three users from Accueil to what they came for, and what each view shows."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.conftest import Visit


def choose(visited: Visit, label: str, text: str) -> None:
    box = visited.page.get_by_role("combobox", name=label)
    box.click()
    box.fill(text)
    visited.page.keyboard.press("Enter")
    visited.wait()


def test_a_director_takes_away_her_commune_beside_similar_ones(visit):
    visited = visit()
    page = visited.open("/")
    choose(visited, "Chercher une commune", "Bondy")
    page.get_by_role("link", name="Comparer", exact=True).click()
    visited.wait()
    # The commune that she has found is hers: Comparer opens on it and on those that resemble it.
    assert "territoire=93010" in page.url
    expect(page.get_by_text("Les 5 communes qui ressemblent le plus à Bondy")).to_be_visible()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Classeur complet").click()
    with open(waited.value.path(), "rb") as file:
        book = load_workbook(io.BytesIO(file.read()))
    header = [cell.value for cell in book["Valeurs"][1]]
    assert header[4] == "Médiane des 5 communes semblables (référence)"
    assert header[5] == "Bondy"
    assert len(header) == 12
    assert header[-1] == "Source"
    assert visited.errors == []


def test_the_union_projects_the_heat_map_of_the_four_epts(visit):
    visited = visit(1920)
    page = visited.open("/")
    page.get_by_role("link", name="Comparer des territoires").click()
    visited.wait()
    page.get_by_role("radio", name="Carte de chaleur").click()
    visited.wait()
    assert "vue=chaleur" in page.url
    table = page.locator(".obs-chaleur table")
    expect(table.locator("thead th")).to_have_text(
        [
            "Indicateur",
            "Seine-Saint-Denis",
            "Plaine Commune",
            "Paris Terres d’Envol",
            "Est Ensemble",
            "Grand Paris Grand Est",
        ]
    )
    assert table.locator("tbody tr").count() >= 35
    size = table.locator("tbody td").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 16, "lisible une fois projetée"
    assert visited.errors == []


def test_an_elected_official_goes_from_a_map_to_two_towns_side_by_side(visit):
    visited = visit()
    page = visited.open("/cartes?indicateur=REV02&annee=2021")
    page.get_by_role("link", name="Comparer", exact=True).click()
    visited.wait()
    page.get_by_label("Tout effacer").first.click()
    visited.wait()
    for town in ("Montreuil", "Le Raincy"):
        box = page.get_by_role("combobox", name="Territoires")
        box.fill(town)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        visited.wait()
    text = page.locator(".obs-versus").inner_text()
    assert "Montreuil" in text
    assert "Le Raincy" in text
    assert "Taux de pauvreté" in text, "le thème de l’indicateur de la carte"


def test_the_39_communes_fit_a_desk_screen_and_the_columns_can_be_sorted(visit, warehouse):
    visited = visit()
    page = visited.open("/comparer?groupe=communes")
    heat = page.locator(".obs-chaleur")
    key = [card for card in warehouse.indicateurs.values() if card.phare and not card.effectif]
    said = page.get_by_text("sans comparaison possible, non montré")
    left_out = int(said.inner_text().split()[0]) if said.count() else 0
    assert heat.locator("tbody tr:not(.theme)").count() + left_out == len(key)
    assert heat.locator("thead th").count() == 41
    assert heat.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), "aucune commune hors de l’écran"
    choose(visited, "Ranger les colonnes selon", "Taux de pauvreté")
    assert "tri=REV02" in page.url
    names = heat.locator("thead th").all_inner_texts()[2:]
    assert {names[0], names[1], names[2]} == {"Aubervilliers", "Clichy-sous-Bois", "La Courneuve"}


def test_a_comparison_survives_reload_back_and_a_copied_link(visit):
    visited = visit()
    page = visited.open("/comparer?territoires=93010,93014&reference=93048&vue=tableau&theme=logement&nom=Essai")
    assert "Montreuil (référence)" in page.locator(".obs-versus").inner_text()
    page.get_by_role("radio", name="Répartition").click()
    visited.wait()
    page.reload()
    visited.wait()
    assert "vue=repartition" in page.url
    assert page.get_by_role("heading", name="Essai").count() == 1
    page.go_back()
    visited.wait()
    page.locator(".obs-versus").wait_for(timeout=10_000)
    assert visited.errors == []
