"""The warehouse seen from a page: opened once, reopened after a build, its answers kept for all sessions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from etl.load import current
from observatoire.config import warehouse_folder
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


def dispersion(indicateurs: tuple[str, ...]) -> pd.DataFrame:
    """See Warehouse.dispersion."""
    return _dispersion(warehouse().version, indicateurs)


def map_figures(indicateur: str, annee: int) -> pd.DataFrame:
    """See Warehouse.map_figures."""
    return _map_figures(warehouse().version, indicateur, annee)


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
def _dispersion(version: str, indicateurs: tuple[str, ...]) -> pd.DataFrame:
    return warehouse().dispersion(indicateurs)


@st.cache_data(max_entries=400, show_spinner=False)
def _map_figures(version: str, indicateur: str, annee: int) -> pd.DataFrame:
    return warehouse().map_figures(indicateur, annee)
