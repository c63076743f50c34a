"""``python -m etl``: everything it says is French, an error has an address and a code, its tables are readable."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from etl.load import current

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = re.compile(
    r"\b(usage:|help|show|exit|error|missing|option '|command|default|required|install|completion|bool|path|try"
    r"|text|directory|argument '|no such|got|unexpected|file|sum|rows)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("command", [[], ["build"], ["snapshot"], ["check"], ["sources"], ["fetch"], ["releve"]])
def test_the_help_is_french_to_the_last_word(etl, command):
    code, out, err = etl(*command, "--help")
    assert (code, err) == (0, "")
    assert "Usage :" in out
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
        (["releve", "x.csv", "--geographie", "deux mille"], "« --geographie » attend un nombre entier."),
    ],
)
def test_a_command_mistyped_is_told_in_french_with_code_two(etl, arguments, message):
    code, out, err = etl(*arguments)
    assert (code, out) == (2, "")
    assert f"Erreur — {message}" in err
    assert "« --help » affiche l’aide." in err


def test_without_a_command_the_help_is_shown(etl):
    code, out, _ = etl()
    assert code == 2
    assert "Commandes" in out


def test_build_as_a_user_runs_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "etl", "build", "--output", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Entrepôt en service : {tmp_path}/observatoire.duckdb" in done.stdout
    assert re.search(r"\d+,\d Mo", done.stdout)
    assert not ENGLISH.search(done.stdout.replace(str(tmp_path), ""))
    assert current(tmp_path)


def test_check_tells_each_control_with_its_numbers(etl, service):
    code, out, err = etl("check", "--output", service)
    assert (code, err) == (0, "")
    assert re.search("aucun écart sur [0-9]{3}\u00a0indicateurs", out)
    assert re.search(r"• HAN08 2021\s: publié 11\u202f501, communes 12\u202f406 \(\+7,9\s%\)", out)
    assert not ENGLISH.search(out)


def test_sources_lists_datasets_vintages_and_dates(etl, service):
    code, out, err = etl("sources", "--output", service, width=400)
    assert (code, err) == (0, "")
    (line,) = [line for line in out.splitlines() if "Filosofi, base comparative" in line]
    assert "2015, 2019, 2020, 2021" in line
    assert "24/11/2026" in line
    assert not ENGLISH.search(out)


def test_check_returns_one_when_an_error_is_found(etl, service, tmp_path):
    shutil.copy(current(service), tmp_path / "observatoire.duckdb")
    con = duckdb.connect(str(tmp_path / "observatoire.duckdb"))
    con.execute("UPDATE controle SET resultat = 'ecart' WHERE code = 'etendue'")
    con.close()
    code, out, _ = etl("check", "--output", tmp_path)
    assert code == 1
    assert "écart (erreur)" in out


def test_a_missing_or_damaged_warehouse_is_told_with_what_to_do(etl, tmp_path):
    for command in ("check", "sources"):
        code, out, err = etl(command, "--output", tmp_path / "absent")
        assert (code, out) == (1, "")
        assert "aucun entrepôt → lancer « python -m etl build »" in err
    (tmp_path / "observatoire.duckdb").write_bytes(b"abime" * 1000)
    code, _, err = etl("check", "--output", tmp_path)
    assert code == 1
    assert "entrepôt illisible → le reconstruire" in err


def test_a_wrong_mirror_is_told_with_each_file_and_what_to_do(etl, tmp_path):
    code, _, err = etl("build", "--mirror", tmp_path / "absent", "--output", tmp_path / "sortie")
    assert code == 1
    assert "ce dossier n’existe pas → vérifier --mirror" in err
    code, _, err = etl("build", "--mirror", tmp_path, "--output", tmp_path / "sortie")
    assert code == 1
    assert "geographie/ept.xlsx : fichier absent" in err
    assert f"→ le placer dans {tmp_path}" in err
    assert "Traceback" not in err


def test_a_folder_that_cannot_be_written_is_told(etl, tmp_path):
    (tmp_path / "fichier").write_text("x")
    commands = (["build"], ["snapshot", "--mirror", tmp_path])
    for command in commands:
        code, _, err = etl(*command, "--output", tmp_path / "fichier" / "x")
        assert code == 1
        assert "ce n’est pas un dossier → donner un chemin qui ne passe que par des dossiers" in err
        assert "Traceback" not in err


def test_a_snapshot_in_a_folder_that_refuses_it_is_told(etl, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "non", "fichier")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    code, out, err = etl("snapshot", "--mirror", tmp_path, "--output", tmp_path / "x", width=400)
    assert (code, out) == (1, "")
    assert err == f"Erreur — {tmp_path / 'x'} : accès refusé → vérifier les droits, ou donner un autre dossier\n"


def test_a_path_without_the_right_to_read_it_is_told(etl, service, monkeypatch):
    monkeypatch.setattr("os.access", lambda *args, **kwargs: False)
    code, _, err = etl("check", "--output", service)
    assert code == 2
    assert "« --output » : impossible de lire ce chemin ; vérifier les droits." in err
