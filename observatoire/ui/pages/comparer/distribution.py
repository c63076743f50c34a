"""Where the chosen territories stand among all communes, for one indicator."""

from __future__ import annotations

import streamlit as st

from observatoire.records import Indicateur
from observatoire.ui import data
from observatoire.ui.widgets.figure import show_figure
from observatoire.ui.widgets.pickers import pick_indicator
from observatoire.views.comparaison.comparison import compared_year
from observatoire.views.comparaison.distribution import distribution
from observatoire.views.comparaison.scope import Scope


def show(scope: Scope) -> None:
    """The view: an indicator, its distribution, ranks in words."""
    card = pick_indicator()
    year = data.view(compared_year, tuple(t.code for t in scope.territoires), scope.reference, card.code)
    show_figure_of(scope, card, year, level=2)


def show_figure_of(scope: Scope, card: Indicateur, annee: int, level: int = 3) -> None:
    """The distribution of an indicator; the year is the latest that nearly all the communes have."""
    figure, words = data.view(distribution, scope, card, annee)
    show_figure(figure, f"repartition-{level}", level)
    st.markdown(words)
