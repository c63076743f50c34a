"""Heat map: indicators × territories, each cell its gap to the reference; sortable, projected, taken away."""

from __future__ import annotations

from html import escape

import streamlit as st

from observatoire.positions import LEGENDE
from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.widgets.figure import show_heading, show_origin
from observatoire.ui.widgets.pickers import pick_theme
from observatoire.views.comparaison.heatmap import screen_heatmap
from observatoire.views.comparaison.scope import Scope

CLES, THEME = "cles", "theme"
NOM, EPT = "nom", "ept"
LIGNES = {"theme": "thème", "ecart": "écart, du plus grand au plus petit"}
# One button, heard by plein_ecran.js: the table alone on the screen, heads frozen, moved by the arrow keys.
_PROJETER = "<button type='button' class='obs-bouton' data-plein-ecran='.obs-chaleur'>Projeter en plein écran</button>"
ABSENCES = (("v", "s", "secret statistique"), ("v", "–", "pas de chiffre"))


def show(scope: Scope) -> None:
    """The view: key indicators of all themes or those of one, columns in the order asked."""
    warehouse = data.current()
    key = [card for card in warehouse.indicateurs.values() if card.phare and not card.effectif]
    options = {CLES: f"{len(key)} indicateurs clés", THEME: "Un thème"}
    left, middle, right = st.columns([1.6, 1.5, 1.5], gap="small", vertical_alignment="bottom")
    with left:
        asked = state.select(
            "etendue",
            "Indicateurs",
            list(options),
            CLES,
            "une étendue",
            options.__getitem__,
            widget=st.segmented_control,
        )
    cards = key
    if asked == THEME:
        theme = pick_theme()
        cards = [c for c in warehouse.indicateurs.values() if c.theme == theme and not c.effectif]
    if not cards:
        st.write("Ce thème n’a que des effectifs, qui ne se comparent pas d’une taille de territoire à une autre.")
        return
    with middle:
        order = _pick_order(cards)
    with right:
        rows = state.select(
            "lignes", "Ranger les lignes selon", list(LIGNES), "theme", "un ordre connu", LIGNES.__getitem__
        )
    figure, html, caption = data.view(screen_heatmap, scope, tuple(card.code for card in cards), order, rows)
    show_heading(figure, 2)
    st.html(_legend_html() + _PROJETER)
    st.html(html)
    if caption:
        st.caption(caption)
    show_origin(figure, "chaleur")


def _pick_order(cards: list[Indicateur]) -> str:
    by_code = {card.code: card for card in cards}
    fixed = {NOM: "l’ordre du groupe", EPT: "EPT"}
    return state.select(
        "tri",
        "Ranger les colonnes selon",
        [*fixed, *by_code],
        NOM,
        "un ordre connu",
        lambda c: fixed[c] if c in fixed else by_code[c].libelle,
        elsewhere=data.current().codes,
    )


def _legend_html() -> str:
    items = "".join(
        f"<li><span class='obs-case {key}'>{sign or '·'}</span> {escape(word)}</li>"
        for key, sign, word in (*LEGENDE, *ABSENCES)
    )
    return f"<ul class='obs-legende' aria-label='Légende'>{items}</ul>"
