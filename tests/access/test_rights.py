"""Who may do what: every role, every action, at home and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from observatoire.access.rights import LOCAL, PUBLIC, Action, Interdit, Visiteur, may, require, valid
from registre.records import Attribution, Role


@dataclass(frozen=True)
class Lieu:
    code: str
    code_ept: str | None = None


ICI, VOISINE, AILLEURS = Lieu("93066", "T6"), Lieu("93001", "T6"), Lieu("93048", "T8")
EPT = Lieu("T6", "T6")
CHEZ_SOI = {Action.LIRE_DEPOT, Action.SAISIR, Action.SOUMETTRE}
MEMBRE = {Action.LIRE_RESEAU, Action.COMMENTER}


def compte(role: Role, territoire: str | None = None) -> Visiteur:
    return Visiteur("a@ville.fr", "A", (Attribution(role, territoire),))


def permis(visiteur: Visiteur, lieu: Lieu | None) -> set[Action]:
    return {action for action in Action if may(visiteur, action, lieu)}


@pytest.mark.parametrize("lieu", [None, ICI, AILLEURS, EPT])
def test_a_reader_may_nothing_that_is_not_public(lieu):
    assert permis(PUBLIC, lieu) == set()
    assert permis(Visiteur("a@ville.fr", "A"), lieu) == set(), "un compte sans rôle est un lecteur"


@pytest.mark.parametrize("lieu", [None, ICI, AILLEURS, EPT])
def test_the_union_may_everything_everywhere(lieu):
    assert permis(compte(Role.UDCCAS), lieu) == permis(LOCAL, lieu) == set(Action)


@pytest.mark.parametrize(
    ("visiteur", "ici", "voisine", "ailleurs"),
    [
        (compte(Role.LECTURE), set(), set(), set()),
        (compte(Role.SAISIE, "93066"), CHEZ_SOI, set(), set()),
        (compte(Role.CCAS, "93066"), CHEZ_SOI | {Action.CONFIRMER, Action.RETIRER, Action.DIFFUSER}, set(), set()),
        (compte(Role.REFERENT, "T6"), {Action.LIRE_DEPOT}, {Action.LIRE_DEPOT}, set()),
    ],
)
def test_each_role_is_held_to_its_own_territory(visiteur, ici, voisine, ailleurs):
    assert permis(visiteur, ICI) == MEMBRE | ici
    assert permis(visiteur, VOISINE) == MEMBRE | voisine
    assert permis(visiteur, AILLEURS) == MEMBRE | ailleurs
    assert permis(visiteur, None) == MEMBRE, "ce qui porte sur un territoire n’est pas permis sans lui"


def test_a_referent_reads_the_deposits_of_the_ept_itself():
    assert may(compte(Role.REFERENT, "T6"), Action.LIRE_DEPOT, EPT)
    assert not may(compte(Role.CCAS, "93066"), Action.LIRE_DEPOT, EPT)


def test_a_role_without_its_territory_grants_nothing_more_than_membership():
    """A damaged register, or a crafted line: « ccas » of nowhere is not « ccas » of everywhere."""
    for role in (Role.SAISIE, Role.CCAS, Role.REFERENT):
        assert permis(compte(role), ICI) == MEMBRE
    assert permis(compte(Role.REFERENT), Lieu("93066", None)) == MEMBRE, "aucun EPT n’est pas un EPT"


def test_several_roles_add_up():
    both = Visiteur("a@ville.fr", "A", (Attribution(Role.SAISIE, "93066"), Attribution(Role.CCAS, "93048")))
    assert may(both, Action.CONFIRMER, AILLEURS)
    assert not may(both, Action.CONFIRMER, ICI)


@pytest.mark.parametrize(
    ("visiteur", "words"),
    [
        (PUBLIC, "se connecter d’abord"),
        (Visiteur("a@ville.fr", "A"), "n’a aucun rôle"),
        (compte(Role.SAISIE, "93048"), "votre rôle (saisie 93048)"),
    ],
)
def test_a_refusal_says_what_where_and_what_to_do(visiteur, words):
    with pytest.raises(Interdit) as refused:
        require(visiteur, Action.CONFIRMER, ICI, "Saint-Denis")
    assert str(refused.value).startswith("Vous ne pouvez pas confirmer un dépôt de ce territoire (Saint-Denis) : ")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("role", "type_", "fine"),
    [
        (Role.CCAS, "commune", True),
        (Role.CCAS, "ept", False),
        (Role.SAISIE, None, False),
        (Role.REFERENT, "ept", True),
        (Role.REFERENT, "commune", False),
        (Role.UDCCAS, None, True),
        (Role.UDCCAS, "commune", False),
        (Role.LECTURE, None, True),
    ],
)
def test_a_role_is_given_where_it_means_something(role, type_, fine):
    assert (valid(role, type_) is None) is fine
