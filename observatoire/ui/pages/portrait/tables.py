"""The table of a theme: its lines, and those of one question folded in one that opens."""

from __future__ import annotations

from html import escape

import streamlit as st

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.brand import as_image
from observatoire.charts.tranches import draw_bands
from observatoire.figures import indicator_address
from observatoire.methods.theme_table import Pli, Tableau
from observatoire.records import DEPARTEMENT, Territoire
from observatoire.ui.widgets.tables import write_table


def show_theme_table(shown: Tableau, territoire: Territoire, name: str) -> None:
    """Show the table of a theme, each line leading to the page of its indicator; ``name``: the theme."""
    rows = [(line.libelle,) if isinstance(line, Pli) else line for line in shown.lignes]
    folded = {n: _fold(line, shown, territoire) for n, line in enumerate(shown.lignes) if isinstance(line, Pli)}
    links = {n: indicator_address(code, territoire.code) for n, code in enumerate(shown.codes) if code}
    st.html(write_table(f"{name} {territoire.lieu}", shown.colonnes, rows, links=links, folded=folded))


def _fold(pli: Pli, shown: Tableau, territoire: Territoire) -> str:
    """The small chart, and its lines behind « Le détail »."""
    chart = ""
    if pli.valeurs:
        said = " ; ".join(f"{name} {text}" for name, text in zip(pli.noms, pli.textes, strict=True))
        alt = escape(formats.insecables(f"{pli.libelle} : {said}"), quote=True)
        beside = IDENTITE.region.avec_article if territoire.code == DEPARTEMENT else "le département"
        key = f"Barre : {territoire.nom}" + (f" ; trait : {beside}" if any(pli.references) else "")
        image = as_image(draw_bands(pli.valeurs, pli.references, alt))
        chart = (
            f"<img src='{image}' alt='{alt}'><small>De {escape(pli.textes[0])} ({escape(pli.noms[0])}) à "
            f"{escape(pli.textes[-1])} ({escape(pli.noms[-1])}). {escape(formats.insecables(key))}.</small>"
        )
    detail = write_table(f"{pli.libelle}, en détail {territoire.lieu}", shown.colonnes, pli.lignes)
    return f"{chart}<details><summary>Le détail, {len(pli.lignes)} lignes</summary>{detail}</details>"
