"""« Bon usage »: what the figures of this page do not allow, in plain French."""

from __future__ import annotations

import streamlit as st

from observatoire.formats import insecables
from observatoire.views.comparaison.comparison import BON_USAGE


def show() -> None:
    """The box, closed until it is asked for."""
    with st.expander("Bon usage : ce que ces chiffres ne permettent pas", icon=":material/menu_book:"):
        st.markdown(insecables("\n".join(f"- {rule}" for rule in BON_USAGE)))
