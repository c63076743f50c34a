"""Cartes: an indicator and a year on the map of the communes, ranking beside it, a click to a portrait."""

from __future__ import annotations

import streamlit as st

from observatoire.ui import cartes, data
from observatoire.ui.pickers import pick_ept, pick_indicator, pick_year

house = data.warehouse()
st.title("Cartes")
first, second, third = st.columns([4, 1.2, 2.2], gap="small")
with first:
    card = pick_indicator()
with second:
    year = pick_year(card)
with third:
    ept = pick_ept()

content = cartes.map_content(card, year)
shown = content.communes if ept is None else content.communes[content.communes["code_ept"] == ept.code]
figure = cartes.map_figure(card, year, ept, content)

left, right = st.columns([5, 3], gap="large")
with left:
    cartes.show_map(card, year, ept, content, figure)
with right:
    cartes.show_ranking(card, year, ept, shown)
