"""One indicator over years: values, index 100, small multiples, or two years joined by slopes."""

from __future__ import annotations

import streamlit as st

from observatoire.figures import Figure
from observatoire.methods.evolutions import pairs_of_years
from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.widgets.figure import show_figure
from observatoire.ui.widgets.layout import is_phone
from observatoire.ui.widgets.pickers import pick_indicator
from observatoire.views.comparaison.comparison import Comparison
from observatoire.views.comparaison.evolution import multiples, slope, trends
from observatoire.views.comparaison.scope import PEU, Scope, comparison

FORMES = {
    "courbes": "Courbes",
    "base100": "Indice 100",
    "petits": "Un graphique par territoire",
    "pente": "Deux années",
}


def show(scope: Scope) -> None:
    """The view: an indicator, a way to draw it."""
    card = pick_indicator()
    compared = comparison(data.current(), scope, [card])
    form = state.select(
        "forme",
        "Forme",
        list(FORMES),
        "courbes" if len(scope.territoires) <= PEU else "pente",
        "une forme de graphique",
        FORMES.__getitem__,
        widget=st.segmented_control,
        label_visibility="collapsed",
    )
    if form == "pente":
        _show_slope(scope, card)
    elif form == "petits":
        _show_multiples(scope, card)
    else:
        show_trends(scope, compared, card, index=form == "base100")


def show_trends(scope: Scope, compared: Comparison, card: Indicateur, index: bool = False) -> None:
    """Lines over years: at most eight territories are drawn, all are in the table; the reference is grey."""
    title = f"{card.libelle} dans le temps"
    made = data.view(trends, scope, tuple(compared.codes), card, index, title)
    if isinstance(made, Figure):
        show_figure(made, "tendances", 2)
    else:
        st.markdown(f"### {title}")
        st.write(made)


def _show_multiples(scope: Scope, card: Indicateur) -> None:
    figure = data.view(multiples, scope, card, 1 if is_phone() else 4)
    if figure is None:
        st.write("Une seule année connue : pas d’évolution à montrer.")
    else:
        show_figure(figure, "petits", 2)


def _show_slope(scope: Scope, card: Indicateur) -> None:
    years, pairs = [str(y) for y in card.annees], pairs_of_years(card)
    if not pairs:
        why = f"Une seule année connue ({years[0]})" if len(years) < 2 else "Aucune année ne se compare à une autre"
        st.write(f"{why} : pas d’évolution à montrer.")
        return
    # From the start of the latest series that has two years: no slope is drawn across a break.
    starts, debut = [str(y) for y in pairs], card.debut(max(pairs))
    default = next(y for y in starts if int(y) >= debut)
    left, right, _ = st.columns([1, 1, 3], gap="small")
    with left:
        others = set(years) - set(starts)
        first = int(state.select("debut", "De", starts, default, "une année de départ", elsewhere=others))
    later = [str(y) for y in pairs[first]]
    with right:
        before = set(years) - set(later)
        last = int(state.select("fin", "À", later, later[-1], "une année d’arrivée", elsewhere=before))
    figure = data.view(slope, scope, card, first, last)
    if figure is None:
        st.write("Aucun territoire n’a de chiffre exact ces deux années.")
    else:
        show_figure(figure, "pentes", 2)
