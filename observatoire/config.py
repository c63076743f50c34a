"""Settings, read from the environment: one name each, with a default that works on one machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent


def warehouse_folder() -> Path:
    """The folder of the warehouse (``OBSERVATOIRE_ENTREPOT``), ``data/entrepot`` by default."""
    return Path(os.environ.get("OBSERVATOIRE_ENTREPOT") or RACINE / "data" / "entrepot")


def map_background() -> str | None:
    """The address of a map style under the maps (``OBSERVATOIRE_FOND_CARTE``); none by default: nothing leaves."""
    return os.environ.get("OBSERVATOIRE_FOND_CARTE") or None


def reader_header() -> str | None:
    """The header in which our reverse proxy writes the reader's address (``OBSERVATOIRE_ENTETE_ADRESSE``); none by
    default: the address is the connection's, or that of ``X-Forwarded-For`` when the proxy is on this machine."""
    return os.environ.get("OBSERVATOIRE_ENTETE_ADRESSE") or None


def framers() -> str:
    """Who may frame the pages (``OBSERVATOIRE_CADRES``, sources of ``frame-ancestors``): ourselves by default.

    Raises ValueError for what would say something else in the policy.
    """
    given = os.environ.get("OBSERVATOIRE_CADRES") or "'self'"
    if not re.fullmatch(r"[\w'*:/.\-\[\] ]+", given, re.ASCII):
        raise ValueError(f"OBSERVATOIRE_CADRES : « {given} » n’est pas une suite d’adresses séparées par des espaces")
    return given


def access_mode() -> str:
    """How people are known (``OBSERVATOIRE_ACCES``): « local », where whoever sits at this machine acts as the union;
    else an empty text: by signing in where Streamlit's secrets have ``[auth]``, else everybody is a reader.

    Raises ValueError for another word: a mistake must not open anything.
    """
    given = os.environ.get("OBSERVATOIRE_ACCES", "")
    if given not in ("", "local"):
        raise ValueError(f"OBSERVATOIRE_ACCES : « {given} » n’est pas reconnu ; écrire « local », ou rien")
    return given


def demonstration_allowed() -> bool:
    """Whether the demonstration set may be shown (``OBSERVATOIRE_DEMONSTRATION``): « 0 » forbids it, nothing or « 1 »
    leaves it to the union's setting.

    Raises ValueError for another word: invented figures must not be left by mistake.
    """
    given = os.environ.get("OBSERVATOIRE_DEMONSTRATION", "")
    if given not in ("", "0", "1"):
        raise ValueError(f"OBSERVATOIRE_DEMONSTRATION : « {given} » n’est pas reconnu ; écrire « 0 », « 1 » ou rien")
    return given != "0"


def trusted_issuers() -> frozenset[str]:
    """Identity providers (``OBSERVATOIRE_EMETTEURS``, the ``iss`` of each, separated by spaces) whose addresses are all
    verified, and which do not say so."""
    return frozenset(os.environ.get("OBSERVATOIRE_EMETTEURS", "").split())
