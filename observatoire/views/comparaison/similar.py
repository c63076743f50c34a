"""Similar communes: the nearest, and what separates them."""

from __future__ import annotations

import pandas as pd

from observatoire import formats
from observatoire.figures import Figure
from observatoire.methods.similarity import CARACTERISTIQUES, Voisin, find_similar
from observatoire.records import Territoire
from observatoire.views.comparaison.comparison import similarity_scores
from observatoire.views.comparaison.scope import cite_codes, full_name
from observatoire.warehouse import Warehouse

LIBELLES = {c.indicateur: formats.majuscule(c.nom) for c in CARACTERISTIQUES}
# Characteristic → weight, in their order.
Poids = tuple[tuple[str, float], ...]


def nearest(warehouse: Warehouse, code: str, perimetre: str, poids: Poids) -> list[Voisin]:
    """The communes most like one, for a perimeter (a key of similarity.PERIMETRES) and weights."""
    return find_similar(warehouse.kept(similarity_scores, perimetre)[0], code, dict(poids))


def similar_figure(warehouse: Warehouse, centre: Territoire, perimetre: str, poids: Poids) -> Figure:
    """The communes most like one as a table: their distance and what separates them."""
    found, years = nearest(warehouse, centre.code, perimetre, poids), warehouse.kept(similarity_scores, perimetre)[1]
    table = pd.DataFrame(
        [
            (v.code, full_name(warehouse, warehouse.territoires[v.code]), v.distance, 100 * v.indice, separations(v))
            for v in found
        ],
        columns=["Code", "Commune", "Distance", "Différence (0 à 100)", "Ce qui la sépare le plus"],
    )
    return Figure(
        titre=f"Communes semblables à {centre.nom}",
        sous_titre="; ".join(f"{LIBELLES[c]} {y}" for c, y in years.items()),
        source=cite_codes(warehouse, years),
        alt="Tableau des communes semblables.",
        table=table,
        fichier=formats.nom_de_fichier("communes-semblables", centre.nom),
    )


def separations(voisin: Voisin) -> str:
    """« densité ↑, pauvreté ↓ »: what the neighbour has more or less of; a tenth of a deviation is nothing."""
    parts = [f"{LIBELLES[c].lower()} {'↑' if gap > 0 else '↓'}" for c, gap in voisin.separations if abs(gap) >= 0.1]
    return ", ".join(parts) or "presque rien"
