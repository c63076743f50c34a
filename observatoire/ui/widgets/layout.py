"""The frame of every page: menu, identity, foot."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from etl.identite import OBSERVATOIRE
from observatoire.brand import MARQUE, as_image
from observatoire.charts.locator import Outlines, color_outlines, place_outlines
from observatoire.formats import insecables, jour
from observatoire.ui.data import current, view
from observatoire.ui.state import link_params
from observatoire.warehouse import Warehouse


def show_menu(entries: Iterable[tuple[str, str, st.Page]]) -> None:
    """The side menu: identity, then (group, icon, page); links carry what the reader has already chosen."""
    with st.sidebar:
        st.html(
            f"<div class='obs-identite'><img src='{as_image(MARQUE)}' alt=''><div><strong>{OBSERVATOIRE.nom}</strong>"
            f"<span>{OBSERVATOIRE.reseau}</span></div></div>"
        )
        shown = ""
        for group, icon, page in entries:
            if group != shown:
                st.html(f"<div class='obs-groupe'>{group}</div>")
                shown = group
            st.page_link(page, icon=icon, query_params=link_params())
        st.html(f"<div class='obs-signature'>{OBSERVATOIRE.signature}</div>")


def show_outdated() -> None:
    """A line when the warehouse comes from a former version of the project, which the server could not build again."""
    warehouse = current()
    if warehouse.outdated:
        words = insecables(
            f"Ces chiffres sont ceux de l’entrepôt du {jour(warehouse.built_on)}, d’une version antérieure de "
            "l’Observatoire : la mise à jour n’a pas pu se faire. Des corrections plus récentes peuvent y manquer."
        )
        st.html(f"<div class='obs-bandeau' role='note'>{words}</div>")


def show_foot() -> None:
    """What every page ends with: when figures were built, how absences are written."""
    built = current().built_on
    words = insecables(
        "« n.d. » : non disponible ; « s » : couvert par le secret statistique ; « n. calc. » : non calculable. Aucune "
        "de ces absences ne vaut zéro. « ≈ » : valeur approchée.<br>Chiffres publics, licence ouverte 2.0 ; producteur "
        "et millésime sous chaque "
        f"graphique. Entrepôt construit le {jour(built)}."
    )
    st.html(f"<div class='obs-pied'>{words}</div>")


def department_map(*lit: str) -> str:
    """The small map of the département (SVG): EPT in their colours, or these communes lit."""
    return view(_map, lit)


def _map(warehouse: Warehouse, lit: tuple[str, ...]) -> str:
    return color_outlines(warehouse.kept(_outlines), lit or None)


def _outlines(warehouse: Warehouse) -> Outlines:
    return place_outlines(warehouse.geometries("commune"))


def base_path() -> str:
    """The path under which the application is served: empty, or « /observatoire »."""
    path = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""


def is_phone() -> bool:
    """True on a telephone, as its browser declares itself: maps cannot measure their own width."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
