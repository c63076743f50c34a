"""What the ETL's tests share: the warehouse of tests/conftest.py, asked in SQL."""

import shutil
import sys
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

import etl.__main__ as commands
from etl import cli


@pytest.fixture(scope="session")
def service(entrepot, tmp_path_factory) -> Path:
    """A copy of the folder of the warehouse: DuckDB refuses two settings on one file in the same process."""
    return shutil.copytree(entrepot, tmp_path_factory.mktemp("service") / "entrepot", symlinks=True)


@pytest.fixture(scope="session")
def base(service) -> duckdb.DuckDBPyConnection:
    """The warehouse built from data/snapshot, open read-only."""
    return duckdb.connect(str(service / "observatoire.duckdb"), read_only=True)


@pytest.fixture
def etl(monkeypatch, capsys):
    """Run the command line in this process; return (exit code, standard output, standard error)."""

    def run(*arguments, width=120):
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("NO_COLOR", "1")
        # A console keeps the width that it found when it was made.
        monkeypatch.setattr(commands, "console", Console(highlight=False, markup=False, emoji=False, width=width))
        monkeypatch.setattr(sys, "argv", ["python -m etl", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.run(commands.app)
        return (stop.value.code, *capsys.readouterr())

    return run
