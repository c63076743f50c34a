"""The whole warehouse taken away: every table, every row, absences empty, definitions beside."""

import csv
import io
import zipfile

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from observatoire.exports import warehouse_files


@pytest.fixture(scope="module")
def counts(house):
    return {table: house.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in house.columns}


def test_the_duckdb_file_is_the_warehouse(house, counts, tmp_path):
    path = tmp_path / "observatoire.duckdb"
    path.write_bytes(warehouse_files.to_duckdb(house))
    with duckdb.connect(str(path), read_only=True) as con:
        for table, count in counts.items():
            assert con.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)


def test_parquet_holds_every_table_and_row(house, counts):
    with zipfile.ZipFile(io.BytesIO(warehouse_files.to_parquet(house))) as archive:
        found = {
            name.removesuffix(".parquet"): pq.read_metadata(io.BytesIO(archive.read(name))).num_rows
            for name in archive.namelist()
            if name.endswith(".parquet")
        }
    assert found == counts


def test_csv_opens_in_a_french_spreadsheet(house, counts):
    with zipfile.ZipFile(io.BytesIO(warehouse_files.to_csv(house))) as archive:
        raw = archive.read("observation.csv")
        definitions = archive.read("definitions.csv").decode("utf-8-sig")
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == counts["observation"]
    secret = [row for row in rows if row["statut"] == "secret"]
    assert secret
    assert all(row["valeur"] == "" for row in secret)
    asked = next(r for r in rows if (r["territoire"], r["indicateur"], r["annee"]) == ("93010", "REV02", "2021"))
    expected = house.figures(["REV02"], ["93010"], [2021]).iloc[0]["valeur"]
    assert float(asked["valeur"].replace(",", ".")) == expected
    assert "observation;valeur;DOUBLE;" in definitions


def test_the_workbook_begins_with_its_definitions(house):
    """Its observations: the département's territories, former communes included, and the levels above."""
    book = openpyxl.load_workbook(io.BytesIO(warehouse_files.to_xlsx(house)), read_only=True)
    assert book.sheetnames[0] == "definitions"
    assert {"observation", "indicateur", "source", "territoire", "controle"} <= set(book.sheetnames)
    sheet = book["observation"]
    rows = sheet.iter_rows(values_only=True)
    header = next(rows)
    assert list(header) == list(house.columns["observation"])
    value, status = header.index("valeur"), header.index("statut")
    body = list(rows)
    kept = {row[header.index("territoire")] for row in body}
    assert {"93010", "93059", "200057867", "93", "R11", "FR"} <= kept
    expected = house.rows(
        """
        SELECT count(*) AS n FROM observation JOIN territoire ON code = territoire
        WHERE code_departement = '93' OR type IN ('departement', 'region', 'pays')
        """
    )
    assert len(body) == expected[0]["n"]
    assert all(row[value] is None for row in body if row[status] in ("secret", "manquant", "non_calculable"))
