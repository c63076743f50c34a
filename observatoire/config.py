"""Settings, read from the environment: one name each, with a default that works on one machine."""

from __future__ import annotations

import os
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent


def warehouse_folder() -> Path:
    """The folder of the warehouse (``OBSERVATOIRE_ENTREPOT``), ``data/entrepot`` by default."""
    return Path(os.environ.get("OBSERVATOIRE_ENTREPOT") or RACINE / "data" / "entrepot")
