"""What is done behind the register's back is seen, whatever it is."""

import pytest
from sqlalchemy import text

from registre.records import Role
from registre.verification import verify

from .conftest import AWA, MONTREUIL, UNION, confirmed

ALTERATIONS = {
    "une réponse": ("UPDATE reponse SET valeur = 1235 WHERE rubrique = 'DOM01'", "révision 1 : ses réponses"),
    "une réponse de moins": ("DELETE FROM reponse WHERE rubrique = 'DOM01'", "6 réponses, on en trouve 5"),
    "sa diffusion": ("UPDATE reponse SET diffusion = 'reseau'", "ses réponses ont été changées"),
    "un statut inconnu": ("UPDATE reponse SET statut = 'x' WHERE rubrique = 'DOM01'", "ses réponses ont été changées"),
    "la démonstration": ("UPDATE revision SET demonstration = NOT demonstration", "ses réponses ont été changées"),
    "l’étape": ("UPDATE depot SET etape = 'soumis'", "n’est pas dans l’état que dit le journal"),
    "la version": ("UPDATE depot SET version = 9", "n’est pas dans l’état que dit le journal"),
    "la révision confirmée": ("UPDATE depot SET confirmee = NULL", "n’est pas dans l’état que dit le journal"),
    "une ligne du journal": ("UPDATE journal SET nom = 'X' WHERE numero = 2", "journal, ligne 2 : cette ligne"),
    "son heure": (
        "UPDATE journal SET quand = '2020-01-01 00:00:00' WHERE numero = 1",
        "journal, ligne 1 : cette ligne",
    ),
    "une ligne retirée": ("DELETE FROM journal WHERE numero = 3", "on attendait la ligne 3"),
    "la dernière retirée": ("DELETE FROM journal WHERE numero = 7", "le journal s’arrête à 6"),
    "le compteur": ("UPDATE compteur SET revision = 8", "le compteur dit 8 écritures"),
    "l’empreinte": ("UPDATE compteur SET empreinte = 'x'", "l’empreinte du compteur"),
    "sans compteur": ("DELETE FROM compteur", "il n’y a plus de compteur"),
    "un rôle ajouté": (
        "INSERT INTO attribution VALUES ('lea@montreuil.fr', 'udccas', '')",
        "compte lea@montreuil.fr : il n’est pas dans l’état",
    ),
    "un compte ajouté": (
        "INSERT INTO compte VALUES ('intrus@x.fr', '', true, 1, '2026-01-01 00:00:00')",
        "compte intrus@x.fr : il est là, et le journal n’en dit rien",
    ),
    "un réglage": ("UPDATE reglage SET valeur = 'true'", "reglage demonstration : il n’est pas"),
    "un réglage retiré": ("DELETE FROM reglage", "le journal le dit là, et il n’y est plus"),
    "un commentaire": ("UPDATE commentaire SET texte = 'x'", "commentaire 1 : il n’est pas"),
    "le nom d’un fichier": ("UPDATE fichier SET nom = 'x'", "il n’est pas dans l’état que dit le journal"),
}


@pytest.fixture
def full(registre):
    """A register with something of everything, seven writes."""
    sha256 = registre.deposer_fichier(b"classeur", "bilan.xlsx", AWA)
    confirmed(registre, fichier=sha256)
    registre.comptes.ajouter_role("lea@montreuil.fr", Role.CCAS, UNION, "93066")
    registre.reglages.ecrire("demonstration", False, UNION)
    registre.commentaires.ouvrir("bilan", "DOM01", "À préciser", AWA)
    return registre


def findings(registre):
    return [f"{c.ou} : {c.quoi}" for c in verify(registre.base, registre.fichiers).constats if c.grave]


def test_a_register_left_alone_is_sound(full):
    found = verify(full.base, full.fichiers)
    assert (found.constats, found.revision, found.depots, found.revisions, found.fichiers) == ((), 7, 1, 1, 1)
    assert found.empreinte == full.empreinte()


@pytest.mark.parametrize("name", ALTERATIONS)
def test_what_is_changed_behind_its_back_is_seen(full, name):
    statement, told = ALTERATIONS[name]
    with full.base.writing() as connexion:
        assert connexion.execute(text(statement)).rowcount
    found = findings(full)
    assert [line for line in found if told in line] != [], found


def test_a_line_of_the_audit_cannot_be_sealed_again_alone(full):
    """Whoever changes a line and its seal leaves the next one wrong."""
    from registre import journal
    from registre.schema import journal as table

    with full.base.writing() as connexion:
        first, second = connexion.execute(table.select().order_by(table.c.numero).limit(2))
        changed = second._asdict() | {"nom": "Autre"}
        connexion.execute(
            table.update()
            .where(table.c.numero == 2)
            .values(nom="Autre", empreinte=journal.seal(first.empreinte, changed))
        )
    assert [line for line in findings(full) if line.startswith("journal")] == [
        "journal, ligne 3 : cette ligne, ou une ligne d’avant, a été changée"
    ]


def test_a_file_lost_or_changed_is_seen_and_one_too_many_is_only_told(full):
    (sha256,) = full.fichiers.names()
    extra = full.fichiers.keep(b"envoi interrompu")
    found = verify(full.base, full.fichiers)
    assert found.sain
    assert [(c.ou, c.grave) for c in found.constats] == [(f"fichier {extra[:12]}…", False)]
    full.fichiers.path(sha256).write_bytes(b"x")
    assert findings(full) == [f"fichier « bilan.xlsx » ({sha256[:12]}…) : ce fichier n’est plus celui qui a été reçu"]
    full.fichiers.path(sha256).unlink()
    assert findings(full) == [f"fichier « bilan.xlsx » ({sha256[:12]}…) : ce fichier n’est plus là"]


def test_a_row_that_refers_to_nothing_is_seen(nouvelle, fichiers):
    """Only SQLite lets it be done, by who asks for it."""
    from registre.store import Registre

    with Registre.ouvrir(nouvelle("sqlite"), fichiers) as registre:
        confirmed(registre)
        with registre.base.engine.connect() as connexion:
            raw = connexion.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute("DELETE FROM revision")
        found = findings(registre)
    assert "table reponse : 6 ligne(s) sans leur ligne de « revision »" in found
    assert any(f"dépôt {MONTREUIL} : il dit 1 révisions" in line for line in found)
