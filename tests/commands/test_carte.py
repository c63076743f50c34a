"""« python -m observatoire carte »: the files it writes, what it says when it cannot."""

import json
import subprocess
import sys

import pytest

from etl import cli
from observatoire.__main__ import app
from observatoire.config import RACINE


@pytest.fixture
def command(entrepot):
    """``command(*arguments)`` → the process, finished, run as a user runs it."""

    def run(*arguments: str) -> subprocess.CompletedProcess:
        line = [sys.executable, "-m", "observatoire", "carte", *arguments]
        return subprocess.run(line, cwd=RACINE, capture_output=True, text=True, check=False)

    return run


def test_maps_are_written_where_asked_under_names_that_say_what_they_are(command, tmp_path):
    done = command("REV02", "EMP01", "--format", "svg", "--sortie", str(tmp_path / "cartes"))
    assert done.returncode == 0, done.stderr
    assert {p.name for p in (tmp_path / "cartes").iterdir()} == {
        "carte_taux-de-pauvrete_2023.svg",
        "carte_taux-de-chomage-recensement_2023.svg",
    }
    svg = (tmp_path / "cartes" / "carte_taux-de-pauvrete_2023.svg").read_text()
    for text in ("Taux de pauvreté, par commune", "En %, 2023", "de 35,1 à 45,4", "Filosofi", "Plaine Commune"):
        assert text in svg.replace("\u00a0", " ")


def test_a_pdf_and_a_geojson(command, tmp_path):
    assert command("REV02", "--annee", "2021", "--papier", "a3", "--sortie", str(tmp_path)).returncode == 0
    assert (tmp_path / "carte_taux-de-pauvrete_2021.pdf").read_bytes().startswith(b"%PDF")
    assert command("rev02", "--format", "geojson", "--niveau", "ept", "--sortie", str(tmp_path)).returncode == 0
    file = json.loads((tmp_path / "carte_taux-de-pauvrete_ept_2023.geojson").read_text())
    assert file["features"][0]["properties"]["nom"] == "Plaine Commune"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("XXX",), "« XXX » n’est pas un indicateur connu"),
        (("REV02", "--annee", "1900"), "n’a pas de valeur en 1900"),
        (("REV02", "--format", "docx"), "attendu pdf, svg, png, csv, geojson"),
        (("REV02", "--ept", "T5"), "attendu T6, T7, T8, T9"),
        (("REV02", "--bornes", "a;b"), "des nombres séparés par des points-virgules"),
        (("REV01", "--niveau", "ept"), "n’a aucune valeur à ce niveau"),
    ],
)
def test_a_mistake_is_explained_in_french(entrepot, tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.setattr(sys, "argv", ["observatoire", "carte", *arguments, "--sortie", str(tmp_path)])
    with pytest.raises(SystemExit) as stop:
        cli.run(app)
    assert stop.value.code == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_help_is_in_french(command):
    done = command("--help")
    assert "Afficher cette aide et quitter" in done.stdout
    assert "Usage :" in done.stdout
