"""Settings, read from the environment: one name each, with a default that works on one machine."""

from __future__ import annotations

import os
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent


def warehouse_folder() -> Path:
    """The folder of the warehouse (``OBSERVATOIRE_ENTREPOT``), ``data/entrepot`` by default."""
    return Path(os.environ.get("OBSERVATOIRE_ENTREPOT") or RACINE / "data" / "entrepot")


def map_background() -> str | None:
    """The address of a map style under the maps (``OBSERVATOIRE_FOND_CARTE``); none by default: nothing leaves."""
    return os.environ.get("OBSERVATOIRE_FOND_CARTE") or None
