"""Where a deposit may go from where it is. Who may send it there is not decided here."""

from __future__ import annotations

from enum import StrEnum

from registre.errors import TransitionRefusee
from registre.records import Etape


class Action(StrEnum):
    """What is done to a deposit."""

    ENREGISTRER = "enregistrer"
    SOUMETTRE = "soumettre"
    RENVOYER = "renvoyer"
    CONFIRMER = "confirmer"
    RETIRER = "retirer"
    RESTAURER = "restaurer"


# From None (no deposit yet). A submission may still be corrected: it becomes a draft again. A confirmed deposit may be
# corrected too: what was confirmed stays in force until the correction is confirmed. « restaurer » is not here: it goes
# back to where the deposit was withdrawn from.
_TRANSITIONS: dict[Action, tuple[frozenset[Etape | None], Etape]] = {
    Action.ENREGISTRER: (
        frozenset({None, Etape.BROUILLON, Etape.SOUMIS, Etape.RENVOYE, Etape.CONFIRME}),
        Etape.BROUILLON,
    ),
    Action.SOUMETTRE: (frozenset({Etape.BROUILLON, Etape.RENVOYE}), Etape.SOUMIS),
    Action.RENVOYER: (frozenset({Etape.SOUMIS, Etape.CONFIRME}), Etape.RENVOYE),
    Action.CONFIRMER: (frozenset({Etape.SOUMIS}), Etape.CONFIRME),
    Action.RETIRER: (
        frozenset({Etape.BROUILLON, Etape.SOUMIS, Etape.RENVOYE, Etape.CONFIRME}),
        Etape.RETIRE,
    ),
}
AVEC_MOTIF = frozenset({Action.RENVOYER, Action.RETIRER})
_ETATS: dict[Etape | None, str] = {
    None: "n’existe pas",
    Etape.BROUILLON: "est un brouillon",
    Etape.SOUMIS: "est déjà soumis",
    Etape.RENVOYE: "est renvoyé",
    Etape.CONFIRME: "est déjà confirmé",
    Etape.RETIRE: "est retiré",
}
_CONSEILS: dict[Etape | None, str] = {
    None: "enregistrer d’abord un brouillon",
    Etape.BROUILLON: "le soumettre d’abord",
    Etape.SOUMIS: "le confirmer, le renvoyer, ou enregistrer une correction",
    Etape.RENVOYE: "le corriger et le soumettre de nouveau",
    Etape.CONFIRME: "enregistrer une correction, ou le renvoyer",
    Etape.RETIRE: "le restaurer d’abord",
}


def next_step(etape: Etape | None, action: Action, ou: str, avant_retrait: Etape | None = None) -> Etape:
    """Where ``action`` leads from ``etape`` (None: no deposit yet).

    ``ou`` names the deposit in the message; ``avant_retrait``: where a withdrawn deposit was. Raises TransitionRefusee.
    """
    if action is Action.RESTAURER:
        if etape is Etape.RETIRE and avant_retrait is not None and avant_retrait is not Etape.RETIRE:
            return avant_retrait
        state = _ETATS[etape] if etape is None else "n’est pas retiré"
        raise TransitionRefusee(f"impossible de le restaurer : le dépôt {state}", ou, "relire le dépôt")
    origins, target = _TRANSITIONS[action]
    if etape not in origins:
        raise TransitionRefusee(f"impossible de le {action} : le dépôt {_ETATS[etape]}", ou, _CONSEILS[etape])
    return target


def stays_in_force(etape: Etape | None, action: Action) -> bool:
    """Whether what was confirmed still counts after ``action``.

    To return a confirmed deposit is to say that its figures are wrong: they no longer count. To return a correction
    leaves what it would have replaced.
    """
    return not (etape is Etape.CONFIRME and action is Action.RENVOYER)
