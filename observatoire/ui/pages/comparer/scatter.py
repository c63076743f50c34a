"""Two indicators over the communes, and what can and cannot be said of their relation."""

from __future__ import annotations

import streamlit as st

from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.widgets.figure import show_figure
from observatoire.views.comparaison.scatter import scatter
from observatoire.views.comparaison.scope import Scope


def show(scope: Scope) -> None:
    """The view: two indicators, the chart, the relation in words, the caution."""
    left, right = st.columns(2, gap="small")
    with left:
        first = _pick("indicateur", "En abscisse", "REV02")
    with right:
        second = _pick("indicateur2", "En ordonnée", "EMP01" if first.code != "EMP01" else "REV02")
    if first.code == second.code:
        st.info("Choisir deux indicateurs différents pour voir comment ils vont ensemble.")
        return
    made = data.view(scatter, scope, first, second)
    if made is None:
        st.info("Trop peu de communes ont ces deux chiffres pour les dessiner.")
        return
    figure, words = made
    st.markdown(words)
    if first.effectif or second.effectif:
        st.markdown("Un effectif suit d’abord la taille de la commune : préférer un taux.")
    show_figure(figure, "nuage", 2)


def _pick(name: str, title: str, default: str) -> Indicateur:
    warehouse = data.current()
    cards, themes = warehouse.indicateurs, warehouse.themes
    code = state.select(
        name,
        title,
        list(cards),
        default,
        "un indicateur connu",
        lambda c: f"{cards[c].libelle} — {themes[cards[c].theme]}",
        elsewhere=warehouse.codes,
        placeholder="Taper un mot : chômage, pauvreté…",
    )
    return cards[code]
