"""One line of the CCAS accounts year after year, the change of accounting rules told; and what each CCAS runs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.widgets.figure import show_chart, show_heading, show_origin
from observatoire.ui.widgets.tables import show_table
from observatoire.views.comparaison.resources import accounts_by_year, establishments, run_cards


def show_years(cards: Sequence[Indicateur], codes: Sequence[str]) -> None:
    """A line of the accounts chosen among ``cards``, for the communes ``codes``: curves for a few, a table for all."""
    known = {card.code: card for card in cards if len(card.annees) > 1}
    if not known:
        return
    asked = state.select(
        "compte",
        "Un poste du compte, année par année",
        list(known),
        next(iter(known)),
        "un poste des comptes des CCAS",
        lambda c: known[c].libelle,
    )
    figure, columns, rows, _ = data.view(accounts_by_year, known[asked], tuple(codes))
    show_heading(figure, 2)
    show_chart(figure, "comptes-annees")
    with st.container(key="comptes-annees-table"):
        show_table(figure.titre, columns, rows, height=520)
    show_origin(figure, "comptes-annees")


def show_run(codes: Sequence[str], order: str) -> None:
    """What each CCAS of the communes ``codes`` runs: establishments, places, and the spending of its other budgets.

    ``order``: see views.comparaison.resources.ranged.
    """
    cards = run_cards(data.current())
    if not cards:
        return
    figure, columns, rows, ensembles = data.view(establishments, cards, tuple(codes), order)
    st.header(figure.titre)
    with st.container(key="comptes-geres-table"):
        show_table(figure.titre, columns, rows, height=520, highlight=ensembles)
    show_origin(figure, "geres")
