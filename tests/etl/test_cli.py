"""``python -m etl``: everything it says is French, an error has an address and a code, its tables are readable."""

import os
import re
import shutil
import subprocess
import sys

import duckdb
import pytest

from etl.load import build, current
from tests.etl.conftest import ROOT

ENGLISH = re.compile(
    r"\b(usage:|help|show|exit|error|missing|option '|command|default|required|install|completion|bool|path|try"
    r"|text|directory|argument '|no such|got|unexpected|table|file|sum|rows)\b",
    re.IGNORECASE,
)


def etl(*arguments, **environment):
    """Run the command line as a user does; return (exit code, standard output, standard error)."""
    done = subprocess.run(
        [sys.executable, "-m", "etl", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "120", "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    folder = tmp_path_factory.mktemp("entrepot")
    build(folder)
    return folder


@pytest.mark.parametrize("command", [[], ["build"], ["snapshot"], ["check"], ["sources"], ["fetch"], ["releve"]])
def test_the_help_is_french_to_the_last_word(command):
    code, out, err = etl(*command, "--help")
    assert (code, err) == (0, "")
    assert "Usage : python -m etl" in out
    assert "Afficher cette aide et quitter." in out
    words = out.replace("--help", "").replace("Options", "")
    assert not ENGLISH.search(words), ENGLISH.search(words)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fabriquer"], "commande inconnue : fabriquer"),
        (["build", "--miroir", "x"], "option inconnue : --miroir"),
        (["--install-completion"], "option inconnue : --install-completion"),
        (["build", "--mirror"], "« --mirror » attend une valeur."),
        (["snapshot"], "il manque « --mirror »."),
        (["build", "x"], "il y a un argument de trop."),
    ],
)
def test_a_command_mistyped_is_told_in_french_with_code_two(arguments, message):
    code, out, err = etl(*arguments)
    assert (code, out) == (2, "")
    assert f"Erreur — {message}" in err
    assert "« --help » affiche l’aide." in err


def test_without_a_command_the_help_is_shown():
    code, out, _ = etl()
    assert code == 2
    assert "Commandes" in out


def test_build_then_check_then_sources(tmp_path):
    code, out, err = etl("build", "--output", tmp_path)
    assert (code, err) == (0, "")
    assert f"Entrepôt en service : {tmp_path}/observatoire.duckdb" in out.replace("\n", "")
    assert re.search(r"\d+,\d Mo", out)
    assert not ENGLISH.search(out.replace(str(tmp_path), ""))

    code, out, err = etl("check", "--output", tmp_path)
    assert (code, err) == (0, "")
    assert "aucun écart sur 165\u00a0indicateurs" in out
    assert re.search(r"• HAN08 2021\s: publié 11\u202f501, communes 12\u202f406 \(\+7,9\s%\)", out)
    assert not ENGLISH.search(out)

    code, out, err = etl("sources", "--output", tmp_path, COLUMNS="200")
    assert (code, err) == (0, "")
    assert "Filosofi, base comparative" in out
    assert "24/11/2026" in out


def test_check_returns_one_when_an_error_is_found(output, tmp_path):
    shutil.copy(current(output), tmp_path / "observatoire.duckdb")
    con = duckdb.connect(str(tmp_path / "observatoire.duckdb"))
    con.execute("UPDATE controle SET resultat = 'ecart' WHERE code = 'etendue'")
    con.close()
    code, out, _ = etl("check", "--output", tmp_path)
    assert code == 1
    assert "écart (erreur)" in out


def test_a_missing_or_damaged_warehouse_is_told_with_what_to_do(tmp_path):
    for command in ("check", "sources"):
        code, out, err = etl(command, "--output", tmp_path / "absent")
        assert (code, out) == (1, "")
        assert "aucun entrepôt → lancer « python -m etl build »" in err
    (tmp_path / "observatoire.duckdb").write_bytes(b"abime" * 1000)
    code, _, err = etl("check", "--output", tmp_path)
    assert code == 1
    assert "entrepôt illisible → le reconstruire" in err


def test_a_wrong_mirror_is_told_with_each_file_and_what_to_do(tmp_path):
    code, _, err = etl("build", "--mirror", tmp_path / "absent", "--output", tmp_path / "sortie")
    assert code == 1
    assert "ce dossier n’existe pas → vérifier --mirror" in err
    code, _, err = etl("build", "--mirror", tmp_path, "--output", tmp_path / "sortie")
    assert code == 1
    assert "geographie/ept.xlsx : fichier absent" in err
    assert f"→ le placer dans {tmp_path}" in err
    assert "Traceback" not in err


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "fichier").write_text("x")
    code, _, err = etl("build", "--output", tmp_path / "fichier" / "x")
    assert code == 1
    assert "ce n’est pas un dossier" in err
    assert "Traceback" not in err
