"""The audit: who wrote what, when, and what it was before."""

from __future__ import annotations

from typing import Any

import streamlit as st

from observatoire.formats import heure, jour
from observatoire.ui import session
from observatoire.ui.widgets.tables import show_table
from registre.records import Ecrit

_PAR_PAGE = 50
OBJETS = {"": "tout", "depot": "dépôts", "compte": "comptes", "invitation": "invitations"} | {
    "commentaire": "remarques",
    "reglage": "réglages",
    "fichier": "fichiers",
}


def show_journal() -> None:
    """Lines of the audit, last first, by object and by person."""
    left, right = st.columns(2)
    with left:
        objet = st.selectbox("Objet", list(OBJETS), format_func=OBJETS.__getitem__, key="_objet")
    with right:
        courriel = st.text_input("Adresse de l’auteur", key="_auteur", placeholder="prenom.nom@ville.fr", max_chars=200)
    shown = st.session_state.get("_lignes_journal", _PAR_PAGE)
    lines = session.desk().journal(objet=objet or None, courriel=courriel.strip().lower() or None, limite=shown + 1)
    if not lines:
        st.markdown("Aucune écriture ne répond à ce choix.")
        return
    head = ["N°", "Quand", "Qui", "Rôle", "Action", "Objet", "Avant → après", "Note"]
    rows = [_row(line) for line in lines[:shown]]
    show_table("Écritures, de la dernière à la première", head, rows, text_columns=len(head), wide=True)
    if len(lines) > shown:
        st.button("Montrer les précédentes", on_click=_more, args=(shown,))


def _more(shown: int) -> None:
    st.session_state["_lignes_journal"] = shown + _PAR_PAGE


def _row(line: Ecrit) -> list[str]:
    when = line.quand.astimezone()
    return [
        str(line.numero),
        f"{jour(when.date())}, {heure(when)}",
        line.acteur.nom or line.acteur.courriel,
        line.acteur.role,
        line.action.replace("_", " "),
        f"{OBJETS.get(line.objet, line.objet)} : {line.cle}",
        changes(line.avant, line.apres),
        line.note or "",
    ]


def changes(avant: dict[str, Any] | None, apres: dict[str, Any] | None) -> str:
    """What a write changed, name by name: « etape : brouillon → soumis »."""
    before, after = avant or {}, apres or {}
    told = [
        f"{name} : {_said(before.get(name))} → {_said(after.get(name))}"
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name) and not name.startswith("empreinte")
    ]
    return " ; ".join(told)


def _said(value: Any) -> str:
    if value is None or value == "":
        return "rien"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value) or "rien"
    return str(value)
