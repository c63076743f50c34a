"""The server: pages (observatoire/navigation.py) on one port. Start it with ``streamlit run app.py``."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config, net_util

from etl.errors import DataError
from etl.load import build, current, outdated
from observatoire.api import ROUTES
from observatoire.config import warehouse_folder
from observatoire.shell import FrenchShell

NAVIGATION = Path(__file__).resolve().parent / "observatoire" / "navigation.py"


# Streamlit asks a third party for the server's public address when a request comes from an unknown origin.
net_util.get_external_ip = lambda: None


@contextlib.asynccontextmanager
async def prepare(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Before the first page: build the warehouse when there is none, or when the project has a newer snapshot."""
    folder = warehouse_folder()
    if outdated(folder):
        why = "Premier démarrage" if current(folder) is None else "Nouvelle version des chiffres"
        print(f"{why} : construction de l’entrepôt dans {folder}", flush=True)
        try:
            build(folder, progress=lambda step: print(f"  {step}…", flush=True))
        except DataError as error:
            print(f"L’entrepôt n’a pas pu être construit.\n{error}", flush=True)
    # What the first reader of each page would wait for: the libraries that draw.
    for part in ("portrait", "cartes", "comparer"):
        importlib.import_module(f"observatoire.ui.{part}")
    print(f"Observatoire ouvert sur http://localhost:{config.get_option('server.port')}", flush=True)
    yield {}


def tell_error(_error: Exception) -> bool:
    """What the reader sees when a page fails: a French sentence; Streamlit writes the traceback to the log."""
    st.error(
        "Cette page a rencontré une erreur. Rechargez-la ; si l’erreur revient, signalez-la à l’UDCCAS 93 "
        "avec l’adresse de la page et l’heure."
    )
    return True


def _base_path() -> str:
    path = str(config.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""


app = st.App(
    NAVIGATION,
    routes=ROUTES,
    lifespan=prepare,
    middleware=[Middleware(FrenchShell, base_path=_base_path())],
    on_script_error=tell_error,
)
