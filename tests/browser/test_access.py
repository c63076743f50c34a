"""Accessibility, as axe-core sees it: no serious or critical violation, in the light and in the dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from observatoire.navigation import PAGES

GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


@pytest.mark.parametrize("info", PAGES, ids=lambda info: info.url or "accueil")
def test_no_serious_violation_in_the_light_and_in_the_dark(visit, info):
    visited = visit()
    page = visited.open(f"/{info.url}?territoire=93066&theme=revenus_precarite")
    light = page.evaluate(GROUND)
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => {GROUND} !== '{light}'", timeout=10_000)
    visited.wait()
    assert serious(page) == []


def serious(page) -> list[tuple[str, list[str]]]:
    """The serious and critical violations of a page, with the first elements at fault."""
    return [
        (found["id"], [node["html"][:120] for node in found["nodes"][:3]])
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]
