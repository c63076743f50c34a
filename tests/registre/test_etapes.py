"""Where a deposit may go: the whole table, and what its refusals say."""

import itertools

import pytest

from registre.errors import TransitionRefusee
from registre.etapes import Action, next_step, stays_in_force
from registre.records import Etape

B, S, R, C, T = Etape.BROUILLON, Etape.SOUMIS, Etape.RENVOYE, Etape.CONFIRME, Etape.RETIRE
PERMIS = {
    (None, Action.ENREGISTRER): B,
    (B, Action.ENREGISTRER): B,
    (S, Action.ENREGISTRER): B,
    (R, Action.ENREGISTRER): B,
    (C, Action.ENREGISTRER): B,
    (B, Action.SOUMETTRE): S,
    (R, Action.SOUMETTRE): S,
    (S, Action.RENVOYER): R,
    (C, Action.RENVOYER): R,
    (S, Action.CONFIRMER): C,
    (B, Action.RETIRER): T,
    (S, Action.RETIRER): T,
    (R, Action.RETIRER): T,
    (C, Action.RETIRER): T,
}


@pytest.mark.parametrize(
    ("etape", "action"), list(itertools.product([None, *Etape], [a for a in Action if a is not Action.RESTAURER]))
)
def test_every_step_is_permitted_or_refused_in_french(etape, action):
    if (etape, action) in PERMIS:
        assert next_step(etape, action, "bilan 93066 2025") is PERMIS[etape, action]
        return
    with pytest.raises(TransitionRefusee) as refused:
        next_step(etape, action, "bilan 93066 2025")
    assert str(refused.value).startswith(f"bilan 93066 2025\u00a0: impossible de le {action}\u00a0: le dépôt ")
    assert refused.value.conseil


@pytest.mark.parametrize("origin", [B, S, R, C])
def test_a_withdrawn_deposit_goes_back_where_it_was(origin):
    assert next_step(T, Action.RESTAURER, "x", origin) is origin


@pytest.mark.parametrize(("etape", "origin"), [(None, None), (B, None), (C, B), (T, None), (T, T)])
def test_what_was_not_withdrawn_is_not_restored(etape, origin):
    with pytest.raises(TransitionRefusee, match="impossible de le restaurer"):
        next_step(etape, Action.RESTAURER, "x", origin)


def test_only_the_return_of_a_confirmed_deposit_ends_what_was_in_force():
    ended = {(e, a) for e, a in itertools.product([None, *Etape], Action) if not stays_in_force(e, a)}
    assert ended == {(C, Action.RENVOYER)}
