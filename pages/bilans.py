"""The network's activity, as the CCAS report it: sums and what they cover, communes compared, state of collection."""

from __future__ import annotations

import streamlit as st

from observatoire.ui import state
from observatoire.ui.pages.bilans.choix import pick_reading
from observatoire.ui.pages.bilans.vues import show_activity, show_collection, show_line
from observatoire.ui.widgets.demands import REFUS

VUES = {
    "activite": ("L’activité du réseau", show_activity),
    "ligne": ("Une ligne, commune par commune", show_line),
    "collecte": ("Qui a rendu quoi", show_collection),
}

st.title("Bilans d’activités")
try:
    lu = pick_reading()
    if lu is not None:
        view = state.select(
            "vue", "Ce que montre la page", list(VUES), "activite", "une vue de cette page",
            lambda code: VUES[code][0], widget=st.segmented_control, label_visibility="collapsed",
        )  # fmt: skip
        VUES[view][1](lu)
except REFUS as refused:
    st.error(str(refused), icon=":material/block:")
