"""What the documents say to type or to open exists, and the numbers of the README are those of the project."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from streamlit import config

from etl.catalogue import load_catalogue
from observatoire.navigation import PAGES
from observatoire.selections import ACCUEIL

RACINE = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*RACINE.glob("*.md"), *RACINE.glob("docs/**/*.md"), *RACINE.glob("benchmarks/*.md")])
EN_LETTRES = {4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit", 9: "neuf", 10: "dix"}


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


def test_files_named_as_code_exist(document):
    """Paths from the root of the project, those that a command makes (.gitignore) left out."""
    folders = "data|docs|etl|observatoire|outils|pages|registre|tests"
    quoted = re.findall(rf"`((?:{folders})/[\w./-]+)`", document.read_text("utf-8"))
    ignored = (RACINE / ".gitignore").read_text("utf-8").split()
    made = tuple(line.rstrip("/*") for line in ignored if line.startswith("data/"))
    assert [path for path in quoted if not path.startswith(made) and not (RACINE / path).exists()] == []


def test_how_to_add_an_indicator_names_the_file_of_published_figures():
    assert "`tests/etl/chiffres_attendus.csv`" in (RACINE / "docs" / "catalogue.md").read_text("utf-8")


def test_every_number_of_the_readme_is_the_project_s(warehouse):
    """Each is found with its words; a number that is added to the README without being recomputed here is refused."""
    cards = [card for card in load_catalogue().indicateurs if card.etat == "disponible"]
    count = Counter(card.niveau for card in cards)
    communes, epts, key = len(warehouse.communes), EN_LETTRES[len(warehouse.epts)], EN_LETTRES[len(ACCUEIL)]
    project = tomllib.loads((RACINE / "pyproject.toml").read_text("utf-8"))["project"]
    (merged,) = warehouse.rows("SELECT extract(year FROM valide_du) AS an FROM territoire WHERE code = '93066'")[
        0
    ].values()
    stated = [
        f"the {communes} towns",
        f"des {communes} communes",
        f"leurs {epts} établissements publics territoriaux",
        f"les {epts} EPT",
        f"{key} chiffres du département",
        f"le département en {key} chiffres",
        f"{count['commune']} indicateurs publics en {len({card.theme for card in cards})} thèmes",
        f"{count['iris'] + count['qpv']} autres pour les IRIS et les quartiers prioritaires",
        f"et {count['departement']} qui ne sont publiés que pour le département",
        f"rang parmi les {communes}",
        f"Python {project['requires-python'].removeprefix('>=')} ou plus récent",
        f"<http://localhost:{config.get_option('server.port')}>",
        f"réunies à la géographie de {merged}",
    ]
    names = ("CCAS 93", "EUPL-1.2", "Licence Ouverte 2.0")
    readme = (RACINE / "README.md").read_text("utf-8")
    rest = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", " ", readme, flags=re.DOTALL)
    rest = re.sub(r"\s+", " ", rest)
    assert [words for words in stated if words not in rest] == []
    for words in (*stated, *names):
        rest = rest.replace(words, " ")
    in_letters = "|".join(EN_LETTRES.values())
    assert re.findall(rf".{{0,30}}(?:\d|\b(?:{in_letters})\b).{{0,30}}", rest) == []


def test_the_readme_has_a_line_for_each_page():
    readme = (RACINE / "README.md").read_text("utf-8")
    addresses = re.findall(r"^\| [^|`]+ \| `/(\w*)` \|", readme, re.MULTILINE)
    assert addresses == [info.url for info in PAGES]
