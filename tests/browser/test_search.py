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
