"""Fill a questionnaire, check it, submit it, confirm it; for the union, follow the collection."""

from __future__ import annotations

import streamlit as st

from observatoire.access.rights import Action
from observatoire.formats import insecables
from observatoire.ui import session, state
from observatoire.ui.pages.deposer.choix import pick_deposit
from observatoire.ui.pages.deposer.classeur import show_workbook
from observatoire.ui.pages.deposer.confirmer import show_confirm
from observatoire.ui.pages.deposer.dossier import Dossier, open_file
from observatoire.ui.pages.deposer.formulaire import show_form
from observatoire.ui.pages.deposer.suivi import show_collection
from observatoire.ui.pages.deposer.verifier import show_check
from observatoire.ui.widgets.demands import REFUS, show_answer
from observatoire.views.saisie.avancement import progress
from observatoire.views.saisie.collecte import ETATS
from registre.records import Etape

ETAPES = {"remplir": "1 · Remplir", "verifier": "2 · Vérifier et soumettre", "confirmer": "3 · Confirmer"}
FACONS = {"page": "Dans la page", "classeur": "Avec le classeur (Excel, LibreOffice)"}
VUES = {"depot": "Un dépôt", "suivi": "La collecte"}


def show_deposit(dossier: Dossier) -> None:
    """Where the deposit is, then the step chosen."""
    done = progress(dossier.modele, dossier.reponses)
    words, sign = ETATS[dossier.etape]
    when = f", {dossier.dernier()}" if dossier.depot else ""
    st.progress(done.part, text=insecables(f"{sign} {words.capitalize()}{when}. {done.phrase()}."))
    if dossier.depot and dossier.depot.revision.demonstration:
        st.warning("Dépôt de démonstration : ses chiffres sont inventés.", icon=":material/science:")
    if dossier.etape is Etape.RENVOYE and dossier.depot:
        st.warning(insecables(f"Renvoyé à corriger. Motif : {dossier.depot.motif}"), icon=":material/undo:")
    after = {Etape.SOUMIS: "confirmer", Etape.CONFIRME: "confirmer", Etape.RETIRE: "confirmer"}
    default = "remplir" if dossier.ouvert or dossier.etape is None else after.get(dossier.etape, "remplir")
    step = state.select(
        "etape", "Étape", list(ETAPES), default, "une étape du dépôt", ETAPES.__getitem__,
        widget=st.segmented_control, label_visibility="collapsed",
    )  # fmt: skip
    if step == "verifier":
        show_check(dossier)
    elif step == "confirmer":
        show_confirm(dossier)
    else:
        show_filling(dossier)


def show_filling(dossier: Dossier) -> None:
    """In the page or with the workbook, at will: both write the same draft."""
    way = state.select(
        "facon", "Façon de remplir", list(FACONS), "page", "une façon de remplir", FACONS.__getitem__,
        widget=st.segmented_control, label_visibility="collapsed",
    )  # fmt: skip
    if way == "classeur":
        show_workbook(dossier)
        return
    dossier.peut_saisir()
    show_form(dossier)


st.title("Déposer un bilan")
show_answer()
try:
    chosen = pick_deposit()
    if chosen is None:
        words = {
            "connexion": "Cette page est celle des membres du réseau : se connecter d’abord.",
            "local": "Cette page est celle des membres du réseau.",
            "lecture": "Cette application est en lecture seule : personne n’y dépose.",
        }
        st.info(words[session.presence().mode], icon=":material/lock:")
    else:
        cle, nom, modele = chosen
        several = session.may(Action.RENVOYER) or any(
            held.role == "referent" for held in session.desk().visiteur.attributions
        )
        view = "depot"
        if several:
            view = state.select(
                "vue", "Ce que montre la page", list(VUES), "depot", "une vue de cette page", VUES.__getitem__,
                widget=st.segmented_control, label_visibility="collapsed",
            )  # fmt: skip
        if view == "suivi":
            show_collection(modele, cle.exercice)
        else:
            show_deposit(open_file(cle, nom, modele))
except REFUS as refused:
    st.error(str(refused), icon=":material/block:")
