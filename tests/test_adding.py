"""A page, a view, an indicator, a label, added to a copy as CONTRIBUER says: files counted, result seen."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from observatoire.config import RACINE

COPIES = ("app.py", "etl", "observatoire", "pages", "registre", "data/catalogue", "data/snapshot")
PAGE = """\"\"\"Essai: a page added by a test.\"\"\"

import streamlit as st

from observatoire.ui import data

st.title("Une page de plus")
st.write(f"{len(data.current().communes)} communes")
"""
VIEW = """\"\"\"Essai: a view added by a test.\"\"\"

import streamlit as st

from observatoire.views.comparaison.scope import Scope


def show(scope: Scope) -> None:
    \"\"\"The view.\"\"\"
    st.write(f"Une vue de plus pour {len(scope.territoires)} territoires")
"""
INDICATEUR = """
[[indicateur]]
code = "LOG99"
theme = "logement"
publics = ["tous"]
libelle = "Logements pour 100 résidences principales"
definition = "Combien de logements pour 100 résidences principales."
numerateur = "P{aa}_LOG"
numerateur_libelle = "logements"
denominateur = "P{aa}_RP"
denominateur_libelle = "résidences principales"
facteur = 100
unite = "logements pour 100 résidences principales"
decimales = 1
sens = "neutre"
sens_pourquoi = "Ni bon ni mauvais en soi."
agregation = "ratio"
precaution = "Estimation issue d’un sondage."
comparabilite = "Comparer des millésimes distants d’au moins cinq ans."
"""
SEEN = """
import json, sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from observatoire.api.store import in_service
page = AppTest.from_file("observatoire/navigation.py", default_timeout=60).run()
def read(url, **query):
    page.switch_page(f"../pages/{url}.py")
    page.query_params.clear()
    page.query_params.update(query)
    page.run()
    assert not page.exception, page.exception
    return [e.value for kind in ("title", "markdown") for e in page.get(kind)]
cards = in_service().indicateurs
print(json.dumps({
    "page": read("essai"),
    "vue": read("comparer", vue="essai"),
    "indicateur": cards["LOG99"].annees if "LOG99" in cards else None,
    "libelle": cards["LOG02"].libelle,
}))
"""


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def texts_of(folder: Path) -> dict[str, bytes]:
    kinds = (".py", ".toml", ".sql", ".css", ".js", ".md")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in kinds and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("ajouts")
    for name in COPIES:
        source, target = RACINE / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return folder


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder), "OBSERVATOIRE_ENTREPOT": str(folder / "data" / "entrepot")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_a_page_a_view_an_indicator_and_a_label_touch_few_files_and_are_seen(copy):
    state, touched = texts_of(copy), {}

    def count(what: str) -> None:
        nonlocal state
        now = texts_of(copy)
        touched[what] = sorted(name for name in now if now[name] != state.get(name))
        state = now

    (copy / "pages" / "essai.py").write_text(PAGE, encoding="utf-8")
    last = '    PageInfo("Données", "Sources et méthode"'
    line = '    PageInfo("Données", "Essai", "essai.py", "essai", ":material/science:"),\n'
    replace(copy / "observatoire/navigation.py", last, line + last)
    count("page")

    views = copy / "observatoire/ui/pages/comparer"
    (views / "essai.py").write_text(VIEW, encoding="utf-8")
    replace(views / "views.py", "    distribution,\n", "    distribution,\n    essai,\n")
    replace(views / "views.py", '    "tableau": (', '    "essai": ("Essai", essai.show),\n    "tableau": (')
    count("vue")

    housing = copy / "data/catalogue/indicateurs/logement.toml"
    housing.write_text(housing.read_text(encoding="utf-8") + INDICATEUR, encoding="utf-8")
    count("indicateur")

    replace(housing, '"Part des propriétaires occupants"', '"Part des ménages propriétaires"')
    count("libelle")

    assert {what: len(names) for what, names in touched.items()} == {"page": 2, "vue": 2, "indicateur": 1, "libelle": 1}

    run(copy, "-m", "etl", "build")
    seen = json.loads(run(copy, "-c", SEEN).splitlines()[-1])
    assert "Une page de plus" in seen["page"]
    assert "39 communes" in seen["page"]
    assert "Une vue de plus pour 4 territoires" in seen["vue"]
    assert seen["indicateur"]
    assert seen["libelle"] == "Part des ménages propriétaires"
