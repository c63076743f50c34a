"""« python -m observatoire figure »: every figure that a page shows, without a page."""

import json
import subprocess
import sys

import pytest

from etl import cli
from observatoire.__main__ import app
from observatoire.config import RACINE
from observatoire.views.index import SORTES, Demande

# What a figure needs that is not the default: the département has no IRIS map nor similar communes.
CHOIX = {
    "iris": Demande(territoire="93066", indicateur="IRI02"),
    "semblables": Demande(territoire="93010"),
    "tendance": Demande(territoire="93010"),
    "revenus": Demande(territoire="93010"),
    "par-age": Demande(territoire="93010"),
    "quartiers": Demande(territoire="93010", indicateur="QPV03"),
}


@pytest.mark.parametrize("name", SORTES)
def test_every_figure_is_made_with_its_words_its_source_and_its_table(warehouse, name):
    made = SORTES[name].make(warehouse, CHOIX.get(name, Demande()))
    assert made is not None
    assert made.titre
    assert made.alt
    assert made.source.startswith("Source")
    assert len(made.table) > 0
    if made.has_image:
        assert made.specification()["title"]["text"]


def test_no_page_makes_a_figure_itself():
    pages = [*(RACINE / "observatoire" / "ui").rglob("*.py"), *(RACINE / "pages").glob("*.py")]
    assert [path.name for path in pages if "Figure(\n" in path.read_text(encoding="utf-8")] == []


def test_figures_are_made_without_streamlit(entrepot, tmp_path):
    code = (
        "import sys\n"
        "from observatoire.__main__ import app\n"
        "from etl import cli\n"
        "sys.argv = ['observatoire', 'figure', 'evolution', '--territoires', '93066,T8', '--sortie', sys.argv[1]]\n"
        "try:\n    cli.run(app)\nexcept SystemExit as stop:\n    assert not stop.code, stop.code\n"
        "print(sorted(name for name in ('streamlit', 'observatoire.ui') if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=RACINE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    (image,) = tmp_path.glob("*.svg")
    assert "Est Ensemble" in image.read_text(encoding="utf-8")


def test_what_is_said_of_a_figure_is_written_as_json(entrepot, tmp_path, monkeypatch):
    line = ["observatoire", "figure", "comparaison", "--territoires", "93010", "--format", "json"]
    monkeypatch.setattr(sys, "argv", [*line, "--sortie", str(tmp_path)])
    with pytest.raises(SystemExit) as stop:
        cli.run(app)
    assert not stop.value.code
    (path,) = tmp_path.glob("*.json")
    said = json.loads(path.read_text(encoding="utf-8"))
    assert said["graphique"] is None
    assert {row["Territoire"] for row in said["tableau"]} >= {"Bondy"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("camembert",), "« camembert » : attendu accueil, theme"),
        (("tendance", "--territoire", "75999"), "« 75999 » n’est pas un territoire connu"),
        (("tendance", "--territoires", "93059"), "(93059) fait partie de Saint-Denis (93066)"),
        (("tendance", "--indicateur", "XXX"), "« XXX » est inconnu"),
        (("carte", "--annee", "1900"), "« 1900 » : attendu"),
        (("carte", "--format", "docx"), "attendu svg, png, csv, json"),
        (("comparaison",), "est un tableau, sans image"),
        (("semblables", "--format", "csv"), "rien à montrer pour ce choix"),
    ],
)
def test_a_mistake_is_explained_in_french(entrepot, tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.setattr(sys, "argv", ["observatoire", "figure", *arguments, "--sortie", str(tmp_path)])
    with pytest.raises(SystemExit) as stop:
        cli.run(app)
    assert stop.value.code == 1
    assert said in capsys.readouterr().err.replace("\u00a0", " ")
    assert list(tmp_path.iterdir()) == []
