"""The warehouse seen from a page: opened once, reopened after a build, its answers kept for all sessions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from etl.load import current
from observatoire.config import warehouse_folder
from observatoire.maps.build import load_content, load_crossing
from observatoire.maps.view import Spot
from observatoire.maps.view import spots as spots_of
from observatoire.methods.bivariate import Crossing
from observatoire.methods.cartography import MapContent, MapRequest
from observatoire.methods.portrait import with_gaps
from observatoire.warehouse import Warehouse, open_warehouse


@st.cache_resource(show_spinner=False, validate=lambda opened: opened.path == current(warehouse_folder()))
def warehouse() -> Warehouse:
    """The warehouse in service. Raises NoWarehouse when there is none."""
    return open_warehouse(warehouse_folder())


def profile(territoire: str, indicateurs: tuple[str, ...]) -> pd.DataFrame:
    """See Warehouse.profile."""
    return _profile(warehouse().version, territoire, indicateurs)


def gaps(territoire: str) -> pd.DataFrame:
    """The profile of a territory on every indicator, with its gaps (see methods.portrait.with_gaps)."""
    return _gaps(warehouse().version, territoire)


def figures(
    indicateurs: tuple[str, ...], territoires: tuple[str, ...], annees: tuple[int, ...] | None = None
) -> pd.DataFrame:
    """See Warehouse.figures."""
    return _figures(warehouse().version, indicateurs, territoires, annees)


def covered(indicateurs: tuple[str, ...], territoires: tuple[str, ...], part: float) -> pd.DataFrame:
    """See Warehouse.covered."""
    return _covered(warehouse().version, indicateurs, territoires, part)


def dispersion(indicateurs: tuple[str, ...]) -> pd.DataFrame:
    """See Warehouse.dispersion."""
    return _dispersion(warehouse().version, indicateurs)


def map_levels(indicateur: str) -> dict[str, tuple[int, ...]]:
    """See Warehouse.map_levels."""
    return _map_levels(warehouse().version, indicateur)


def map_content(request: MapRequest) -> MapContent:
    """See maps.build.load_content."""
    return _map_content(warehouse().version, request)


def crossing(request: MapRequest, other: str, annee: int) -> Crossing | None:
    """See maps.build.load_crossing."""
    return _crossing(warehouse().version, request, other, annee)


def spots(niveau: str) -> tuple[Spot, ...]:
    """Where the territories of a level are written (see maps.view.spots)."""
    return _spots(warehouse().version, niveau)


@st.cache_data(max_entries=400, show_spinner=False)
def _profile(version: str, territoire: str, indicateurs: tuple[str, ...]) -> pd.DataFrame:
    return warehouse().profile(territoire, indicateurs)


@st.cache_data(max_entries=60, show_spinner=False)
def _gaps(version: str, territoire: str) -> pd.DataFrame:
    cards = warehouse().indicateurs
    return with_gaps(profile(territoire, tuple(cards)), cards)


@st.cache_data(max_entries=400, show_spinner=False)
def _figures(
    version: str, indicateurs: tuple[str, ...], territoires: tuple[str, ...], annees: tuple[int, ...] | None
) -> pd.DataFrame:
    return warehouse().figures(indicateurs, territoires, annees)


@st.cache_data(max_entries=100, show_spinner=False)
def _covered(version: str, indicateurs: tuple[str, ...], territoires: tuple[str, ...], part: float) -> pd.DataFrame:
    return warehouse().covered(indicateurs, territoires, part)


@st.cache_data(max_entries=100, show_spinner=False)
def _dispersion(version: str, indicateurs: tuple[str, ...]) -> pd.DataFrame:
    return warehouse().dispersion(indicateurs)


@st.cache_data(max_entries=400, show_spinner=False)
def _map_levels(version: str, indicateur: str) -> dict[str, tuple[int, ...]]:
    return warehouse().map_levels(indicateur)


@st.cache_data(max_entries=300, show_spinner=False)
def _map_content(version: str, request: MapRequest) -> MapContent:
    return load_content(warehouse(), request)


@st.cache_data(max_entries=100, show_spinner=False)
def _crossing(version: str, request: MapRequest, other: str, annee: int) -> Crossing | None:
    return load_crossing(warehouse(), request, other, annee)


@st.cache_resource(max_entries=6, show_spinner=False)
def _spots(version: str, niveau: str) -> tuple[Spot, ...]:
    return spots_of(warehouse().geometries(niveau))
