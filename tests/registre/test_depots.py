"""Deposits: nothing is overwritten, every step is told, a stale write says who changed what."""

from dataclasses import replace

import pytest

from registre.errors import Introuvable, Invalide, Perime, TransitionRefusee
from registre.records import Acteur, Cle, Etape, Reponse, Statut, differences
from registre.verification import verify

from .conftest import AWA, LEA, MONTREUIL, REPONSES, UNION, confirmed

BONDY = Cle("bilan", "93010", 2025)
BLANC = "\u00a0"


def saved(registre, cle=MONTREUIL, reponses=REPONSES, attendu=None, acteur=AWA, **more):
    return registre.brouillon(cle, reponses, acteur, attendu=attendu, **({"modele_version": "2026.1"} | more))


def sound(registre):
    found = verify(registre.base, registre.fichiers)
    assert found.constats == ()
    return found


def test_a_draft_is_read_back_as_it_was_written(registre):
    depot = saved(registre, au_nom_de="CCAS de Montreuil", note="premier jet")
    assert registre.depot(MONTREUIL) == depot
    assert (depot.numero, depot.cle, depot.etape, depot.version, depot.confirmee) == (
        1,
        MONTREUIL,
        "brouillon",
        1,
        None,
    )
    assert depot.revision.acteur == depot.modifie_par == AWA
    assert (depot.revision.au_nom_de, depot.revision.note, depot.revision.nombre) == (
        "CCAS de Montreuil",
        "premier jet",
        6,
    )
    answers = registre.reponses(MONTREUIL)
    assert answers == tuple(sorted(REPONSES, key=lambda r: (r.rubrique, r.rang)))
    # A zero has no sign, on either engine; a tenth is a tenth to the last bit.
    assert str(answers[0].valeur) == "0.0"
    assert next(a for a in answers if a.rubrique == "DOM02").valeur == 0.1
    assert not depot.en_vigueur
    sound(registre)


def test_every_save_is_kept(registre):
    first = saved(registre)
    second = saved(registre, reponses=REPONSES[:2], attendu=first.version, acteur=LEA)
    assert [r.numero for r in registre.revisions(MONTREUIL)] == [1, 2]
    assert len(registre.reponses(MONTREUIL, 1)) == 6
    assert len(registre.reponses(MONTREUIL, 2)) == len(registre.reponses(MONTREUIL)) == 2
    assert second.revision.acteur == LEA
    with pytest.raises(Introuvable, match="pas de révision 3"):
        registre.reponses(MONTREUIL, 3)


def test_the_same_draft_saved_again_writes_nothing(registre):
    first = saved(registre)
    before = registre.revision()
    again = saved(registre, reponses=list(reversed(REPONSES)), attendu=first.version, acteur=LEA)
    assert again == first
    assert registre.revision() == before
    assert len(registre.revisions(MONTREUIL)) == len(registre.historique(MONTREUIL)) == 1


def test_the_whole_road_and_its_history(registre):
    depot = saved(registre)
    depot = registre.soumettre(MONTREUIL, AWA, attendu=depot.version, note="terminé")
    depot = registre.renvoyer(MONTREUIL, "  DOM01 dix fois trop grand ", UNION, attendu=depot.version)
    assert (depot.etape, depot.motif) == (Etape.RENVOYE, "DOM01 dix fois trop grand")
    depot = saved(registre, reponses=[replace(REPONSES[1], valeur=123.0)], attendu=depot.version)
    assert depot.motif is None
    depot = registre.soumettre(MONTREUIL, AWA, attendu=depot.version)
    depot = registre.confirmer(MONTREUIL, LEA, attendu=depot.version)
    assert (depot.etape, depot.confirmee, depot.en_vigueur) == (Etape.CONFIRME, 2, True)
    depot = registre.retirer(MONTREUIL, "doublon", UNION, attendu=depot.version)
    assert (depot.etape, depot.motif, depot.en_vigueur) == (Etape.RETIRE, "doublon", False)
    depot = registre.restaurer(MONTREUIL, UNION, attendu=depot.version)
    assert (depot.etape, depot.motif, depot.en_vigueur, depot.version) == (Etape.CONFIRME, None, True, 8)
    told = [(line.action, line.acteur.courriel, line.note) for line in registre.historique(MONTREUIL)]
    assert told == [
        ("enregistrer", AWA.courriel, None),
        ("soumettre", AWA.courriel, "terminé"),
        ("renvoyer", UNION.courriel, "DOM01 dix fois trop grand"),
        ("enregistrer", AWA.courriel, None),
        ("soumettre", AWA.courriel, None),
        ("confirmer", LEA.courriel, None),
        ("retirer", UNION.courriel, "doublon"),
        ("restaurer", UNION.courriel, None),
    ]
    assert registre.revision() == 8
    sound(registre)


def test_what_was_before_and_after_is_in_the_audit(registre):
    depot = confirmed(registre)
    line = registre.journal(objet="depot", limite=1)[0]
    assert (line.action, line.cle, line.numero) == ("confirmer", "bilan/93066/2025", registre.revision())
    assert line.avant is not None
    assert line.apres is not None
    assert (line.avant["etape"], line.apres["etape"]) == ("soumis", "confirme")
    assert (line.avant["confirmee"], line.apres["confirmee"]) == (None, 1)
    assert line.apres["empreinte"] == depot.revision.empreinte
    assert [found.numero for found in registre.journal(avant=3)] == [2, 1]
    assert {found.courriel for found in (entry.acteur for entry in registre.journal(courriel=AWA.courriel))} == {
        AWA.courriel
    }


def test_a_returned_deposit_withdrawn_then_restored_says_again_why_it_was_returned(registre):
    depot = registre.soumettre(MONTREUIL, AWA, attendu=saved(registre).version)
    depot = registre.renvoyer(MONTREUIL, "à revoir", UNION, attendu=depot.version)
    depot = registre.retirer(MONTREUIL, "fusion de communes", UNION, attendu=depot.version)
    depot = registre.restaurer(MONTREUIL, UNION, attendu=depot.version)
    assert (depot.etape, depot.motif) == (Etape.RENVOYE, "à revoir")


def test_a_correction_leaves_what_was_confirmed_in_force_until_it_is_confirmed(registre):
    depot = confirmed(registre)
    depot = saved(registre, reponses=[Reponse("DOM01", valeur=9.0)], attendu=depot.version)
    assert (depot.etape, depot.confirmee, depot.en_vigueur) == (Etape.BROUILLON, 1, True)

    def in_force():
        with registre.confirmes() as reading:
            return [(found.revision.numero, len(found.reponses)) for found in reading]

    assert in_force() == [(1, 6)]
    depot = registre.soumettre(MONTREUIL, AWA, attendu=depot.version)
    depot = registre.renvoyer(MONTREUIL, "non", UNION, attendu=depot.version)
    assert in_force() == [(1, 6)]
    depot = registre.soumettre(MONTREUIL, AWA, attendu=depot.version)
    registre.confirmer(MONTREUIL, LEA, attendu=depot.version)
    assert in_force() == [(2, 1)]
    sound(registre)


def test_a_confirmed_deposit_that_is_returned_no_longer_counts(registre):
    depot = confirmed(registre)
    depot = registre.renvoyer(MONTREUIL, "chiffre faux", UNION, attendu=depot.version)
    assert (depot.confirmee, depot.en_vigueur) == (None, False)
    with registre.confirmes() as reading:
        assert list(reading) == []
    sound(registre)


def test_a_stale_write_says_who_changed_what_and_when(registre):
    first = saved(registre)
    changed = [replace(r, valeur=99.0) if r.rubrique == "DOM01" else r for r in REPONSES if r.rubrique != "SEN09"]
    saved(registre, reponses=changed, attendu=first.version, acteur=LEA)
    before = registre.revision()
    with pytest.raises(Perime) as stale:
        saved(registre, reponses=[], attendu=first.version)
    assert (stale.value.version, stale.value.par) == (2, "Léa Martin (lea@montreuil.fr)")
    assert stale.value.changements == ("DOM01", "SEN09")
    assert stale.value.quand == registre.depot(MONTREUIL).modifie_le
    message = str(stale.value).replace(BLANC, " ").replace("\u202f", " ")
    assert "Léa Martin (lea@montreuil.fr) l’a modifié le 2 mars 2026 à" in message
    assert "Lignes changées : DOM01, SEN09 → relire" in message
    assert registre.revision() == before


def test_a_stale_step_is_refused_even_when_no_answer_changed(registre):
    first = saved(registre)
    registre.soumettre(MONTREUIL, LEA, attendu=first.version)
    for write in (
        lambda: registre.soumettre(MONTREUIL, AWA, attendu=first.version),
        lambda: registre.retirer(MONTREUIL, "erreur", AWA, attendu=first.version),
        lambda: saved(registre, attendu=None),
    ):
        with pytest.raises(Perime, match="Léa Martin") as stale:
            write()
        assert stale.value.version == 2
    assert registre.depot(MONTREUIL).etape is Etape.SOUMIS


def test_a_version_that_a_restore_has_taken_back_is_stale(registre):
    saved(registre)
    with pytest.raises(Perime, match="restauré"):
        registre.soumettre(MONTREUIL, AWA, attendu=7)
    with pytest.raises(Perime, match="n’existe plus"):
        registre.soumettre(BONDY, AWA, attendu=7)


def test_a_step_that_may_not_be_made_writes_nothing(registre):
    depot = saved(registre)
    before = registre.revision()
    for write in (
        lambda: registre.confirmer(MONTREUIL, LEA, attendu=depot.version),
        lambda: registre.renvoyer(MONTREUIL, "x", UNION, attendu=depot.version),
        lambda: registre.restaurer(MONTREUIL, UNION, attendu=depot.version),
    ):
        with pytest.raises(TransitionRefusee):
            write()
    assert (registre.revision(), registre.depot(MONTREUIL)) == (before, depot)


@pytest.mark.parametrize("motif", ["", "  ", "\u00a0"])
def test_a_return_and_a_withdrawal_want_a_reason(registre, motif):
    depot = registre.soumettre(MONTREUIL, AWA, attendu=saved(registre).version)
    for write in (registre.renvoyer, registre.retirer):
        with pytest.raises(Invalide, match="il manque le motif"):
            write(MONTREUIL, motif, UNION, attendu=depot.version)
    assert registre.depot(MONTREUIL) == depot


@pytest.mark.parametrize(
    ("reponses", "words"),
    [
        ([Reponse("A", valeur=float("nan"))], "n’est pas un nombre"),
        ([Reponse("A", valeur=float("inf"))], "n’est pas un nombre"),
        ([Reponse("A", texte="zéro \x00 caché")], "ne s’enregistre pas"),
        ([Reponse("A", note="moitié \ud83d")], "ne s’enregistre pas"),
        ([Reponse("A", 1), Reponse("A", 1)], "deux réponses pour la même case"),
        ([Reponse("A", -1)], "rang"),
        ([Reponse("A", 2**31)], "rang"),
    ],
)
def test_an_answer_that_cannot_be_given_back_is_refused_with_its_line(registre, reponses, words):
    with pytest.raises(Invalide, match=words) as refused:
        saved(registre, reponses=reponses)
    assert refused.value.ou is not None
    assert refused.value.ou.startswith("bilan 93066 2025, ligne A")
    assert (registre.revision(), registre.depot(MONTREUIL)) == (0, None)


@pytest.mark.parametrize(
    "cle", [Cle("bi/lan", "93066", 2025), Cle("bilan", "", 2025), Cle("bilan", "93066", 20255), Cle("", "93066", 2025)]
)
def test_a_deposit_has_a_sound_address(registre, cle):
    with pytest.raises(Invalide):
        saved(registre, cle=cle)


def test_an_address_read_in_a_url_finds_nothing_rather_than_failing(registre):
    for cle in (BONDY, Cle("bilan", "93066", 10**30), Cle("x\x00", "93066", 2025), Cle("bilan", "'; --\ud83d", 2025)):
        assert registre.depot(cle) is None
        assert registre.revisions(cle) == []
        with pytest.raises(Introuvable, match="aucun dépôt"):
            registre.reponses(cle)
    with pytest.raises(Introuvable, match="aucun dépôt"):
        registre.soumettre(BONDY, AWA, attendu=None)


def test_an_author_that_cannot_be_recorded_is_refused(registre):
    with pytest.raises(Invalide):
        saved(registre, acteur=Acteur("a@b.fr", "A\x00", "saisie"))


def test_a_demonstration_gives_way_to_the_real_and_never_the_contrary(registre):
    demo = confirmed(registre, demonstration=True)
    assert demo.revision.demonstration
    real = saved(registre, reponses=[], attendu=demo.version)
    assert not real.revision.demonstration
    with registre.confirmes() as reading:
        assert [found.revision.demonstration for found in reading] == [True]
    with pytest.raises(Invalide, match="ne remplace pas un dépôt réel"):
        saved(registre, attendu=real.version, demonstration=True)
    assert [d.cle for d in registre.depots(demonstration=False)] == [MONTREUIL]
    assert registre.depots(demonstration=True) == []


def test_deposits_are_found_by_what_they_are(registre):
    for cle in (BONDY, MONTREUIL, Cle("bilan", "93066", 2024), Cle("abs", "93066", 2025)):
        saved(registre, cle=cle)
    confirmed(registre, cle=BONDY, reponses=[])
    assert [str(d.cle) for d in registre.depots()] == [
        "abs 93066 2025",
        "bilan 93066 2024",
        "bilan 93010 2025",
        "bilan 93066 2025",
    ]
    assert len(registre.depots(modele="bilan")) == 3
    assert len(registre.depots(modele="bilan", exercice=2025)) == 2
    assert [d.numero for d in registre.depots(territoires=["93010"])] == [1]
    assert registre.depots(territoires=[]) == []
    assert [d.cle for d in registre.depots(etapes=[Etape.CONFIRME, Etape.SOUMIS])] == [BONDY]


def test_all_that_is_confirmed_is_read_in_one_state(registre):
    communes = [f"93{i:03d}" for i in range(12)]
    for commune in communes:
        confirmed(registre, Cle("bilan", commune, 2025), [Reponse(f"L{i:02d}", valeur=float(i)) for i in range(20)])
    empty = Cle("bilan", "93900", 2025)
    confirmed(registre, empty, [])
    saved(registre, cle=Cle("bilan", "93901", 2025))
    revision = registre.revision()
    with registre.confirmes() as reading:
        found = iter(reading)
        first = next(found)
        # Written while it is read: not seen.
        confirmed(registre, MONTREUIL)
        seen = [first, *found]
        assert (reading.revision, reading.empreinte != registre.empreinte()) == (revision, True)
    assert [each.cle.territoire for each in seen] == [*communes, "93900"]
    assert [len(each.reponses) for each in seen] == [20] * 12 + [0]
    assert seen[3].reponses == tuple(Reponse(f"L{i:02d}", valeur=float(i)) for i in range(20))
    assert registre.revision() == revision + 3


def test_a_workbook_is_kept_as_it_was_received(registre):
    content = b"PK\x03\x04 un classeur"
    sha256 = registre.deposer_fichier(content, "C:\\bureau\\Bilan 2025.xlsx", AWA)
    before = registre.revision()
    assert registre.deposer_fichier(content, "autre nom.xlsx", AWA) == sha256
    assert registre.revision() == before
    assert not registre.a_depose(sha256, LEA.courriel)
    assert registre.deposer_fichier(content, "autre nom.xlsx", LEA) == sha256
    assert registre.a_depose(sha256, LEA.courriel)
    assert [line.acteur for line in registre.journal(objet="fichier")] == [LEA, AWA]
    depot = saved(registre, fichier=sha256, nom_fichier="Bilan 2025.xlsx")
    assert depot.revision.fichier == sha256
    assert registre.fichier(sha256) == content
    assert registre.journal(objet="fichier")[0].apres == {"nom": "Bilan 2025.xlsx", "taille": len(content)}
    with pytest.raises(Introuvable, match="pas dans le registre"):
        saved(registre, attendu=depot.version, fichier="0" * 64)
    assert sound(registre).fichiers == 1


def test_differences_are_those_of_the_answers():
    after = [replace(REPONSES[0], statut=Statut.A_VENIR, valeur=None), *REPONSES[1:-1], Reponse("ZED")]
    told = [(d.rubrique, d.rang, d.avant is None, d.apres is None) for d in differences(REPONSES, after)]
    assert told == [("DOM02", 0, False, False), ("SEN09", 0, False, True), ("ZED", 0, True, False)]
    assert differences(REPONSES, list(reversed(REPONSES))) == []
