"""What CCAS spend beside what their communes need: accounts published by the OFGL, absences shown as absences."""

from __future__ import annotations

import streamlit as st

from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.pages.comparer.needs import choices
from observatoire.ui.pages.comparer.resources_years import show_run, show_years
from observatoire.ui.widgets.figure import show_figure, show_origin
from observatoire.ui.widgets.tables import show_table
from observatoire.views.comparaison.resources import (
    DEPENSE,
    PAR_EPT,
    PAR_NOM,
    account_cards,
    accounts,
    accounts_chart,
    spending_beside_needs,
)
from observatoire.views.comparaison.scope import Scope


def show(scope: Scope) -> None:
    """The view: the accounts of the chosen communes, then spending beside the needs index."""
    warehouse = data.current()
    cards = account_cards(warehouse)
    st.markdown(
        "Les comptes des CCAS ne disent pas tout ce que fait une ville : la même action peut être portée par le CCAS, "
        "par la ville ou par une association. **Une dépense faible n’est pas une action faible.** Les comptes sont "
        "ceux du budget principal : ce que gère un budget annexe est dit à part, plus bas."
    )
    codes = [t.code for t in scope.territoires if t.type == "commune"] or list(warehouse.communes)
    codes = [c for c in codes if c in warehouse.communes]
    _show_chart(scope, cards, codes)
    order = _pick_order(cards)
    _show_table(cards, codes, order)
    show_years(cards, codes)
    show_run(codes, order)
    _show_beside_needs(scope, warehouse.indicateurs[DEPENSE])


def _show_chart(scope: Scope, cards: tuple[Indicateur, ...], codes: list[str]) -> None:
    """The line of the accounts that is being read, CCAS by CCAS."""
    asked = {card.code: card for card in cards}.get(state.current("compte"), cards[0])
    show_figure(data.view(accounts_chart, scope, asked, tuple(codes)), "comptes-barres", 2)


def _pick_order(cards: tuple[Indicateur, ...]) -> str:
    names = {PAR_EPT: "EPT", PAR_NOM: "nom", **{card.code: card.libelle for card in cards}}
    return state.select("rangement", "Ranger les CCAS selon", list(names), PAR_EPT, "un ordre connu", names.__getitem__)


def _show_table(cards: tuple[Indicateur, ...], codes: list[str], order: str) -> None:
    table, note = data.view(accounts, cards, tuple(codes), order)
    st.header(table.figure.titre)
    with st.container(key="comptes-table"):
        show_table(table.figure.titre, table.columns, table.rows, height=520, highlight=table.ensembles)
    st.caption(note)
    show_origin(table.figure, "comptes")


def _show_beside_needs(scope: Scope, card: Indicateur) -> None:
    figure, words = data.view(spending_beside_needs, scope, card, choices())
    show_figure(figure, "depense-besoins", 2)
    st.markdown(words)
