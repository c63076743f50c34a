"""The server: pages (observatoire/navigation.py) on one port. Start it with ``streamlit run app.py``."""

from __future__ import annotations

import contextlib
import importlib
import logging
import threading
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import streamlit as st
from google.protobuf.message import DecodeError
from starlette.middleware import Middleware
from streamlit import config, file_util, net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import get_instance

from etl.errors import DataError, Problem, refusal, system_problem
from etl.identite import OBSERVATOIRE
from etl.load import build, current, outdated
from observatoire.access import opening
from observatoire.access.publication import is_published, may_publish_alone, publish_network
from observatoire.api import routes
from observatoire.api.images import image_routes
from observatoire.api.limits import Limits
from observatoire.api.problems import ILLISIBLE, Refus
from observatoire.config import (
    access_mode,
    demonstration_allowed,
    framers,
    map_background,
    reader_header,
    warehouse_folder,
)
from observatoire.formats import jour
from observatoire.server.compression import Assets, Compressed
from observatoire.server.connections import bound
from observatoire.server.envois import Envois
from observatoire.server.headers import Protected, page_policy
from observatoire.server.messages import Messages
from observatoire.shell import FrenchShell
from observatoire.ui import session
from observatoire.ui.rappels import shield
from observatoire.warehouse import NoWarehouse, open_warehouse
from registre.errors import RegistreError

_log = logging.getLogger(__name__)
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
        if failure := _failure(folder):
            print(f"L’entrepôt n’a pas pu être construit.\n{failure}\n{_served_anyway(folder)}", flush=True)
    _publish_network(folder)
    # What the first reader of each page would wait for: the libraries that draw.
    for part in ("portrait.profile", "cartes.maps", "comparer.views"):
        importlib.import_module(f"observatoire.ui.pages.{part}")
    threading.Thread(target=ASSETS.warm, name="fichiers-compresses", daemon=True).start()
    print(f"Observatoire ouvert sur http://localhost:{config.get_option('server.port')}", flush=True)
    yield {}


def _publish_network(folder: Path) -> None:
    """The figures of the network, made anew when they are behind the register: a confirmation that was cut short."""
    try:
        registre = opening.in_service() if opening.exists() else None
        if registre is None and not may_publish_alone(folder):
            return
        if not is_published(registre, folder):
            whence = "refaits depuis le registre" if registre else "jeu de démonstration, ou son retrait"
            print(f"Chiffres du réseau : {whence}", flush=True)
            publish_network(registre, open_warehouse(folder), folder)
    except (DataError, RegistreError, NoWarehouse) as error:
        print(f"Les chiffres du réseau n’ont pas pu être refaits.\n{error}", flush=True)


def _failure(folder: Path) -> str:
    """Build the warehouse: nothing, or why it could not be (wrong figures, folder not to be written in, full disk)."""
    try:
        build(folder, progress=lambda step: print(f"  {step}…", flush=True))
    except DataError as error:
        return str(error)
    except OSError as error:
        return str(refusal(error, str(folder)))
    except duckdb.Error as error:
        _log.exception("La construction de l’entrepôt s’est arrêtée.")
        unknown = Problem(str(folder), "écriture interrompue", conseil="vérifier la place sur le disque et les droits")
        return str(system_problem(error, str(folder)) or unknown)
    return ""


def _served_anyway(folder: Path) -> str:
    """What the server does without the new warehouse."""
    try:
        warehouse = open_warehouse(folder)
    except NoWarehouse:
        return "Les pages le disent, et s’ouvriront d’elles-mêmes après « python -m etl build »."
    return (
        f"L’entrepôt du {jour(warehouse.built_on)} reste servi ; les pages disent qu’il est d’une version antérieure."
    )


def tell_error(error: Exception) -> bool:
    """What the reader sees when a page fails: a French sentence; Streamlit writes the traceback to the log."""
    if isinstance(error, NoWarehouse):
        st.error(str(error))
        return True
    st.error(
        f"Cette page a rencontré une erreur. Rechargez-la ; si l’erreur revient, signalez-la à l’{OBSERVATOIRE.union} "
        "avec l’adresse de la page et l’heure."
    )
    return True


# What a page sends: a choice, a stop, files asked for, a sign of life. « Clear the cache » would empty everybody's, and
# the other messages are those of a developer.
ADMITTED = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"}


def admitted(message: bytes) -> bool:
    """Whether a message of the websocket is one that a reader may send; Streamlit itself answers an unreadable one."""
    try:
        return BackMsg.FromString(message).WhichOneof("type") in ADMITTED
    except DecodeError:
        return True


def origins() -> list[str]:
    """The addresses of the application as Streamlit's settings give them; none: that of the page that asks."""
    listed = list(config.get_option("server.corsAllowedOrigins"))
    if config.is_manually_set("browser.serverAddress"):
        host, port = config.get_option("browser.serverAddress"), config.get_option("browser.serverPort")
        listed += [f"{scheme}://{host}{end}" for scheme in ("http", "https") for end in ("", f":{port}")]
    return listed


def is_open(page: str) -> bool:
    """Whether a session is still there, as the addresses of its files name it."""
    return get_instance().is_active_session(page)


def _base_path() -> str:
    path = str(config.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""


shield()
BASE = _base_path()
access_mode()  # a mistyped mode stops the server here, before it opens anything
demonstration_allowed()
ASSETS = Assets(Path(file_util.get_static_dir()))
PROTECTION: dict[str, Any] = {"cadres": framers(), "fond": map_background()}
bound(Refus(400, ILLISIBLE).response("/", {"Access-Control-Allow-Origin": "*"}))
app = st.App(
    NAVIGATION,
    routes=[*image_routes(BASE), *routes(BASE)],
    lifespan=prepare,
    middleware=[
        Middleware(Protected, base=BASE, **PROTECTION),
        Middleware(Envois, base=BASE, ouvert=bool(access_mode()) or session.has_provider(), active=is_open),
        Middleware(Compressed, assets=ASSETS, base=BASE),
        Middleware(Limits, prefix=f"{BASE}/api", header=reader_header()),
        Middleware(Messages, origins=origins(), admitted=admitted),
        Middleware(FrenchShell, base_path=BASE, policy=partial(page_policy, **PROTECTION)),
    ],
    on_script_error=tell_error,
)
