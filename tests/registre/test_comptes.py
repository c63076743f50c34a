"""Accounts, roles, invitations, comments, settings."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from registre.errors import Introuvable, Invalide, Perime
from registre.records import Attribution, Role
from registre.verification import verify

from .conftest import AWA, LEA, UNION


def test_a_role_is_given_to_an_account_that_is_made_if_need_be(registre):
    registre.comptes.ajouter_role(" Lea@Montreuil.FR ", Role.CCAS, UNION, "93066")
    registre.comptes.ajouter_role("lea@montreuil.fr", Role.LECTURE, UNION)
    account = registre.comptes.compte("LEA@montreuil.fr")
    assert account is not None
    assert account.courriel == "lea@montreuil.fr"
    assert account.roles == (Attribution(Role.CCAS, "93066"), Attribution(Role.LECTURE))
    assert (account.actif, account.epoque) == (True, 1)
    before = registre.revision()
    registre.comptes.ajouter_role("lea@montreuil.fr", Role.CCAS, UNION, "93066")
    assert registre.revision() == before


@pytest.mark.parametrize("role", [Role.SAISIE, Role.CCAS, Role.REFERENT])
def test_a_role_of_one_territory_is_not_given_without_it(registre, role):
    with pytest.raises(Invalide, match="se donne pour un territoire"):
        registre.comptes.ajouter_role("lea@montreuil.fr", role, UNION)
    assert registre.comptes.compte("lea@montreuil.fr") is None


@pytest.mark.parametrize(
    "courriel", ["", "lea", "lea@", "lea@montreuil", "a b@c.fr", "lea@montreuil.fr, x@y.fr", "a\x00@b.fr"]
)
def test_what_is_not_an_address_is_refused(registre, courriel):
    with pytest.raises(Invalide):
        registre.comptes.ajouter_role(courriel, Role.UDCCAS, UNION)
    assert registre.comptes.tous() == []


def test_an_unknown_role_is_refused_with_those_that_are(registre):
    with pytest.raises(Invalide, match=r"choisir parmi.: lecture, saisie, ccas, referent, udccas"):
        registre.comptes.ajouter_role("lea@montreuil.fr", "admin", UNION)


def test_a_role_is_taken_back_and_only_that_one(registre):
    registre.comptes.ajouter_role("lea@montreuil.fr", Role.CCAS, UNION, "93066")
    registre.comptes.ajouter_role("lea@montreuil.fr", Role.CCAS, UNION, "93010")
    with pytest.raises(Introuvable, match=r"n’a pas le rôle ccas → ses rôles.: ccas \(93010\), ccas \(93066\)"):
        registre.comptes.retirer_role("lea@montreuil.fr", Role.CCAS, UNION)
    account = registre.comptes.retirer_role("lea@montreuil.fr", Role.CCAS, UNION, "93010")
    assert account.roles == (Attribution(Role.CCAS, "93066"),)
    with pytest.raises(Introuvable, match="aucun compte"):
        registre.comptes.retirer_role("autre@montreuil.fr", Role.CCAS, UNION, "93010")


def test_a_deactivated_account_ends_its_sessions_which_stay_over(registre):
    registre.comptes.ajouter_role("lea@montreuil.fr", Role.CCAS, UNION, "93066")
    closed = registre.comptes.desactiver("lea@montreuil.fr", "départ", UNION)
    assert (closed.actif, closed.epoque) == (False, 2)
    opened = registre.comptes.reactiver("lea@montreuil.fr", UNION)
    assert (opened.actif, opened.epoque, opened.roles) == (True, 2, closed.roles)
    assert registre.comptes.fermer_sessions("lea@montreuil.fr", UNION).epoque == 3
    assert [line.action for line in registre.journal(objet="compte")] == [
        "fermer_sessions",
        "reactiver",
        "desactiver",
        "ajouter_role",
    ]
    with pytest.raises(Invalide, match="il manque le motif"):
        registre.comptes.desactiver("lea@montreuil.fr", " ", UNION)
    assert verify(registre.base, registre.fichiers).constats == ()


def test_an_invitation_is_used_once_by_whom_it_names(registre):
    invitation, token = registre.comptes.inviter("lea@montreuil.fr", Role.CCAS, UNION, territoire="93066")
    assert registre.comptes.invitation(token) == invitation
    with pytest.raises(Invalide, match="pour une autre adresse"):
        registre.comptes.accepter(token, "intrus@montreuil.fr", "Intrus")
    account = registre.comptes.accepter(token, "LEA@montreuil.fr", "Léa Martin")
    assert (account.nom, account.roles) == ("Léa Martin", (Attribution(Role.CCAS, "93066"),))
    with pytest.raises(Invalide, match="a déjà servi"):
        registre.comptes.accepter(token, "lea@montreuil.fr", "Léa Martin")
    assert registre.comptes.invitations()[0].acceptee_le is not None
    assert verify(registre.base, registre.fichiers).constats == ()


def test_an_invitation_that_gives_nothing_new_is_used_all_the_same(registre):
    registre.comptes.ajouter_role("lea@montreuil.fr", Role.CCAS, UNION, "93066")
    _, token = registre.comptes.inviter("lea@montreuil.fr", Role.CCAS, UNION, territoire="93066")
    registre.comptes.accepter(token, "lea@montreuil.fr", "")
    with pytest.raises(Invalide, match="a déjà servi"):
        registre.comptes.invitation(token)


def test_the_token_of_an_invitation_is_nowhere_in_the_register(registre):
    _, token = registre.comptes.inviter("lea@montreuil.fr", Role.LECTURE, UNION)
    with registre.base.reading() as connexion:
        kept = [
            str(row)
            for name in ("invitation", "journal", "compte", "compteur")
            for row in connexion.execute(text(f"SELECT * FROM {name}"))
        ]
    assert kept
    assert not any(token in row for row in kept)


def test_an_invitation_ends(registre, horloge):
    _, token = registre.comptes.inviter("lea@montreuil.fr", Role.LECTURE, UNION, duree=timedelta(hours=1))
    horloge.now += timedelta(minutes=59)
    registre.comptes.invitation(token)
    horloge.now += timedelta(minutes=1)
    for use in (registre.comptes.invitation, lambda t: registre.comptes.accepter(t, "lea@montreuil.fr", "")):
        with pytest.raises(Invalide, match="a expiré le 2 mars 2026"):
            use(token)
    assert registre.comptes.compte("lea@montreuil.fr") is None
    with pytest.raises(Introuvable, match="n’existe pas"):
        registre.comptes.invitation("au hasard")
    with pytest.raises(Invalide):
        registre.comptes.inviter("lea@montreuil.fr", Role.LECTURE, UNION, duree=timedelta(0))


def test_an_invitation_is_cancelled(registre):
    invitation, token = registre.comptes.inviter("lea@montreuil.fr", Role.LECTURE, UNION)
    assert registre.comptes.annuler(invitation.numero, UNION).annulee_le is not None
    with pytest.raises(Invalide, match="a été annulée"):
        registre.comptes.accepter(token, "lea@montreuil.fr", "")
    _, other = registre.comptes.inviter("lea@montreuil.fr", Role.LECTURE, UNION)
    registre.comptes.accepter(other, "lea@montreuil.fr", "")
    with pytest.raises(Invalide, match="a déjà servi"):
        registre.comptes.annuler(2, UNION)
    with pytest.raises(Introuvable):
        registre.comptes.annuler(9, UNION)
    assert verify(registre.base, registre.fichiers).constats == ()


def test_an_invitation_does_not_open_a_closed_account(registre):
    registre.comptes.ajouter_role("lea@montreuil.fr", Role.LECTURE, UNION)
    _, token = registre.comptes.inviter("lea@montreuil.fr", Role.UDCCAS, UNION)
    registre.comptes.desactiver("lea@montreuil.fr", "départ", UNION)
    with pytest.raises(Invalide, match="désactivé"):
        registre.comptes.accepter(token, "lea@montreuil.fr", "")
    assert registre.comptes.compte("lea@montreuil.fr").roles == (Attribution(Role.LECTURE),)


def test_an_account_is_named(registre):
    registre.comptes.creer("lea@montreuil.fr", "Léa", UNION)
    assert registre.comptes.creer("lea@montreuil.fr", "Léa Martin", UNION).nom == "Léa Martin"
    assert [a.nom for a in registre.comptes.tous()] == ["Léa Martin"]


def test_a_comment_is_opened_closed_and_opened_again(registre):
    first = registre.commentaires.ouvrir("bilan", "DOM01", " Compter les ménages ou les personnes ? ", AWA)
    registre.commentaires.ouvrir("bilan", "SEN09", "Ligne en double", LEA)
    assert (first.numero, first.texte, first.auteur, first.ouvert) == (
        1,
        "Compter les ménages ou les personnes ?",
        AWA,
        True,
    )
    closed = registre.commentaires.fermer(1, UNION, "les personnes")
    assert (closed.ouvert, closed.ferme_par, closed.conclusion) == (False, UNION.courriel, "les personnes")
    with pytest.raises(Invalide, match="l’a déjà fermé"):
        registre.commentaires.fermer(1, LEA)
    assert [c.numero for c in registre.commentaires.tous(ouvert=True)] == [2]
    assert [c.numero for c in registre.commentaires.tous("bilan", "DOM01")] == [1]
    assert registre.commentaires.rouvrir(1, AWA).conclusion is None
    with pytest.raises(Invalide, match="déjà ouvert"):
        registre.commentaires.rouvrir(1, AWA)
    for refused in (lambda: registre.commentaires.ouvrir("bilan", "DOM01", " ", AWA),):
        with pytest.raises(Invalide, match="il manque le commentaire"):
            refused()
    with pytest.raises(Introuvable):
        registre.commentaires.fermer(3, AWA)
    assert verify(registre.base, registre.fichiers).constats == ()


def test_a_setting_is_written_and_a_stale_one_refused(registre):
    assert registre.reglages.lire("demonstration", True) is True
    assert registre.reglages.ecrire("demonstration", False, UNION) == 1
    assert registre.reglages.lire_version("demonstration") == (False, 1)
    assert registre.reglages.ecrire("demonstration", False, UNION) == 1
    assert registre.revision() == 1
    with pytest.raises(Perime, match="Équipe de l’union") as stale:
        registre.reglages.ecrire("demonstration", True, LEA, attendu=0)
    assert stale.value.version == 1
    for value in (float("nan"), {1, 2}, "moitié \ud83d"):
        with pytest.raises(Invalide, match="ne s’enregistre pas"):
            registre.reglages.ecrire("demonstration", value, UNION)
    registre.reglages.ecrire("seuils", {"mots": ["é", 1.5, None]}, UNION)
    assert registre.reglages.tous() == {"demonstration": False, "seuils": {"mots": ["é", 1.5, None]}}
    assert verify(registre.base, registre.fichiers).constats == ()
