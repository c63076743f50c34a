"""Comparer: territories side by side against a reference; the view follows the choice."""

from __future__ import annotations

import streamlit as st

from observatoire.ui.pages.comparer import views as comparer

st.title("Comparer")
scope = comparer.scope.pick_scope()
if scope.nom:
    st.subheader(scope.nom)
view = comparer.scope.pick_view(scope, {code: name for code, (name, _) in comparer.VUES.items()})
comparer.VUES[view][1](scope)
if scope.groupe == comparer.scope.SEMBLABLES and scope.centre:
    comparer.similar.show_similar(scope.centre)
comparer.usage.show()
comparer.export.show(scope)
