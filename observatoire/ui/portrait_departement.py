"""What is published for the département alone: a table and one indicator in time, on its own portrait only."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.figures import Figure, cite_rows, traced_within
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.ui import data, state
from observatoire.ui.figure import show_origin
from observatoire.ui.portrait import show_card, show_trend
from observatoire.ui.tables import show_table

TITRE = "Connu pour le département seulement"
TYPE = "departement"
COLONNES = ["Indicateur", "Unité", "Dernier chiffre", "Cinq ans avant", "Autres départements d’Île-de-France"]
# The former year shown beside the latest.
RECUL = 5


def show_departement(territoire: Territoire) -> None:
    """The section, on the portrait of the département; nothing elsewhere, nor when no producer says anything."""
    cards = data.warehouse().cards_below("departement")
    if territoire.code != DEPARTEMENT or not cards:
        return
    st.header(TITRE)
    st.markdown(
        formats.insecables(
            "Ces chiffres ne sont publiés ni par commune ni par EPT : ils n’ont ni carte ni comparaison. Certaines "
            "séries sont anciennes ; l’année est dite à côté de chaque chiffre."
        )
    )
    every = data.figures(tuple(cards), tuple(t.code for t in data.warehouse().territoires.values() if t.type == TYPE))
    figures = every[every["territoire"] == territoire.code]
    figure = _figure(figures, every[every["territoire"] != territoire.code], cards)
    columns, rows = list(figure.table), figure.table.to_numpy().tolist()
    with st.container(key="departement-table"):
        show_table(TITRE, columns, rows, text_columns=2)
    show_origin(figure, "departement")
    code = state.select(
        "seul",
        "Un de ces indicateurs dans le temps",
        list(cards),
        next(iter(cards)),
        "un indicateur du département seul",
        lambda c: cards[c].libelle,
    )
    show_trend(territoire, cards[code], "tendance-seul")
    own = figures[(figures["indicateur"] == code) & (figures["annee"] == cards[code].derniere)]
    show_card(cards[code], own.iloc[0].to_dict(), territoire)


def _figure(figures: pd.DataFrame, others: pd.DataFrame, cards: dict[str, Indicateur]) -> Figure:
    """The latest figure of each indicator and that of five years before, where there is one, with their years.

    Beside them, the lowest and the highest of the other départements of the region the same year; not for counts.
    """
    house, rows = data.warehouse(), []
    for code, card in cards.items():
        own = figures[(figures["indicateur"] == code) & figures["valeur"].notna()].set_index("annee")["valeur"]
        now, then = card.derniere, card.derniere - RECUL
        before = f"{card.format(own[then])} ({then})" if then in own.index else "–"
        around = others[(others["indicateur"] == code) & (others["annee"] == now)]["valeur"].dropna()
        spread = "–"
        if len(around) > 1 and not card.effectif:
            spread = f"de {formats.nombre(around.min(), card.decimales)} à {card.format(around.max())}"
        rows.append(
            [card.libelle, formats.unite_longue(card.unite), f"{card.format(own[now])} ({now})", before, spread]
        )
    first = next(iter(cards.values()))
    return Figure(
        titre=f"{TITRE} : dernière année publiée",
        sous_titre="Entre parenthèses, l’année du chiffre",
        source=cite_rows(house, figures["source"]),
        alt=TITRE,
        table=pd.DataFrame(rows, columns=COLONNES),
        fichier=formats.nom_de_fichier("departement-seul"),
        trace=traced_within("departement", first.code, first.derniere),
    )
