"""Remarks that members leave on the lines of the questionnaires, and what is decided of them."""

from __future__ import annotations

import streamlit as st

from etl.saisies.modeles import load_models
from observatoire.access.rights import Action
from observatoire.formats import jour
from observatoire.ui import session
from observatoire.ui.widgets.demands import carry_out
from registre.records import Commentaire


def show_remarks() -> None:
    """Leave a remark on a line, read the others', close them."""
    modeles = load_models()
    modele = st.selectbox(
        "Questionnaire", list(modeles), format_func=lambda code: modeles[code].libelle, key="_remarques_modele"
    )
    lines = {line.code: f"{line.code} — {line.libelle}" for line in modeles[modele].rubriques}
    code = st.selectbox("Ligne", list(lines), format_func=lines.__getitem__, key="_remarques_ligne")
    line = modeles[modele].rubrique(code)
    if line is not None:
        st.caption(line.definition)
    text = st.text_area("Votre remarque", key="_remarque", max_chars=2_000, placeholder="Ce qu’il faudrait préciser…")
    st.button(
        "Envoyer la remarque",
        type="primary",
        disabled=not text.strip(),
        on_click=carry_out,
        args=(lambda: session.desk().remarquer(modele, code, text), "Remarque enregistrée."),
    )
    _show_list(modele, lines)


def _show_list(modele: str, lines: dict[str, str]) -> None:
    remarks = session.desk().remarques(modele)
    closing = session.may(Action.CLORE_REMARQUE)
    st.subheader("Remarques reçues")
    if not remarks:
        st.markdown("Aucune remarque sur ce questionnaire.")
    for remark in reversed(remarks):
        _show(remark, lines.get(remark.rubrique, remark.rubrique), closing)


def _show(remark: Commentaire, line: str, closing: bool) -> None:
    with st.container(border=True):
        state = "ouverte" if remark.ouvert else "close"
        who = remark.auteur.nom or remark.auteur.courriel
        st.caption(f"{line} · {who}, le {jour(remark.ecrit_le.date())} · {state}")
        # Shown as it was typed: nothing of it is read as Markdown or HTML.
        st.text(remark.texte)
        if remark.conclusion:
            st.text(f"Conclusion : {remark.conclusion}")
        if not closing:
            return
        if remark.ouvert:
            words = st.text_input("Ce qui est décidé", key=f"_conclusion_{remark.numero}", max_chars=500)
            st.button(
                "Clore",
                key=f"_clore_{remark.numero}",
                disabled=not words.strip(),
                on_click=carry_out,
                args=(lambda: session.desk().clore_remarque(remark.numero, words), "Remarque close."),
            )
        else:
            st.button(
                "Rouvrir",
                key=f"_rouvrir_{remark.numero}",
                on_click=carry_out,
                args=(lambda: session.desk().rouvrir_remarque(remark.numero), "Remarque rouverte."),
            )
