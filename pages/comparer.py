"""Comparer: territories side by side against a reference; the view follows the choice."""

from __future__ import annotations

import streamlit as st

from observatoire.ui import comparer

VUES = {
    "tableau": comparer.table.show,
    "chaleur": comparer.heatmap.show,
    "repartition": comparer.distribution.show,
    "nuage": comparer.scatter.show,
    "evolution": comparer.evolution.show,
    "indice": comparer.needs.show,
    "moyens": comparer.resources.show,
}

st.title("Comparer")
scope = comparer.scope.pick_scope()
if scope.nom:
    st.subheader(scope.nom)
view = comparer.scope.pick_view(scope)
VUES[view](scope)
if scope.groupe == comparer.scope.SEMBLABLES and scope.centre:
    comparer.similar.show_similar(scope.centre)
comparer.usage.show()
comparer.export.show(scope)
