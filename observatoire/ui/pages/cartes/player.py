"""The years of a map, one after the other, on one scale."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from observatoire.methods.cartography import MapRequest
from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.pages.cartes import choices as map_choices
from observatoire.ui.pages.cartes.maps import is_svg, show_deck, show_svg
from observatoire.ui.widgets.figure import show_heading
from observatoire.ui.widgets.legends import show_landmarks, show_legend
from observatoire.views.carte.deck import Panel
from observatoire.views.carte.svg import one_map

_PLACE = "defile"
# Time to find one’s town again on the map before it changes.
SECONDES = 2.5


def playable_years(card: Indicateur, niveau: str) -> list[int]:
    """The years that have values at a level, the earliest first."""
    return list(data.current().map_levels(card.code).get(niveau, ()))


def is_playing() -> bool:
    """True while the years go by."""
    return _PLACE in st.session_state


def offer_play(card: Indicateur, request: MapRequest) -> None:
    """The button that starts or stops the years going by."""
    years = playable_years(card, request.niveau)
    if len(years) < 2:
        return
    if is_playing():
        st.button("Arrêter", icon=":material/stop:", on_click=stop)
    else:
        st.button(f"Voir {years[0]} à {years[-1]}", icon=":material/play_arrow:", on_click=_start)


def show_years(card: Indicateur, request: MapRequest) -> None:
    """Draw one year after the other, then stay on the last one."""
    years = playable_years(card, request.niveau)

    def step() -> None:
        place = st.session_state.get(_PLACE, len(years))
        if place >= len(years):
            stop()
            state.set_choice("annee", str(years[-1]))
            st.rerun()
        shown = replace(request, annee=years[place], echelle_commune=True)
        st.session_state[_PLACE] = place + 1
        content = data.map_content(shown)
        figure = data.map_figure(shown)
        show_heading(figure, level=2)
        st.progress((place + 1) / len(years), text=f"Année {years[place]}")
        if is_svg(shown):
            show_svg(one_map, shown, figure.alt, page="portrait", hear=False)
        else:
            show_deck([Panel(content)], shown, repr(shown), figure.alt)
        show_legend(content, disks=not is_svg(shown))
        show_landmarks(data.landmarks(map_choices.landmark_types(), request.ept))

    st.fragment(step, run_every=SECONDES)()


def stop() -> None:
    """Forget that the years were going by."""
    st.session_state.pop(_PLACE, None)


def _start() -> None:
    st.session_state[_PLACE] = 0
