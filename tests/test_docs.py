"""What the documents say to type or to open exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*RACINE.glob("*.md"), *RACINE.glob("docs/**/*.md"), *RACINE.glob("benchmarks/*.md")])


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.relative_to(RACINE).as_posix())
def document(request) -> Path:
    """Each Markdown document of the project."""
    return request.param


def test_commands_to_type_exist(document):
    text = document.read_text(encoding="utf-8")
    asked = {*re.findall(r"(?:`|^)make (\w+)", text, re.MULTILINE), *re.findall(r"outils/lancer\.py (\w+)", text)}
    phony = re.search(r"^\.PHONY: (.+)$", (RACINE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert asked <= set(phony[1].split())


def test_commands_of_the_etl_exist():
    texts = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    asked = set(re.findall(r"python3? -m etl (\w+)", texts))
    help_ = subprocess.run(
        [sys.executable, "-m", "etl", "--help"], cwd=RACINE, capture_output=True, text=True, check=True
    ).stdout
    assert {"build", "check"} <= asked
    assert {command for command in asked if not re.search(rf"\b{command}\b", help_)} == set()


def test_links_lead_somewhere(document):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert broken == []
