"""Ranks of communes for pages: computed once for an indicator and a year, said in one sentence."""

from __future__ import annotations

import streamlit as st

from observatoire.methods.ranks import Rank, rank_communes, rank_sentence
from observatoire.ui import data


def ranks(indicateur: str, annee: int) -> dict[str, Rank]:
    """The ranks of the département's communes: code → rank; none for a number of people or things, nor for IRIS."""
    return _ranks(data.warehouse().version, indicateur, annee)


def rank_words(territoire: str, indicateur: str, annee: int) -> str:
    """« 5ᵉ situation la plus favorable sur 39 communes, entre la 3ᵉ et la 8ᵉ — indicatif »; empty without a rank."""
    found = ranks(indicateur, annee).get(territoire)
    return rank_sentence(found, data.warehouse().indicateurs[indicateur].sens) if found else ""


@st.cache_data(max_entries=300, show_spinner=False)
def _ranks(version: str, indicateur: str, annee: int) -> dict[str, Rank]:
    house = data.warehouse()
    card = house.indicateurs.get(indicateur)
    if card is None or card.effectif:
        return {}
    return rank_communes(house.figures([indicateur], house.communes, [annee]), card.sens)
