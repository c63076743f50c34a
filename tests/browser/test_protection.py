"""The content policy in a real browser: every page draws all it should, and breaks no rule. Under a path too."""

from __future__ import annotations

import urllib.request

from tests.browser.conftest import Visit


def test_a_commune_draws_all_it_should_within_its_policy(visit):
    """The pages as they open, and every view of Comparer, are looked at by test_pages.py and test_comparer.py."""
    visited = visit()
    page = visited.open("/portrait?territoire=93066")
    page.wait_for_selector("[data-testid=stVegaLiteChart] :is(svg, canvas)", timeout=30_000)
    assert visited.errors == []
    assert visited.strangers == []


def test_full_screen_is_heard_without_a_script_in_the_page(visit):
    page = visit().open("/cartes?mode=simple")
    page.click("#obs-plein-ecran")
    page.wait_for_function("() => document.fullscreenElement !== null")


def test_under_a_path_the_maps_fetch_their_boundaries_and_the_links_answer(chromium, sous_chemin):
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900})
    visited = Visit(context.new_page(), sous_chemin)
    answers: dict[str, int] = {}
    visited.page.on("response", lambda response: answers.update({response.url: response.status}))
    visited.page.on("console", lambda m: visited.errors.append(m.text) if m.type == "error" else None)
    with visited.page.expect_response(lambda response: "/api/v1/geo/" in response.url, timeout=60_000):
        page = visited.open("/cartes?indicateur=REV02&niveau=iris")
    page.wait_for_selector("[data-testid=stDeckGlJsonChart] canvas", timeout=30_000)
    fetched = {url: status for url, status in answers.items() if "/api/v1/geo/" in url}
    assert fetched
    assert all(url.startswith(f"{sous_chemin}/api/") and status == 200 for url, status in fetched.items())
    visited.open("/donnees?rayon=api")
    page.wait_for_selector("a.obs-lien[href*='/api']", timeout=30_000)
    links = page.eval_on_selector_all("a.obs-lien[href*='/api']", "nodes => nodes.map(n => n.href)")
    assert len(links) >= 6
    for link in links:
        with urllib.request.urlopen(link, timeout=60) as answer:
            assert answer.status == 200
    assert visited.errors == []
    context.close()


def test_under_a_path_the_first_words_come_and_the_scripts_are_compressed(chromium, sous_chemin):
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    codings: dict[str, str | None] = {}
    page.on("response", lambda r: codings.update({r.url: r.headers.get("content-encoding")}))
    page.goto(f"{sous_chemin}/portrait?territoire=93010", wait_until="commit")
    page.wait_for_selector("#obs-attente")
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("#obs-attente", state="detached")
    scripts = {url: coding for url, coding in codings.items() if url.startswith(f"{sous_chemin}/static/js/")}
    assert len(scripts) > 20
    assert set(scripts.values()) == {"br"}
    context.close()
