"""What the ETL's tests share: the warehouse of tests/conftest.py, asked in SQL."""

import duckdb
import pytest


@pytest.fixture(scope="session")
def base(entrepot) -> duckdb.DuckDBPyConnection:
    """The warehouse built from data/snapshot, open read-only."""
    return duckdb.connect(str(entrepot / "observatoire.duckdb"), read_only=True)
