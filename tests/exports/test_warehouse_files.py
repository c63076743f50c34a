"""The whole warehouse taken away: every table, every row, absences empty, definitions beside."""

import csv
import io
import zipfile
from functools import cache

import duckdb
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from observatoire.exports import warehouse_files


@pytest.fixture(scope="module")
def counts(warehouse):
    return {table: warehouse.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in warehouse.columns}


@pytest.fixture(scope="module")
def text_files(warehouse):
    """The CSV files of the warehouse, by name."""
    with zipfile.ZipFile(io.BytesIO(warehouse_files.to_csv(warehouse))) as archive:
        return {name: archive.read(name) for name in ("observation.csv", "indicateur.csv", "definitions.csv")}


@pytest.fixture(scope="module")
def observations(text_files):
    """The lines of observation.csv, as a spreadsheet reads them."""
    text = text_files["observation.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.fixture(scope="module")
def parquet(warehouse):
    """The Parquet files of the warehouse, in their archive."""
    with zipfile.ZipFile(io.BytesIO(warehouse_files.to_parquet(warehouse))) as archive:
        yield archive


def test_the_duckdb_file_is_the_warehouse(warehouse, counts, tmp_path):
    path = tmp_path / "observatoire.duckdb"
    path.write_bytes(warehouse_files.to_duckdb(warehouse))
    with duckdb.connect(str(path), read_only=True) as con:
        for table, count in counts.items():
            assert con.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)


def test_parquet_holds_every_table_and_row(parquet, counts):
    found = {
        name.removesuffix(".parquet"): pq.read_metadata(io.BytesIO(parquet.read(name))).num_rows
        for name in parquet.namelist()
        if name.endswith(".parquet")
    }
    assert found == counts


def test_csv_opens_in_a_french_spreadsheet(warehouse, counts, text_files, observations):
    assert text_files["observation.csv"].startswith(b"\xef\xbb\xbf")
    assert len(observations) == counts["observation"]
    secret = [row for row in observations if row["statut"] == "secret"]
    assert secret
    assert all(row["valeur"] == "" for row in secret)
    asked = next(
        r for r in observations if (r["territoire"], r["indicateur"], r["annee"]) == ("93010", "REV02", "2021")
    )
    expected = warehouse.figures(["REV02"], ["93010"], [2021]).iloc[0]["valeur"]
    assert float(asked["valeur"].replace(",", ".")) == expected
    assert 'observation;valeur;DOUBLE;"Valeur, dans l’unité de l’indicateur ; vide' in text_files[
        "definitions.csv"
    ].decode("utf-8-sig")


def test_structures_are_prose_in_a_spreadsheet_and_structures_in_parquet(parquet, text_files):
    text = text_files["indicateur.csv"].decode("utf-8-sig")
    (told,) = [r["ruptures"] for r in csv.DictReader(io.StringIO(text), delimiter=";") if r["code"] == "REV44"]
    assert told == "2019 : réforme de la prime d’activité, 2022 : décompte revu des foyers"
    rows = pq.read_table(io.BytesIO(parquet.read("indicateur.parquet"))).to_pylist()
    (breaks,) = [row["ruptures"] for row in rows if row["code"] == "REV44"]
    assert [one["annee"] for one in breaks] == [2019, 2022]


@pytest.fixture(scope="module")
def book(warehouse):
    """The workbook, read in seconds where openpyxl takes a minute."""
    return CalamineWorkbook.from_filelike(io.BytesIO(warehouse_files.to_xlsx(warehouse)))


@pytest.fixture(scope="module")
def sheet(book):
    """``sheet(name)`` → its rows as dictionaries; an empty cell is None."""

    @cache
    def read(name):
        header, *body = book.get_sheet_by_name(name).to_python()
        return [dict(zip(header, (None if v == "" else v for v in row), strict=True)) for row in body]

    return read


def test_the_workbook_begins_with_its_definitions(warehouse, book, sheet):
    assert book.sheet_names[0] == "definitions"
    assert {"observation", "indicateur", "source", "territoire", "controle"} <= set(book.sheet_names)
    defined = {row["Table"] for row in sheet("definitions")}
    assert set(book.sheet_names) - {"definitions"} <= defined
    for name in ("observation", "observation_iris", "observation_qpv"):
        assert list(sheet(name)[0]) == list(warehouse.columns["observation"])


def test_the_workbook_holds_the_departement_and_the_levels_above(warehouse, sheet):
    rows = sheet("observation")
    assert {"93010", "93059", "200057867", "93", "R11", "FR"} <= {row["territoire"] for row in rows}
    expected = warehouse.rows(
        """
        SELECT count(*) AS n FROM observation JOIN territoire ON code = territoire
        WHERE (code_departement = '93' AND type NOT IN ('iris', 'qpv')) OR type IN ('departement', 'region', 'pays')
        """
    )
    assert len(rows) == expected[0]["n"]
    assert all(r["valeur"] is None for r in rows if r["statut"] in ("secret", "manquant", "non_calculable"))


@pytest.mark.parametrize("level", ["iris", "qpv"])
def test_iris_and_qpv_have_a_sheet_each_in_the_workbook(warehouse, sheet, level):
    rows = sheet(f"observation_{level}")
    (expected,) = warehouse.rows(
        "SELECT count(*) AS n, sum(valeur) AS total FROM observation JOIN territoire ON code = territoire "
        "WHERE type = $type",
        {"type": level},
    )
    assert len(rows) == expected["n"] > 5000
    assert sum(row["valeur"] for row in rows if row["valeur"] is not None) == pytest.approx(expected["total"])


def test_a_sheet_too_long_for_a_spreadsheet_is_refused(monkeypatch, warehouse, tmp_path):
    monkeypatch.setattr(warehouse_files, "LIGNES_XLSX", 1000)
    with pytest.raises(ValueError, match="observation"):
        warehouse_files._write_xlsx(warehouse, tmp_path / "essai.xlsx")


def test_no_file_to_take_away_gives_the_components_of_a_secret(observations, parquet, sheet):
    """A secret with its denominator, or a published total beside it, would not be one for long."""
    secret = [row for row in observations if row["statut"] == "secret"]
    columns = ("valeur", "numerateur", "denominateur", "borne_basse", "borne_haute", "valeur_membres")
    assert len(secret) > 1000
    assert {row[name] for row in secret for name in columns} == {""}
    kept = pq.read_table(io.BytesIO(parquet.read("observation.parquet")), filters=[("statut", "=", "secret")])
    assert kept.num_rows == len(secret)
    assert {value for name in columns for value in kept[name].to_pylist()} == {None}
    assert {row.get(name) for row in sheet("observation") if row["statut"] == "secret" for name in columns} == {None}
