"""The warehouse seen from a page: looked up once a run, its answers kept for all sessions until the next build.

What is kept is kept by the warehouse (Warehouse.kept), by codes, and never holds the warehouse itself: see api.store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from observatoire.api.store import in_service
from observatoire.config import warehouse_folder
from observatoire.figures import Figure
from observatoire.maps.view import Spot, View
from observatoire.maps.view import spots as spots_of
from observatoire.methods.bivariate import Crossing
from observatoire.methods.cartography import MapContent, MapRequest
from observatoire.methods.overview import KeyFigure
from observatoire.methods.portrait import Row
from observatoire.methods.ranks import Rank
from observatoire.records import Territoire
from observatoire.views.carte.build import (
    describe,
    level_rows,
    load_content,
    load_crossing,
    sentence,
    strip,
    view_of,
)
from observatoire.views.carte.landmarks import Landmarks, load_landmarks
from observatoire.views.portrait import profile
from observatoire.warehouse import Warehouse
from observatoire.warehouse.network import Network, public

P = ParamSpec("P")
R = TypeVar("R")
_of_this_run: ContextVar[Warehouse | None] = ContextVar("_of_this_run", default=None)
_network_of_this_run: ContextVar[list[Network] | None] = ContextVar("_network_of_this_run", default=None)
_lock = threading.Lock()
_versions: list[str] = []


@contextmanager
def one_run(warehouse: Warehouse) -> Iterator[None]:
    """All that a page shows in this run comes from ``warehouse``, whatever is put in service meanwhile.

    The first run on a new warehouse empties Streamlit's caches: nothing of the former one is asked for again.
    """
    with _lock:
        former = bool(_versions) and _versions != [warehouse.version]
        _versions[:] = [warehouse.version]
    if former:
        st.cache_data.clear()
        st.cache_resource.clear()
    token, other = _of_this_run.set(warehouse), _network_of_this_run.set([])
    try:
        yield
    finally:
        _of_this_run.reset(token)
        _network_of_this_run.reset(other)


def current() -> Warehouse:
    """The warehouse of this run; outside of one, that in service. Raises NoWarehouse when there is none."""
    return _of_this_run.get() or in_service()


def network() -> Network:
    """The public edition of the network's figures that this run reads; outside of one, that in service.

    Never fails: an empty edition says in ``manque`` why there is nothing. ``network().kept(make, *choices)`` makes once
    for all sessions what is drawn of an edition. What is not public is asked of the desk (Guichet.reseau).
    """
    held = _network_of_this_run.get()
    if held is None:
        return public(warehouse_folder())
    if not held:
        held.append(public(warehouse_folder()))
    return held[0]


def ask_in_service(make: Callable[..., bytes], *arguments: object) -> bytes:
    """``make(warehouse, *arguments)``: what a download button holds, so that it reads the warehouse of the click."""
    return make(in_service(), *arguments)


def view(make: Callable[Concatenate[Warehouse, P], R], *choices: P.args, **named: P.kwargs) -> R:
    """``make(warehouse, *choices)``, made once for all sessions: see Warehouse.kept."""
    return current().kept(make, *choices, **named)


def portrait(territoire: str, membres: tuple[str, ...] = ()) -> list[Row]:
    """Every indicator of a territory beside its references and similar communes (see views.portrait.profile)."""
    return view(profile.make_portrait, territoire, membres)


def key_figures(territoire: str, indicateurs: tuple[str, ...]) -> list[KeyFigure]:
    """Those of these indicators that have a figure, ready to be shown (see overview.key_figure)."""
    return view(profile.key_figures, territoire, indicateurs)


def identity(territoire: Territoire) -> str:
    """See Warehouse.identity."""
    return view(Warehouse.identity, territoire)


def ranks(indicateur: str, annee: int) -> dict[str, Rank]:
    """The ranks of the communes of the département: code → rank (see ranks.rank_communes)."""
    return view(profile.ranks, indicateur, annee)


def inside(communes: tuple[str, ...], type_: str) -> pd.DataFrame:
    """See Warehouse.inside."""
    return view(Warehouse.inside, communes, type_)


def figures(
    indicateurs: tuple[str, ...], territoires: tuple[str, ...], annees: tuple[int, ...] | None = None
) -> pd.DataFrame:
    """See Warehouse.figures."""
    return view(Warehouse.figures, indicateurs, territoires, annees)


def map_content(request: MapRequest) -> MapContent:
    """See views.carte.build.load_content."""
    return view(load_content, request)


def map_figure(request: MapRequest) -> Figure:
    """See views.carte.build.describe."""
    return view(_describe, request)


def map_levels(indicateur: str, annee: int) -> dict[str, dict[str, Any]]:
    """See views.carte.build.level_rows."""
    return view(level_rows, indicateur, annee)


def map_words(request: MapRequest) -> str:
    """See views.carte.build.sentence."""
    return view(_sentence, request)


def map_strip(request: MapRequest, lit: str) -> dict[str, Any]:
    """The distribution beside a map as Vega-Lite (see views.carte.build.strip)."""
    return view(_strip, request, lit)


def map_view(ept: str | None, width: int, height: int) -> View:
    """See views.carte.build.view_of."""
    return view(view_of, ept, width, height)


def crossing(request: MapRequest, other: str, annee: int) -> Crossing | None:
    """See views.carte.build.load_crossing."""
    return view(load_crossing, request, other, annee)


def landmarks(types: tuple[str, ...], ept: str | None) -> Landmarks:
    """See views.carte.landmarks.load_landmarks."""
    return view(load_landmarks, types, ept)


def spots(niveau: str) -> tuple[Spot, ...]:
    """Where the territories of a level are written (see maps.view.spots)."""
    return view(_spots, niveau)


def _describe(warehouse: Warehouse, request: MapRequest) -> Figure:
    said = warehouse.kept(_sentence, request)
    return describe(warehouse, request, warehouse.kept(load_content, request), in_service, said)


def _sentence(warehouse: Warehouse, request: MapRequest) -> str:
    return sentence(warehouse, request, warehouse.kept(load_content, request))


def _strip(warehouse: Warehouse, request: MapRequest, lit: str) -> dict[str, Any]:
    return strip(warehouse, request, warehouse.kept(load_content, request), lit)


def _spots(warehouse: Warehouse, niveau: str) -> tuple[Spot, ...]:
    return spots_of(warehouse.geometries(niveau))
