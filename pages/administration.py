"""Administration: accounts, remarks on questionnaires, settings, audit."""

from __future__ import annotations

import streamlit as st

from observatoire.access.rights import Action
from observatoire.ui import session, state
from observatoire.ui.pages.administration.comptes import show_accounts, show_invitation
from observatoire.ui.pages.administration.journal import show_journal
from observatoire.ui.pages.administration.reglages import show_settings
from observatoire.ui.pages.administration.remarques import show_remarks
from observatoire.ui.widgets.demands import REFUS, show_answer

# Part of the page → (its name, what it takes to open it, what draws it), in the order of the menu.
VOLETS = {
    "comptes": ("Comptes", Action.ADMINISTRER, show_accounts),
    "remarques": ("Remarques", Action.COMMENTER, show_remarks),
    "reglages": ("Réglages", Action.ADMINISTRER, show_settings),
    "journal": ("Journal", Action.LIRE_JOURNAL, show_journal),
}

st.title("Administration")
show_answer()
token = state.current("invitation")
opened = [code for code, (_, action, _) in VOLETS.items() if session.may(action)]
try:
    if token:
        show_invitation(token)
    elif opened:
        part = state.select(
            "volet",
            "Partie de la page",
            opened,
            opened[0],
            "une partie de cette page",
            lambda code: VOLETS[code][0],
            widget=st.segmented_control,
            label_visibility="collapsed",
            elsewhere=VOLETS,
        )
        VOLETS[part][2]()
    else:
        seen = session.presence()
        words = {
            "connexion": "Cette page est celle de l’union et des membres du réseau : se connecter d’abord.",
            "local": "Cette page est celle de l’union.",
            "lecture": "Cette application est en lecture seule : personne n’y écrit.",
        }
        st.info(words[seen.mode], icon=":material/lock:")
except REFUS as refused:
    st.error(str(refused), icon=":material/block:")
