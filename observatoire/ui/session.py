"""Who is reading this page, and the desk through which they write. Rights are judged there, at each demand."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.secrets import secrets_singleton

from etl.errors import DataError
from observatoire.access import opening
from observatoire.access.desk import Guichet, SessionFermee, visitor
from observatoire.access.desk import accept as use_invitation
from observatoire.access.identity import Identite, SansAdresse, loopback, vouched
from observatoire.access.places import places
from observatoire.access.publication import NonPublie, publish_network
from observatoire.access.rights import LOCAL, PUBLIC, Action, Visiteur
from observatoire.access.saisies import Saisies
from observatoire.config import access_mode, trusted_issuers, warehouse_folder
from observatoire.ui import data
from registre.errors import RegistreError
from registre.store import Registre

_EPOQUE = "_epoque"


@dataclass(frozen=True)
class Presence:
    """The reader of this run. ``mode``: see ``mode()``; ``message``: what they must be told."""

    mode: str
    visiteur: Visiteur
    message: str = ""


def mode() -> str:
    """« local »: this machine's own; « connexion »: people sign in; « lecture »: nobody can write."""
    if access_mode() == "local":
        # Both what the server listens to and what the browser asked for: another site may lead a browser here.
        own = loopback(str(st.get_option("server.address") or "")) and loopback(_host())
        return "local" if own else "lecture"
    return "connexion" if has_provider() else "lecture"


def has_provider() -> bool:
    """Whether Streamlit's secrets name an identity provider (``[auth]``)."""
    return bool(secrets_singleton.load_if_toml_exists() and secrets_singleton.get("auth"))


def _host() -> str | None:
    return st.context.headers.get("Host")


def identity() -> Identite | None:
    """Who has signed in, None for nobody. Raises SansAdresse."""
    return vouched(dict(st.user.to_dict()), trusted_issuers()) if has_provider() else None


def current_visitor() -> Visiteur:
    """Who asks, as of now. Raises SansAdresse, SessionFermee, RegistreError."""
    kind = mode()
    if kind == "local":
        return LOCAL
    person = identity() if kind == "connexion" else None
    if person is None:
        return PUBLIC
    found, st.session_state[_EPOQUE] = visitor(opening.in_service(), person, _epoch(person))
    return found


def _epoch(person: Identite) -> int | None:
    """The epoch at which this session met its account: another person who signs in starts afresh."""
    if st.session_state.get("_compte") != person.courriel:
        st.session_state["_compte"] = person.courriel
        st.session_state.pop(_EPOQUE, None)
    return st.session_state.get(_EPOQUE)


def presence() -> Presence:
    """Who is reading, and what they must be told when they are not who they would be."""
    kind = mode()
    try:
        return Presence(kind, current_visitor())
    except (SansAdresse, SessionFermee, RegistreError) as refused:
        return Presence(kind, PUBLIC, str(refused))


def desk() -> Guichet:
    """The desk, for the person of this session. Raises RegistreError when the register cannot be opened."""
    warehouse = data.current()
    placed = data.view(places)
    return Guichet(opening.in_service(), current_visitor, placed, Saisies(warehouse, placed), _publish)


def accept(token: str) -> None:
    """Use an invitation, as the person signed in. Raises SansAdresse, RegistreError."""
    person = identity() if mode() == "connexion" else None
    if person is None:
        raise SansAdresse("Se connecter d’abord, puis rouvrir le lien de l’invitation.")
    use_invitation(opening.in_service(), token, person)


def _publish(registre: Registre) -> None:
    """Make the network's figures anew. Raises NonPublie: what was asked is done all the same."""
    try:
        publish_network(registre, data.current(), warehouse_folder())
    except DataError as error:
        raise NonPublie(error) from error


def may(action: Action, territoire: str | None = None) -> bool:
    """Whether to show what leads to a demand; the desk decides again when it is made."""
    try:
        visiteur = current_visitor()
        return bool(visiteur.attributions) and desk().peut(action, territoire)
    except (SansAdresse, SessionFermee, RegistreError):
        return False


def show_access(seen: Presence) -> None:
    """In the menu: who one is, and how to sign in or out. Nothing where nobody can."""
    if seen.mode == "local":
        words = "Poste local : vous agissez comme l’union. Rien n’est accessible depuis une autre machine."
        st.html(f"<div class='obs-local' role='note'>{words}</div>")
        return
    if seen.message:
        st.warning(seen.message, icon=":material/lock:")
    if seen.mode != "connexion":
        return
    if not st.user.get("is_logged_in"):
        st.button("Se connecter", icon=":material/login:", on_click=st.login, type="tertiary", key="_connexion")
        return
    name = seen.visiteur.nom or seen.visiteur.courriel or str(st.user.get("email") or "")
    st.caption(name)
    st.button("Se déconnecter", icon=":material/logout:", on_click=st.logout, type="tertiary", key="_deconnexion")
