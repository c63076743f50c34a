"""Accounts, roles, invitations."""

from __future__ import annotations

from functools import partial

import streamlit as st

from observatoire.access.rights import LIBELLES
from observatoire.formats import jour
from observatoire.ui import data, session, state
from observatoire.ui.widgets.demands import carry_out
from observatoire.ui.widgets.layout import base_path
from observatoire.ui.widgets.tables import show_table
from registre.records import AVEC_TERRITOIRE, Attribution, Compte, Invitation, Role

_LIEN = "_lien_invitation"


def show_accounts() -> None:
    """Who may what: invite, give and take roles, close accounts."""
    desk = session.desk()
    comptes, invitations = desk.comptes(), desk.invitations()
    st.subheader("Inviter")
    _show_invite()
    st.subheader("Comptes")
    if not comptes:
        st.markdown("Aucun compte : inviter la première personne ci-dessus.")
    for compte in comptes:
        _show_account(compte)
    st.subheader("Invitations")
    _show_invitations(invitations)


def told(attribution: Attribution) -> str:
    """« CCAS, Saint-Denis »."""
    known = data.current().territoires
    words = LIBELLES[attribution.role].split(" : ")[0]
    return f"{words}, {known[attribution.territoire].nom}" if attribution.territoire in known else words


def _pick_role(key: str) -> tuple[Role, str | None]:
    """The role and its territory, chosen by the reader."""
    left, right = st.columns(2)
    with left:
        role = st.selectbox("Rôle", list(Role), format_func=lambda r: LIBELLES[r], key=f"_role_{key}")
    if role not in AVEC_TERRITOIRE:
        return role, None
    warehouse = data.current()
    options = warehouse.epts if role is Role.REFERENT else warehouse.communes
    label = "EPT" if role is Role.REFERENT else "Commune"
    with right:
        chosen = st.selectbox(
            label,
            list(options),
            index=None,
            format_func=lambda code: options[code].nom,
            placeholder="Choisir",
            key=f"_lieu_{key}_{label}",
        )
    return role, chosen


def _show_invite() -> None:
    courriel = st.text_input(
        "Adresse électronique professionnelle", key="_invite", placeholder="prenom.nom@ville.fr", max_chars=200
    )
    role, territoire = _pick_role("invitation")
    st.button(
        "Créer le lien d’invitation",
        icon=":material/person_add:",
        type="primary",
        disabled=not courriel.strip() or (role in AVEC_TERRITOIRE and not territoire),
        on_click=_invite,
        args=(courriel, role, territoire),
    )
    if link := st.session_state.get(_LIEN):
        st.markdown(
            "Lien à envoyer **maintenant** : il ne sera plus montré, sert une seule fois et vaut sept jours. "
            "Rien n’est envoyé d’ici."
        )
        st.code(link, language=None, wrap_lines=True)


def _invite(courriel: str, role: Role, territoire: str | None) -> None:
    st.session_state.pop(_LIEN, None)

    def demand() -> None:
        _, token = session.desk().inviter(courriel, role, territoire)
        st.session_state[_LIEN] = f"{_address()}/administration?invitation={token}"

    carry_out(demand, f"Invitation créée pour {courriel.strip()}.")


def _address() -> str:
    """The application as its reader sees it: « https://observatoire.exemple.fr »."""
    url = str(st.context.url or "").split("?")[0].rstrip("/")
    return url.removesuffix("/administration") if url else base_path()


def _show_account(compte: Compte) -> None:
    roles = ", ".join(map(told, compte.roles)) or "aucun rôle"
    closed = "" if compte.actif else " — compte fermé"
    with st.expander(f"{compte.nom or compte.courriel} · {roles}{closed}"):
        st.markdown(f"{compte.courriel}, compte ouvert le {jour(compte.cree_le.date())}.")
        for attribution in compte.roles:
            st.button(
                f"Retirer « {told(attribution)} »",
                key=f"_retirer_{compte.courriel}_{attribution.role}_{attribution.territoire}",
                on_click=carry_out,
                args=(
                    lambda a=attribution: session.desk().retirer_role(compte.courriel, a.role, a.territoire),
                    f"Rôle « {told(attribution)} » retiré à {compte.courriel}.",
                ),
            )
        role, territoire = _pick_role(compte.courriel)
        st.button(
            "Donner ce rôle",
            key=f"_donner_{compte.courriel}",
            disabled=role in AVEC_TERRITOIRE and not territoire,
            on_click=carry_out,
            args=(
                lambda: session.desk().ajouter_role(compte.courriel, role, territoire),
                f"Rôle donné à {compte.courriel}.",
            ),
        )
        _show_closing(compte)


def _show_closing(compte: Compte) -> None:
    courriel = compte.courriel
    if not compte.actif:
        st.button(
            "Rouvrir le compte",
            key=f"_rouvrir_{courriel}",
            on_click=carry_out,
            args=(lambda: session.desk().reactiver(courriel), f"Compte {courriel} rouvert, avec ses rôles."),
        )
        return
    motif = st.text_input("Motif de la fermeture", key=f"_motif_{courriel}", placeholder="départ, changement de poste…")
    with st.container(horizontal=True):
        st.button(
            "Fermer le compte",
            key=f"_fermer_{courriel}",
            disabled=not motif.strip(),
            on_click=carry_out,
            args=(
                lambda: session.desk().desactiver(courriel, motif),
                f"Compte {courriel} fermé ; ses sessions ouvertes sont finies.",
            ),
        )
        st.button(
            "Finir ses sessions ouvertes",
            key=f"_sessions_{courriel}",
            on_click=carry_out,
            args=(lambda: session.desk().fermer_sessions(courriel), f"Sessions de {courriel} finies."),
        )


def _show_invitations(invitations: list[Invitation]) -> None:
    if not invitations:
        st.markdown("Aucune invitation.")
        return
    rows = [
        [one.courriel, told(one.attribution), jour(one.cree_le.date()), jour(one.expire_le.date()), _state(one)]
        for one in invitations
    ]
    columns = ["Adresse", "Rôle", "Créée le", "Expire le", "État"]
    show_table("Invitations, de la dernière à la première", columns, rows, text_columns=len(columns))
    for one in invitations:
        if one.acceptee_le is None and one.annulee_le is None:
            st.button(
                f"Annuler l’invitation de {one.courriel} ({told(one.attribution)})",
                key=f"_annuler_{one.numero}",
                on_click=carry_out,
                args=(partial(_cancel, one.numero), f"Invitation de {one.courriel} annulée."),
            )


def _cancel(numero: int) -> None:
    session.desk().annuler_invitation(numero)


def _state(one: Invitation) -> str:
    if one.acceptee_le is not None:
        return f"acceptée le {jour(one.acceptee_le.date())}"
    return f"annulée le {jour(one.annulee_le.date())}" if one.annulee_le is not None else "en attente"


def show_invitation(token: str) -> None:
    """What the link of an invitation opens."""
    seen = session.presence()
    if seen.mode != "connexion":
        st.warning("Une invitation sert à un compte : cette application n’a pas de connexion par compte.")
        return
    person = session.identity()
    if person is None:
        st.markdown("Vous êtes invité à rejoindre l’observatoire : se connecter d’abord, ce lien servira ensuite.")
        st.button(
            "Se connecter", icon=":material/login:", on_click=st.login, type="primary", key="_connexion_invitation"
        )
        return
    st.markdown(f"Vous êtes connecté comme **{person.courriel}**.")
    st.button(
        "Accepter l’invitation",
        icon=":material/how_to_reg:",
        type="primary",
        on_click=_accept,
        args=(token,),
        key="_accepter",
    )


def _accept(token: str) -> None:
    carry_out(lambda: session.accept(token), "Invitation acceptée : votre rôle est actif.")
    state.forget("invitation")
