"""Portrait: one territory on one page, beside its EPT, the département, Île-de-France and France."""

from __future__ import annotations

import streamlit as st

from observatoire.figures import indicator_address
from observatoire.selections import CLES
from observatoire.ui import data
from observatoire.ui.pages.comparer.similar import neighbours
from observatoire.ui.pages.portrait.departement import show_departement
from observatoire.ui.pages.portrait.essentiel import portrait_head, show_essentials
from observatoire.ui.pages.portrait.inside import show_inside
from observatoire.ui.pages.portrait.profile import show_identity, show_similar, show_theme
from observatoire.ui.widgets.keyfigures import show_key_figures
from observatoire.ui.widgets.pickers import pick_territory, pick_theme

territoire = pick_territory("Choisir un territoire")
voisins = neighbours(territoire.code) if territoire.type == "commune" else []
membres = tuple(voisin.code for voisin in voisins)
gaps = data.portrait(territoire.code, membres)
tete = portrait_head(territoire, membres)

show_identity(territoire, tete)
show_essentials(territoire, tete)
if voisins:
    show_similar(territoire, voisins)

st.header("Chiffres clés")
show_key_figures(data.key_figures(territoire.code, CLES), link=indicator_address("{}", territoire.code))

st.header("Thème par thème")
theme = pick_theme()
show_theme(territoire, theme, gaps, membres)

show_departement(territoire)
show_inside(territoire)
