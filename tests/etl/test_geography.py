"""Territories: communes of today, those of before, EPT that are not the EPCI, and who is compared with whom."""

import io
import zipfile

import duckdb
import openpyxl
import pytest

from etl.errors import DataError
from etl.geography import load_territories
from etl.transform import create_tables
from tests.etl.producers import EPT, source

COG = (
    "TYPECOM,COM,REG,DEP,LIBELLE\nCOM,93001,11,93,Aubervilliers\nCOM,93066,11,93,Saint-Denis\n"
    "COM,95018,11,95,Argenteuil\nCOM,95012,11,95,Ambleville\nCOM,75056,11,75,Paris\nCOM,13055,93,13,Marseille\n"
    "COMD,93059,11,93,Pierrefitte-sur-Seine\n"
)
MOUVEMENTS = (
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP\n"
    "32,2025-01-01,COM,93059,Pierrefitte-sur-Seine,COM,93066,Saint-Denis\n"
    "32,2025-01-01,COM,93066,Saint-Denis,COM,93066,Saint-Denis\n"
    "32,2025-01-01,COM,93059,Pierrefitte-sur-Seine,COMD,93059,Pierrefitte-sur-Seine\n"
    "34,2026-01-01,COM,95012,Ambleville,COM,95018,Argenteuil\n"
)
POPULATIONS = "COM;PMUN\n93001;90\n93066;149\n95018;110000\n95012;400\n75101;9000\n75102;9000\n13055;870000\n"
EPTS = [["93001", EPT, "Plaine Commune"], ["93066", EPT, "Plaine Commune"], ["95018", "200058485", "Boucle Nord"]]


def ept_workbook(path, rows, broken_styles=False):
    """INSEE's composition of the EPT: header on line 6; with ``broken_styles``, as openpyxl refuses it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Composition_communale"
    for title in ("Établissements", "Composition", "Mise en ligne", "Source", "Code géographique"):
        sheet.append([title])
    sheet.append(["CODGEO", "LIBGEO", "EPT", "LIBEPT"])
    for code, ept, label in [*rows, ["01001", "ZZZZZZZZZ", "Sans objet"]]:
        sheet.append([code, "nom", ept, label])
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as saved, zipfile.ZipFile(path, "w") as target:
        for name in saved.namelist():
            content = saved.read(name)
            if broken_styles and name == "xl/styles.xml":
                content = content.replace(b'"gray125"', b'"inconnu"')
            target.writestr(name, content)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "cog.csv").write_text(COG)
    (tmp_path / "mouvements.csv").write_text(MOUVEMENTS)
    (tmp_path / "populations.csv").write_text(POPULATIONS)
    ept_workbook(tmp_path / "ept.xlsx", EPTS)
    return tmp_path


def territories(folder):
    """The rows of `territoire` by code, read from the small files of ``folder``."""
    lecture = {"feuille": "Composition_communale", "entete": 6, "codes_courts": {EPT: "T6"}}
    sources = {
        "insee_cog": source("cog", "insee_cog", "cog.csv", 2026),
        "insee_mouvements": source("mvt", "insee_mouvements", "mouvements.csv", 2026),
        "insee_ept": source("ept", "insee_ept", "ept.xlsx", 2025, lecture=lecture),
        "insee_populations": source("pop", "insee_populations", "populations.csv", 2023),
    }
    con = duckdb.connect()
    create_tables(con)
    load_territories(con, sources, folder, "93")
    cursor = con.execute("SELECT * FROM territoire")
    names = [column[0] for column in cursor.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def test_the_merged_commune_and_its_two_former_ones(files):
    rows = territories(files)
    assert str(rows["93066"]["valide_du"]) == "2025-01-01"
    for code, name in (("93059", "Pierrefitte-sur-Seine"), ("93066_2024", "Saint-Denis (avant 2025)")):
        row = rows[code]
        assert (row["type"], row["nom"], row["successeur"]) == ("commune_historique", name, "93066")
        assert str(row["valide_au"]) == "2024-12-31"


def test_a_merger_later_than_the_geography_in_use_is_not_applied(files):
    rows = territories(files)
    assert "95018_2025" not in rows
    assert rows["95018"]["valide_du"] is None


def test_one_compares_with_the_communes_of_the_region_over_5000_inhabitants(files):
    communes = {code for code, row in territories(files).items() if row["type"] == "commune"}
    assert communes == {"93001", "93066", "95018", "75056"}


def test_codes_are_unique_across_types(files):
    rows = territories(files)
    assert (rows["93"]["type"], rows["R11"]["type"], rows["FR"]["type"]) == ("departement", "region", "pays")
    assert "11" not in rows


def test_only_the_epts_of_the_departement_are_kept(files):
    rows = territories(files)
    assert [code for code, row in rows.items() if row["type"] == "ept"] == [EPT]
    assert (rows[EPT]["nom"], rows[EPT]["code_court"], rows["93001"]["code_ept"]) == ("Plaine Commune", "T6", EPT)
    assert rows["95018"]["code_ept"] is None


def test_the_workbook_that_openpyxl_refuses_is_read(files):
    ept_workbook(files / "ept.xlsx", EPTS, broken_styles=True)
    with pytest.raises(ValueError, match="could not read stylesheet"):
        openpyxl.load_workbook(files / "ept.xlsx")
    assert territories(files)["93066"]["code_ept"] == EPT


def test_the_metropole_is_refused_as_an_ept(files):
    ept_workbook(files / "ept.xlsx", [[code, "200054781", "Métropole du Grand Paris"] for code in ("93001", "93066")])
    with pytest.raises(DataError) as caught:
        territories(files)
    (problem,) = caught.value.problems
    assert (problem.fichier, problem.ligne, problem.colonne) == ("ept.xlsx", 7, "EPT")
    assert "EPCI" in problem.message


def test_a_commune_without_ept_is_told(files):
    ept_workbook(files / "ept.xlsx", EPTS[1:])
    with pytest.raises(DataError, match="communes sans EPT : Aubervilliers"):
        territories(files)


def test_a_column_missing_from_the_list_of_communes_is_told(files):
    (files / "cog.csv").write_text(COG.replace("LIBELLE", "NOM"))
    with pytest.raises(DataError) as caught:
        territories(files)
    assert [(p.fichier, p.colonne) for p in caught.value.problems] == [("cog.csv", "LIBELLE")]


def test_a_name_has_one_spelling(warehouse):
    assert warehouse.territoires["93039"].nom == "L’Île-Saint-Denis"
    assert warehouse.rows("SELECT code FROM territoire WHERE contains(nom, chr(39))") == []
