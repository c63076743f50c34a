"""Cartes: an indicator and a year on the map of the communes, ranking beside it, a click to a portrait."""

from __future__ import annotations

import streamlit as st

from observatoire.ui import cartes, map_choices, player, simple_map, state
from observatoire.ui.pickers import pick_commune, pick_ept, pick_indicator, pick_year

if simple_map.is_simple():
    simple_map.show_simple()
    st.stop()

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title("Cartes", width="content")
    tools = st.container(horizontal=True, gap="small", vertical_alignment="center", width="content")
with st.container(horizontal=True, gap="small"):
    with st.container(width=380):
        card = pick_indicator()
    with st.container(width=105):
        year = pick_year(card)
    with st.container(width=225):
        ept = pick_ept()
    with st.container(width=190):
        pick_commune()

request = map_choices.read_request(card, year, ept)
view = map_choices.pick_view()
with tools:
    map_choices.show_settings(card, request, view)
    if view == "une":
        player.offer_play(card, request)
    st.page_link(
        state.page_file("cartes"),
        label="Mode simple",
        icon=":material/fullscreen:",
        query_params=state.link_params(mode="simple"),
    )

if view == "deux":
    cartes.show_pair(request, map_choices.second_indicator(card))
else:
    left, right = st.columns([5, 3], gap="large")
    with left:
        if view == "croisee":
            cartes.show_crossed(request, map_choices.second_indicator(card))
        elif player.is_playing():
            player.show_years(card, request)
        else:
            cartes.show_one(request, map_choices.compares_on_click())
    with right:
        cartes.show_distribution(request)
        cartes.show_ranking(request)
