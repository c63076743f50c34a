"""The register of this process, opened once, when somebody first needs it."""

from __future__ import annotations

import threading
from pathlib import Path

from registre.base import default_depots, default_url
from registre.store import Registre

_lock = threading.Lock()
_opened: dict[tuple[str, str], Registre] = {}


def exists() -> bool:
    """Whether there is a register to open: reading public figures makes none."""
    url = default_url()
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()


def in_service() -> Registre:
    """The register that the environment names. Raises RegistreError (refused schema, unavailable…)."""
    key = (default_url().render_as_string(hide_password=False), str(default_depots()))
    with _lock:
        if key not in _opened:
            # Another one was named since: it is left to those who hold it.
            _opened.clear()
            _opened[key] = Registre.ouvrir()
        return _opened[key]
