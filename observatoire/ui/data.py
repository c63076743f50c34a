"""The warehouse seen from a page: looked up once a run, its answers kept for all sessions until the next build.

What is kept goes by the warehouse's version and by codes, and never holds the warehouse itself: see api.store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from observatoire.api.store import warehouse as in_service
from observatoire.figures import Figure
from observatoire.maps.view import Spot, View
from observatoire.maps.view import spots as spots_of
from observatoire.methods import portrait as methods_portrait
from observatoire.methods.bivariate import Crossing
from observatoire.methods.cartography import MapContent, MapRequest
from observatoire.methods.overview import KeyFigure, key_figure
from observatoire.methods.ranks import Rank
from observatoire.records import Territoire
from observatoire.views.carte.build import describe, load_content, load_crossing, sentence, strip, view_of
from observatoire.views.carte.landmarks import Landmarks, load_landmarks
from observatoire.views.portrait.profile import make_portrait
from observatoire.views.portrait.profile import ranks as views_ranks
from observatoire.warehouse import Warehouse

P = ParamSpec("P")
R = TypeVar("R")
_of_this_run: ContextVar[Warehouse | None] = ContextVar("_of_this_run", default=None)
_lock = threading.Lock()
_versions: list[str] = []


@contextmanager
def one_run(house: Warehouse) -> Iterator[None]:
    """All that a page shows in this run comes from ``house``, whatever is put in service meanwhile.

    The first run on a new warehouse empties the caches: nothing of the former one is asked for again.
    """
    with _lock:
        former = bool(_versions) and _versions != [house.version]
        _versions[:] = [house.version]
    if former:
        st.cache_data.clear()
        st.cache_resource.clear()
    token = _of_this_run.set(house)
    try:
        yield
    finally:
        _of_this_run.reset(token)


def warehouse() -> Warehouse:
    """The warehouse of this run; outside of one, that in service. Raises NoWarehouse when there is none."""
    return _of_this_run.get() or in_service()


def ask_in_service(make: Callable[..., bytes], *arguments: object) -> bytes:
    """``make(house, *arguments)``: what a download button holds, so that it reads the warehouse of the click."""
    return make(in_service(), *arguments)


def view(make: Callable[Concatenate[Warehouse, P], R], *choices: P.args, **named: P.kwargs) -> R:
    """``make(warehouse, *choices)``, made once for all sessions: see Warehouse.kept."""
    return warehouse().kept(make, *choices, **named)


def kept(make: Callable[P, R], *choices: P.args, **named: P.kwargs) -> R:
    """``make(*choices)``, made once for all sessions: what a view draws of these choices, shared, never changed.

    ``make`` depends on nothing else than the warehouse and its choices, which their ``repr`` tells apart: codes, cards,
    a scope; no frame.
    """
    asked = repr((warehouse().version, make.__module__, make.__qualname__, choices, named))
    return _kept(asked, lambda: make(*choices, **named))


@st.cache_resource(max_entries=300, show_spinner=False)
def _kept(asked: str, _make: Callable[[], Any]) -> Any:
    return _make()


def portrait(territoire: str, membres: tuple[str, ...] = ()) -> pd.DataFrame:
    """Every indicator of a territory beside its references and similar communes (see views.portrait.profile)."""
    return view(make_portrait, territoire, membres)


def key_figures(territoire: str, indicateurs: tuple[str, ...]) -> list[KeyFigure]:
    """Those of these indicators that have a figure, ready to be shown (see overview.key_figure)."""
    return _key_figures(warehouse().version, territoire, indicateurs)


def identity(territoire: Territoire) -> str:
    """See Warehouse.identity."""
    return _identity(warehouse().version, territoire)


def highlights(territoire: str, membres: tuple[str, ...]) -> list[dict[str, Any]]:
    """What stands out of a territory (see methods.portrait.highlights), as rows."""
    return _highlights(warehouse().version, territoire, membres)


def ranks(indicateur: str, annee: int) -> dict[str, Rank]:
    """The ranks of the communes of the département: code → rank (see ranks.rank_communes)."""
    return view(views_ranks, indicateur, annee)


def inside(communes: tuple[str, ...], type_: str) -> pd.DataFrame:
    """See Warehouse.inside."""
    return _inside(warehouse().version, communes, type_)


def figures(
    indicateurs: tuple[str, ...], territoires: tuple[str, ...], annees: tuple[int, ...] | None = None
) -> pd.DataFrame:
    """See Warehouse.figures."""
    return _figures(warehouse().version, indicateurs, territoires, annees)


def covered(indicateurs: tuple[str, ...], territoires: tuple[str, ...], part: float) -> pd.DataFrame:
    """See Warehouse.covered."""
    return _covered(warehouse().version, indicateurs, territoires, part)


def map_content(request: MapRequest) -> MapContent:
    """See views.carte.build.load_content."""
    return _map_content(warehouse().version, request)


def map_figure(request: MapRequest) -> Figure:
    """See views.carte.build.describe; shared between sessions, never changed."""
    return _map_figure(warehouse().version, request)


def map_words(request: MapRequest) -> str:
    """See views.carte.build.sentence."""
    return _map_words(warehouse().version, request)


def map_strip(request: MapRequest, lit: str) -> dict[str, Any]:
    """The distribution beside a map as Vega-Lite (see views.carte.build.strip); shared, never changed."""
    return _map_strip(warehouse().version, request, lit)


def map_view(ept: str | None, width: int, height: int) -> View:
    """See views.carte.build.view_of."""
    return _map_view(warehouse().version, ept, width, height)


def crossing(request: MapRequest, other: str, annee: int) -> Crossing | None:
    """See views.carte.build.load_crossing."""
    return _crossing(warehouse().version, request, other, annee)


def landmarks(types: tuple[str, ...], ept: str | None) -> Landmarks:
    """See views.carte.landmarks.load_landmarks."""
    return _landmarks(warehouse().version, types, ept)


def spots(niveau: str) -> tuple[Spot, ...]:
    """Where the territories of a level are written (see maps.view.spots)."""
    return _spots(warehouse().version, niveau)


@st.cache_resource(max_entries=200, show_spinner=False)
def _key_figures(version: str, territoire: str, indicateurs: tuple[str, ...]) -> list[KeyFigure]:
    own = figures(indicateurs, (territoire,))
    cards = warehouse().indicateurs
    return [found for code in indicateurs if (found := key_figure(own, cards[code]))]


@st.cache_data(max_entries=200, show_spinner=False)
def _identity(version: str, territoire: Territoire) -> str:
    return warehouse().identity(territoire)


@st.cache_resource(max_entries=200, show_spinner=False)
def _highlights(version: str, territoire: str, membres: tuple[str, ...]) -> list[dict[str, Any]]:
    return methods_portrait.highlights(portrait(territoire, membres), warehouse().indicateurs).to_dict("records")


@st.cache_resource(max_entries=100, show_spinner=False)
def _inside(version: str, communes: tuple[str, ...], type_: str) -> pd.DataFrame:
    return warehouse().inside(communes, type_)


@st.cache_data(max_entries=400, show_spinner=False)
def _figures(
    version: str, indicateurs: tuple[str, ...], territoires: tuple[str, ...], annees: tuple[int, ...] | None
) -> pd.DataFrame:
    return warehouse().figures(indicateurs, territoires, annees)


@st.cache_data(max_entries=100, show_spinner=False)
def _covered(version: str, indicateurs: tuple[str, ...], territoires: tuple[str, ...], part: float) -> pd.DataFrame:
    return warehouse().covered(indicateurs, territoires, part)


@st.cache_data(max_entries=300, show_spinner=False)
def _map_content(version: str, request: MapRequest) -> MapContent:
    return load_content(warehouse(), request)


@st.cache_resource(max_entries=200, show_spinner=False)
def _map_figure(version: str, request: MapRequest) -> Figure:
    return describe(warehouse(), request, map_content(request), in_service)


@st.cache_data(max_entries=300, show_spinner=False)
def _map_words(version: str, request: MapRequest) -> str:
    return sentence(warehouse(), request, map_content(request))


@st.cache_resource(max_entries=100, show_spinner=False)
def _map_strip(version: str, request: MapRequest, lit: str) -> dict[str, Any]:
    return strip(warehouse(), request, map_content(request), lit)


@st.cache_data(max_entries=60, show_spinner=False)
def _map_view(version: str, ept: str | None, width: int, height: int) -> View:
    return view_of(warehouse(), ept, width, height)


@st.cache_data(max_entries=100, show_spinner=False)
def _crossing(version: str, request: MapRequest, other: str, annee: int) -> Crossing | None:
    return load_crossing(warehouse(), request, other, annee)


@st.cache_data(max_entries=40, show_spinner=False)
def _landmarks(version: str, types: tuple[str, ...], ept: str | None) -> Landmarks:
    return load_landmarks(warehouse(), types, ept)


@st.cache_resource(max_entries=6, show_spinner=False)
def _spots(version: str, niveau: str) -> tuple[Spot, ...]:
    return spots_of(warehouse().geometries(niveau))
