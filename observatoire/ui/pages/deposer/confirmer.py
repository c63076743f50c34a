"""The director's step: confirm, and what then follows; return, withdraw, restore; what was done."""

from __future__ import annotations

from functools import partial

import streamlit as st

from observatoire.access.rights import Action
from observatoire.documents.fichiers import FORMATS, write
from observatoire.documents.recepisse import Recepisse, receipt
from observatoire.formats import heure, insecables, jour, nom_de_fichier
from observatoire.ui import data, session
from observatoire.ui.pages.deposer.classeur import offer_workbook
from observatoire.ui.pages.deposer.dossier import Dossier, correct, restore
from observatoire.ui.widgets.demands import carry_out
from observatoire.ui.widgets.downloads import offer_file
from observatoire.ui.widgets.tables import show_table
from observatoire.views.saisie.historique import steps_of
from registre.records import Etape


def show_confirm(dossier: Dossier) -> None:
    """Where the deposit is, and what may be done of it."""
    depot = dossier.depot
    if depot is None:
        st.info("Rien n’est encore enregistré : commencer par remplir.", icon=":material/edit:")
        return
    if dossier.etape is Etape.SOUMIS:
        _show_confirm(dossier)
    elif dossier.etape is Etape.CONFIRME:
        st.success(
            insecables(f"Confirmé {dossier.dernier()} : ces chiffres comptent dans ceux du réseau."),
            icon=":material/verified:",
        )
    elif dossier.etape is Etape.RETIRE:
        st.warning(insecables(f"Retiré {dossier.dernier()}. Motif : {depot.motif}"), icon=":material/undo:")
    else:
        st.info("Ce dépôt n’est pas soumis : le vérifier d’abord.", icon=":material/fact_check:")
    if depot.en_vigueur and dossier.etape is not Etape.CONFIRME:
        st.caption("Le dépôt confirmé auparavant reste en vigueur jusqu’à la nouvelle confirmation.")
    _show_files(dossier)
    correct(dossier)
    restore(dossier)
    _show_back(dossier)
    _show_history(dossier)


def _show_confirm(dossier: Dossier) -> None:
    if not dossier.peut(Action.CONFIRMER):
        st.info(
            insecables(f"Soumis {dossier.dernier()} : la direction du CCAS le confirmera."),
            icon=":material/hourglass_top:",
        )
        return
    st.markdown(
        insecables(
            f"Soumis {dossier.dernier()}. Une fois confirmés, ces chiffres paraissent aussitôt dans ceux du réseau, et "
            "pour le public là où le CCAS l’a choisi."
        )
    )
    st.button(
        f"Confirmer le dépôt {dossier.cle.exercice}", type="primary", icon=":material/verified:",
        on_click=carry_out,
        args=(
            lambda: session.desk().confirmer(dossier.cle, attendu=dossier.attendu or 0),
            "Dépôt confirmé : ses chiffres sont publiés dans ceux du réseau.",
        ),
    )  # fmt: skip


def _show_files(dossier: Dossier) -> None:
    """The receipt, once something was submitted, and the answers to take away."""
    depot = dossier.depot
    if depot is not None and dossier.etape in (Etape.SOUMIS, Etape.CONFIRME):
        made = Recepisse(
            dossier.modele, depot, dossier.nom, dossier.reponses, tuple(dossier.guichet.historique(dossier.cle))
        )
        name = nom_de_fichier("recepisse", dossier.cle.modele, dossier.nom, str(dossier.cle.exercice))
        built = data.current().built_on
        offer_file(
            "Récépissé (PDF)",
            partial(_pdf, made, built),
            f"{name}.pdf",
            FORMATS["pdf"],
            key="_recepisse",
        )
    offer_workbook(dossier)


def _pdf(made: Recepisse, built: object) -> bytes:
    return write(receipt(made, built), "pdf")  # type: ignore[arg-type]


def _show_back(dossier: Dossier) -> None:
    """Return with a reason, withdraw with a reason: for those who may."""
    choices = []
    if dossier.etape in (Etape.SOUMIS, Etape.CONFIRME) and dossier.peut(Action.RENVOYER):
        choices.append(("Renvoyer à corriger", "renvoyer", "Dépôt renvoyé, avec son motif."))
    if dossier.etape not in (None, Etape.RETIRE) and dossier.peut(Action.RETIRER):
        choices.append(("Retirer ce dépôt", "retirer", "Dépôt retiré : il ne compte plus, et peut être rétabli."))
    for label, name, done in choices:
        with st.expander(label):
            key = f"_motif_{name}|{dossier.cle}"
            motif = st.text_input("Motif, lu par le CCAS et l’union", key=key, max_chars=500)
            st.button(
                label, key=f"_{name}|{dossier.cle}", disabled=not motif.strip(), on_click=_back,
                args=(dossier, name, motif, done),
            )  # fmt: skip


def _back(dossier: Dossier, name: str, motif: str, done: str) -> None:
    def demand() -> None:
        ask = getattr(session.desk(), name)
        ask(dossier.cle, motif, attendu=dossier.attendu or 0)
        st.session_state.pop(dossier.cle_correction, None)

    carry_out(demand, done)


def _show_history(dossier: Dossier) -> None:
    found = steps_of(dossier.guichet.historique(dossier.cle))
    with st.expander("Ce qui a été fait de ce dépôt"):
        rows = [
            [f"{jour(one.quand.date())}, {heure(one.quand)}", one.qui, one.fait, one.note] for one in reversed(found)
        ]
        show_table("Ce qui a été fait de ce dépôt", ["Quand", "Qui", "Quoi", "Note"], rows, text_columns=4)
