"""The sheet, read back: its figures are the warehouse's."""

import io
import re
import sys

import pytest
from docx import Document
from pypdf import PdfReader

from etl import cli
from observatoire.__main__ import app
from observatoire.exports.sheets import make_docx, make_pdf


def pdf_text(content: bytes) -> tuple[str, int]:
    reader = PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " ")), len(reader.pages)


@pytest.mark.parametrize("code", ["93014", "93015", "93062", "93066", "200057867", "200058790", "93"])
def test_the_pdf_is_one_page_with_the_figures_of_the_warehouse(house, code):
    text, pages = pdf_text(make_pdf(house, code))
    assert pages == 1
    assert house.territoires[code].nom.replace("’", "'") in text.replace("’", "'")
    population = house.figures(["DEM01"], [code]).dropna(subset=["valeur"]).iloc[-1]["valeur"]
    assert f"{population:,.0f}".replace(",", " ") in text
    assert not re.search(r"\b(nan|None)\b", text)
    assert "INSEE" in text


def test_the_merged_commune_says_that_its_median_is_not_calculable(house):
    text, _ = pdf_text(make_pdf(house, "93066"))
    assert "n. calc." in text
    assert "36,5 %" in text


def test_the_word_document_has_headings_tables_and_a_described_picture(house):
    document = Document(io.BytesIO(make_docx(house, "93014")))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:3] == ["Clichy-sous-Bois", "Ce qui ressort", "Chiffres clés"]
    cells = {cell.text.replace("\u00a0", " ") for table in document.tables for row in table.rows for cell in row.cells}
    assert "42,0 %" in cells
    (picture,) = document.inline_shapes
    assert "Taux de pauvreté" in picture._inline.docPr.get("descr")


def test_an_unknown_territory_is_refused(house):
    with pytest.raises(KeyError):
        make_pdf(house, "13055")


def run(monkeypatch, entrepot, *arguments):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(entrepot))
    monkeypatch.setattr(sys, "argv", ["observatoire", "fiche", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.run(app)
    return stop.value.code


def test_the_command_writes_the_sheets_asked_for(monkeypatch, entrepot, tmp_path, capsys):
    assert run(monkeypatch, entrepot, "93066", "93", "--format", "pdf", "--sortie", str(tmp_path)) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fiche_saint-denis.pdf", "fiche_seine-saint-denis.pdf"]
    assert "fiche_saint-denis.pdf" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["99999", "93066"], "99999 : attendu le code d’une commune"),
        ([], "donner un ou plusieurs codes"),
        (["93066", "--format", "odt"], "« odt » : attendu pdf, docx"),
    ],
)
def test_the_command_says_in_french_what_is_wrong_and_writes_nothing(
    monkeypatch, entrepot, tmp_path, capsys, arguments, said
):
    assert run(monkeypatch, entrepot, *arguments, "--sortie", str(tmp_path)) == 2
    assert said in capsys.readouterr().err.replace("\n", " ")
    assert list(tmp_path.iterdir()) == []
