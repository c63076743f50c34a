"""What the project leans on: every package imported is pinned with its reason, every module obeys the contract."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))
OURS = ("app", "benchmarks", "etl", "observatoire", "outils", "pages", "registre", "tests")
LINE = re.compile(r"^(?P<nom>[A-Za-z0-9_-]+)(\[[a-z]+\])?==(?P<version>[\w.]+)\s+# (?P<raison>.{5,})$")


def pinned(name: str) -> dict[str, str]:
    """The packages of a requirements file, normalised, with the reason written beside each."""
    lines = (RACINE / name).read_text(encoding="utf-8").splitlines()
    matches = {line: LINE.match(line) for line in lines if line and not line.startswith(("#", "-r"))}
    assert [line for line, match in matches.items() if match is None] == [], "ligne sans version exacte ou sans raison"
    return {normal(match["nom"]): match["raison"] for match in matches.values() if match}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(*folders: str) -> set[str]:
    """Top-level packages that our files import, outside the standard library and ourselves."""
    files = [RACINE / "app.py", *(path for folder in folders for path in (RACINE / folder).rglob("*.py"))]
    names = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - set(OURS)


@pytest.mark.parametrize(
    ("requirements", "folders"),
    [
        (("requirements.txt",), ("etl", "observatoire", "pages")),
        (("requirements.txt", "requirements-dev.txt"), ("benchmarks", "outils", "tests")),
    ],
    ids=["application", "essais"],
)
def test_every_package_imported_is_pinned_with_its_reason(requirements, folders):
    known = {name for file in requirements for name in pinned(file)}
    distributions = packages_distributions()
    missing = {name for name in imported(*folders) if not {normal(d) for d in distributions.get(name, [name])} & known}
    assert missing == set()


def test_a_server_starts_without_what_only_documents_and_builds_need():
    """Memory and time before the first page: scipy and scikit-learn alone took 87 MiB and two fifths of the start."""
    heavy = ["scipy", "sklearn", "mapclassify", "docx", "openpyxl", "typst", "vl_convert", "geopandas", "matplotlib"]
    parts = ["portrait.profile", "cartes.maps", "comparer.views", "donnees.sources", "indicateur.parts"]
    code = (
        "import importlib, sys; import app; "
        f"[importlib.import_module('observatoire.ui.pages.' + p) for p in {parts!r}]; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=RACINE, capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "[]"


def test_the_contract_without_streamlit_covers_all_of_the_library_but_its_interface():
    folder = RACINE / "observatoire"
    modules = {f"observatoire.{p.stem}" for p in folder.glob("*.py")} | {
        f"observatoire.{p.parent.name}" for p in folder.glob("*/__init__.py")
    }
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    covered = next(
        set(c["source_modules"])
        for c in contracts
        if c.get("forbidden_modules") == ["streamlit"] and "observatoire.views" in c["source_modules"]
    )
    interface = {"observatoire.__init__", "observatoire.ui", "observatoire.navigation"}
    assert modules - interface == covered


def test_the_licence_is_the_same_everywhere():
    assert PROJECT["project"]["license"] == "EUPL-1.2"
    assert (RACINE / "LICENSE").read_text(encoding="utf-8").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
