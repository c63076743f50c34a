"""Key figures as a row of cards: the number large, its label, its year, its trend."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from observatoire.brand import as_image
from observatoire.charts.sparkline import draw_sparkline
from observatoire.methods.overview import KeyFigure, split_unit


def show_key_figures(figures: Sequence[KeyFigure], link: str = "") -> None:
    """Show key figures in a grid that folds on a phone. ``link``: address of the page on one indicator, with ``{}``."""
    cards = "".join(f"<li>{_card(figure, link)}</li>" for figure in figures)
    st.html(f"<ul class='obs-cles'>{cards}</ul>")


def _card(figure: KeyFigure, link: str) -> str:
    years, values = [y for y, _ in figure.serie], [v for _, v in figure.serie]
    label = escape(figure.card.libelle)
    if link:
        label = f"<a target='_self' href='{escape(link.format(figure.card.code), quote=True)}'>{label}</a>"
    notes = [*(["approché"] if figure.statut == "approche" else []), *([figure.marge] if figure.marge else [])]
    note = f" ({', '.join(notes)})" if notes else ""
    trend = ""
    if len(years) > 1:
        alt = f"Évolution de {figure.card.periode(years[0])} à {figure.card.periode(years[-1])} : {figure.evolution}"
        trend = f"<img src='{as_image(draw_sparkline(years, values, alt))}' alt='{escape(alt, quote=True)}'>"
    value, unit = split_unit(figure.texte)
    return (
        f"<p class='l'>{label}</p><p class='v'>{escape(value)}<span class='u'>{escape(unit)}</span></p>"
        f"<p class='c'>{figure.card.en(figure.annee)}{note}</p>{trend}<p class='c'>{escape(figure.evolution)}</p>"
    )
