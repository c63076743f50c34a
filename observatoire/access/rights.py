"""Who may do what: the only place that decides. Pure; whoever writes, or reads what is not public, asks it first.

Reading public figures is open and asks nothing here. Everything else is an ``Action`` on a territory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from registre.records import AVEC_TERRITOIRE, Attribution, Role

LIBELLES = {
    Role.LECTURE: "Lecture : les chiffres du réseau",
    Role.SAISIE: "Saisie : prépare et soumet pour sa commune",
    Role.CCAS: "CCAS : confirme pour sa commune et choisit la diffusion",
    Role.REFERENT: "Référent : lit tout de son EPT",
    Role.UDCCAS: "Union : tout, et dépose au nom d’un CCAS",
}


class Action(StrEnum):
    """What is asked. The words complete « vous ne pouvez pas … »."""

    LIRE_RESEAU = "lire les chiffres que le réseau garde pour lui"
    LIRE_DEPOT = "lire les dépôts de ce territoire"
    SAISIR = "remplir un questionnaire pour ce territoire"
    SOUMETTRE = "soumettre un dépôt pour ce territoire"
    CONFIRMER = "confirmer un dépôt de ce territoire"
    RETIRER = "retirer ou rétablir un dépôt de ce territoire"
    DIFFUSER = "choisir la diffusion des réponses de ce territoire"
    RENVOYER = "renvoyer un dépôt à corriger"
    DEPOSER_AU_NOM = "déposer au nom d’un CCAS"
    COMMENTER = "laisser une remarque sur un questionnaire"
    CLORE_REMARQUE = "clore une remarque"
    ADMINISTRER = "gérer les comptes et les réglages"
    LIRE_JOURNAL = "lire le journal"


# Where each role may: on any territory, on its commune, on the communes of its EPT.
_PARTOUT: Mapping[Role, frozenset[Action]] = {
    Role.LECTURE: frozenset({Action.LIRE_RESEAU, Action.COMMENTER}),
    Role.SAISIE: frozenset({Action.LIRE_RESEAU, Action.COMMENTER}),
    Role.CCAS: frozenset({Action.LIRE_RESEAU, Action.COMMENTER}),
    Role.REFERENT: frozenset({Action.LIRE_RESEAU, Action.COMMENTER}),
    Role.UDCCAS: frozenset(Action),
}
_CHEZ_SOI: Mapping[Role, frozenset[Action]] = {
    Role.SAISIE: frozenset({Action.LIRE_DEPOT, Action.SAISIR, Action.SOUMETTRE}),
    Role.CCAS: frozenset(
        {
            *(Action.LIRE_DEPOT, Action.SAISIR, Action.SOUMETTRE, Action.CONFIRMER, Action.RETIRER),
            Action.DIFFUSER,
        }
    ),
    Role.REFERENT: frozenset({Action.LIRE_DEPOT}),
}


class Lieu(Protocol):
    """A territory as far as rights go: its code, and the EPT it lies in."""

    @property
    def code(self) -> str: ...

    @property
    def code_ept(self) -> str | None: ...


@dataclass(frozen=True)
class Visiteur:
    """Who asks. ``courriel`` is None for a reader who has not signed in; ``attributions`` are those of this instant."""

    courriel: str | None = None
    nom: str = ""
    attributions: tuple[Attribution, ...] = ()

    @property
    def connecte(self) -> bool:
        """Whether we know who it is."""
        return self.courriel is not None

    @property
    def membre(self) -> bool:
        """Whether it belongs to the network, in whatever role."""
        return self.connecte and bool(self.attributions)


PUBLIC = Visiteur()
# Whoever sits at the machine where the application runs for itself alone (OBSERVATOIRE_ACCES=local).
LOCAL = Visiteur("local@localhost", "Poste local", (Attribution(Role.UDCCAS),))


class Interdit(Exception):
    """What was asked is not allowed; the message says what, where and whom to ask."""

    def __init__(self, action: Action, visiteur: Visiteur, territoire: str | None = None) -> None:
        self.action, self.visiteur, self.territoire = action, visiteur, territoire
        where = f" ({territoire})" if territoire else ""
        if not visiteur.connecte:
            advice = "se connecter d’abord"
        elif not visiteur.attributions:
            advice = f"ce compte ({visiteur.courriel}) n’a aucun rôle ; en demander un à l’union"
        else:
            held = ", ".join(
                sorted({a.role.value + (f" {a.territoire}" if a.territoire else "") for a in visiteur.attributions})
            )
            advice = f"votre rôle ({held}) ne le permet pas ; demander à l’union"
        super().__init__(f"Vous ne pouvez pas {action.value}{where} : {advice}.")


def may(visiteur: Visiteur, action: Action, lieu: Lieu | None = None) -> bool:
    """Whether the visitor may do this; ``lieu``: the territory it is about, a former commune being its successor's.

    An action that is about a territory is refused without one, except to whom may it everywhere.
    """
    if not visiteur.connecte:
        return False
    return any(_grants(held, action, lieu) for held in visiteur.attributions)


def _grants(held: Attribution, action: Action, lieu: Lieu | None) -> bool:
    if action in _PARTOUT[held.role]:
        return True
    if lieu is None or held.territoire is None or action not in _CHEZ_SOI.get(held.role, frozenset()):
        return False
    # A referent reads its EPT's own deposits as well as its communes'.
    own = {lieu.code, lieu.code_ept} if held.role is Role.REFERENT else {lieu.code}
    return held.territoire in own


def require(visiteur: Visiteur, action: Action, lieu: Lieu | None = None, nom: str | None = None) -> None:
    """Raise Interdit unless the visitor may do this. ``nom``: the territory as a person names it."""
    if not may(visiteur, action, lieu):
        raise Interdit(action, visiteur, nom or (lieu.code if lieu else None))


def valid(role: Role, type_: str | None) -> str | None:
    """Why this role cannot be given on a territory of this type (commune, ept…; None: on none), None when it can."""
    if role not in AVEC_TERRITOIRE:
        return None if type_ is None else f"le rôle « {role} » vaut pour tout le réseau : ne pas donner de territoire"
    wanted, words = ("ept", "un EPT") if role is Role.REFERENT else ("commune", "une commune")
    return None if type_ == wanted else f"le rôle « {role} » se donne sur {words}"
