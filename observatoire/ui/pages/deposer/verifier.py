"""Before submitting: what is to be mended, what has changed, who may read, a note."""

from __future__ import annotations

import streamlit as st

from etl.errors import LONGEST, shown
from etl.saisies.controles import Constat
from etl.saisies.saisie import ERREUR
from etl.typography import count
from observatoire.access.rights import Action
from observatoire.formats import insecables
from observatoire.ui import session, state
from observatoire.ui.pages.deposer.classeur import show_changes
from observatoire.ui.pages.deposer.dossier import Dossier
from observatoire.ui.pages.deposer.formulaire import aim_at, shown_lines
from observatoire.ui.widgets.demands import carry_out
from observatoire.views.saisie.avancement import progress
from observatoire.views.saisie.champs import spread
from observatoire.views.saisie.changements import changes, problem_told
from registre.records import Diffusion, Etape


def show_check(dossier: Dossier) -> None:
    """All that stands between a draft and its submission."""
    if not dossier.reponses:
        st.info("Rien n’est encore enregistré : commencer par remplir.", icon=":material/edit:")
        return
    left = [one for one in dossier.constats if one.arrete]
    _show_left(dossier, left)
    _show_missing(dossier)
    _show_changed(dossier)
    if dossier.peut(Action.DIFFUSER) and dossier.ouvert:
        _show_diffusion(dossier)
    _show_submit(dossier, bool(left))


def _show_left(dossier: Dossier, left: list[Constat]) -> None:
    errors = [one for one in left if one.gravite == ERREUR]
    surprises = [one for one in left if one.gravite != ERREUR]
    if not left:
        st.success("Aucune erreur, et rien à expliquer.", icon=":material/check_circle:")
        return
    for kind, title in ((errors, "à corriger"), (surprises, "à vérifier ou à expliquer dans une note")):
        if kind:
            st.subheader(f"{count(len(kind), 'point')} {title}")
        for place, one in enumerate(kind):
            _show_problem(dossier, one, f"{title}{place}")


def _show_problem(dossier: Dossier, one: Constat, key: str) -> None:
    line = dossier.modele.rubrique(one.rubrique or "")
    name = line.libelle if line else "Le dépôt"
    row = f", ligne {one.rang}" if one.rang else ""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        # Shown as it is: what was typed is neither Markdown nor HTML.
        st.text(insecables(shown(f"{name}{row} : {problem_told(dossier.modele, one)}", LONGEST)))
        if line is not None and one.rubrique:
            code = one.rubrique.partition(".")[0]
            st.button(
                "Y aller", key=f"_aller_{key}", icon=":material/arrow_forward:", on_click=aim_at,
                args=(line.chapitre, code, shown_lines(dossier, code)), help=f"Ouvrir « {name} » dans le formulaire",
            )  # fmt: skip


def _show_missing(dossier: Dossier) -> None:
    done = progress(dossier.modele, dossier.reponses)
    if done.complet:
        return
    left = done.premieres_demandees - done.premieres
    words = f"{count(done.demandees - done.faites, 'ligne')} sans réponse"
    if left:
        words += f", dont {left} de la première vague"
    st.markdown(
        insecables(
            f"{words} : un bilan partiel peut être soumis. Pour chaque ligne vide, dire « non concerné » ou « non "
            "suivi » aide l’union à ne pas vous relancer."
        )
    )
    line = dossier.modele.rubrique(done.suivante or "")
    if line is not None:
        st.button(
            "Remplir la suivante",
            icon=":material/edit:",
            on_click=aim_at,
            args=(line.chapitre, line.code, shown_lines(dossier, line.code)),
        )


def _show_changed(dossier: Dossier) -> None:
    depot = dossier.depot
    if depot and depot.confirmee and depot.confirmee != depot.revision.numero:
        before = dossier.guichet.reponses(dossier.cle, depot.confirmee)
        title = "Ce qui change depuis le dépôt confirmé"
        show_changes(changes(dossier.modele, before, dossier.reponses), title, "Confirmé", "Maintenant")
    elif dossier.avant:
        last, year = dossier.avant, dossier.cle.exercice
        title = f"Ce qui change depuis {year - 1}"
        show_changes(changes(dossier.modele, last, dossier.reponses), title, str(year - 1), str(year))


def _show_diffusion(dossier: Dossier) -> None:
    """Who may read: the network by default; the CCAS opens what it wants, line by line."""
    lines = {
        one.code: one.libelle
        for one in dossier.modele.rubriques
        if not one.publique_par_la_loi and any(r.rubrique.partition(".")[0] == one.code for r in dossier.reponses)
    }
    opened = [
        code
        for code in lines
        if any(r.diffusion is Diffusion.PUBLIC for r in dossier.reponses if r.rubrique.partition(".")[0] == code)
    ]
    with st.expander(f"Qui pourra lire ces réponses : le réseau, et le public pour {count(len(opened), 'ligne')}"):
        st.markdown(
            insecables(
                "Par défaut, seuls les membres du réseau lisent les réponses. Ce que le CCAS rend public paraît dans "
                "l’application ouverte à tous, sans les petits nombres de personnes."
            )
        )
        key = f"_publiques|{dossier.cle}"
        st.session_state[key] = opened
        st.multiselect(
            "Lignes rendues publiques", list(lines), format_func=lines.__getitem__, key=key,
            placeholder="Aucune", on_change=_open, args=(dossier, key, list(lines)),
        )  # fmt: skip
        with st.container(horizontal=True):
            st.button("Tout rendre public", on_click=_open_all, args=(dossier, list(lines), list(lines)))
            st.button("Tout garder pour le réseau", on_click=_open_all, args=(dossier, [], list(lines)))


def _open(dossier: Dossier, key: str, codes: list[str]) -> None:
    _open_all(dossier, st.session_state[key], codes)


def _open_all(dossier: Dossier, opened: list[str], codes: list[str]) -> None:
    def demand() -> None:
        kept = spread(dossier.reponses, [code for code in codes if code not in opened], Diffusion.RESEAU)
        session.desk().brouillon(
            dossier.cle,
            spread(kept, opened, Diffusion.PUBLIC),
            attendu=dossier.attendu,
            modele_version=dossier.version,
        )

    carry_out(demand, "Choix enregistré.")


def _show_submit(dossier: Dossier, blocked: bool) -> None:
    if not dossier.peut(Action.SOUMETTRE):
        return
    if dossier.etape is Etape.SOUMIS:
        st.info("Ce dépôt est soumis : il reste à le confirmer.", icon=":material/hourglass_top:")
        return
    if dossier.etape not in (Etape.BROUILLON, Etape.RENVOYE):
        return
    note = st.text_area(
        "Un mot pour la direction ou l’union (facultatif)", key=f"_note|{dossier.cle}", max_chars=1_000,
        placeholder="ce qu’il faut savoir de ce bilan, sans nommer personne",
    )  # fmt: skip
    st.button(
        "Soumettre à la direction", type="primary", icon=":material/send:", disabled=blocked,
        on_click=_submit, args=(dossier, note),
        help="Corriger ou expliquer d’abord les points ci-dessus" if blocked else None,
    )  # fmt: skip


def _submit(dossier: Dossier, note: str) -> None:
    def demand() -> None:
        session.desk().soumettre(dossier.cle, attendu=dossier.attendu or 0, note=note.strip() or None)
        st.session_state.pop(dossier.cle_correction, None)
        state.set_choice("etape", "confirmer")

    carry_out(demand, "Dépôt soumis : la direction peut le confirmer.")
