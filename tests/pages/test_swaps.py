"""A warehouse put in service under open pages: the former one is let go, by the pages, their buttons and the API."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from etl.load import NAME, current
from observatoire.api import ROUTES
from observatoire.api.store import in_service
from observatoire.ui import data
from observatoire.warehouse import Warehouse
from tests.pages.conftest import FICHIERS, NAVIGATION

ECHANGES = 16
# Readers whose page stays open meanwhile: what each of them shows keeps something of its own (figures, buttons, boxes).
LECTEURS = (
    ("portrait", {"territoire": "93066"}),
    ("cartes", {"indicateur": "REV02"}),
    ("cartes", {"indicateur": "REV02", "vue": "croisee", "avec": "EMP01"}),
    ("comparer", {"vue": "tableau"}),
    ("comparer", {"vue": "evolution", "groupe": "semblables", "territoire": "93066"}),
    ("comparer", {"vue": "moyens", "groupe": "communes"}),
    ("donnees", {"rayon": "telecharger"}),
    ("donnees", {"rayon": "tracer", "echelon": "iris"}),
)
QUESTIONS = (
    "/api/v1/geo/communes.geojson",
    "/api/v1/geo/hachures-communes.geojson",
    "/api/v1/observations?territoire=93066&indicateur=REV02",
    "/api/v1/openapi.json",
)


def put_in_service(folder: Path, source: Path, number: int) -> Path:
    """One more build: a file of another name, the pointer moved, the former files deleted."""
    new = folder / f"observatoire-{number:03d}.duckdb"
    os.link(source, new)
    link = folder / "suivant"
    link.symlink_to(new.name)
    link.replace(folder / NAME)
    for path in folder.glob("observatoire-*.duckdb"):
        if path != new:
            path.unlink()
    return new


def open_files(folder: Path) -> list[str]:
    """The files of a folder that this process holds open, the deleted ones too (Linux)."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(os.readlink(entry))
        except OSError:
            continue
    return [name for name in found if name.startswith(str(folder))]


def settled(folder: Path, seconds: float = 5) -> list[str]:
    """The same once a run that was ending has let go of its own: what is held for good is still open after a while."""
    end = time.monotonic() + seconds
    while len(open_files(folder)) > 1 and time.monotonic() < end:
        gc.collect()
        time.sleep(0.05)
    return open_files(folder)


def memory_mib() -> float:
    """Resident memory of this process."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@pytest.fixture
def quick_collections():
    """What the tests before have left is not looked at again at every collection: half a second each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def served(entrepot, tmp_path, monkeypatch) -> tuple[Path, Path]:
    """A folder of its own where builds follow one another, and the file that each of them is."""
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    source = current(entrepot)
    put_in_service(tmp_path, source, 0)
    return tmp_path, source


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fichiers ouverts lus dans /proc")
@pytest.mark.timeout(600)
def test_swaps_leave_one_file_open_and_memory_flat(served, quick_collections):
    folder, source = served
    client = TestClient(Starlette(routes=ROUTES))
    readers = []
    for page, choices in LECTEURS:
        reader = AppTest.from_file(NAVIGATION, default_timeout=60).run()
        reader.switch_page(FICHIERS[page])
        reader.query_params.update(choices)
        readers.append(reader.run())
    early = 0.0
    for number in range(1, ECHANGES + 1):
        new = put_in_service(folder, source, number)
        reader = readers[number % len(readers)].run()
        assert not reader.exception
        assert client.get(QUESTIONS[number % len(QUESTIONS)]).status_code == 200
        assert settled(folder) == [str(new)], f"après {number} échanges"
        if number == len(readers):
            early = memory_mib()
    # A former warehouse that is held takes some twenty mebibytes: eight swaps later, a hundred and sixty.
    assert memory_mib() - early < 80
    assert sum(type(held) is Warehouse and held.path.parent == folder for held in gc.get_objects()) == 1


def test_a_button_reads_the_warehouse_of_the_click(served):
    folder, source = served
    page = AppTest.from_file(NAVIGATION, default_timeout=60).run()
    assert not page.exception
    put_in_service(folder, source, 1)

    def make(warehouse: Warehouse, code: str) -> bytes:
        return f"{warehouse.version} {code}".encode()

    assert data.ask_in_service(make, "93066") == b"observatoire-001.duckdb 93066"


def test_all_of_one_run_comes_from_one_warehouse(served):
    folder, source = served
    with data.one_run(in_service()):
        put_in_service(folder, source, 1)
        assert data.current().version == "observatoire-000.duckdb"
    assert data.current().version == "observatoire-001.duckdb"


def test_what_is_kept_of_a_warehouse_is_made_again_for_the_next(served):
    folder, source = served
    asked = []

    def make(warehouse: Warehouse, code: str) -> str:
        asked.append(code)
        return f"{warehouse.version} {code}"

    assert [in_service().kept(make, "a") for _ in range(2)] == ["observatoire-000.duckdb a"] * 2
    assert asked == ["a"]
    put_in_service(folder, source, 1)
    assert in_service().kept(make, "a") == "observatoire-001.duckdb a"
