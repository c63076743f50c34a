"""What Accueil says first to a reader who has chosen a commune: its sentence, and the ways into it."""

from __future__ import annotations

import streamlit as st

from observatoire.formats import insecables
from observatoire.records import Territoire
from observatoire.ui import data, state
from observatoire.ui.pages.comparer.similar import neighbours
from observatoire.views.portrait.essentiel import head

# What each link says → its page, and what it asks there.
CHEMINS = {
    "Son portrait": ("portrait", {}),
    "À côté de ses semblables": ("comparer", {"groupe": "semblables"}),
    "Sur les cartes": ("cartes", {}),
    "Sa place dans l’indice de besoins": ("comparer", {"groupe": "communes", "vue": "indice"}),
}


def greet(commune: Territoire) -> None:
    """Its name, what stands out most there, where to go."""
    st.header(f"Ma commune : {commune.nom}")
    members = tuple(voisin.code for voisin in neighbours(commune.code))
    st.markdown(insecables(data.view(head, commune.code, members).ouverture))
    with st.container(horizontal=True):
        for label, (page, choices) in CHEMINS.items():
            st.page_link(
                state.page_file(page),
                label=label,
                icon=":material/arrow_forward:",
                query_params=state.link_params(territoire=commune.code, **choices),
                width="content",
            )
