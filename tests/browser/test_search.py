"""Finding by typing, as people type: without accents, hyphens nor capitals, with codes."""

import pytest


@pytest.mark.parametrize(("typed", "code"), [("st denis", "93066"), ("epinay", "93031"), ("93200", "93066")])
def test_the_home_page_opens_the_portrait_of_what_is_typed(visit, typed, code):
    visited = visit()
    page = visited.open("/")
    box = page.get_by_role("combobox", name="Chercher une commune")
    box.click()
    box.fill(typed)
    page.get_by_role("option", name=f"Chercher : {typed}").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/portrait?*territoire={code}*")


def test_an_indicator_typed_without_accents_is_offered_not_guessed(visit):
    visited = visit()
    page = visited.open("/cartes")
    box = page.get_by_role("combobox", name="Indicateur")
    box.click()
    box.fill("chomage")
    page.keyboard.press("Enter")
    visited.wait()
    assert "indicateur=" not in page.url
    page.get_by_role("radio", name="Taux de chômage (recensement)").click()
    page.wait_for_url("**indicateur=EMP01*")


def test_territories_to_compare_are_found_the_same_way(visit):
    visited = visit()
    page = visited.open("/comparer")
    box = page.get_by_role("combobox", name="Territoires")
    box.click()
    box.fill("st ouen")
    page.keyboard.press("Enter")
    page.wait_for_url("**93070*")


def test_the_slash_leads_to_the_search_and_stays_a_character_in_a_field(visit):
    visited = visit()
    page = visited.open("/donnees")
    box = page.get_by_role("combobox", name="Chercher dans l’observatoire")
    box.wait_for()
    words = page.get_by_role("textbox", name="Chercher un indicateur")
    words.click()
    page.keyboard.type("a/b")
    assert words.input_value() == "a/b"
    words.blur()
    page.keyboard.press("/")
    page.keyboard.type("30 ans")
    # What is typed comes before the labels that hold it: Enter opens no neighbour.
    assert page.get_by_role("option").first.inner_text() == "Chercher : 30 ans"
    box.fill("pauvreté des moins de 30 ans")
    page.keyboard.press("Enter")
    page.wait_for_url("**/indicateur?*indicateur=JEU07*")


def test_the_commune_chosen_in_the_head_is_in_the_address_until_it_is_forgotten(visit):
    visited = visit()
    page = visited.open("/donnees")
    page.get_by_role("button", name="Choisir ma commune").click()
    box = page.get_by_role("combobox", name="Ma commune")
    box.click()
    box.fill("93200")
    page.keyboard.press("Enter")
    page.wait_for_url("**territoire=93066*")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="oublier").click()
    page.wait_for_function("() => !location.search.includes('territoire')")
