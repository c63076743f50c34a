"""« python -m observatoire bilan … »: from the shell, in the name of an account, judged by the desk as on the pages."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from etl import cli
from etl.saisies.classeur import make_workbook
from etl.saisies.modeles import load_model
from observatoire.__main__ import app
from observatoire.access import opening
from observatoire.commands import questionnaire
from registre.records import Acteur, Cle, Diffusion, Etape, Reponse, Role
from registre.store import Registre
from tests.etl.test_cli import ENGLISH

CLE = Cle("bilan", "93066", 2025)
MACHINE = Acteur("root@machine", "ligne de commande", "machine")
REPONSES = (
    Reponse("AID02", valeur=10.0),
    Reponse("AID03", valeur=1234.5),
    Reponse("ACC01", valeur=900.0, methode="logiciel"),
)


@pytest.fixture
def registre(monkeypatch, tmp_path, warehouse):
    """The register that the commands open, with an account for each role."""
    url = f"sqlite:///{tmp_path / 'r' / 'registre.sqlite'}"
    (tmp_path / "r").mkdir()
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE", url)
    monkeypatch.setenv("OBSERVATOIRE_DEPOTS", str(tmp_path / "r" / "depots"))
    monkeypatch.setattr(opening, "_opened", {})
    monkeypatch.setattr(questionnaire, "asked_warehouse", lambda: warehouse)
    with Registre.ouvrir(url, tmp_path / "r" / "depots") as opened:
        for courriel, role, place in (
            ("union@exemple.fr", Role.UDCCAS, None),
            ("saisie@exemple.fr", Role.SAISIE, "93066"),
            ("autre@exemple.fr", Role.CCAS, "93001"),
            ("referent@exemple.fr", Role.REFERENT, "200057867"),
            ("lecture@exemple.fr", Role.LECTURE, None),
        ):
            opened.comptes.ajouter_role(courriel, role, MACHINE, place)
        yield opened


@pytest.fixture
def run(monkeypatch, capsys):
    """``run("deposer", …)`` → code, what is said, what is complained of."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr(questionnaire.console, "width", 300)

    def type_(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["observatoire", "bilan", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.run(app)
        out, err = (words.replace("\u00a0", " ").replace("\u202f", " ") for words in capsys.readouterr())
        return int(left.value.code or 0), out, err

    return type_


@pytest.fixture
def classeur(tmp_path):
    """A workbook of the report of Saint-Denis, filled."""

    def make(reponses=REPONSES, cle=CLE, nom="bilan.xlsx"):
        path = tmp_path / nom
        make_workbook(load_model("bilan"), cle, "Saint-Denis", (), reponses).save(path)
        return path

    return make


@pytest.mark.parametrize("command", [[], ["deposer"], ["etat"]])
def test_the_help_is_french(run, command):
    code, out, _ = run(*command, "--help")
    assert code == 0
    words = out.replace("--help", "").replace("Options", "").replace("[OPTIONS]", "")
    assert not ENGLISH.search(words), ENGLISH.search(words)


def test_a_workbook_is_kept_with_its_file_and_submitted(run, registre, classeur):
    path = classeur()
    code, out, err = run("deposer", path, "--courriel", "Saisie@Exemple.fr", "--note", "Relu en réunion")
    assert (code, err) == (0, "")
    assert "Révision 1 gardée, 3 réponses." in out
    assert "Soumis" in out
    depot = registre.depot(CLE)
    assert depot.etape is Etape.SOUMIS
    assert (depot.modifie_par.courriel, depot.modifie_par.role) == ("saisie@exemple.fr", "saisie")
    assert (depot.revision.nom_fichier, depot.revision.note) == ("bilan.xlsx", "Relu en réunion")
    assert registre.fichier(depot.revision.fichier) == path.read_bytes()
    assert {(one.rubrique, one.valeur) for one in registre.reponses(CLE)} == {
        (one.rubrique, one.valeur) for one in REPONSES
    }


def test_a_draft_stops_before(run, registre, classeur):
    path = classeur()
    assert run("deposer", path, "--courriel", "saisie@exemple.fr", "--brouillon")[0] == 0
    assert registre.depot(CLE).etape is Etape.BROUILLON
    assert run("deposer", path, "--courriel", "saisie@exemple.fr")[0] == 0
    assert (registre.depot(CLE).etape, registre.depot(CLE).revision.numero) == (Etape.SOUMIS, 1)


def test_the_union_deposits_in_the_name_of_a_ccas(run, registre, classeur):
    code, out, _ = run("deposer", classeur(), "--courriel", "union@exemple.fr")
    assert (code, "au nom de Saint-Denis" in out) == (0, True)
    assert registre.depot(CLE).revision.au_nom_de == "Saint-Denis"


@pytest.mark.parametrize(
    ("courriel", "said"),
    [
        ("autre@exemple.fr", "(Saint-Denis) : votre rôle (ccas 93001) ne le permet pas"),
        ("referent@exemple.fr", "remplir un questionnaire pour ce territoire (Saint-Denis)"),
        ("lecture@exemple.fr", "votre rôle (lecture) ne le permet pas"),
        ("personne@exemple.fr", "aucun compte pour « personne@exemple.fr »"),
    ],
)
def test_an_account_that_may_not_writes_nothing(run, registre, classeur, courriel, said):
    code, _, err = run("deposer", classeur(), "--courriel", courriel)
    assert code == 1
    assert said in err
    assert registre.depot(CLE) is None


def test_a_closed_account_writes_nothing(run, registre, classeur):
    registre.comptes.desactiver("saisie@exemple.fr", "Parti", MACHINE)
    code, _, err = run("deposer", classeur(), "--courriel", "saisie@exemple.fr")
    assert (code, "a été fermée par l’union" in err) == (1, True)
    assert registre.depot(CLE) is None


def test_a_workbook_with_errors_is_not_kept(run, registre, classeur):
    path = classeur()
    book = load_workbook(path)
    book["Aides facultatives"]["E5"].value = "dix"
    book.save(path)
    code, out, _ = run("deposer", path, "--courriel", "saisie@exemple.fr")
    assert code == 1
    assert "« dix » ; attendu : nombre entier" in out
    assert "Rien n’est déposé : 1 erreur à corriger." in out
    assert registre.depot(CLE) is None


def test_a_surprise_without_a_note_is_kept_and_not_submitted(run, registre, classeur):
    code, out, _ = run("deposer", classeur((Reponse("FIN01", valeur=9e8),)), "--courriel", "saisie@exemple.fr")
    assert code == 1
    assert "Gardé en brouillon, non soumis" in out
    assert registre.depot(CLE).etape is Etape.BROUILLON


def test_who_reads_an_answer_stays_as_it_was_chosen(run, registre, classeur):
    public = replace(REPONSES[0], diffusion=Diffusion.PUBLIC)
    registre.brouillon(CLE, [public], Acteur("c@exemple.fr", "", "ccas"), attendu=None, modele_version="1")
    assert run("deposer", classeur(), "--courriel", "saisie@exemple.fr")[0] == 0
    kept = {one.rubrique: one.diffusion for one in registre.reponses(CLE)}
    assert kept["AID02"] is Diffusion.PUBLIC
    assert kept["AID03"] is Diffusion.RESEAU


def test_a_csv_says_whose_it_is_by_the_options(run, registre, tmp_path):
    path = tmp_path / "reponses.csv"
    path.write_text("rubrique;rang;valeur;statut;note;unite;methode\nAID02;;0;;;;\n", encoding="utf-8")
    code, _, err = run("deposer", path, "--courriel", "saisie@exemple.fr")
    assert (code, "donner --commune et --exercice" in err) == (1, True)
    wanted = ["--commune", "93066", "--exercice", "2025"]
    assert run("deposer", path, "--courriel", "saisie@exemple.fr", *wanted)[0] == 0
    assert registre.depot(CLE).etape is Etape.SOUMIS


def test_a_workbook_of_another_commune_than_the_one_expected(run, registre, classeur):
    wanted = ["--commune", "93001", "--exercice", "2025"]
    code, out, _ = run("deposer", classeur(), "--courriel", "union@exemple.fr", *wanted)
    assert code == 1
    assert "un classeur pour le territoire « 93066 » ; attendu : « 93001 »" in out
    assert registre.depot(CLE) is None


def test_without_a_register_it_says_how_to_make_one(run, monkeypatch, tmp_path, classeur):
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE", f"sqlite:///{tmp_path / 'absent.sqlite'}")
    code, _, err = run("deposer", classeur(), "--courriel", "a@b.fr")
    assert (code, "python -m registre role ajouter" in err) == (1, True)
    assert not (tmp_path / "absent.sqlite").exists()


# Where deposits are


def test_who_has_deposited_and_who_has_not(run, registre, classeur):
    run("deposer", classeur(), "--courriel", "saisie@exemple.fr")
    code, out, _ = run("etat", "--courriel", "union@exemple.fr", "--exercice", "2025")
    assert code == 1
    assert "Déposé par 1 sur 39 CCAS (rien déposé : 38, soumis : 1)." in out
    (line,) = [line for line in out.splitlines() if "Saint-Denis" in line and "Île" not in line]
    assert "soumis" in line
    assert "saisie@exemple.fr" in line


def test_a_return_is_told_with_its_reason_and_a_draft_past_the_day_is_late(run, registre, classeur):
    run("deposer", classeur(), "--courriel", "saisie@exemple.fr")
    union = Acteur("union@exemple.fr", "Union", "udccas")
    registre.renvoyer(CLE, "Total des aides à revoir", union, attendu=registre.depot(CLE).version)
    other = replace(CLE, territoire="93001")
    registre.brouillon(other, REPONSES, union, attendu=None, modele_version="1")
    yesterday = f"{date.today() - timedelta(days=1):%d/%m/%Y}"
    wanted = ["--courriel", "union@exemple.fr", "--exercice", "2025", "--limite"]
    _, out, _ = run("etat", *wanted, yesterday)
    assert "Total des aides à revoir" in out
    assert "(en retard : 38, renvoyé : 1)" in out
    assert "brouillon gardé, non soumis" in out
    _, out, _ = run("etat", *wanted, f"{date.today() + timedelta(days=1):%d/%m/%Y}")
    assert "(en cours : 1, renvoyé : 1, rien déposé : 37)" in out
    code, _, err = run("etat", *wanted, "bientôt")
    assert (code, "n’est pas une date" in err) == (1, True)


def test_each_reads_what_its_role_reads(run, registre, classeur):
    run("deposer", classeur(), "--courriel", "saisie@exemple.fr")
    code, out, _ = run("etat", "--courriel", "saisie@exemple.fr", "--exercice", "2025")
    assert (code, "Déposé par 1 sur 1 CCAS" in out) == (0, True)
    _, out, _ = run("etat", "--courriel", "referent@exemple.fr", "--exercice", "2025")
    assert "Déposé par 1 sur 8 CCAS" in out
    assert "Montreuil" not in out
    code, _, err = run("etat", "--courriel", "lecture@exemple.fr", "--exercice", "2025")
    assert (code, "ne le permet pas" in err) == (1, True)


def test_a_former_commune_answers_for_its_last_years(run, registre):
    _, out, _ = run("etat", "--courriel", "union@exemple.fr", "--exercice", "2024")
    assert "Pierrefitte-sur-Seine" in out
    _, out, _ = run("etat", "--courriel", "union@exemple.fr", "--exercice", "2025")
    assert "Pierrefitte-sur-Seine" not in out
