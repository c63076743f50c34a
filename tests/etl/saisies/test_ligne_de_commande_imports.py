"""« etl saisie importer », « etl bilan … », --import and --tous: what they write, say, refuse, and take up again."""

import csv
import re

import pytest
from openpyxl import load_workbook

import etl.saisies.classeur as classeur
from etl.errors import DataError
from etl.saisies.imports import commandes
from etl.saisies.lecture import read_workbook
from registre.records import Cle
from tests.etl.saisies.exports import COURANTE, balance, domifa, ligne
from tests.etl.test_cli import ENGLISH

OF = ["--commune", "93066", "--exercice", "2025"]


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "domifa.xlsx"
    domifa().save(path)
    return path


@pytest.fixture
def comptes(tmp_path):
    path = tmp_path / "balance.csv"
    path.write_text(balance(*COURANTE), encoding="cp1252", newline="")
    return path


@pytest.mark.parametrize(
    "command", [["saisie", "importer"], ["bilan"], ["bilan", "modele"], ["bilan", "verifier"], ["bilan", "importer"]]
)
def test_the_help_is_french(etl, command):
    code, out, err = etl(*command, "--help")
    assert (code, err) == (0, "")
    words = out.replace("--help", "").replace("Options", "").replace("[OPTIONS]", "").replace("--import", "")
    assert not ENGLISH.search(words), ENGLISH.search(words)


def test_what_a_file_would_fill_is_shown_and_written(etl, tmp_path, export):
    path = tmp_path / "reponses.csv"
    code, out, err = etl("saisie", "importer", "bilan", export, *OF, "--sortie", path)
    assert (code, err) == (0, "")
    assert re.search("DomiFa, export du 12/01/2026 : [0-9]+\u00a0rubriques remplies", out)
    assert "à confirmer — la structure du fichier : « CCAS de Saint-Denis »" in out
    assert "✓ DOM01 : 50\u00a0élections de domicile — feuille « Stats structure », C12" in out
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [row[:3] for row in rows[1:4]] == [["DOM01", "", "50"], ["DOM02", "", "61"], ["DOM03", "", "64"]]
    assert etl("bilan", "verifier", path, *OF)[0] == 0


def test_the_same_command_by_the_name_of_the_model(etl, export):
    assert etl("bilan", "importer", export, *OF) == etl("saisie", "importer", "bilan", export, *OF)


def test_what_the_observatory_holds(etl):
    code, out, _ = etl("bilan", "importer", "--comptes", *OF)
    assert code == 0
    assert "✓ FIN02 : 4\u202f655\u202f602\u00a0€ — participations des communes, budget principal" in out
    assert "à comparer — FIN01 : dépenses de fonctionnement, budget principal : 8\u202f901\u202f829" in out


def test_a_refused_file_gives_code_one_and_writes_nothing(etl, tmp_path, comptes):
    path = tmp_path / "r.csv"
    of = ["--commune", "93001", "--exercice", "2024"]
    code, out, _ = etl("saisie", "importer", "bilan", comptes, *of, "--sortie", path)
    assert (code, path.exists()) == (1, False)
    assert "aucun budget de CCAS pour 93001 en 2024" in out
    assert "Rien n’est rempli." in out


def test_a_workbook_starts_from_all_its_files(etl, tmp_path, export, comptes):
    path = tmp_path / "bilan.xlsx"
    code, out, err = etl("bilan", "modele", path, *OF, "--import", export, "--import", comptes)
    assert (code, err) == (0, "")
    assert "les budgets lus" in out
    found = read_workbook(path, Cle("bilan", "93066", 2025))
    assert found.erreurs == ()
    wanted = {"DOM01": 50, "DOM02": 61, "DOM03": 64, "FIN01": 10820.75, "FIN02": 6000}
    assert wanted.items() <= {one.rubrique: one.valeur for one in found.reponses}.items()


def test_nothing_is_written_when_one_file_is_refused(etl, tmp_path, export):
    bad = tmp_path / "autre.csv"
    bad.write_text("a;b\n", encoding="utf-8")
    path = tmp_path / "bilan.xlsx"
    code, _, err = etl("bilan", "modele", path, *OF, "--import", export, "--import", bad)
    assert (code, path.exists()) == (1, False)
    assert "ce tableau n’est pas connu" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bilan", "modele", "--exercice", "2025"], "donner FICHIER.xlsx et --commune, ou --tous DOSSIER"),
        (["bilan", "modele", "x.xlsx", "--tous", "d", "--exercice", "2025"], "ni FICHIER, ni --commune, ni --avant"),
        (["bilan", "modele", "--tous", "d", "--exercice", "2099"], "exercice 2099"),
        (["bilan", "importer", *OF], "il manque le fichier"),
        (["bilan", "importer", "absent.xlsx", *OF], "ce n’est pas un fichier"),
        (["bilan", "importer", "x", "--genre", "siao", *OF], "choisir parmi domifa, balances, tidy"),
        (["bilan", "verifier"], "il manque le fichier"),
        (["bilan", "verifier", "--tous", "absent"], "ce n’est pas un dossier"),
    ],
)
def test_a_mistake_is_told_with_code_one(etl, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = etl(*arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert list(tmp_path.iterdir()) == []


# A workbook for each commune


@pytest.fixture
def peu(monkeypatch):
    """An observatory of three communes."""
    names = {"93001": "Aubervilliers", "93048": "Montreuil", "93066": "Saint-Denis"}
    monkeypatch.setattr("etl.saisies.cli._communes", lambda: names)
    return names


def test_all_workbooks_at_once(etl, tmp_path, comptes, peu):
    folder = tmp_path / "classeurs"
    code, out, _ = etl("bilan", "modele", "--tous", folder, "--exercice", "2025", "--import", comptes)
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == [f"bilan_2025_{one}.xlsx" for one in peu]
    assert "3\u00a0classeurs" in out
    # The balance has the accounts of Aubervilliers, without those of its town hall, and nothing of Montreuil.
    assert "sans import — Montreuil (aucun budget de CCAS pour 93048 en 2025)" in out
    found = read_workbook(folder / "bilan_2025_93066.xlsx")
    assert {"FIN01", "FIN02"} <= {one.rubrique for one in found.reponses}
    code, out, _ = etl("bilan", "verifier", "--tous", folder)
    assert code == 1
    assert "✗ bilan_2025_93048.xlsx — Montreuil, 2025 : 1\u00a0erreur, 0\u00a0surprise à expliquer" in out
    assert "✓ bilan_2025_93066.xlsx — Saint-Denis, 2025 : peut être déposé" in out


def test_it_goes_on_where_it_was_interrupted(etl, tmp_path, peu, monkeypatch):
    folder, real, written = tmp_path / "classeurs", classeur.write_workbook, []

    def write(path, *rest):
        if len(written) == 1:
            raise KeyboardInterrupt
        written.append(path.name)
        real(path, *rest)

    command = ["bilan", "modele", "--tous", folder, "--exercice", "2025"]
    monkeypatch.setattr(classeur, "write_workbook", write)
    code, out, _ = etl(*command)
    assert code == 130
    assert "Interrompu : 1 sur 3\u00a0classeurs" in out
    assert [path.name for path in folder.iterdir()] == ["bilan_2025_93001.xlsx"]
    first = (folder / "bilan_2025_93001.xlsx").stat().st_mtime_ns
    monkeypatch.setattr(classeur, "write_workbook", real)
    code, out, _ = etl(*command)
    assert (code, len(list(folder.iterdir()))) == (0, 3)
    assert "2\u00a0classeurs, 1 déjà là" in out
    assert (folder / "bilan_2025_93001.xlsx").stat().st_mtime_ns == first
    assert etl(*command, "--refaire")[0] == 0
    assert (folder / "bilan_2025_93001.xlsx").stat().st_mtime_ns > first


def test_the_file_of_one_ccas_is_not_given_to_all(etl, tmp_path, export, peu):
    code, _, err = etl("bilan", "modele", "--tous", tmp_path / "d", "--exercice", "2025", "--import", export)
    assert code == 1
    assert "les statistiques de DomiFa : d’un seul CCAS" in err
    assert not (tmp_path / "d").exists()


def test_a_balance_is_read_once_for_all(tmp_path, peu, monkeypatch):
    path = tmp_path / "b.csv"
    path.write_text(balance(ligne("6064", "5")), encoding="utf-8")
    calls = []
    real = commandes.read_balances
    monkeypatch.setattr(commandes, "read_balances", lambda *rest: calls.append(rest) or real(*rest))
    from rich.console import Console

    from etl.saisies.modeles import load_model

    demande = commandes.Demande((path,))
    commandes.write_all(Console(quiet=True), tmp_path / "d", load_model("bilan"), 2025, peu, demande, {})
    assert len(calls) == 1


def test_a_workbook_of_another_model_is_not_checked_as_this_one(etl, tmp_path):
    path = tmp_path / "b.xlsx"
    assert etl("bilan", "modele", path, *OF)[0] == 0
    book = load_workbook(path)
    for one in book.custom_doc_props.props:
        if one.name == "observatoire_modele":
            one.value = "essai"
    book["À lire"]["B4"].value = book["_observatoire"]["B1"].value = "essai"
    book.save(path)
    code, _, err = etl("bilan", "verifier", path)
    assert (code, "un classeur de « essai », non de « bilan »" in err) == (1, True)


def test_a_refused_import_says_all_that_is_wrong(tmp_path):
    from etl.saisies.modeles import load_model

    demande = commandes.Demande((tmp_path / "un.csv", tmp_path / "deux.csv"))
    with pytest.raises(DataError) as caught:
        demande.read(load_model("bilan"), Cle("bilan", "93066", 2025))
    assert len(caught.value.problems) == 2
