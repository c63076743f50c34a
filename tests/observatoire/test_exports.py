"""What leaves the application carries its title, unit, year and source, and opens in French spreadsheets."""

import csv
import io
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire.charts.trends import draw_trends
from observatoire.exports.images import to_png, to_svg
from observatoire.exports.tables import is_formula, to_csv
from observatoire.figures import Figure, cite
from observatoire.records import SourceCitee
from tests.observatoire.cards import card


def figure(table: pd.DataFrame | None = None, **changes) -> Figure:
    frame = pd.DataFrame(
        [("Bondy", 2020, 27.5, "publie"), ("Bondy", 2021, 1234.5, "publie")],
        columns=["serie", "annee", "valeur", "statut"],
    )
    given = {
        "titre": "Niveau de vie à Bondy",
        "sous_titre": "En euros, 2020 à 2021",
        "source": "Source : INSEE, Filosofi (2021)",
        "alt": "Bondy : de 27,5 à 1 234,5.",
        "table": frame if table is None else table,
        "fichier": "niveau",
        "chart": draw_trends(frame, card(unite="€")) if table is None else None,
    }
    return Figure(**{**given, **changes})


def read_back(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_a_french_spreadsheet_opens_the_csv_without_a_question():
    content = to_csv(figure(pd.DataFrame({"Commune": ["Épinay"], "%": [12.345]})))
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Épinay;12,345;".encode() in content


def test_each_row_of_the_csv_says_its_figure_its_unit_and_its_source():
    head, *rows = read_back(to_csv(figure(trace={"annee": "2021"})))
    assert head[-4:] == ["Figure", "Année", "Unité et lecture", "Source"]
    said = ["Niveau de vie à Bondy", "2021", "En euros, 2020 à 2021", "INSEE, Filosofi (2021)"]
    assert [row[-4:] for row in rows] == [said, said]


def test_what_the_table_says_already_is_not_said_twice():
    table = pd.DataFrame({"Indicateur": ["Niveau de vie"], "Année": [2021], "Unité": ["€"], "Valeur": [12.5]})
    head, row = read_back(to_csv(figure(table, trace={"annee": "2020"})))
    assert head == ["Indicateur", "Année", "Unité", "Valeur", "Figure", "Source"]
    assert row[1] == "2021"


@pytest.mark.parametrize("text", ["+6,0 points", "+1\u202f234,5 €", "-3 %", "+12 points de plus que"])
def test_a_signed_number_in_words_is_ours_and_stays_as_it_reads(text):
    assert not is_formula(text)


@pytest.mark.parametrize("text", ["=1+1", "+1+cmd|' /C calc'!A0", "-1-1", "@SUM(A1)", "+A1", "\t=1", "+6,0 points(A1)"])
def test_what_a_spreadsheet_might_compute_is_quoted(text):
    assert is_formula(text)


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA])
def test_an_absence_is_an_empty_cell_never_a_zero(missing):
    table = pd.DataFrame({"Commune": ["Bondy"], "Valeur": [missing]}, dtype=object)
    assert read_back(to_csv(figure(table)))[1][:2] == ["Bondy", ""]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_is_never_taken_for_a_formula(text):
    table = pd.DataFrame({text: [text]})
    rows = read_back(to_csv(figure(table, titre=text)))
    assert rows[0][0] == rows[1][0] == f"'{text}"
    assert rows[1][rows[0].index("Figure")] == f"'{text}"


def test_a_negative_number_stays_a_number_and_zero_has_no_sign():
    rows = read_back(to_csv(figure(pd.DataFrame({"v": [-1.5, -0.0]}))))
    assert (rows[1][0], rows[2][0]) == ("-1,5", "0")


def test_separators_and_quotes_inside_a_text_do_not_break_the_line():
    table = pd.DataFrame({"a": ['un ; deux "trois"\nquatre'], "b": [1]})
    assert read_back(to_csv(figure(table)))[1][:2] == ['un ; deux "trois"\nquatre', "1"]


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_a_number_is_written_in_full_with_a_comma_and_reads_back(value):
    cell = read_back(to_csv(figure(pd.DataFrame({"v": [value]}))))[1][0]
    assert "e" not in cell.lower()
    assert "." not in cell
    assert float(cell.replace(",", ".")) == pytest.approx(value, abs=1e-6)


def test_an_empty_table_still_says_what_it_is():
    rows = read_back(to_csv(figure(pd.DataFrame({"Commune": [], "Valeur": []}))))
    assert rows[0][:2] == ["Commune", "Valeur"]
    assert rows[1:] == [["", "", "Niveau de vie à Bondy", "En euros, 2020 à 2021", "INSEE, Filosofi (2021)"]]


def test_the_svg_carries_title_unit_source_and_french_numbers():
    svg = to_svg(figure()).decode()
    texts = [node.text or "" for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert "Niveau de vie à Bondy" in texts
    assert "En euros, 2020 à 2021" in texts
    assert any(t.startswith("Source : INSEE, Filosofi (2021)") for t in texts)
    assert any(t.replace("\u202f", " ").startswith(("1 000,0", "1 200,0", "500,0")) for t in texts)


def test_the_png_is_an_image_larger_than_a_thumbnail():
    png = to_png(figure())
    assert png.startswith(b"\x89PNG")
    width, height = (int.from_bytes(png[n : n + 4], "big") for n in (16, 20))
    assert width >= 1200
    assert height >= 600


def test_a_figure_without_chart_has_no_image():
    bare = figure(chart=None)
    assert not bare.has_image
    assert bare.spec is None
    with pytest.raises(ValueError, match="pas de graphique"):
        bare.specification()


def source(nom="Filosofi", millesime=2021, producteur="INSEE") -> SourceCitee:
    return SourceCitee(f"{nom}_{millesime}", producteur, nom, millesime, 2025, "Licence ouverte", None, None)


def test_a_producer_and_dataset_are_cited_once_with_their_years():
    assert cite([source()]) == "Source : INSEE, Filosofi (2021)"
    assert cite([source(), source(millesime=2020)]) == "Source : INSEE, Filosofi (2020, 2021)"
    years = [source(millesime=y) for y in (2019, 2021, 2020)]
    assert cite(years) == "Source : INSEE, Filosofi (2019 à 2021)"
    assert cite([source(), source("Comptes d'un CCAS", 2022, "DGFiP")]) == (
        "Sources : INSEE, Filosofi (2021) ; DGFiP, Comptes d’un CCAS (2022)"
    )
    assert cite([]) == ""
