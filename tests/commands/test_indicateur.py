"""« python -m observatoire indicateur »: the page of an indicator as a document."""

import io
import sys

import pytest
from docx import Document
from pypdf import PdfReader

from etl import cli
from observatoire.__main__ import app
from observatoire.documents.fichiers import write
from observatoire.documents.indicateur import indicator_sheet
from observatoire.views.indicateur.constat import finding


def run(monkeypatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["observatoire", "indicateur", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.run(app)
    return stop.value.code


def test_the_word_document_holds_the_finding_the_ranking_and_the_images(entrepot, warehouse, tmp_path, monkeypatch):
    asked = ("rev02", "--territoire", "93014", "--annee", "2021", "--sortie", str(tmp_path))
    assert not run(monkeypatch, *asked)
    (path,) = tmp_path.iterdir()
    assert path.name == "indicateur_taux-de-pauvrete_clichy-sous-bois_2021.docx"
    made = Document(str(path))
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert finding(warehouse, "REV02", "93014", 2021).titre in texts
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    cells += [c.text for t in made.tables for r in t.rows for k in r.cells for i in k.tables for j in i.rows
              for c in j.cells]  # fmt: skip
    assert "le plus élevé, à égalité" in cells
    assert len(made.part.package.image_parts) >= 3, "la marque, la carte, la courbe"


@pytest.mark.parametrize(("code", "place"), [("DEP15", "93"), ("QPV03", "200057867"), ("DEM01", "93066")])
def test_a_pdf_is_made_of_every_level(warehouse, code, place):
    reader = PdfReader(io.BytesIO(write(indicator_sheet(warehouse, code, place), "pdf")))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert len(reader.pages) <= 3
    assert "Définition et précautions" in text
    assert " nan" not in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("XXX99",), "« XXX99 » n’est pas un indicateur connu"),
        (("REV02", "--territoire", "93059"), "fait partie de Saint-Denis"),
        (("REV02", "--annee", "1999"), "« 1999 » : attendu"),
        (("REV02", "--format", "odt"), "« odt » : attendu pdf, docx"),
    ],
)
def test_what_cannot_be_made_is_refused_in_french(entrepot, tmp_path, monkeypatch, capsys, arguments, words):
    assert run(monkeypatch, *arguments, "--sortie", str(tmp_path))
    assert words in " ".join(capsys.readouterr().err.split()).replace("\u00a0", " ")
    assert list(tmp_path.iterdir()) == []
