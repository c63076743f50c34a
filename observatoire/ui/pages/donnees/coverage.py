"""The coverage of an indicator: a small map for a year or all of them, the grid beside it, the counts in words."""

from __future__ import annotations

from html import escape

import streamlit as st

from observatoire import formats
from observatoire.brand import as_image
from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.widgets.figure import show_figure, show_heading, show_origin
from observatoire.ui.widgets.legends import show_legend
from observatoire.ui.widgets.tables import show_table
from observatoire.views.catalogue.coverage import DEDANS, TOUTES, coverage_grid, coverage_map, coverage_rows


def show_coverage(card: Indicateur) -> None:
    """Counts by year, then the map and the grid side by side."""
    who = DEDANS[card.niveau][0] if card.niveau in DEDANS else "communes"
    rows = data.view(coverage_rows, card.code, card.niveau)
    st.markdown("### Couverture")
    columns = ["Année", f"{formats.majuscule(who)} avec un chiffre", "Sans chiffre"]
    show_table(f"Couverture : {card.libelle}", columns, rows, text_columns=3, height=240)
    left, right = st.columns([4, 5], gap="large")
    with left:
        figure, svg, content = data.view(coverage_map, card, _pick_year(card))
        show_heading(figure)
        st.html(f"<img class='obs-carte' src='{as_image(svg)}' alt='{escape(figure.alt, quote=True)}'>")
        show_legend(content)
        show_origin(figure, f"carte-couverture-{card.code}")
    with right:
        show_figure(data.view(coverage_grid, card), f"couverture-{card.code}")


def _pick_year(card: Indicateur) -> str:
    """A year of the indicator, or all of them; the latest by default."""
    years = [str(year) for year in reversed(card.annees)]
    if len(years) == 1:
        return years[0]
    return state.select(
        "couverture",
        "Année de la carte",
        years if card.niveau in DEDANS else [*years, TOUTES],
        years[0],
        f"une année de « {card.libelle} »",
        lambda year: "Toutes les années" if year == TOUTES else year,
        placeholder="Choisir une année",
    )
