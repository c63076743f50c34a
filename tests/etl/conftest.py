"""What the ETL's tests share: the warehouse of tests/conftest.py, asked in SQL."""

import shutil
from pathlib import Path

import duckdb
import pytest


@pytest.fixture(scope="session")
def service(entrepot, tmp_path_factory) -> Path:
    """A copy of the folder of the warehouse: DuckDB refuses two settings on one file in the same process."""
    return shutil.copytree(entrepot, tmp_path_factory.mktemp("service") / "entrepot", symlinks=True)


@pytest.fixture(scope="session")
def base(service) -> duckdb.DuckDBPyConnection:
    """The warehouse built from data/snapshot, open read-only."""
    return duckdb.connect(str(service / "observatoire.duckdb"), read_only=True)
