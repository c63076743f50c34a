"""What other programs already hold: DomiFa, balances, published accounts fill the lines that have no answer yet."""

from __future__ import annotations

import streamlit as st

from etl.saisies.imports.correspondances import sortes_of
from etl.saisies.imports.depart import prefilled
from etl.saisies.imports.resultat import SORTES, Import, Motif, NonRemplie, Sorte
from etl.typography import count
from observatoire.formats import insecables, majuscule
from observatoire.ui import session, state
from observatoire.ui.pages.deposer.dossier import Dossier
from observatoire.ui.widgets.demands import REFUS, carry_out, show_refusal
from observatoire.ui.widgets.tables import show_table
from observatoire.views.saisie.reprise import Reprise, take_up

_COMPTES = "_comptes_publies"


def show_import(dossier: Dossier) -> None:
    """Bring a file of another program, or the accounts that the observatory already has."""
    known = sortes_of(dossier.modele.code)
    if not known:
        return
    st.subheader("Reprendre ce que d’autres logiciels savent")
    files = [SORTES[one] for one in known if one is not Sorte.COMPTES]
    st.markdown(insecables(f"Se reprennent : {', '.join(files)}. Rien n’est enregistré avant votre accord."))
    if Sorte.COMPTES in known:
        st.toggle("Montrer ce que disent les comptes publiés du CCAS", key=_COMPTES)
        if st.session_state.get(_COMPTES):
            _show(dossier, "", None)
    sent = st.file_uploader(
        "Fichier d’un autre logiciel (.xlsx, .csv ou .zip)",
        type=["xlsx", "csv", "zip"],
        key=f"_import|{dossier.cle}|{st.session_state.get('_import_envoi', 0)}",
    )
    if sent is not None:
        _show(dossier, sent.name, sent.getvalue())


def _show(dossier: Dossier, nom: str, contenu: bytes | None) -> None:
    try:
        found = dossier.guichet.importer(dossier.cle, nom, contenu)
    except REFUS as refused:
        show_refusal(refused)
        return
    st.markdown(f"**{insecables(majuscule(found.source))}**")
    for words in found.a_confirmer:
        st.warning(insecables(words), icon=":material/help:")
    for one in found.constats:
        st.error(insecables(str(one)), icon=":material/error:")
    answers = prefilled(dossier.modele, dossier.cle, avant=dossier.avant, imports=[found])
    taken = take_up(dossier.modele, dossier.reponses, answers)
    _show_filled(dossier, found)
    _show_rest(dossier, found)
    _show_kept(taken, nom, contenu)
    if taken.nouvelles and not found.erreurs:
        st.button(
            f"Reprendre {count(len(taken.nouvelles), 'réponse')}",
            type="primary",
            icon=":material/download_done:",
            key=f"_reprendre|{found.sorte}",
            on_click=_keep,
            args=(dossier, taken, found.source),
        )


def _name(dossier: Dossier, code: str | None) -> str:
    line = dossier.modele.rubrique(code or "")
    return line.libelle if line else (code or "aucune ligne")


def _show_filled(dossier: Dossier, found: Import) -> None:
    if not found.remplies:
        return
    rows = [[_name(dossier, one.rubrique), one.dit, one.ou] for one in found.remplies]
    show_table("Ce que le fichier remplit", ["Ligne", "Valeur", "Où c’est lu"], rows, text_columns=3)


def _show_rest(dossier: Dossier, found: Import) -> None:
    """What fills nothing, and why; what the file merely does not hold is counted."""
    absent = [one for one in found.non_remplies if one.motif is Motif.PAS_DANS_LE_FICHIER]
    others = [one for one in found.non_remplies if one.motif is not Motif.PAS_DANS_LE_FICHIER]
    if others:
        rows = [[_name(dossier, one.rubrique), one.motif, *_told(one)] for one in others]
        with st.expander(f"Ce qui ne se reprend pas : {count(len(others), 'ligne')}"):
            columns = ["Ligne", "Quoi", "Trouvé", "Pourquoi"]
            show_table("Ce qui ne se reprend pas", columns, rows, text_columns=4)
    if absent:
        st.caption(insecables(f"{count(len(absent), 'ligne')} du questionnaire ne se trouvent pas dans ce fichier."))


def _told(one: NonRemplie) -> tuple[str, str]:
    return one.trouve, one.pourquoi


def _show_kept(taken: Reprise, nom: str, contenu: bytes | None) -> None:
    if taken.differentes:
        rows = [[one.libelle, one.avant, one.apres] for one in taken.differentes]
        where = "Comptes publiés" if contenu is None else "Fichier"
        st.markdown("Vos réponses sont gardées là où le fichier dit autre chose :")
        show_table("Réponses gardées", ["Ligne", "Votre réponse", where], rows, text_columns=3)


def _keep(dossier: Dossier, taken: Reprise, source: str) -> None:
    def demand() -> None:
        session.desk().brouillon(
            dossier.cle,
            (*dossier.reponses, *taken.nouvelles),
            attendu=dossier.attendu,
            modele_version=dossier.version,
        )
        st.session_state["_import_envoi"] = st.session_state.get("_import_envoi", 0) + 1
        st.session_state[_COMPTES] = False
        state.set_choice("etape", "verifier")

    n = len(taken.nouvelles)
    carry_out(demand, f"{count(n, 'réponse')} reprise{'s' if n > 1 else ''} : {source}.")
