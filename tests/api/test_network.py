"""What the API says of the network: the public edition, row for row, in every format, and never another file."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from etl.load import current
from etl.saisies import BRUT, PUBLIC
from etl.saisies.modeles import load_model
from etl.saisies.reseau import publish
from etl.saisies.schema import ARTICLE_30, table_schema
from observatoire.warehouse import network as network_module
from registre.records import Diffusion, Statut
from tests.etl.saisies.mondes import EXERCICE, RELATIONS, modele, monde, territoires
from tests.etl.saisies.test_reseau import depot, made, publique

REPONSES, SOMMES = "/api/v1/reponses", "/api/v1/sommes"
DIT = "phrase gardée pour le réseau"


@pytest.fixture
def dossier(entrepot, tmp_path, monkeypatch) -> Path:
    """The public figures in service, and a folder where a test publishes those of the network."""
    (tmp_path / "observatoire.duckdb").symlink_to(current(entrepot).resolve())
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    yield tmp_path
    network_module.public._opened.clear()


@pytest.fixture
def publie(dossier) -> Path:
    made(
        dossier,
        depot(
            "93001",
            publique("SEANCES", 5.5, note=DIT),
            publique("TOTAL", 3.0),
            publique("RARES", statut=Statut.NON_SUIVI),
            replace(publique("COMMENTAIRE", texte=DIT), diffusion=Diffusion.RESEAU),
        ),
        depot("93066", publique("SEANCES", 7.0, methode="estimation"), publique("DEPENSES", 1234.5)),
        depot("93001", publique("SEANCES", 9.0), demonstration=True),
        depot("93001", publique("SEANCES", 4.0), exercice=2022),
    )
    return dossier


def every_format(api: TestClient, path: str) -> list[dict]:
    """All the rows of an address, page after page, the same in the three formats."""
    rows, seen = [], f"{path}{'&' if '?' in path else '?'}limite=7"
    while seen:
        answer = api.get(seen).json()
        rows += answer[path.split("?")[0].rsplit("/", 1)[1]]
        seen = answer["liens"]["suivante"]
    assert len(rows) == answer["total"]
    whole = path + ("&" if "?" in path else "?") + "limite=50000"
    table = pq.read_table(io.BytesIO(api.get(f"{whole}&format=parquet").content)).to_pylist()
    assert [plain(row) for row in table] == rows
    text = api.get(f"{whole}&format=csv").content.decode("utf-8-sig")
    told = [[as_text(value) for value in row.values()] for row in rows]
    assert list(csv.reader(io.StringIO(text), delimiter=";"))[1:] == told
    return rows


def plain(row: dict) -> dict:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "vrai" if value else "faux"
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
    return str(value)


def test_answers_are_those_of_the_public_edition_with_their_statuses(api, publie):
    rows = {(row["territoire"], row["rubrique"]): row for row in every_format(api, f"{REPONSES}?exercice={EXERCICE}")}
    assert rows["93001", "SEANCES"]["valeur"] == 5.5
    assert (rows["93001", "TOTAL"]["valeur"], rows["93001", "TOTAL"]["statut"]) == (None, "secret")
    assert (rows["93001", "RARES"]["valeur"], rows["93001", "RARES"]["statut"]) == (None, "non_suivi")
    assert rows["93066", "SEANCES"]["methode"] == "estimation"
    assert rows["93066", "SEANCES"]["recu_le"] == "2024-03-01"
    assert ("93001", "COMMENTAIRE") not in rows
    assert DIT not in api.get(f"{REPONSES}?demonstration=toutes").text


def test_demonstration_is_asked_for_and_said_on_each_row(api, publie):
    real, demo, both = (
        every_format(api, f"{REPONSES}?rubrique=SEANCES&demonstration={one}") for one in ("non", "oui", "toutes")
    )
    assert {row["demonstration"] for row in real} == {False}
    assert [(row["valeur"], row["demonstration"]) for row in demo] == [(9.0, True)]
    assert len(both) == len(real) + len(demo)
    assert api.get(f"{REPONSES}?rubrique=SEANCES").json()["reponses"] == real
    totals = api.get(f"{SOMMES}?rubrique=SEANCES&exercice={EXERCICE}&type=departement").json()["sommes"]
    assert [row["valeur"] for row in totals] == [5.5], "93066 n’est pas une commune de ce monde"


def test_a_sum_never_comes_without_what_it_covers(api, publie):
    rows = every_format(api, f"{SOMMES}?demonstration=toutes")
    assert rows
    assert all(0 < row["nombre"] <= row["nombre_possible"] and row["population_couverte"] for row in rows)
    hidden = [row for row in rows if row["rubrique"] == "TOTAL"]
    assert hidden
    assert {row["valeur"] for row in hidden} == {None}
    assert {row["statut"] for row in hidden if row["type"] == "departement"} == {"secret"}


def test_all_that_the_public_file_holds_is_given_and_no_more(api, dossier):
    one = monde(3)
    publish(dossier, one.depots(), [modele()], territoires(), {"bilan": RELATIONS})
    answers = every_format(api, f"{REPONSES}?demonstration=toutes")
    sums = every_format(api, f"{SOMMES}?demonstration=toutes")
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{(dossier / PUBLIC).resolve()}' AS p (READ_ONLY)")
        held = con.execute("SELECT territoire, rubrique, rang, valeur, statut FROM p.reponse ORDER BY ALL").fetchall()
        totals = con.execute("SELECT type, code, rubrique, valeur, statut FROM p.somme ORDER BY ALL").fetchall()
    key = [tuple(row[name] for name in ("territoire", "rubrique", "rang", "valeur", "statut")) for row in answers]
    assert sorted(key, key=repr) == sorted(held, key=repr)
    key = [tuple(row[name] for name in ("type", "code", "rubrique", "valeur", "statut")) for row in sums]
    assert sorted(key, key=repr) == sorted(totals, key=repr)


@pytest.mark.parametrize("path", [REPONSES, SOMMES, "/api/v1/modeles", "/api/v1/modeles/bilan"])
def test_the_raw_file_is_not_read(api, publie, path):
    """Same answer when it is worth nothing, and no descriptor on it."""
    before = api.get(path)
    assert before.status_code == 200
    raw = (publie / BRUT).resolve()
    raw.write_bytes(b"\xff" * 5000)
    network_module.public._opened.clear()
    assert api.get(path).content == before.content
    if Path("/proc/self/fd").is_dir():
        held = [os.readlink(one) for one in Path("/proc/self/fd").iterdir() if one.exists()]
        assert str(raw) not in held


def test_a_questionnaire_is_told_whole(api, publie):
    (head,) = api.get("/api/v1/modeles").json()["modeles"]
    assert (head["code"], head["exercices"], head["exercices_de_demonstration"]) == ("bilan", [2022, 2023], [2023])
    whole, model = api.get("/api/v1/modeles/bilan").json(), load_model("bilan")
    assert [line["code"] for line in whole["rubriques"]] == [line.code for line in model.rubriques]
    assert [rule["code"] for rule in whole["regles"]] == [rule.code for rule in model.regles]
    sure = {line.code: line.reference for line in model.rubriques if line.reference_sure}
    assert {line["code"]: line["reference"] for line in whole["rubriques"] if line["reference"]} == sure


def test_the_table_schema_and_the_record_are_those_of_the_command_line(api, publie):
    model = load_model("bilan")
    assert api.get("/api/v1/modeles/bilan/schema").json() == table_schema(model)
    for line in model.rubriques:
        if line.colonnes:
            told = api.get(f"/api/v1/modeles/bilan/schema?tableau={line.code}").json()
            assert told == table_schema(model, line.code)
    answer = api.get("/api/v1/modeles/bilan/article-30")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="bilan-article-30.csv"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.decode("utf-8-sig").splitlines()[0].split(";") == list(ARTICLE_30)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (f"{REPONSES}?commune=93010", 400, "commune"),
        (f"{REPONSES}?type=ept", 400, "type"),
        (f"{SOMMES}?type=iris", 400, "commune, ept, departement"),
        (f"{REPONSES}?demonstration=peut_etre", 400, "non, oui, toutes"),
        (f"{REPONSES}?demonstration=oui&demonstration=non", 400, "une seule valeur"),
        (f"{REPONSES}?limite=1000000", 400, "50000"),
        (f"{REPONSES}?page=0", 400, "entre 1 et"),
        (f"{REPONSES}?format=xml", 400, "json, csv, parquet"),
        (f"{REPONSES}?modele=%27%20OR%201=1", 400, "forme attendue"),
        (f"{REPONSES}?rubrique=A;DROP", 400, "forme attendue"),
        (f"{REPONSES}?exercice=deux", 400, "deux"),
        (f"{REPONSES}?modele=inconnu", 404, "inconnu"),
        (f"{REPONSES}?territoire=93999", 404, "93999"),
        (f"{REPONSES}?rubrique=XYZ99", 404, "XYZ99"),
        (f"{REPONSES}?exercice=2001", 404, "exercices connus : 2022, 2023"),
        (f"{REPONSES}?exercice=2022&demonstration=oui", 404, "exercices connus : 2023"),
        (f"{SOMMES}?modele=bilan&exercice=2023,1999", 404, "1999 (exercices connus : 2022, 2023)"),
        ("/api/v1/modeles/rien", 404, "connus : bilan"),
        ("/api/v1/modeles/bilan?version=99", 404, "la dernière"),
        ("/api/v1/modeles/bilan?version=0", 400, "entre 1 et"),
        ("/api/v1/modeles/bilan/schema?tableau=RIEN", 404, "tableaux"),
        ("/api/v1/modeles/bilan/rien", 404, "Rien à cette adresse"),
    ],
)
def test_a_wrong_request_is_told_in_french(api, publie, path, status, said):
    answer = api.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]


def test_before_any_deposit_lists_are_empty_and_questionnaires_there(api, dossier):
    for path in (REPONSES, SOMMES):
        answer = api.get(path)
        assert (answer.status_code, answer.json()["total"]) == (200, 0)
        assert every_format(api, path) == []
    assert api.get("/api/v1/modeles").json()["modeles"][0]["exercices"] == []
    assert api.get(f"{REPONSES}?exercice=2025").json()["detail"].endswith("(exercices connus : aucun).")


def test_a_damaged_file_is_not_told_as_an_empty_one(api, publie):
    (publie / PUBLIC).resolve().write_bytes(b"\xff" * 5000)
    network_module.public._opened.clear()
    for path in (REPONSES, SOMMES, "/api/v1/modeles"):
        answer = api.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert str(publie) not in answer.text
    assert api.get("/api/v1/observations?indicateur=REV02&annee=2021").status_code == 200


def test_the_tag_follows_the_editions_and_the_public_figures_keep_theirs(api, publie):
    path = f"{REPONSES}?rubrique=SEANCES"
    first, other = api.get(path).headers["etag"], api.get("/api/v1/sources").headers["etag"]
    assert api.get(path, headers={"If-None-Match": first}).status_code == 304
    made(publie, depot("93001", publique("SEANCES", 6.0)))
    again = api.get(path, headers={"If-None-Match": first})
    assert again.status_code == 200
    assert [row["valeur"] for row in again.json()["reponses"]] == [6.0]
    assert api.get("/api/v1/sources").headers["etag"] == other


def test_the_contract_says_of_a_column_what_the_file_says(api, publie):
    schemas = api.get("/api/v1/openapi.json").json()["components"]["schemas"]
    rows = {"Reponse": api.get(REPONSES).json()["reponses"], "Somme": api.get(SOMMES).json()["sommes"]}
    for name, table in (("Reponse", "reponse"), ("Somme", "somme")):
        told = schemas[name]["properties"]
        assert list(rows[name][0]) == list(told)
        for column, found in network_module.Network(None).columns[table].items():
            assert column in ("note", "depot") or told[column]["description"] == found.mots
    assert {row["statut"] for row in rows["Reponse"]} <= set(schemas["Reponse"]["properties"]["statut"]["enum"])
