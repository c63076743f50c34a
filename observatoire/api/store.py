"""The warehouse in service, opened once for the API and the pages alike, reopened after a build.

Nothing that lasts longer than an answer or a run of a page may hold what this gives (a cache, a session, a button): a
former warehouse would stay open, its file deleted and its memory taken, as long as that lasts. What is drawn of a
warehouse is kept by it alone (Warehouse.kept).
"""

from __future__ import annotations

import threading

from etl.load import current
from observatoire.config import warehouse_folder
from observatoire.warehouse import Warehouse, open_warehouse

_lock = threading.Lock()
_opened: list[Warehouse] = []


def in_service() -> Warehouse:
    """The warehouse in service. Raises NoWarehouse when there is none."""
    with _lock:
        folder = warehouse_folder()
        if not _opened or _opened[0].path != current(folder):
            # The former one is dropped, not closed: answers being read from it stay whole. It goes before the next one
            # is opened, so that none is held where there is none to serve.
            _opened.clear()
            _opened.append(open_warehouse(folder))
        return _opened[0]
