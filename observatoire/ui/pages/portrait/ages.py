"""The age structure of a territory: ``draw_ages(territoire)``."""

from __future__ import annotations

import streamlit as st

from observatoire.records import Territoire
from observatoire.ui import data
from observatoire.ui.widgets.figure import show_figure
from observatoire.views.portrait.ages import ages, ages_by_sex


def draw_ages(territoire: Territoire, level: int = 3) -> None:
    """The chart with its sentence, table and files; a word when the census gives nothing for this territory."""
    found = data.view(ages_by_sex, territoire) or data.view(ages, territoire)
    if found is None:
        st.write(f"Le recensement ne donne pas les âges {territoire.lieu}.")
        return
    show_figure(found, "ages", level)
