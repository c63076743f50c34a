"""Ranks of communes for pages, said in one sentence."""

from __future__ import annotations

from observatoire.methods.ranks import Rank, rank_sentence
from observatoire.ui import data
from observatoire.views.portrait.profile import commune_names


def ranks(indicateur: str, annee: int) -> dict[str, Rank]:
    """The ranks of the département's communes: code → rank; none for a number of people or things, nor for IRIS."""
    card = data.current().indicateurs.get(indicateur)
    return {} if card is None or card.effectif else data.ranks(indicateur, annee)


def rank_words(territoire: str, indicateur: str, annee: int) -> str:
    """« le 5ᵉ plus élevé des 39 communes (3ᵉ à 8ᵉ), avec 95 % de confiance… »; empty without a rank."""
    found = ranks(indicateur, annee).get(territoire)
    if found is None:
        return ""
    warehouse = data.current()
    return rank_sentence(found, warehouse.indicateurs[indicateur], data.view(commune_names), len(warehouse.communes))
