"""The frame of every page: language, identity, menu, foot."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from importlib.resources import files

import streamlit as st

from observatoire.formats import jour
from observatoire.ui.data import warehouse
from observatoire.ui.state import link_params

SIGNATURE = "Plus forts ensemble en Seine-Saint-Denis"

# Four quarters that make a whole: one for each EPT, in its colour.
MARQUE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" role="img" aria-label="Observatoire social">
<path d="M22 2A20 20 0 0 0 2 22H22Z" fill="#3b76c4"/><path d="M26 2A20 20 0 0 1 46 22H26Z" fill="#c8700a"/>
<path d="M2 26A20 20 0 0 0 22 46V26Z" fill="#2a8c6e"/><path d="M46 26A20 20 0 0 1 26 46V26Z" fill="#9a5bb5"/></svg>"""


def open_page() -> None:
    """What every page starts with: French declared to the browser, style sheet."""
    style = files("observatoire.ui").joinpath("style.css").read_text(encoding="utf-8")
    st.html(f"<style>{style}</style>")
    st.html("<script>document.documentElement.lang='fr'</script>", unsafe_allow_javascript=True)


def show_menu(entries: Iterable[tuple[str, str, st.Page]]) -> None:
    """The side menu: identity, then (group, icon, page); links carry what the reader has already chosen."""
    with st.sidebar:
        st.html(
            f"<div class='obs-identite'><img src='{_as_image(MARQUE)}' alt=''><div><strong>Observatoire social</strong>"
            f"<span>des CCAS de Seine-Saint-Denis</span></div></div>"
        )
        shown = ""
        for group, icon, page in entries:
            if group != shown:
                st.html(f"<div class='obs-groupe'>{group}</div>")
                shown = group
            st.page_link(page, icon=icon, query_params=link_params())
        st.html(f"<div class='obs-signature'>{SIGNATURE}</div>")


def show_foot() -> None:
    """What every page ends with: when figures were built, how absences are written."""
    built = warehouse().built_on
    st.html(
        "<div class='obs-pied'>« n.d. » : non disponible ; « s » : couvert par le secret statistique ; "
        "« n. calc. » : non calculable. Aucune de ces absences ne vaut zéro.<br>"
        f"Chiffres publics, licence ouverte 2.0 ; producteur et millésime sous chaque graphique. "
        f"Entrepôt construit le {jour(built)}.</div>"
    )


def _as_image(svg: str) -> str:
    """An SVG as the address of an image: inline SVG is stripped by Streamlit."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
