"""The figures of the communes that a merged one replaced."""

from __future__ import annotations

import streamlit as st

from observatoire import formats
from observatoire.frames import named_rows
from observatoire.records import Indicateur, Territoire
from observatoire.ui import data
from observatoire.ui.widgets.tables import show_table


def show_former(territoire: Territoire, card: Indicateur, heading: str = "") -> None:
    """Their table, under a heading (« ## ») when one is given; nothing for a commune that no merger made."""
    warehouse = data.current()
    if territoire.code not in warehouse.mergers:
        return
    former = warehouse.former_communes(territoire.code, card.code)
    if former.empty:
        return
    texts = [
        [formats.typographie(r.nom), str(r.annee), card.format(r.valeur, r.statut, r.arrondi)]
        for r in named_rows(former)
    ]
    title = f"{card.libelle} dans les anciennes communes"
    if heading:
        st.markdown(f"{heading} {title}")
    show_table(title, ["Ancienne commune", "Année", "Valeur"], texts, height=260)
