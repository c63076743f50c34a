"""What the ETL's tests share: the warehouse built once from the shipped snapshot, and the producers' files."""

import os
from pathlib import Path

import duckdb
import pytest

from etl.load import build

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def entrepot(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """The warehouse built from data/snapshot, open read-only."""
    output = tmp_path_factory.mktemp("entrepot")
    build(output)
    return duckdb.connect(str(output / "observatoire.duckdb"), read_only=True)


@pytest.fixture(scope="session")
def miroir() -> Path:
    """The folder of the producers' files; the test is skipped where it is not."""
    folder = Path(os.environ.get("OBSERVATOIRE_MIROIR", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("les fichiers des producteurs ne sont pas là (OBSERVATOIRE_MIROIR)")
    return folder
