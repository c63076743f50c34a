"""What is published for the département alone."""

from __future__ import annotations

import pandas as pd

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.figures import Figure, cite_rows, traced_within
from observatoire.records import DEPARTEMENT
from observatoire.warehouse import Warehouse

TITRE = "Connu pour le département seulement"
COLONNES = ["Indicateur", "Unité", "Dernier chiffre", "Cinq ans avant", f"Autres départements {IDENTITE.region.de}"]
# The former year shown beside the latest.
RECUL = 5


def departement_figure(warehouse: Warehouse) -> Figure:
    """The latest figure of each indicator and that of five years before, where there is one, with their years.

    Beside them, the lowest and the highest of the other départements of the region the same year; not for counts.
    """
    cards, rows = warehouse.cards_below("departement"), []
    peers = [t.code for t in warehouse.territoires.values() if t.type == "departement"]
    every = warehouse.figures(list(cards), peers)
    figures, others = every[every["territoire"] == DEPARTEMENT], every[every["territoire"] != DEPARTEMENT]
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
        source=cite_rows(warehouse, figures["source"]),
        alt=TITRE,
        table=pd.DataFrame(rows, columns=COLONNES),
        fichier=formats.nom_de_fichier("departement-seul"),
        trace=traced_within("departement", first.code, first.derniere),
    )
