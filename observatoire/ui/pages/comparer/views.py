"""The parts of the page Comparer: what is compared (scope), then one module a view.

A view is a module with ``show(scope)`` and a line of VUES.
"""

from observatoire.ui.pages.comparer import (
    distribution,
    evolution,
    export,
    heatmap,
    needs,
    resources,
    scatter,
    scope,
    similar,
    table,
    usage,
)

# View → (its name, what draws it), in the order of the menu.
VUES = {
    "tableau": ("Tableau", table.show),
    "chaleur": ("Carte de chaleur", heatmap.show),
    "repartition": ("Répartition", distribution.show),
    "nuage": ("Nuage de points", scatter.show),
    "evolution": ("Évolutions", evolution.show),
    "indice": ("Indice de besoins", needs.show),
    "moyens": ("Moyens des CCAS", resources.show),
}

__all__ = ["VUES", "export", "scope", "similar", "usage"]
