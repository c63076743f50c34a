"""The workbook: downloaded with what is known, filled anywhere, sent back, read whole or refused whole."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial

import streamlit as st

from etl.errors import LONGEST, shown
from etl.saisies.classeur import make_workbook
from etl.saisies.controles import Constat
from etl.saisies.modeles import Modele
from etl.saisies.saisie import ERREUR, Saisie
from etl.saisies.tidy import write_tidy
from etl.typography import count
from observatoire.formats import insecables, nom_de_fichier
from observatoire.ui import session, state
from observatoire.ui.pages.deposer.dossier import Dossier
from observatoire.ui.pages.deposer.reprise import show_import
from observatoire.ui.widgets.demands import REFUS, carry_out, show_refusal
from observatoire.ui.widgets.downloads import offer_file
from observatoire.ui.widgets.tables import show_table
from observatoire.views.saisie.changements import changes
from registre.records import Cle, Reponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Changes shown before a workbook replaces a draft.
_MONTRES = 12


def show_workbook(dossier: Dossier) -> None:
    """Download, then send back."""
    st.subheader("Télécharger le classeur")
    known = "vos réponses déjà enregistrées" if dossier.reponses else ""
    last = f"les réponses de {dossier.cle.exercice - 1}" if dossier.avant else ""
    with_ = " et ".join(part for part in (known, last) if part)
    st.markdown(
        insecables(
            f"Il contient {with_}. " * bool(with_) + "Il s’ouvre dans Excel et dans LibreOffice, sans macro ; la "
            "définition est à côté de chaque case. Ne déplacer aucune case et ne renommer aucune feuille."
        )
    )
    offer_workbook(dossier)
    st.subheader("Le renvoyer rempli")
    if not dossier.peut_saisir():
        return
    sent = st.file_uploader(
        "Classeur rempli (.xlsx ou .ods), ou tableau .csv ; 10 Mio au plus",
        type=["xlsx", "ods", "csv"],
        key=f"_classeur|{dossier.cle}|{st.session_state.get('_classeur_envoi', 0)}",
    )
    if sent is not None:
        _show_read(dossier, sent.name, sent.getvalue())
    show_import(dossier)


def offer_workbook(dossier: Dossier) -> None:
    """The buttons of the workbook and of the tidy file, with the answers that the reader has just read."""
    cle, modele = dossier.cle, dossier.modele
    name = nom_de_fichier(cle.modele, dossier.nom, str(cle.exercice))
    with st.container(horizontal=True):
        made = partial(workbook_bytes, modele, cle, dossier.nom, dossier.avant, dossier.reponses)
        offer_file("Classeur (.xlsx)", made, f"{name}.xlsx", XLSX, key="_classeur_xlsx")
        if dossier.reponses:
            tidy = partial(_tidy, modele, dossier.reponses)
            offer_file("Réponses (.csv)", tidy, f"{name}.csv", "text/csv", key="_classeur_csv")


def workbook_bytes(modele: Modele, cle: Cle, nom: str, avant: Sequence[Reponse], reponses: Sequence[Reponse]) -> bytes:
    """The workbook of a deposit as a file."""
    kept = io.BytesIO()
    make_workbook(modele, cle, nom, avant, reponses).save(kept)
    return kept.getvalue()


def _tidy(modele: Modele, reponses: Sequence[Reponse]) -> str:
    return "\ufeff" + write_tidy(modele, reponses)


def _show_read(dossier: Dossier, nom: str, contenu: bytes) -> None:
    try:
        found = dossier.guichet.lire_classeur(dossier.cle, nom, contenu)
    except REFUS as refused:
        show_refusal(refused)
        return
    _show_receipt(found)
    show_problems(found.constats)
    if found.erreurs:
        st.error(
            insecables(
                f"Rien n’est enregistré : {count(len(found.erreurs), 'erreur')} à corriger dans le classeur. Chaque "
                "ligne du tableau dit la feuille et la cellule. Le corriger, puis le renvoyer ici."
            ),
            icon=":material/error:",
        )
        return
    replaced = changes(dossier.modele, dossier.reponses, found.reponses) if dossier.reponses else []
    if dossier.reponses and not replaced:
        st.info("Ce classeur dit la même chose que ce qui est déjà enregistré.", icon=":material/check:")
        return
    if replaced:
        show_changes(replaced, "Ce que ce classeur changera à ce qui est enregistré", "Enregistré", "Classeur")
    st.button(
        f"Enregistrer {count(len(found.reponses), 'réponse')}",
        type="primary",
        icon=":material/save:",
        on_click=_keep,
        args=(dossier, found, nom, contenu),
    )


def _keep(dossier: Dossier, found: Saisie, nom: str, contenu: bytes) -> None:
    def demand() -> None:
        session.desk().brouillon(
            dossier.cle,
            found.reponses,
            attendu=dossier.attendu,
            modele_version=str(found.version),
            classeur=(nom, contenu),
        )
        st.session_state["_classeur_envoi"] = st.session_state.get("_classeur_envoi", 0) + 1
        state.set_choice("etape", "verifier")

    n = len(found.reponses)
    carry_out(demand, f"{count(n, 'réponse')} enregistrée{'s' if n > 1 else ''} depuis « {nom} ».")


def _show_receipt(found: Saisie) -> None:
    rows = [[part.nom, part.etat, str(part.lues or ""), str(part.vides or ""), str(part.non_comprises or "")]
            for part in found.recu]  # fmt: skip
    st.markdown("**Ce qui a été lu**, feuille par feuille :")
    columns = ["Feuille", "État", "Réponses", "Cases vides", "À corriger"]
    show_table("Ce qui a été lu, feuille par feuille", columns, rows, text_columns=2)


def show_problems(constats: Sequence[Constat]) -> None:
    """Problems as a table: where, what was found, what was expected, what to do."""
    told = [one for one in constats if one.arrete]
    if not told:
        return
    rows = [
        [_where(one), "à corriger" if one.gravite == ERREUR else "à expliquer", *map(_short, _texts(one))]
        for one in told
    ]
    columns = ["Où", "Quoi", "Trouvé", "Attendu", "Que faire"]
    st.markdown("**À reprendre** :")
    show_table("Ce qui est à corriger ou à expliquer", columns, rows, text_columns=len(columns))


def _texts(one: Constat) -> tuple[str, str, str]:
    return one.trouve, one.attendu, one.conseil


def _short(text: str) -> str:
    return insecables(shown(text, LONGEST))


def _where(one: Constat) -> str:
    return one.adresse or "le dépôt"


def show_changes(found: Sequence, titre: str, avant: str, apres: str) -> None:
    """Lines that differ, the first ones shown and the others unfolded."""
    with st.expander(f"{titre} : {count(len(found), 'ligne')}", expanded=len(found) <= _MONTRES):
        rows = [
            [f"{one.libelle}{f', ligne {one.rang}' if one.rang else ''}", *map(_short, (one.avant, one.apres))]
            for one in found
        ]
        show_table(titre, ["Ligne", avant, apres], rows, text_columns=3)
