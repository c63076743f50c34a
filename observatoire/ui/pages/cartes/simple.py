"""Cartes in simple mode, for a meeting room or a phone: one map, one sentence, one legend, one way on."""

from __future__ import annotations

from html import escape

import streamlit as st

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.methods.cartography import MapRequest
from observatoire.methods.map_sentences import extremes
from observatoire.records import Indicateur
from observatoire.selections import SUITE
from observatoire.ui import data, state
from observatoire.ui.pages.cartes import choices as map_choices
from observatoire.ui.pages.cartes.maps import clicked, is_svg, open_portrait, show_deck, show_own, show_svg
from observatoire.ui.widgets.layout import is_phone
from observatoire.ui.widgets.legends import show_landmarks, show_legend
from observatoire.ui.widgets.pickers import pick_commune
from observatoire.views.carte.build import shown
from observatoire.views.carte.deck import Panel
from observatoire.views.carte.svg import one_map

# Shown one after the other unless the link gives its own list (?suite=REV02,EMP01).

_STYLE = """<style>
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }
[data-testid="stMainBlockContainer"] { max-width: 108rem; padding-top: 3.4rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: clamp(1.6rem, 2.6vw, 2.9rem); }
[data-testid="stMainBlockContainer"] .obs-phrase { font-size: clamp(1.1rem, 1.45vw, 1.6rem); line-height: 1.45; }
[data-testid="stMainBlockContainer"] .obs-legende li { font-size: clamp(1rem, 1.2vw, 1.35rem); }
[data-testid="stMainBlockContainer"] :is([data-testid="stButton"], [data-testid="stPageLink"]) p,
[data-testid="stMainBlockContainer"] :is(.obs-bouton, [data-testid="stSelectbox"] *) {
  font-size: clamp(.95rem, 1.05vw, 1.25rem); }
@media (min-width: 641px) { [data-testid="stMainBlockContainer"] .obs-legende { flex-direction: column; } }
</style>"""
# Its click is heard by plein_ecran.js.
_FULL_SCREEN = '<button type="button" class="obs-bouton" id="obs-plein-ecran">Plein écran</button>'


def is_simple() -> bool:
    """True when the link asks for the simple mode."""
    return st.query_params.get("mode") == "simple"


def show_simple() -> None:
    """The whole page of the simple mode."""
    st.html(_STYLE)
    warehouse = data.current()
    chain = _chain()
    code = state.choice(
        "indicateur", list(warehouse.indicateurs), chain[0], "un indicateur connu", warehouse.every_indicator
    )
    card = warehouse.indicateurs[code]
    years = [str(year) for year in reversed(card.annees)]
    year = int(state.choice("annee", years, years[0], f"une année de « {card.libelle} »"))
    ept = state.choice("ept", ["tous", *warehouse.epts], "tous", f"un EPT {IDENTITE.departement.de_article}")
    request = MapRequest(card.code, year, ept=warehouse.epts[ept].code if ept in warehouse.epts else None)
    content = data.map_content(request)
    figure = data.map_figure(request)
    st.title(formats.insecables(figure.titre))
    st.caption(formats.insecables(f"{figure.sous_titre}. {figure.source}"))
    left, right = st.columns([5, 3], gap="large", vertical_alignment="center")
    words = extremes(shown(content, request), card, year)
    sentence = f"<p class='obs-phrase'>{escape(formats.insecables(words))}</p>"
    with left:
        if is_phone():
            st.html(sentence)
        if is_svg(request):
            show_svg(one_map, request, figure.alt)
        else:
            open_portrait(clicked(show_deck([Panel(content)], request, repr(request), figure.alt, large=True)))
    with right:
        show_legend(content, whole=True, disks=not is_svg(request))
        show_landmarks(data.landmarks(map_choices.landmark_types(), request.ept))
        if not is_phone():
            st.html(sentence)
        pick_commune("Ma ville")
        show_own(request)
        _show_way(card, chain)


def _chain() -> list[str]:
    known = list(data.current().indicateurs)
    default = [code for code in SUITE if code in known]
    return state.choices("suite", known, default, "un indicateur connu")


def _show_way(card: Indicateur, chain: list[str]) -> None:
    """Previous and next indicator, full screen, back to the whole page."""
    cards = data.current().indicateurs
    place = chain.index(card.code) if card.code in chain else -1
    before, after = chain[(place - 1) % len(chain)], chain[(place + 1) % len(chain)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(f"Précédent : {cards[before].libelle}", icon=":material/arrow_back:", on_click=_go, args=(before,))
        st.button(f"Suivant : {cards[after].libelle}", icon=":material/arrow_forward:", on_click=_go, args=(after,))
        st.html(_FULL_SCREEN, width="content")
        st.page_link(state.page_file("cartes"), label="Page complète", query_params=state.link_params())


def _go(code: str) -> None:
    state.forget("annee")
    state.set_choice("indicateur", code)
