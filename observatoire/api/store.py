"""The warehouse in service, opened once for the API and the pages alike, reopened after a build.

Nothing that lasts longer than an answer or a run of a page may hold what this gives (a cache, a session, a button): a
former warehouse would stay open, its file deleted and its memory taken, as long as that lasts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from etl.load import current
from observatoire.config import warehouse_folder
from observatoire.warehouse import Warehouse, open_warehouse

_lock = threading.Lock()
_opened: list[Warehouse] = []
P = ParamSpec("P")
R = TypeVar("R")


def warehouse() -> Warehouse:
    """The warehouse in service. Raises NoWarehouse when there is none."""
    with _lock:
        folder = warehouse_folder()
        if not _opened or _opened[0].path != current(folder):
            # The former one is dropped, not closed: answers being read from it stay whole. It goes before the next one
            # is opened, so that none is held where there is none to serve.
            _opened.clear()
            _opened.append(open_warehouse(folder))
        return _opened[0]


def once_a_build(make: Callable[Concatenate[Warehouse, P], R]) -> Callable[Concatenate[Warehouse, P], R]:
    """``make(house, *codes)``, whose answers are kept until another warehouse is asked: by its file, not holding it."""
    lock = threading.Lock()
    kept: dict[tuple[object, ...], R] = {}

    @wraps(make)
    def ask(house: Warehouse, *codes: P.args, **named: P.kwargs) -> R:
        key = (house.path, *codes, *named.items())
        with lock:
            if key not in kept:
                for other in [known for known in kept if known[0] != house.path]:
                    del kept[other]
                kept[key] = make(house, *codes, **named)
            return kept[key]

    return ask
