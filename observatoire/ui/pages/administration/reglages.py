"""Settings of the application, changed while it runs."""

from __future__ import annotations

import streamlit as st

from observatoire.access.demonstration import REGLAGE
from observatoire.config import demonstration_allowed
from observatoire.ui import session
from observatoire.ui.widgets.demands import carry_out


def show_settings() -> None:
    """The demonstration set, shown or not."""
    shown = bool(session.desk().reglage(REGLAGE, True))
    st.markdown(
        "Le jeu de démonstration est inventé : il montre à quoi ressembleront les pages avant que les CCAS n’aient "
        "déposé. Il est signalé partout où il paraît et ne se mêle à aucun total réel."
    )
    if not demonstration_allowed():
        st.markdown("Il est retiré par le réglage `OBSERVATOIRE_DEMONSTRATION` du serveur, quoi qu’on choisisse ici.")
    wanted = not shown
    label = "Montrer le jeu de démonstration" if wanted else "Ne plus montrer le jeu de démonstration"
    done = "Jeu de démonstration montré." if wanted else "Jeu de démonstration retiré."
    st.button(
        label,
        on_click=carry_out,
        args=(lambda: session.desk().regler(REGLAGE, wanted), done),
    )
