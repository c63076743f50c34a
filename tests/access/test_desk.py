"""The desk, attacked: nobody reads or writes what is not theirs, whatever is asked, and nothing is then written."""

from __future__ import annotations

import inspect

import pytest

from observatoire.access.desk import Guichet, Refuse, SessionFermee, accept, visitor
from observatoire.access.identity import Identite
from observatoire.access.rights import LOCAL, Interdit, Visiteur
from registre.errors import Introuvable, Invalide, Perime, RegistreError
from registre.records import Attribution, Cle, Diffusion, Etape, Reponse, Role
from tests.access.conftest import CLE, PLACES, UNION, Libre

UNE = (Reponse("A1", valeur=12.0),)
AILLEURS = Cle("bilan", "93048", 2025)
ANCIENNE = Cle("bilan", "93059", 2024)


def deposit(desk: Guichet, cle: Cle = CLE, reponses=UNE, attendu=None):
    return desk.brouillon(cle, reponses, attendu=attendu, modele_version="1")


# Every demand on a deposit, as a crafted message would make it.
DEMANDES = {
    "depot": lambda d, c: d.depot(c),
    "reponses": lambda d, c: d.reponses(c),
    "revisions": lambda d, c: d.revisions(c),
    "historique": lambda d, c: d.historique(c),
    "fichier": lambda d, c: d.fichier(c, "0" * 64),
    "annee_precedente": lambda d, c: d.annee_precedente(c),
    "constats": lambda d, c: d.constats(c, "1", UNE),
    "lire_classeur": lambda d, c: d.lire_classeur(c, "bilan.xlsx", b"PK"),
    "importer": lambda d, c: d.importer(c, "export.xlsx", b"PK"),
    "joindre": lambda d, c: d.joindre(c, "photo.png", b"image"),
    "brouillon": lambda d, c: deposit(d, c, attendu=1),
    "soumettre": lambda d, c: d.soumettre(c, attendu=1),
    "confirmer": lambda d, c: d.confirmer(c, attendu=1),
    "renvoyer": lambda d, c: d.renvoyer(c, "à revoir", attendu=1),
    "retirer": lambda d, c: d.retirer(c, "erreur", attendu=1),
    "restaurer": lambda d, c: d.restaurer(c, attendu=1),
}
ADMINISTRER = {
    "comptes": lambda d: d.comptes(),
    "invitations": lambda d: d.invitations(),
    "inviter": lambda d: d.inviter("moi@ailleurs.fr", Role.UDCCAS),
    "annuler_invitation": lambda d: d.annuler_invitation(1),
    "ajouter_role": lambda d: d.ajouter_role("moi@ailleurs.fr", Role.UDCCAS),
    "retirer_role": lambda d: d.retirer_role("union@udccas93.fr", Role.UDCCAS),
    "desactiver": lambda d: d.desactiver("union@udccas93.fr", "non"),
    "reactiver": lambda d: d.reactiver("union@udccas93.fr"),
    "fermer_sessions": lambda d: d.fermer_sessions("union@udccas93.fr"),
    "regler": lambda d: d.regler("demonstration", False),
    "journal": lambda d: d.journal(),
    "clore_remarque": lambda d: d.clore_remarque(1, "non"),
    "rouvrir_remarque": lambda d: d.rouvrir_remarque(1),
}
LUES = {"annee_precedente", "constats", "depot", "reponses", "revisions", "historique", "fichier"}
ENTREES = {"brouillon", "importer", "lire_classeur", "joindre"}


def test_every_demand_is_in_these_tests():
    """A demand added to the desk is attacked here, or said to be open."""
    public = {name for name, _ in inspect.getmembers(Guichet, inspect.isfunction) if not name.startswith("_")}
    assert public - set(DEMANDES) - set(ADMINISTRER) == {
        "peut",
        "depots",
        "remarques",
        "remarquer",
        "reglage",
        "reseau",
    }


@pytest.mark.parametrize("ask", DEMANDES.values(), ids=DEMANDES)
@pytest.mark.parametrize(
    ("role", "territoire"),
    [(None, None), (Role.LECTURE, None), (Role.SAISIE, "93066"), (Role.CCAS, "93066"), (Role.REFERENT, "200057867")],
)
def test_nobody_reaches_the_deposit_of_another_commune(registre, guichet, role, territoire, ask):
    deposit(Guichet(registre, lambda: LOCAL, PLACES, Libre()), AILLEURS)
    before = registre.empreinte()
    with pytest.raises(Interdit):
        ask(guichet(role, territoire), AILLEURS)
    assert registre.empreinte() == before


@pytest.mark.parametrize(
    ("role", "territoire", "allowed"),
    [
        (Role.SAISIE, "93066", LUES | ENTREES | {"soumettre"}),
        (Role.CCAS, "93066", LUES | ENTREES | {"soumettre", "confirmer", "retirer", "restaurer"}),
        (Role.REFERENT, "200057867", LUES),
        (Role.UDCCAS, None, set(DEMANDES)),
    ],
)
@pytest.mark.parametrize("cle", [CLE, ANCIENNE], ids=["la sienne", "l’ancienne commune qu’elle remplace"])
def test_each_role_reaches_its_own_and_no_more(registre, guichet, role, territoire, allowed, cle):
    deposit(Guichet(registre, lambda: LOCAL, PLACES, Libre()), cle)
    desk, reached = guichet(role, territoire), set()
    for name, ask in DEMANDES.items():
        try:
            ask(desk, cle)
        except Interdit:
            continue
        except RegistreError:  # accepted by the desk, and not possible where the deposit is
            pass
        reached.add(name)
    assert reached == allowed


@pytest.mark.parametrize("ask", ADMINISTRER.values(), ids=ADMINISTRER)
@pytest.mark.parametrize(
    ("role", "territoire"),
    [(None, None), (Role.LECTURE, None), (Role.SAISIE, "93066"), (Role.CCAS, "93066"), (Role.REFERENT, "200057867")],
)
def test_only_the_union_administers(registre, guichet, role, territoire, ask):
    registre.comptes.ajouter_role(UNION.courriel, Role.UDCCAS, UNION)
    before = registre.empreinte()
    with pytest.raises(Interdit):
        ask(guichet(role, territoire))
    assert registre.empreinte() == before


@pytest.mark.parametrize("territoire", ["93999", "'; DROP TABLE depot; --", "", "2000578670"])
def test_an_unknown_territory_says_nothing_to_whom_may_nothing_there(guichet, territoire):
    with pytest.raises(Interdit):
        guichet(Role.CCAS, "93066").depot(Cle("bilan", territoire, 2025))
    with pytest.raises(Introuvable):
        guichet(Role.UDCCAS).depot(Cle("bilan", territoire, 2025))


def test_a_list_holds_only_what_may_be_read(registre, guichet):
    union = guichet(Role.UDCCAS)
    for cle in (CLE, AILLEURS, Cle("bilan", "93001", 2025)):
        deposit(union, cle)
    seen = [depot.cle.territoire for depot in guichet(Role.REFERENT, "200057867").depots()]
    assert sorted(seen) == ["93001", "93066"]
    assert [depot.cle.territoire for depot in guichet(Role.SAISIE, "93048").depots()] == ["93048"]
    assert guichet(Role.LECTURE).depots() == []
    with pytest.raises(Interdit):
        guichet().depots()


def test_a_file_is_read_through_its_own_deposit_only(registre, guichet):
    """The address of a file is no pass: it is asked of a deposit that one may read, and that holds it."""
    other = guichet(Role.CCAS, "93048")
    held = other.brouillon(AILLEURS, UNE, attendu=None, modele_version="1", classeur=("bilan.xlsx", b"secret"))
    sha256 = held.revision.fichier
    assert sha256
    assert other.fichier(AILLEURS, sha256) == b"secret"
    mine = guichet(Role.CCAS, "93066")
    deposit(mine)
    with pytest.raises(Introuvable):
        mine.fichier(CLE, sha256)


def test_an_answer_names_only_a_file_that_its_author_brought(registre, guichet):
    """Else whoever learns the address of another CCAS's file would read it through an answer of their own."""
    secret = guichet(Role.CCAS, "93048").joindre(AILLEURS, "photo.png", b"secret")
    mine, before = guichet(Role.CCAS, "93066"), registre.empreinte()
    stolen = Reponse("PHOTO", texte=secret)
    with pytest.raises(Refuse, match="PHOTO : cette pièce n’a pas été jointe par vous"):
        deposit(mine, reponses=(*UNE, stolen))
    assert registre.empreinte() == before
    own = mine.joindre(CLE, "photo.png", b"mien")
    kept = deposit(mine, reponses=(*UNE, Reponse("PHOTO", texte=own)))
    assert mine.fichier(CLE, own) == b"mien"
    # A colleague corrects another line: the file that the deposit already names stays.
    colleague = guichet(Role.SAISIE, "93066")
    corrected = (Reponse("A1", valeur=13.0), Reponse("PHOTO", texte=own))
    assert deposit(colleague, reponses=corrected, attendu=kept.version).revision.nombre == 2
    # Who has the same file may name it as well.
    assert mine.joindre(CLE, "la même.png", b"secret") == secret
    deposit(mine, reponses=(*UNE, stolen), attendu=registre.depot(CLE).version)


def test_a_file_joined_has_a_name_that_says_nothing_of_people(registre, guichet):
    before = registre.empreinte()
    with pytest.raises(Refuse):
        guichet(Role.CCAS, "93066").joindre(CLE, "dupont.png", b"image")
    assert registre.empreinte() == before


def test_answers_that_cannot_be_kept_are_not(registre, guichet):
    before = registre.empreinte()
    with pytest.raises(Refuse) as refused:
        deposit(guichet(Role.SAISIE, "93066"), reponses=(*UNE, Reponse("REFUS")))
    assert refused.value.constats == ["ligne REFUS : non"]
    assert registre.empreinte() == before


def test_a_name_of_file_a_note_and_a_reason_are_read_like_answers(registre, guichet):
    """What nobody may write in an answer is not written beside it either."""
    union = guichet(Role.UDCCAS)
    version = union.soumettre(CLE, attendu=deposit(union).version).version
    before, said = registre.empreinte(), "vu avec Mme Dupont"
    for ask in (
        lambda: union.brouillon(CLE, UNE, attendu=version, modele_version="1", classeur=("dupont.xlsx", b"x")),
        lambda: union.brouillon(CLE, UNE, attendu=version, modele_version="1", note=said),
        lambda: union.confirmer(CLE, attendu=version, note=said),
        lambda: union.renvoyer(CLE, said, attendu=version),
        lambda: union.retirer(CLE, said, attendu=version),
        lambda: union.remarquer("bilan", "A1", said),
    ):
        with pytest.raises(Refuse):
            ask()
    assert registre.empreinte() == before


def test_a_former_commune_deposits_for_the_years_it_lived(guichet):
    desk = guichet(Role.CCAS, "93066")
    assert deposit(desk, ANCIENNE).cle == ANCIENNE
    with pytest.raises(Refuse, match="n’a plus de CCAS depuis 2025"):
        deposit(desk, Cle("bilan", "93059", 2025))


def test_a_draft_with_errors_is_kept_and_not_submitted(registre, guichet):
    desk = guichet(Role.SAISIE, "93066")
    depot = deposit(desk, reponses=(Reponse("A1"),))
    with pytest.raises(Refuse):
        desk.soumettre(CLE, attendu=depot.version)
    assert registre.depot(CLE).etape is Etape.BROUILLON


def test_diffusion_is_chosen_by_the_ccas_and_kept_by_others(registre, guichet):
    saisie, ccas = guichet(Role.SAISIE, "93066"), guichet(Role.CCAS, "93066")
    opened = (Reponse("A1", valeur=1.0, diffusion=Diffusion.PUBLIC),)
    with pytest.raises(Interdit):
        deposit(saisie, reponses=opened)
    assert registre.depot(CLE) is None
    version = deposit(ccas, reponses=opened).version
    corrected = (Reponse("A1", valeur=2.0, diffusion=Diffusion.PUBLIC),)
    version = deposit(saisie, reponses=corrected, attendu=version).version
    with pytest.raises(Interdit):
        deposit(saisie, reponses=(Reponse("A1", valeur=2.0),), attendu=version)
    deposit(saisie, reponses=(*corrected, Reponse("OUVERTE", valeur=1.0, diffusion=Diffusion.PUBLIC)), attendu=version)


def test_a_stale_write_is_refused_and_says_who_wrote(registre, guichet):
    first = deposit(guichet(Role.CCAS, "93066"))
    deposit(guichet(Role.SAISIE, "93066"), reponses=(Reponse("A1", valeur=13.0),), attendu=first.version)
    with pytest.raises(Perime) as refused:
        deposit(guichet(Role.CCAS, "93066"), reponses=(Reponse("A1", valeur=14.0),), attendu=first.version)
    assert "saisie-93066@ville.fr" in str(refused.value)


def test_on_behalf_is_recorded_as_such(guichet):
    assert deposit(guichet(Role.UDCCAS)).revision.au_nom_de == "Saint-Denis"
    assert deposit(guichet(Role.CCAS, "93048"), AILLEURS).revision.au_nom_de is None
    assert deposit(guichet(Role.CCAS, "93066"), ANCIENNE).revision.au_nom_de is None


def test_figures_are_published_at_each_change_of_what_is_in_force(registre, guichet):
    published = []
    union = guichet(Role.UDCCAS, publier=lambda r: published.append(r.revision()))
    version = deposit(union).version
    version = union.soumettre(CLE, attendu=version).version
    assert published == []
    version = union.confirmer(CLE, attendu=version).version
    version = union.retirer(CLE, "erreur", attendu=version).version
    version = union.restaurer(CLE, attendu=version).version
    union.renvoyer(CLE, "à revoir", attendu=version)
    assert len(published) == 4


def test_the_last_account_of_the_union_stays(registre, guichet):
    union = guichet(Role.UDCCAS)
    union.ajouter_role("une@udccas93.fr", Role.UDCCAS)
    for ask in (
        lambda: union.retirer_role("une@udccas93.fr", Role.UDCCAS),
        lambda: union.desactiver("Une@UDCCAS93.fr", "départ"),
    ):
        with pytest.raises(Invalide):
            ask()
    union.ajouter_role("deux@udccas93.fr", Role.UDCCAS)
    union.desactiver("une@udccas93.fr", "départ")
    with pytest.raises(Invalide):
        union.retirer_role("deux@udccas93.fr", Role.UDCCAS)


def test_a_role_is_given_on_the_territory_it_needs(guichet):
    union = guichet(Role.UDCCAS)
    for role, territoire in [
        (Role.CCAS, "200057867"),
        (Role.CCAS, "93059"),
        (Role.REFERENT, "93066"),
        (Role.UDCCAS, "93066"),
        (Role.SAISIE, None),
        (Role.SAISIE, "99999"),
    ]:
        with pytest.raises(Invalide):
            union.ajouter_role("a@ville.fr", role, territoire)
        with pytest.raises(Invalide):
            union.inviter("a@ville.fr", role, territoire)
    assert union.comptes() == []
    assert union.invitations() == []


class Session:
    """A session as a page holds it: an identity, the epoch of its start, the rights of each instant."""

    def __init__(self, registre, courriel: str) -> None:
        self.registre, self.identite, self.epoque = registre, Identite(courriel, "A"), None
        self.desk = Guichet(registre, self.qui, PLACES, Libre())

    def qui(self) -> Visiteur:
        visiteur, self.epoque = visitor(self.registre, self.identite, self.epoque)
        return visiteur


def test_a_role_taken_back_is_taken_back_in_the_open_session(registre):
    registre.comptes.ajouter_role("a@ville.fr", Role.CCAS, UNION, "93066")
    session = Session(registre, "a@ville.fr")
    version = deposit(session.desk).version
    registre.comptes.retirer_role("a@ville.fr", Role.CCAS, UNION, "93066")
    with pytest.raises(Interdit):
        session.desk.soumettre(CLE, attendu=version)


def test_a_closed_account_ends_its_open_sessions_for_good(registre):
    registre.comptes.ajouter_role("a@ville.fr", Role.CCAS, UNION, "93066")
    session = Session(registre, "a@ville.fr")
    version = deposit(session.desk).version
    registre.comptes.desactiver("a@ville.fr", "départ", UNION)
    with pytest.raises(SessionFermee):
        session.desk.soumettre(CLE, attendu=version)
    with pytest.raises(SessionFermee):
        Session(registre, "a@ville.fr").qui()
    registre.comptes.reactiver("a@ville.fr", UNION)
    with pytest.raises(SessionFermee):
        session.qui()
    assert Session(registre, "a@ville.fr").qui().attributions == (Attribution(Role.CCAS, "93066"),)


def test_an_invitation_gives_its_role_in_the_session_that_accepts_it(registre, guichet):
    invitation, token = guichet(Role.UDCCAS).inviter("a@ville.fr", Role.SAISIE, "93066")
    session = Session(registre, "a@ville.fr")
    assert not session.qui().membre
    with pytest.raises(Invalide):
        accept(registre, token, Identite("b@ville.fr", "B"))
    accept(registre, token, session.identite)
    assert session.qui().attributions == (invitation.attribution,)
    deposit(session.desk)


def test_remarks_are_for_members_and_closed_by_the_union(guichet):
    remark = guichet(Role.LECTURE).remarquer("bilan", "A1", "Compte-t-on les mineurs ?")
    assert [r.texte for r in guichet(Role.SAISIE, "93066").remarques("bilan", True)] == [remark.texte]
    guichet(Role.UDCCAS).clore_remarque(remark.numero, "Oui : définition précisée.")
    assert guichet(Role.LECTURE).remarques("bilan", True) == []
    for ask in (lambda d: d.remarques(), lambda d: d.remarquer("bilan", "A1", "x")):
        with pytest.raises(Interdit):
            ask(guichet())
