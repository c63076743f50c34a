"""Accessibility, as axe-core sees it: no serious or critical violation, in the light and in the dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from observatoire.navigation import PAGES
from tests.browser.conftest import PRET


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("info", PAGES, ids=lambda info: info.url or "accueil")
def test_no_serious_violation(chromium, serveur, info, scheme):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{serveur}/{info.url}?territoire=93066&theme=revenus_precarite")
    page.wait_for_selector(PRET, timeout=60_000)
    page.wait_for_timeout(2500)
    violations = Axe().run(page).response["violations"]
    context.close()
    serious = [
        (v["id"], [node["html"][:120] for node in v["nodes"][:3]])
        for v in violations
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
