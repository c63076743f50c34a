"""``python -m registre``, as it is typed."""

import re
import sys

import pytest

from registre import cli, terminal
from registre.records import Etape
from registre.store import Registre

from .conftest import MONTREUIL, UNION, confirmed

ENGLISH = re.compile(
    r"\b(usage:|help|show|exit|error|missing|option '|command|default|required|path|text|directory|unexpected|file)\b",
    re.IGNORECASE,
)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """A function that types a command and gives its code, what it says and what it complains of."""
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE", f"sqlite:///{tmp_path / 'r' / 'registre.sqlite'}")
    monkeypatch.setenv("OBSERVATOIRE_DEPOTS", str(tmp_path / "depots"))
    monkeypatch.setenv("COLUMNS", "400")
    # Made when the module was read: a cell is not cut in the middle of what is looked for, however long the path.
    monkeypatch.setattr(cli.console, "width", 400)

    def type_(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["registre", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            terminal.run(cli.app)
        out, err = (words.replace("\u00a0", " ").replace("\u202f", " ") for words in capsys.readouterr())
        return int(left.value.code or 0), out, err

    return type_


@pytest.mark.parametrize(
    "command", [[], ["sauvegarder"], ["restaurer"], ["migrer"], ["verifier"], ["role"], ["role", "ajouter"]]
)
def test_the_help_is_french_to_the_last_word(run, command):
    code, out, err = run(*command, "--help")
    assert (code, err) == (0, "")
    assert "Usage :" in out
    words = out.replace("--help", "").replace("Options", "").replace("[OPTIONS]", "")
    assert not ENGLISH.search(words), ENGLISH.search(words)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sauver"], "commande inconnue : sauver"),
        (["sauvegarder"], "il manque « FICHIER »."),
        (["migrer", "x"], "il y a un argument de trop."),
        (["migrer", "--vite"], "option inconnue : --vite"),
        (["role", "ajouter", "a@b.fr", "udccas", "--territoire"], "« --territoire » attend une valeur."),
    ],
)
def test_a_command_mistyped_is_told_in_french_with_code_two(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert f"Erreur — {message}" in err


def test_roles_are_given_listed_and_taken_back(run):
    assert run("role", "lister")[1].startswith("Aucun compte")
    assert run("role", "ajouter", "Lea@montreuil.fr", "ccas", "--territoire", "93066") == (
        0,
        "lea@montreuil.fr : ccas (93066)\n",
        "",
    )
    run("role", "ajouter", "lea@montreuil.fr", "udccas")
    code, out, _ = run("role", "lister")
    assert code == 0
    assert "lea@montreuil.fr" in out
    assert "ccas (93066), udccas" in out
    assert "actif" in out
    assert run("role", "retirer", "lea@montreuil.fr", "udccas")[1] == "lea@montreuil.fr : ccas (93066)\n"
    code, out, err = run("role", "retirer", "lea@montreuil.fr", "udccas")
    assert (code, out) == (1, "")
    assert err.startswith("Erreur — lea@montreuil.fr : ce compte n’a pas le rôle udccas → ses rôles : ccas (93066)")
    code, _, err = run("role", "ajouter", "x@y.fr", "ccas")
    assert code == 1
    assert "se donne pour un territoire → donner le code de la commune" in err


def test_a_register_is_made_saved_restored_and_verified(run, tmp_path):
    code, _, err = run("verifier")
    assert code == 1
    assert "il n’y a pas de registre ici" in err
    assert run("migrer")[1] == "Registre créé, au schéma 0001.\n"
    assert run("migrer")[1] == "Rien à faire : le registre est au schéma 0001.\n"
    with Registre.ouvrir() as registre:
        sha256 = registre.deposer_fichier(b"classeur", "bilan.xlsx", UNION)
        depot = confirmed(registre, fichier=sha256)
        seal = registre.empreinte()
    saved = tmp_path / "une.zip"
    code, out, _ = run("sauvegarder", saved)
    assert code == 0
    assert f"révision 4, {1 + 4 + 1 + 1 + 1 + 6} lignes, 1 fichier." in out
    assert f"Empreinte du journal : {seal}" in out
    code, _, err = run("sauvegarder", saved)
    assert code == 1
    assert "ce fichier existe déjà → donner un autre nom, ou --remplacer" in err
    assert run("sauvegarder", saved, "--remplacer")[0] == 0
    code, _, err = run("restaurer", saved)
    assert code == 1
    assert "ce registre n’est pas vide (4 écritures) → --remplacer le met de côté" in err
    with Registre.ouvrir() as registre:
        registre.retirer(MONTREUIL, "erreur", UNION, attendu=depot.version)
    code, out, _ = run("restaurer", saved, "--remplacer")
    assert code == 0
    assert re.search(r"Ce qui était là est dans .+/depots/avant-restauration-.+\.zip\.", out)
    with Registre.ouvrir() as registre:
        assert registre.depot(MONTREUIL).etape is Etape.CONFIRME
        assert registre.journal(limite=1)[0].acteur.nom == "ligne de commande"
        path = registre.fichiers.path(sha256)
    code, out, _ = run("verifier")
    assert code == 0
    assert "Registre à la révision 5 : 1 dépôt, 1 révision, 1 fichier." in out
    assert "Tout est là, comme écrit." in out
    path.write_bytes(b"x")
    code, out, _ = run("verifier")
    assert code == 1
    assert "à réparer" in out
    assert "n’est plus celui qui a été reçu" in out
    path.unlink()
    code, out, _ = run("sauvegarder", tmp_path / "deux.zip")
    assert code == 1
    assert f"fichiers du registre qui n’ont pas pu être lus : 1\n  {sha256}" in out


def test_another_register_is_named_on_the_command_line(run, tmp_path):
    other = tmp_path / "autre.sqlite"
    assert run("--registre", f"sqlite:///{other}", "--depots", tmp_path / "d", "migrer")[0] == 0
    assert other.exists()
    code, _, err = run("--registre", "mysql://u:secret@h/b", "migrer")
    assert code == 1
    assert "base « mysql » inconnue du registre" in err
    assert "secret" not in err
