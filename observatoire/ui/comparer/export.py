"""Take the comparison away: a name, a link that reopens it, a workbook made when asked."""

from __future__ import annotations

from functools import partial

import streamlit as st

from observatoire import formats
from observatoire.comparisons import make_comparison
from observatoire.exports.xlsx import comparison_workbook
from observatoire.ui import data, state
from observatoire.ui.comparer.scope import Scope

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(scope: Scope) -> None:
    """Name, link and workbook on one line."""
    st.header("Emporter cette comparaison")
    left, middle, right = st.columns([2, 1.2, 1.2], gap="small", vertical_alignment="bottom")
    with left:
        state.text("nom", "Nom de la comparaison (gardé dans le lien)", "Exemple : Bondy et ses voisines", 80)
    theme = _theme()
    house = data.warehouse()
    file = formats.nom_de_fichier("comparaison", scope.titre, house.themes[theme])
    download = partial(st.download_button, on_click="ignore", width="stretch", mime=XLSX)
    with middle:
        make = partial(_workbook, scope, theme)
        download("Classeur de ce thème", make, f"{file}.xlsx", icon=":material/download:", key="_xlsx-theme")
    with right:
        make = partial(_workbook, scope, None)
        name = formats.nom_de_fichier("comparaison", scope.titre, "tous-les-themes")
        download("Tous les thèmes", make, f"{name}.xlsx", icon=":material/download:", key="_xlsx-tout")
    st.caption(
        "Le lien de cette page contient tous les réglages : le copier suffit pour rouvrir la même vue. Le classeur "
        "(.xlsx) contient les valeurs, les écarts, les définitions et les sources. Chaque graphique s’emporte en CSV, "
        "PNG ou SVG par « Données »."
    )


def _theme() -> str:
    house = data.warehouse()
    asked = state.current("theme")
    if asked in house.themes:
        return asked
    card = house.indicateurs.get(state.current("indicateur"))
    return card.theme if card else next(iter(house.themes))


def _workbook(scope: Scope, theme: str | None) -> bytes:
    house = data.warehouse()
    cards = [c for c in house.indicateurs.values() if theme in (None, c.theme)]
    compared = make_comparison(house, scope.territoires, scope.reference, cards, scope.nom)
    return comparison_workbook(compared, house, scope.groupe_mots)
