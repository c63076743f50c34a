"""Cartes: an indicator and a year on the map of the communes, ranking beside it, a click to a portrait."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from observatoire.ui import state
from observatoire.ui.pages.cartes import choices as map_choices
from observatoire.ui.pages.cartes import maps as cartes
from observatoire.ui.pages.cartes import player
from observatoire.ui.pages.cartes import simple as simple_map
from observatoire.ui.widgets.layout import is_phone
from observatoire.ui.widgets.pickers import pick_commune, pick_ept, pick_year


def show_page() -> None:
    """Choose, ask, draw."""
    places = lay_out()
    with places["choix"]:
        with st.container(width=292):
            chosen = map_choices.pick_card()
        with st.container(width=160):
            card, level = map_choices.pick_level(chosen)
        with st.container(width=95):
            year = pick_year(card, elsewhere=map_choices.years_elsewhere(chosen))
    with places["suite"]:
        with st.container(width=190):
            ept = pick_ept()
        view = map_choices.pick_view()
        if view != "une":
            with st.container(width=292):
                map_choices.pick_second(card, level)
    beside = view != "deux" and not is_phone()
    with places["cote" if beside else "suite"], st.container(width=260 if beside else 165):
        pick_commune()
    with places["avis"]:
        map_choices.say_level(card, level)
        request = map_choices.read_request(card, year, ept, level)
    with places["outils"]:
        map_choices.show_settings(card, request, view)
        if view == "une":
            player.offer_play(card, request)
        link = state.link_params(mode="simple")
        st.page_link(
            state.page_file("cartes"),
            label="Mode simple",
            icon=":material/fullscreen:",
            query_params=link,
            width="content",
        )
    with places["carte"]:
        if view == "deux":
            cartes.show_pair(request, map_choices.second_indicator(card, level))
        elif view == "croisee":
            cartes.show_crossed(request, map_choices.second_indicator(card, level))
        elif player.is_playing():
            player.show_years(card, request)
        else:
            cartes.show_one(request, level == "commune" and map_choices.compares_on_click())
    if view != "deux":
        with places["cote"]:
            if beside and view == "croisee":
                cartes.show_crossed_reading(request, map_choices.second_indicator(card, level))
            elif beside and not player.is_playing():
                cartes.show_reading(request)
            cartes.show_distribution(request)
            cartes.show_ranking(request)


def lay_out() -> dict[str, DeltaGenerator]:
    """The places of the page. On a phone the map comes first: what can wait stands under it."""
    line = {"horizontal": True, "gap": "small", "vertical_alignment": "bottom"}
    phone = is_phone()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title("Cartes", width="content")
        above = st.container(**{**line, "vertical_alignment": "center"}, width="content")
    choices = st.container(**line)
    common = {"choix": choices, "avis": st.container()}
    if phone:
        drawn, below, beside = st.container(), st.container(**line), st.container()
        return {**common, "suite": below, "outils": below, "carte": drawn, "cote": beside}
    if state.current("vue") == "deux":
        return {**common, "suite": choices, "outils": above, "carte": st.container(), "cote": st.empty()}
    with st.container(key="carte-et-cote"):
        left, right = st.columns([5, 3], gap="large")
    return {**common, "suite": choices, "outils": above, "carte": left, "cote": right}


if simple_map.is_simple():
    simple_map.show_simple()
else:
    show_page()
