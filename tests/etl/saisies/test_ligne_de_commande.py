"""``python -m etl saisie …``: workbook, check, schema; what it says is French, its code tells what happened."""

import json
import re

import pytest
from openpyxl import load_workbook

from etl.saisies.modeles import load_model
from etl.saisies.plan import address, make_plan
from registre.records import Cle
from tests.etl.test_cli import ENGLISH


@pytest.mark.parametrize(
    "command", [["modeles"], ["saisie"], ["saisie", "modele"], ["saisie", "verifier"], ["saisie", "schema"]]
)
def test_the_help_is_french(etl, command):
    code, out, err = etl(*command, "--help")
    assert (code, err) == (0, "")
    words = out.replace("--help", "").replace("Options", "").replace("--output", "")
    assert not ENGLISH.search(words), ENGLISH.search(words)


def test_the_models_are_listed(etl):
    code, out, _ = etl("modeles")
    assert code == 0
    assert "bilan" in out


@pytest.fixture
def workbook(etl, tmp_path):
    path = tmp_path / "bilan.xlsx"
    code, out, err = etl("saisie", "modele", "bilan", path, "--commune", "93066", "--exercice", "2025")
    assert (code, err) == (0, "")
    assert "Saint-Denis" in out
    return path


def cell_of(code, role="reponse"):
    plan = make_plan(load_model("bilan"), Cle("bilan", "93066", 2025), "Saint-Denis", {})
    return next(
        (sheet.nom, *at)
        for sheet in plan
        for at, case in sheet.cases.items()
        if case.role == role and case.rubrique.code == code
    )


def fill(path, **values):
    book = load_workbook(path)
    for code, value in values.items():
        sheet, row, column = cell_of(code)
        book[sheet].cell(row, column).value = value
    book.save(path)


def test_a_workbook_filled_can_be_submitted(etl, workbook):
    fill(workbook, AID02=10, AID03=1234.5)
    code, out, _ = etl("saisie", "verifier", workbook)
    assert code == 0
    assert "Peut être déposé : 2\u00a0réponses." in out
    told = r"Aides facultatives : lue \(2\u00a0réponses, [0-9]+\u00a0cases vides, première vague sans réponse : AID09\)"
    assert re.search(told, out), out


def test_a_workbook_filled_wrongly_gives_the_whole_list_and_code_one(etl, workbook):
    fill(workbook, AID02="dix", AID03=-1, DOM01=20, DOM02="Mme Exemple, 300 € d’aide")
    code, out, _ = etl("saisie", "verifier", workbook)
    assert code == 1
    assert out.count("✗ erreur — ") == 3
    sheet, row, column = cell_of("AID02")
    where = f"feuille « {sheet} », cellule {address(row, column)}, AID02"
    assert f"{where} : « dix » ; attendu : nombre entier" in out
    assert "Ne peut être déposé : 3\u00a0erreurs à corriger, 0\u00a0surprise à expliquer en note." in out


def test_the_deposit_that_is_expected(etl, workbook):
    fill(workbook, AID02=0)
    wanted = ["--modele", "bilan", "--exercice", "2025", "--commune"]
    assert etl("saisie", "verifier", workbook, *wanted, "93066")[0] == 0
    code, out, _ = etl("saisie", "verifier", workbook, *wanted, "93001")
    assert code == 1
    assert "un classeur pour le territoire « 93066 » ; attendu : « 93001 »" in out
    code, _, err = etl("saisie", "verifier", workbook, "--commune", "93001")
    assert code == 1
    assert "vont ensemble" in err


def test_the_population_and_last_year_are_compared(etl, workbook, tmp_path):
    fill(workbook, AID02=10, AID03=1234.5, FIN01=900_000_000)
    code, out, _ = etl("saisie", "verifier", workbook)
    assert (code, out.count("✗ surprise — ")) == (1, 1)
    assert "FIN01 : 900\u202f000\u202f000 pour" in out
    fill(workbook, FIN01=1_000_000)
    after = tmp_path / "apres.xlsx"
    year = ["--commune", "93066", "--exercice", "2026", "--avant", workbook]
    assert etl("saisie", "modele", "bilan", after, *year)[0] == 0
    sheet, row, column = cell_of("FIN01")
    assert load_workbook(after)[sheet].cell(row, column + 5).value == "1000000"
    fill(after, FIN01=1_600_000)
    code, out, _ = etl("saisie", "verifier", after, "--avant", workbook)
    assert (code, out.count("✗ surprise — ")) == (1, 1)
    assert "1\u202f600\u202f000, contre 1\u202f000\u202f000 l’an dernier" in out
    assert etl("saisie", "verifier", workbook, "--avant", workbook)[0] == 1


def test_a_tidy_csv_is_checked_too(etl, tmp_path):
    path = tmp_path / "bilan.csv"
    path.write_text("rubrique;rang;valeur;statut;note;unite;methode\nAID02;;10;;;;\n", encoding="utf-8")
    wanted = ["--modele", "bilan", "--commune", "93066", "--exercice", "2025"]
    code, out, _ = etl("saisie", "verifier", path, *wanted)
    assert (code, "Peut être déposé : 1\u00a0réponse." in out) == (0, True)
    assert etl("saisie", "verifier", path)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["modele", "biln", "x.xlsx", "--commune", "93066", "--exercice", "2025"], "peut-être « bilan »"),
        (["modele", "bilan", "x.xlsx", "--commune", "75056", "--exercice", "2025"], "territoire « 75056 »"),
        (["modele", "bilan", "x.xlsx", "--commune", "93066", "--exercice", "1999"], "exercice 1999"),
        (["modele", "bilan", "x.ods", "--commune", "93066", "--exercice", "2025"], "le finir par « .xlsx »"),
        (["verifier", "absent.xlsx"], "ce n’est pas un fichier"),
        (["schema", "bilan", "--format", "xml"], "« xml » est inconnu"),
        (["schema", "bilan", "--tableau", "ACC01"], "tableaux : CONV, "),
        (["schema", "bilan", "--version-modele", "9"], "« bilan » n’a pas de version 9"),
    ],
)
def test_a_mistake_is_told_with_code_one(etl, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = etl("saisie", *arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert list(tmp_path.iterdir()) == []


def test_the_schemas_are_written(etl, tmp_path):
    assert json.loads(etl("saisie", "schema", "bilan")[1])["name"] == "bilan"
    path = tmp_path / "schema.csv"
    code, _, _ = etl("saisie", "schema", "bilan", "--format", "article-30", "--output", path)
    assert code == 0
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("rubrique;libelle;definition;genre")
    asked = load_model("bilan").rubriques
    assert len(lines) == 1 + sum(len(line.colonnes) or 1 for line in asked)
