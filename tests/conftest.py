"""What all tests share: the warehouse built once from the snapshot, and the producers' files where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

from etl.load import build, current
from observatoire.warehouse import Warehouse, open_warehouse

RACINE = Path(__file__).resolve().parent.parent
# Invented figures are in the tests that ask for them, not in every other one.
os.environ.setdefault("OBSERVATOIRE_DEMONSTRATION", "0")
MIROIR = Path(os.environ.get("OBSERVATOIRE_MIROIR") or RACINE.parent / "shared" / "data")


def pytest_make_parametrize_id(config, val, argname):
    """Bytes are no name: those of an archive hold the hour, and two processes would not collect the same tests."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items):
    """Tests that read the producers' files are marked ``miroir``. Browser tests come last: the quick ones speak first,
    and Playwright keeps a loop running once it has started."""
    for item in items:
        if "miroir" in getattr(item, "fixturenames", ()):
            item.add_marker("miroir")
    items.sort(key=lambda item: "tests/browser" in item.path.as_posix())


@pytest.fixture(scope="session")
def entrepot(tmp_path_factory):
    """The folder of a warehouse built from data/snapshot, which the application reads during the tests.

    Built once for all the processes of a run; ``OBSERVATOIRE_ESSAIS_ENTREPOT`` names one that is already built.
    """
    given = os.environ.get("OBSERVATOIRE_ESSAIS_ENTREPOT")
    base = tmp_path_factory.getbasetemp()
    folder = Path(given) if given else (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "entrepot"
    folder.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if current(folder) is None:
            build(folder)
    os.environ["OBSERVATOIRE_ENTREPOT"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def warehouse(entrepot) -> Warehouse:
    """The warehouse of the snapshot, open."""
    return open_warehouse(entrepot)


@pytest.fixture(scope="session")
def miroir() -> Path:
    """The producers' files; the test is skipped where they are absent."""
    if not MIROIR.is_dir():
        pytest.skip(f"fichiers des producteurs absents ({MIROIR}) : essai sauté")
    return MIROIR
