"""Choices live in the URL: reload, Back, Forward, links and wrong values."""

from playwright.sync_api import Page

from tests.browser.conftest import Visit


def pick(visited: Visit, label: str, text: str) -> Page:
    box = visited.page.get_by_role("combobox", name=label)
    box.click()
    box.fill(text)
    visited.page.keyboard.press("Enter")
    return visited.wait()


def heading(page: Page) -> str:
    return page.inner_text("h1")


def test_a_territory_chosen_is_in_the_url_and_survives_reload_back_and_forward(visit):
    visited = visit()
    page = visited.open("/portrait?territoire=93014")
    assert heading(page) == "Clichy-sous-Bois"
    pick(visited, "Choisir un territoire", "Bondy")
    assert "territoire=93010" in page.url
    pick(visited, "Choisir un territoire", "Montreuil")
    page.go_back()
    visited.wait()
    assert (heading(page), "territoire=93010" in page.url) == ("Bondy", True)
    page.go_forward()
    visited.wait()
    assert heading(page) == "Montreuil"
    page.reload()
    visited.wait()
    assert heading(page) == "Montreuil"
    assert visited.errors == []


def test_the_choice_follows_from_page_to_page(visit):
    visited = visit()
    page = visited.open("/portrait?territoire=93048")
    page.get_by_role("link", name="Cartes", exact=True).click()
    visited.wait()
    assert "territoire=93048" in page.url
    page.get_by_role("link", name="Portrait", exact=True).click()
    visited.wait()
    assert heading(page) == "Montreuil"


def test_wrong_values_are_told_in_french_and_replaced(visit):
    visited = visit()
    page = visited.open("/portrait?territoire=75056")
    assert "« 75056 », qui n’est pas un territoire de la Seine-Saint-Denis" in page.inner_text("[data-testid=stMain]")
    assert heading(page) == "Seine-Saint-Denis"
    page = visited.open("/cartes?indicateur=XXX&annee=1900")
    text = page.inner_text("[data-testid=stMain]")
    assert "« XXX », qui n’est pas un indicateur connu" in text
    assert "« 1900 », qui n’est pas une année" in text
    assert visited.errors == []


def test_the_search_of_accueil_opens_the_portrait(visit):
    visited = visit()
    page = visited.open("/")
    pick(visited, "Chercher une commune", "Coubron")
    assert heading(page) == "Coubron"
    assert "/portrait" in page.url


def test_files_are_downloaded_in_french(visit):
    visited = visit()
    page = visited.open("/comparer?theme=revenus_precarite&indicateur=REV02")
    page.locator(".st-key-barres-donnees").get_by_role("button", name="Données").click()
    visited.wait()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    path = waiting.value.path()
    assert waiting.value.suggested_filename == "classement_taux-de-pauvrete_2023.csv"
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Plaine Commune;37,5" in content.decode("utf-8-sig")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PNG", exact=True).click()
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")
