"""Ranks of communes for pages, said in one sentence."""

from __future__ import annotations

from observatoire.methods.ranks import Rank, rank_sentence
from observatoire.ui import data


def ranks(indicateur: str, annee: int) -> dict[str, Rank]:
    """The ranks of the département's communes: code → rank; none for a number of people or things, nor for IRIS."""
    card = data.warehouse().indicateurs.get(indicateur)
    return {} if card is None or card.effectif else data.ranks(indicateur, annee)


def rank_words(territoire: str, indicateur: str, annee: int) -> str:
    """« 5ᵉ situation la plus favorable sur 39 communes, entre la 3ᵉ et la 8ᵉ — indicatif »; empty without a rank."""
    found = ranks(indicateur, annee).get(territoire)
    return rank_sentence(found, data.warehouse().indicateurs[indicateur].sens) if found else ""
