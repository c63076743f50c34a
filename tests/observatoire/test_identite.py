"""Another département is data: what the code says of it comes from data/catalogue/identite.toml."""

import ast
from pathlib import Path

import pytest

from etl.identite import FICHIER, IDENTITE, read_identity
from observatoire.config import RACINE

NOMS = ("Seine-Saint-Denis", "Seine‑Saint‑Denis", "CCAS 93", "Plaine Commune", "Île-de-France")
# Examples given to whoever types a command or a name, and files that only one producer writes.
EXEMPLES = ("Taper un nom ou un code", "Codes séparés par des virgules")


def texts_of(source: Path) -> list[str]:
    """The texts of a module, its docstrings apart."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docs
    ]


def test_no_text_of_the_application_names_the_département():
    said = {}
    for folder in ("observatoire", "pages"):
        for path in (RACINE / folder).rglob("*.py"):
            found = [text for text in texts_of(path) if any(name in text for name in NOMS)]
            found = [text for text in found if not text.startswith(EXEMPLES)]
            if found:
                said[str(path.relative_to(RACINE))] = found
    assert said == {}


def test_documents_take_the_name_of_the_observatory_from_the_same_place():
    for path in (RACINE / "observatoire" / "exports").glob("*.typ"):
        text = path.read_text(encoding="utf-8")
        assert not any(name in text for name in NOMS), path.name


def test_a_name_that_is_missing_or_unknown_is_refused(tmp_path):
    text = FICHIER.read_text(encoding="utf-8")
    assert read_identity(FICHIER) == IDENTITE
    for wrong in (text.replace("union =", "syndicat ="), text.replace('signature = "Plus', 'devise = "Plus')):
        path = tmp_path / "identite.toml"
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(TypeError):
            read_identity(path)
