"""A click on a map in SVG opens a portrait without loading the application again.

The map is made of links, which a browser opens by itself: a new session, Streamlit's code run again, two seconds.
Streamlit gives the elements of markdown no way back to the page, and its components none without a script of their own
(which the content policy refuses): a field that nobody sees takes what the link holds (ui/carte_svg.js), and the page
goes where it says. The middle button, « Open in a new tab » and a map without that field follow the link.
"""

from __future__ import annotations

from urllib.parse import parse_qs

import streamlit as st

from observatoire.ui import data, state

_FIELD, _ASKED = "_carte_clic", "_carte_portrait"


def hear_click() -> None:
    """Listen to the map of this page, and go to the portrait that it asks for."""
    with st.container(key="carte-clic"):
        st.text_input("Territoire choisi sur la carte", key=_FIELD, on_change=_take, label_visibility="collapsed")
    asked = st.session_state.pop(_ASKED, "")
    if not asked:
        return
    given = {name: values[-1] for name, values in parse_qs(asked).items()}
    warehouse = data.current()
    if given.get("territoire") not in warehouse.territoires:
        return
    wanted = {"territoire": given["territoire"]}
    if given.get("indicateur") in warehouse.every_indicator:
        wanted["indicateur"] = given["indicateur"]
    # The settings of the map stay in its own address: see maps.open_portrait.
    params = {**st.query_params.to_dict(), **state.link_params(**wanted)}
    st.switch_page(state.page_file("portrait"), query_params=params)


def _take() -> None:
    """Keep what was asked for this run, and empty the field: it asks nothing of the next one."""
    st.session_state[_ASKED] = st.session_state[_FIELD]
    st.session_state[_FIELD] = ""
