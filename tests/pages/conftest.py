"""Pages run without a browser, on the warehouse of the snapshot."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from observatoire.config import RACINE
from observatoire.navigation import PAGES

NAVIGATION = str(RACINE / "observatoire" / "navigation.py")
FICHIERS = {info.url: f"../pages/{info.fichier}" for info in PAGES}
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def application(entrepot) -> AppTest:
    """The application, started once: pages change inside it as for a reader who clicks."""
    return AppTest.from_file(NAVIGATION, default_timeout=60).run()


@pytest.fixture
def opened(application) -> Open:
    """``opened(url, territoire=…)`` → the page of that address, for a reader who has chosen nothing before."""

    def visit(url: str = "", **parameters: str) -> AppTest:
        application.session_state["choix"] = {}
        application.switch_page(FICHIERS[url])
        application.query_params.clear()
        application.query_params.update(parameters)
        application.run()
        assert [error.message for error in application.exception] == []
        return application

    return visit


def texts(page: AppTest) -> list[str]:
    """What a page says: titles, paragraphs, captions, tables and texts in HTML (tags and addresses removed)."""
    said = []
    for kind in ("title", "header", "subheader", "markdown", "caption", "warning", "error", "info", "success"):
        said += [element.value for element in page.get(kind)]
    said += [plain(element.proto.body) for element in page.get("html")]
    said += [widget.label for kind in ("selectbox", "multiselect", "expander") for widget in page.get(kind)]
    return said


def plain(html: str) -> str:
    """The text of a piece of HTML, text alternatives included."""
    alternatives = re.findall(r"\balt='([^']*)'|\baria-label='([^']*)'", html)
    return re.sub(r"<[^>]+>", " ", html) + " " + " ".join(a or b for a, b in alternatives)
