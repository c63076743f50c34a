"""Sources et méthode: catalogue, trace of a figure, sources, quality, methods, downloads, API."""

from __future__ import annotations

import streamlit as st

from observatoire.ui import state
from observatoire.ui.pages.donnees import sources as donnees
from observatoire.ui.pages.donnees.catalogue import show_catalogue
from observatoire.ui.pages.donnees.trace import show_trace

# Part of the page → (its name, what draws it), in the order of the menu.
RAYONS = {
    "indicateurs": ("Indicateurs", show_catalogue),
    "tracer": ("Tracer un chiffre", show_trace),
    "sources": ("Sources", donnees.show_sources),
    "qualite": ("Qualité", donnees.show_quality),
    "corrections": ("Corrections", donnees.show_corrections),
    "methodes": ("Méthodes", donnees.show_methods),
    "telecharger": ("Télécharger", donnees.show_downloads),
    "api": ("API", donnees.show_api),
}

st.title("Sources et méthode")
traced = all(name in st.query_params for name in ("territoire", "indicateur", "annee"))
part = state.select(
    "rayon",
    "Partie de la page",
    list(RAYONS),
    "tracer" if traced else "indicateurs",
    "une partie de cette page",
    lambda code: RAYONS[code][0],
    widget=st.segmented_control,
    label_visibility="collapsed",
)
RAYONS[part][1]()
