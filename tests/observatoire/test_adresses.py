"""One meaning for each name of the URL, and no name that is read without being declared."""

import ast
from pathlib import Path

import pytest

from observatoire.config import RACINE
from observatoire.ui.adresses import PAGES, gather
from observatoire.ui.parametres import COMMUNS, Parametre

LECTEURS = frozenset(
    (
        "choice",
        "choices",
        "select",
        "multiselect",
        "text",
        "current",
        "set_choice",
        "forget",
        "weights",
        "pick_weights",
        "_filter",
        "_pick",
    )
)


def names_read(source: Path, links: bool = True) -> set[str]:
    """The names of the URL that a file reads or writes, as constants; ``links``: and those of its links elsewhere."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            whole = ast.unparse(node.func)
            # Streamlit's own widgets have the same names, and a label first.
            if (called in LECTEURS and not whole.startswith("st.")) or "query_params" in whole:
                found |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str)}
            if called == "link_params" and links:
                found |= {keyword.arg for keyword in node.keywords if keyword.arg}
        elif isinstance(node, ast.Subscript) and "query_params" in ast.unparse(node.value):
            found |= {node.slice.value} if isinstance(node.slice, ast.Constant) else set()
    return found


def files_of(page: str) -> list[Path]:
    folder = RACINE / "observatoire" / "ui" / "pages" / page
    return [RACINE / "pages" / f"{page}.py", *folder.rglob("*.py")]


FICHIERS = sorted(path.stem for path in (RACINE / "pages").glob("*.py"))


def test_a_line_is_that_of_a_page():
    assert set(PAGES) <= set(FICHIERS)


@pytest.mark.parametrize("page", FICHIERS)
def test_a_page_reads_no_name_that_nobody_declares(page):
    read = set().union(*(names_read(path) for path in files_of(page)))
    known = gather(PAGES)
    assert read <= set(known)
    own = {parameter.nom for parameter in PAGES.get(page, ())}
    # A link may write the name of another page; what a page declares, it reads.
    assert own <= read | names_read(RACINE / "observatoire/ui/widgets/pickers.py")


def test_what_any_page_may_use_reads_common_names_only():
    widgets = (RACINE / "observatoire" / "ui" / "widgets").glob("*.py")
    common, known = {parameter.nom for parameter in COMMUNS}, set(gather(PAGES))
    for path in widgets:
        assert names_read(path, links=False) <= common, path.name
        assert names_read(path) <= known, path.name


def test_two_meanings_of_one_name_are_refused():
    twice = {"cartes": (Parametre("niveau", "un zoom"),), "abs": (Parametre("niveau", "un degré d’urgence"),)}
    with pytest.raises(ValueError, match="« niveau » \\(abs : un degré d’urgence\\) veut déjà dire : un zoom"):
        gather(twice)
    with pytest.raises(ValueError, match="« territoire »"):
        gather({"abs": (Parametre("territoire", "un lieu-dit"),)})
