"""Install, build, serve or test: what « make » calls, and the plain command for those who have no make.

    python outils/lancer.py run | test | lint | bench

Uses the standard library only, and a syntax that older Pythons can read: it runs before anything is installed, on
Linux, macOS and Windows alike. What follows the command goes to the tool that it calls (Streamlit, pytest…).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
VENV = RACINE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
MINIMUM = (3, 11)


def main(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    if sys.version_info < MINIMUM:
        found = ".".join(map(str, sys.version_info[:2]))
        print(f"Il faut Python 3.11 ou plus récent ; celui-ci est {found}. Voir https://www.python.org/downloads/")
        return 2
    commands = {"run": serve, "test": test, "lint": lint, "bench": bench}
    if not arguments or arguments[0] not in commands:
        print(f"Commande attendue : {', '.join(commands)}")
        return 2
    return commands[arguments[0]](arguments[1:])


def serve(extra: list[str]) -> int:
    """Install what the application needs, build the warehouse when there is none, serve."""
    install("requirements.txt")
    # On one's own machine, whoever sits there may write; the application then answers to that machine alone.
    os.environ.setdefault("OBSERVATOIRE_ACCES", "local")
    address = () if any(word.startswith("--server.address") for word in extra) else ("--server.address", "localhost")
    return run("-m", "streamlit", "run", "app.py", *address, *extra)


def test(extra: list[str]) -> int:
    """Install what the tests need, a browser included, and run them all."""
    install("requirements-dev.txt")
    run("-m", "outils.navigateur")
    # Two at a time, whatever the machine: each worker has a server and a browser of its own. Each takes half of the
    # files, in order, so that what a file prepares is prepared once; the first to finish helps the other.
    workers = ("-n", "auto", "--maxprocesses", "2", "--dist", "worksteal")
    return run("-m", "pytest", *workers, "--durations", "40", *extra)


def lint(_extra: list[str]) -> int:
    """Style, format, types, import contract: all are run, the worst result is returned."""
    install("requirements-dev.txt")
    checks = (("-m", "ruff", "check", "."), ("-m", "ruff", "format", "--check", "."), ("-m", "pyright"))
    results = [run(*check) for check in checks]
    # import-linter has no « python -m » entry.
    results.append(run("-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"))
    return max(results)


def bench(extra: list[str]) -> int:
    """Measure (see benchmarks/README.md)."""
    install("requirements-dev.txt")
    run("-m", "outils.navigateur")
    return run("-m", "benchmarks", *extra)


def install(requirements: str) -> None:
    """Create .venv when absent, install when a requirements file has changed since the last time."""
    texts = [(RACINE / name).read_bytes() for name in dict.fromkeys(("requirements.txt", requirements))]
    print_of = hashlib.sha256(b"".join(texts)).hexdigest()
    stamp = VENV / f".{requirements}.sha256"
    if PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == print_of:
        return
    if not usable():
        create_environment()
    print(f"Installation des paquets de {requirements} (une à trois minutes la première fois)…", flush=True)
    code = run("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
    if code:
        print("L’installation des paquets a échoué : vérifier la connexion, puis relancer la même commande.")
        sys.exit(code)
    stamp.write_text(print_of, encoding="utf-8")


def usable() -> bool:
    """Whether .venv has a Python recent enough, and pip."""
    if not PYTHON.exists():
        return False
    question = f"import sys, pip; sys.exit(sys.version_info < {MINIMUM})"
    return subprocess.run([str(PYTHON), "-c", question], capture_output=True, check=False).returncode == 0


def create_environment() -> None:
    """Create .venv anew; on failure say what is missing and leave no half environment behind."""
    print("Création de l’environnement .venv…", flush=True)
    try:
        venv.create(VENV, clear=VENV.exists(), with_pip=True)
    except (subprocess.CalledProcessError, OSError):
        shutil.rmtree(VENV, ignore_errors=True)
        print("L’environnement .venv n’a pas pu être créé.")
        print(
            "Sous Debian ou Ubuntu, installer d’abord le paquet python3-venv ; sinon, vérifier la place et les droits."
        )
        sys.exit(2)


def run(*arguments: str) -> int:
    """Run the environment's Python in the project's folder."""
    try:
        return subprocess.run([str(PYTHON), *arguments], cwd=RACINE, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
