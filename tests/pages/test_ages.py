"""The age structure inside a portrait: every kind of territory, beside the département."""

import pytest

from tests.pages.conftest import said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("93014", "à Clichy-sous-Bois, la part des moins de 15 ans est plus forte qu’en Seine-Saint-Denis : 26,3 %"),
        ("93066", "contour : Seine-Saint-Denis"),
        ("200057867", "Âges et sexes sur le territoire de Plaine Commune"),
        ("93", "la tranche la plus nombreuse en Seine-Saint-Denis est celle des 30 à 44 ans : 22,2 %"),
    ],
)
def test_a_portrait_shows_the_ages_of_its_territory(opened, code, words):
    page = opened("portrait", territoire=code)
    page.session_state["_dedans-ages"] = True
    assert words in said(page.run())
