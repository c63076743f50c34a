"""What is published for the département alone: a table and one indicator in time, on its own portrait only."""

from __future__ import annotations

import streamlit as st

from observatoire import formats
from observatoire.records import DEPARTEMENT, Territoire
from observatoire.ui import data, state
from observatoire.ui.pages.portrait.profile import show_card, show_trend
from observatoire.ui.widgets.figure import show_origin
from observatoire.ui.widgets.tables import show_table
from observatoire.views.portrait.departement import TITRE, departement_figure


def show_departement(territoire: Territoire) -> None:
    """The section, on the portrait of the département; nothing elsewhere, nor when no producer says anything."""
    cards = data.current().cards_below("departement")
    if territoire.code != DEPARTEMENT or not cards:
        return
    st.header(TITRE)
    st.markdown(
        formats.insecables(
            "Ces chiffres ne sont publiés ni par commune ni par EPT : ils n’ont ni carte ni comparaison. Certaines "
            "séries sont anciennes ; l’année est dite à côté de chaque chiffre."
        )
    )
    figure = data.view(departement_figure)
    columns, rows = list(map(str, figure.table)), figure.table.to_numpy().tolist()
    with st.container(key="departement-table"):
        show_table(TITRE, columns, rows, text_columns=2)
    show_origin(figure, "departement")
    code = state.select(
        "seul",
        "Un de ces indicateurs dans le temps",
        list(cards),
        next(iter(cards)),
        "un indicateur du département seul",
        lambda c: cards[c].libelle,
    )
    show_trend(territoire, cards[code], "tendance-seul")
    own = data.figures((code,), (territoire.code,), (cards[code].derniere,))
    show_card(cards[code], own.iloc[0].to_dict(), territoire)
