"""A workbook goes to a CCAS and comes back, from openpyxl and from LibreOffice, as XLSX and as ODS: nothing changes."""

import shutil
import subprocess

import pytest
from openpyxl import load_workbook

from etl.saisies.classeur import write_workbook
from etl.saisies.lecture import read_workbook
from etl.saisies.tidy import read_tidy, write_tidy
from registre.records import Reponse
from tests.etl.saisies.conftest import AVANT, CLE, CONTEXTE, MODELES, REPONSES


def by_place(answers):
    return {(one.rubrique, one.rang): one for one in answers}


def read(path, **fields):
    return read_workbook(path, CLE, CONTEXTE, MODELES, **fields)


@pytest.fixture(scope="module")
def sent(essai, tmp_path_factory):
    path = tmp_path_factory.mktemp("classeur") / "essai.xlsx"
    write_workbook(path, essai, CLE, "Saint-Denis", AVANT, REPONSES)
    return path


@pytest.fixture(scope="module")
def from_libreoffice(sent, tmp_path_factory):
    """The same workbook saved by LibreOffice, by format."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) n’est pas installé : l’aller-retour par lui n’est pas essayé")
    out = tmp_path_factory.mktemp("libreoffice")
    for form in ("xlsx", "ods"):
        profile = f"-env:UserInstallation=file://{out}/profil"
        command = [office, "--headless", profile, "--convert-to", form, "--outdir", str(out), str(sent)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out


def test_every_type_reads_back_equal(sent):
    found = read(sent)
    assert [str(one) for one in found.constats] == []
    assert by_place(found.reponses) == by_place(REPONSES)
    assert (found.cle, found.version, found.recevable) == (CLE, 2, True)


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_every_type_reads_back_equal_from_libreoffice(from_libreoffice, form):
    found = read(from_libreoffice / f"essai.{form}")
    assert [str(one) for one in found.constats] == []
    assert by_place(found.reponses) == by_place(REPONSES)


def test_libreoffice_keeps_the_lists_and_the_protection(from_libreoffice, place):
    book = load_workbook(from_libreoffice / "essai.xlsx")
    sheet, cell = place("CHOIX")
    lists = [str(one.sqref) for one in book[sheet].data_validations.dataValidation if one.type == "list"]
    assert any(cell in ranges for ranges in lists)
    assert book[sheet].protection.sheet
    assert not book[sheet][cell].protection.locked
    assert book[sheet]["A5"].protection.locked


def test_the_receipt_says_what_became_of_each_sheet(sent):
    states = {part.nom: part.etat for part in read(sent).recu}
    assert set(states) == {"À lire", "Nombres tous", "Mots", "Un tableau", "Contrôles", "_observatoire"}
    assert set(states.values()) == {"lue"}


def test_an_empty_workbook_is_read_and_cannot_be_submitted(essai, tmp_path):
    write_workbook(tmp_path / "vide.xlsx", essai, CLE, "Saint-Denis")
    found = read(tmp_path / "vide.xlsx")
    assert [one.trouve for one in found.erreurs] == ["aucune réponse"]
    receipt = {part.nom: str(part) for part in found.recu}
    assert receipt["Nombres tous"] == ("Nombres tous : vide (6\u00a0cases vides, première vague sans réponse : ENT)")
    assert receipt["Un tableau"] == "Un tableau : vide"


def test_what_is_written_beside_each_cell(sent, place):
    sheet, cell = place("MONT")
    row = load_workbook(sent)[sheet][cell[1:]]
    assert [one.value for one in row[:4]] == [
        "MONT",
        "Un montant",
        "Sommes de l’année. Accordées, non payées.",
        "euros",
    ]
    (sheet, cell), book = place("ENT"), load_workbook(sent)
    assert [book[sheet][f"{letter}{cell[1:]}"].value for letter in "CJ"] == [
        "Dossiers de l’année. Sur l’année. Référence : CASF, article R123-1.",
        "700",
    ]
    (sheet, cell) = place("COURT")
    last_year = book[sheet][f"J{cell[1:]}"]
    assert (last_year.value, last_year.data_type) == ("=1+1", "s")


def test_a_workbook_that_cannot_be_written_leaves_nothing(essai, tmp_path):
    from etl.errors import DataError

    (tmp_path / "lieu").write_text("un fichier")
    with pytest.raises(DataError):
        write_workbook(tmp_path / "lieu" / "essai.xlsx", essai, CLE, "Saint-Denis")
    assert [path.name for path in tmp_path.iterdir()] == ["lieu"]


def test_an_older_version_stays_readable(tmp_path, essai):
    from etl.saisies.modeles import load_model

    first = load_model("essai", 1, MODELES)
    assert first.rubrique("CHANGE").definition == "Ancienne définition."
    assert essai.rubrique("CHANGE").definition == "Nouvelle définition."
    assert essai.rubrique("VIEUX") is None
    write_workbook(tmp_path / "v1.xlsx", first, CLE, "Saint-Denis", reponses=[Reponse("VIEUX", valeur=3.0)])
    found = read(tmp_path / "v1.xlsx")
    assert (found.version, found.reponses) == (1, (Reponse("VIEUX", valeur=3.0),))


def test_rows_left_blank_are_closed_up(filled, place, tmp_path):
    for code in ("TAB.MISSION", "TAB.SIGNE"):
        sheet, before = place(code, rang=2)
        _, after = place(code, rang=4)
        filled[sheet][after] = filled[sheet][before].value
        filled[sheet][before] = None
    filled.save(tmp_path / "trous.xlsx")
    assert by_place(read(tmp_path / "trous.xlsx").reponses) == by_place(REPONSES)


def test_the_tidy_csv_reads_back_equal(essai, tmp_path):
    (tmp_path / "essai.csv").write_text(write_tidy(essai, REPONSES), encoding="utf-8")
    found = read_tidy(tmp_path / "essai.csv", essai, CLE, CONTEXTE)
    assert [str(one) for one in found.constats] == []
    assert by_place(found.reponses) == by_place(REPONSES)


def test_a_tidy_csv_tells_every_problem_with_its_line(essai, tmp_path):
    (tmp_path / "faux.csv").write_text(
        "rubrique;rang;valeur;statut;note;unite;methode\n"
        "ENT;;12;;;;\nENT;;13;;;;\nMONT;;douze;;;;\nINCONNU;;1;;;;\nTAUX;;12;non_suivi;;;\nTAB.MISSION;x;a;;;;\nJOUR\n",
        encoding="utf-8",
    )
    found = read_tidy(tmp_path / "faux.csv", essai, CLE, CONTEXTE)
    assert found.reponses == ()
    assert [str(one).replace("\u00a0", " ") for one in found.erreurs] == [
        "ligne 4, MONT : « douze » ; attendu : montant en euros → écrire un nombre comme 7700 ou 7700,5, sans unité",
        "ligne 5, INCONNU : rubrique « INCONNU » ; attendu : une rubrique de « Questionnaire d’essai » → "
        "corriger le code, ou retirer cette ligne",
        "ligne 7, TAB.MISSION : rang « x » ; attendu : un nombre entier, ou rien → corriger le rang",
        "ligne 8 : 1 colonne au lieu de 7 → une case contient le séparateur, ou il en manque une : vérifier "
        "cette ligne",
        "ENT : 2 réponses pour la même rubrique ; attendu : une seule → n’en garder qu’une",
        "TAUX : une réponse, et la situation « non suivi » ; attendu : l’une ou l’autre → effacer celle qui est de "
        "trop",
    ]
