"""The parts of the page Comparer: what is compared (scope), then one module a view."""

from observatoire.ui.comparer import (
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

__all__ = [
    "distribution",
    "evolution",
    "export",
    "heatmap",
    "needs",
    "resources",
    "scatter",
    "scope",
    "similar",
    "table",
    "usage",
]
