"""The commands that a newcomer types: what they install, what they say when something is missing."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from outils import lancer, navigateur

RACINE = Path(__file__).resolve().parent.parent
POSIX = pytest.mark.skipif(os.name == "nt", reason="scripts de commande d’un système POSIX")


@pytest.fixture
def installs(monkeypatch, tmp_path) -> list[tuple[str, ...]]:
    """A project of its own with a ready environment; the commands that ``lancer`` would run are listed, not run."""
    (tmp_path / "requirements.txt").write_text("streamlit==1.67.0\n", encoding="utf-8")
    (tmp_path / "requirements-dev.txt").write_text("pytest==9.2.0\n", encoding="utf-8")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(lancer, "RACINE", tmp_path)
    monkeypatch.setattr(lancer, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(lancer, "PYTHON", python)
    monkeypatch.setattr(lancer, "usable", lambda: True)
    monkeypatch.setattr(lancer, "run", lambda *arguments: ran.append(arguments) or 0)
    return ran


def executable(path: Path, body: str) -> Path:
    """A command of a POSIX shell."""
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_an_old_python_is_told_in_french_which_one_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(lancer.sys, "version_info", (3, 9, 2))
    assert lancer.main(["run"]) == 2
    assert "Il faut Python 3.11 ou plus récent ; celui-ci est 3.9" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["lancer.py", "navigateur.py"])
def test_an_old_python_can_read_the_scripts_that_would_tell_it(name):
    ast.parse((RACINE / "outils" / name).read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("arguments", [[], ["demarrer"]])
def test_an_unknown_command_lists_the_known_ones(arguments, capsys):
    assert lancer.main(arguments) == 2
    assert "Commande attendue : run, test, lint, bench" in capsys.readouterr().out


def test_packages_are_installed_once_and_again_when_a_version_changes(installs):
    lancer.install("requirements.txt")
    lancer.install("requirements.txt")
    assert len(installs) == 1
    (lancer.RACINE / "requirements.txt").write_text("streamlit==1.68.0\n", encoding="utf-8")
    lancer.install("requirements.txt")
    assert len(installs) == 2


def test_the_packages_of_the_tests_follow_those_of_the_application(installs):
    lancer.install("requirements-dev.txt")
    (lancer.RACINE / "requirements.txt").write_text("streamlit==1.68.0\n", encoding="utf-8")
    lancer.install("requirements-dev.txt")
    assert len(installs) == 2


def test_a_failed_installation_is_said_and_tried_again_next_time(installs, monkeypatch, capsys):
    monkeypatch.setattr(lancer, "run", lambda *_arguments: 1)
    with pytest.raises(SystemExit, match="1"):
        lancer.install("requirements.txt")
    assert "L’installation des paquets a échoué" in capsys.readouterr().out
    monkeypatch.setattr(lancer, "run", lambda *arguments: installs.append(arguments) or 0)
    lancer.install("requirements.txt")
    assert len(installs) == 1


def test_an_environment_that_cannot_be_made_leaves_nothing_half_made(installs, monkeypatch, capsys):
    def refuse(*_args, **_kwargs):
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr(lancer, "usable", lambda: False)
    monkeypatch.setattr(lancer.venv, "create", refuse)
    with pytest.raises(SystemExit, match="2"):
        lancer.install("requirements.txt")
    told = capsys.readouterr().out
    assert "python3-venv" in told
    assert "exit status" not in told
    assert not lancer.VENV.exists()
    assert installs == []


def test_tests_run_after_their_packages_and_their_browser(installs):
    assert lancer.main(["test", "-k", "portrait"]) == 0
    assert [arguments[1] for arguments in installs] == ["pip", "outils.navigateur", "pytest"]
    assert installs[-1][-2:] == ("-k", "portrait"), "ce qui suit la commande va à pytest"


def test_one_failed_check_fails_the_lint_and_hides_no_other(installs, monkeypatch):
    def fail_style(*arguments):
        installs.append(arguments)
        return int("format" in arguments)

    monkeypatch.setattr(lancer, "run", fail_style)
    assert lancer.main(["lint"]) == 1
    assert [arguments[1] for arguments in installs[1:4]] == ["ruff", "ruff", "pyright"]
    assert "importlinter" in installs[4][1]


def test_make_offers_the_commands_of_the_launcher():
    phony = re.search(r"^\.PHONY: (.+)$", (RACINE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert phony[1].split() == ["run", "test", "lint", "bench"]


@POSIX
@pytest.mark.skipif(shutil.which("make") is None, reason="make absent")
@pytest.mark.parametrize("command", ["run", "test"])
def test_make_without_a_recent_python_says_so_in_french(tmp_path, command):
    for name in ("python", "python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        executable(tmp_path / name, "exit 1")
    make = shutil.which("make")
    assert make is not None
    environment = {"PATH": f"{tmp_path}{os.pathsep}/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run([make, command], cwd=RACINE, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Il faut Python 3.11 ou plus récent" in done.stderr


@POSIX
@pytest.mark.skipif(shutil.which("make") is None, reason="make absent")
def test_make_takes_a_recent_python_even_when_python3_is_old(tmp_path):
    executable(tmp_path / "python3", "exit 1")
    executable(tmp_path / "python3.12", 'case "$1" in -c) exit 0;; *) echo "3.12 $*";; esac')
    make = shutil.which("make")
    assert make is not None
    environment = {"PATH": f"{tmp_path}{os.pathsep}/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run([make, "run"], cwd=RACINE, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "3.12 outils/lancer.py run"


@POSIX
def test_continuous_integration_runs_the_two_commands_even_if_the_first_fails(tmp_path):
    executable(tmp_path / "make", 'echo "$1"; [ "$1" != lint ]')
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([RACINE / ".ci" / "run"], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.returncode) == (["lint", "test"], 1)


@POSIX
class TestNavigateur:
    """Which browser the tests use."""

    @pytest.fixture(autouse=True)
    def bare_machine(self, monkeypatch, tmp_path):
        """A machine where nothing is installed but what the test puts in ``tmp_path``."""
        monkeypatch.delenv("CHROMIUM", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(navigateur, "ENDROITS", ())
        monkeypatch.setattr(navigateur, "_of_playwright", lambda: None)

    def test_the_one_asked_for_comes_first(self, monkeypatch, tmp_path):
        executable(tmp_path / "chromium", "exit 0")
        asked = executable(tmp_path / "le-mien", "exit 0")
        monkeypatch.setenv("CHROMIUM", str(asked))
        assert navigateur.find() == str(asked)

    def test_one_asked_for_that_does_not_start_is_named_and_nothing_is_installed(self, monkeypatch, tmp_path, capsys):
        executable(tmp_path / "chromium", "exit 0")
        monkeypatch.setenv("CHROMIUM", str(tmp_path / "absent"))
        monkeypatch.setattr(navigateur, "install", lambda: pytest.fail("installation non demandée"))
        navigateur.main()
        assert "absent », qui ne démarre pas" in capsys.readouterr().out

    def test_a_name_that_only_points_to_a_missing_snap_is_passed_over(self, tmp_path):
        executable(tmp_path / "chromium", "exit 1")
        chrome = executable(tmp_path / "google-chrome", "exit 0")
        assert navigateur.find() == str(chrome)

    def test_debian_s_package_is_tried_before_playwright_s(self, monkeypatch, tmp_path):
        executable(tmp_path / "apt-get", "exit 0")
        tried: list[tuple[str, ...]] = []
        monkeypatch.setattr(navigateur.os, "geteuid", lambda: 0)
        monkeypatch.setattr(navigateur, "_quiet", lambda *command: tried.append(command))
        assert navigateur.install() is None
        assert [command[:2] for command in tried] == [
            ("apt-get", "update"),
            ("apt-get", "install"),
            (sys.executable, "-m"),
        ]

    def test_without_root_only_playwright_s_is_tried(self, monkeypatch, tmp_path):
        executable(tmp_path / "apt-get", "exit 0")
        tried: list[tuple[str, ...]] = []
        monkeypatch.setattr(navigateur.os, "geteuid", lambda: 1000)
        monkeypatch.setattr(navigateur, "_quiet", lambda *command: tried.append(command))
        navigateur.install()
        assert tried == [(sys.executable, "-m", "playwright", "install", "chromium")]

    def test_no_browser_at_all_is_one_line_that_says_what_is_skipped(self, monkeypatch, capsys):
        monkeypatch.setattr(navigateur, "install", lambda: None)
        navigateur.main()
        told = capsys.readouterr().out.splitlines()
        assert told == ["Aucun navigateur Chromium : les essais dans un navigateur seront sautés."]

    def test_a_failed_installer_is_quoted_in_one_line(self, tmp_path, capsys):
        command = executable(tmp_path / "apt-get", "echo beaucoup; echo 'paquet introuvable' >&2; exit 100")
        navigateur._quiet(str(command), "install")
        assert capsys.readouterr().out == "  apt-get : échec (paquet introuvable)\n"

    def test_an_installer_that_cannot_be_run_is_told_in_french(self, tmp_path, capsys):
        navigateur._quiet(str(tmp_path / "absent"), "install")
        assert capsys.readouterr().out == "  absent : impossible à lancer\n"
