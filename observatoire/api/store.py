"""The warehouse seen from the API: opened once, reopened after a build."""

from __future__ import annotations

import threading

from etl.load import current
from observatoire.config import warehouse_folder
from observatoire.warehouse import Warehouse, open_warehouse

_lock = threading.Lock()
_opened: list[Warehouse] = []


def warehouse() -> Warehouse:
    """The warehouse in service. Raises NoWarehouse when there is none."""
    with _lock:
        folder = warehouse_folder()
        if not _opened or _opened[0].path != current(folder):
            # The former one is dropped, not closed: answers being read from it stay whole.
            _opened[:] = [open_warehouse(folder)]
        return _opened[0]
