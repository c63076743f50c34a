"""The table of a theme against the reference, the same as dots, and one indicator in detail."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from observatoire.methods.versus import Line
from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.pages.comparer import distribution, evolution
from observatoire.ui.widgets.figure import show_figure, show_origin
from observatoire.ui.widgets.pickers import pick_list, pick_theme
from observatoire.views.comparaison.comparison import Comparison
from observatoire.views.comparaison.scope import PEU, Scope, comparison
from observatoire.views.comparaison.table import ranked_bars, versus_dots, versus_table


def show(scope: Scope) -> None:
    """A theme's indicators × the territories: table, dots, then one indicator in detail."""
    warehouse = data.current()
    theme = pick_theme()
    st.header(warehouse.themes[theme])
    cards = [card for card in warehouse.indicateurs.values() if card.theme == theme]
    compared = comparison(data.current(), scope, cards)
    kept = pick_list(cards)
    lines = [line for line in compared.lines if line.card in kept]
    _show_table(scope, compared, lines, warehouse.themes[theme])
    if len(scope.territoires) <= PEU:
        _show_dots(scope, compared, lines, warehouse.themes[theme])
    card = _pick_card(cards, compared)
    line = compared.line(card.code)
    first, second = st.columns(2, gap="large")
    with first:
        if len(scope.territoires) == 1:
            distribution.show_figure_of(scope, card, line.annee)
        else:
            show_bars(scope, compared, card)
    with second:
        evolution.show_trends(scope, compared, card)


def _show_table(scope: Scope, compared: Comparison, lines: Sequence[Line[Indicateur]], theme: str) -> None:
    html, words, figure = data.view(
        versus_table, scope, tuple(compared.codes), tuple(x.card.code for x in lines), theme
    )
    st.html(html)
    st.caption(words)
    show_origin(figure, "comparaison")


def _show_dots(scope: Scope, compared: Comparison, lines: Sequence[Line[Indicateur]], theme: str) -> None:
    if figure := data.view(versus_dots, scope, tuple(compared.codes), tuple(line.card.code for line in lines), theme):
        show_figure(figure, "points")


def _pick_card(cards: Sequence[Indicateur], compared: Comparison) -> Indicateur:
    """The indicator of the theme to see in bars and in time: by default the first key one that has figures."""
    by_code = {card.code: card for card in cards}
    known = [x.card for x in compared.lines if any(cell.valeur is not None for cell in x.cells)] or list(cards)
    default = next((c.code for c in known if c.phare), known[0].code)
    code = state.select(
        "indicateur",
        "Un indicateur en détail",
        list(by_code),
        default,
        "un indicateur connu",
        lambda c: by_code[c].libelle,
        forget=("annee",),
        elsewhere=data.current().every_indicator,
    )
    return by_code[code]


def show_bars(scope: Scope, compared: Comparison, card: Indicateur) -> None:
    """Ranked bars, the reference as a line; intervals where the figures have one."""
    show_figure(data.view(ranked_bars, scope, tuple(compared.codes), card), "barres", level=3)
