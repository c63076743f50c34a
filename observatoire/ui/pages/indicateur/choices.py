"""What a reader can choose on the page of an indicator: the indicator, the territory, the year."""

from __future__ import annotations

import streamlit as st

from observatoire.records import Indicateur, Territoire
from observatoire.selections import PREMIERE_CARTE
from observatoire.ui import data, state
from observatoire.ui.widgets.pickers import pick_territory
from observatoire.views.indicateur.constat import latest_known

NIVEAUX = {"iris": " (par IRIS)", "qpv": " (par quartier prioritaire)", "departement": " (département seul)"}


def pick_all() -> tuple[Indicateur, Territoire, int]:
    """One quiet line of choices; an address that asks for a former commune opens that of today, and says so."""
    first, second, third = st.columns([5, 3, 1.4], gap="small")
    with first:
        card = _pick_indicator()
    _follow_merger()
    with second:
        territoire = pick_territory()
    with third:
        year = _pick_year(card, data.view(latest_known, card.code, territoire.code))
    return card, territoire, year


def _pick_indicator() -> Indicateur:
    """Any indicator of the catalogue that has figures, whatever its level."""
    cards, themes = data.current().every_indicator, data.current().theme_names
    code = state.select(
        "indicateur",
        "Indicateur",
        list(cards),
        PREMIERE_CARTE,
        "un indicateur connu",
        lambda c: f"{cards[c].court}{NIVEAUX.get(cards[c].niveau, '')} — {themes[cards[c].theme]}",
        forget=("annee",),
        placeholder="Taper un mot : chômage, pauvreté…",
    )
    return cards[code]


def _pick_year(card: Indicateur, latest: int) -> int:
    """One of the years of an indicator; the latest that has a figure here by default."""
    years = [str(year) for year in reversed(card.annees)]
    return int(
        state.select(
            "annee",
            "Année",
            years,
            str(latest),
            f"une année de « {card.libelle} »",
            lambda year: card.periode(int(year)),
            placeholder="Choisir une année",
        )
    )


def _follow_merger() -> None:
    warehouse, asked = data.current(), state.current("territoire")
    today = warehouse.successors.get(asked, "")
    if today in warehouse.communes:
        st.info(f"{warehouse.merged[asked]}. Ses chiffres d’avant sont donnés plus bas.", icon=":material/merge:")
        state.set_choice("territoire", today)
