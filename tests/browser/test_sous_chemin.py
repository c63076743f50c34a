"""Under a path, as behind a shared server: every page is crawled, and nothing that it asks or links to is missing."""

from __future__ import annotations

import urllib.error
import urllib.request

from tests.browser.conftest import Visit
from tests.browser.vues import PAGES_ET_VUES

LIENS = "[data-testid=stApp] a[href], [data-testid=stApp] img[src], head link[href], script[src]"


def test_under_a_path_every_link_image_script_and_answer_is_found(chromium, sous_chemin):
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1366, "height": 900})
    visited = Visit(context.new_page(), sous_chemin)
    page, missing = visited.page, []
    origin = sous_chemin.removesuffix("/observatoire")
    page.on("response", lambda answer: missing.append((answer.status, answer.url)) if answer.status >= 400 else None)
    page.on("requestfailed", lambda asked: missing.append((0, asked.url)))
    page.on("console", lambda m: visited.errors.append(m.text) if m.type == "error" else None)
    links: set[str] = set()
    for path in (*PAGES_ET_VUES.values(), "/donnees?rayon=api", "/donnees?rayon=telecharger", "/donnees?rayon=sources"):
        visited.open(path)
        links |= set(
            page.eval_on_selector_all(
                LIENS,
                "nodes => nodes.map(n => new URL((n.href && n.href.baseVal) || n.href || n.src, location.href).href)",
            )
        )
    ours = {link.split("#")[0] for link in links if link.startswith(origin)}
    assert len(ours) > 300
    assert [link for link in ours if not link.startswith(f"{sous_chemin}/") and link != sous_chemin] == []
    # A page answers whatever is asked of it: one link of each, every file and every answer of the API.
    served = {link.split("?")[0] if "/api/" not in link else link for link in ours}
    missing += [(status, link) for link in sorted(served) if (status := status_of(link)) != 200]
    assert missing == []
    assert visited.errors == []
    context.close()


def status_of(link: str) -> int:
    """What the server answers to a link."""
    try:
        with urllib.request.urlopen(urllib.request.Request(link, headers={"Accept": "*/*"}), timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
