"""Our Word documents as their reader opens them: language, heads of tables, words of the charts, alternatives."""

import io
import zipfile

import numpy as np
import pytest
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from observatoire.exports.sheets import make_docx
from observatoire.palettes import ENCRE


@pytest.fixture(scope="module")
def sheet(house) -> bytes:
    return make_docx(house, "93014")


def spoken(content: bytes) -> set[str]:
    styles = Document(io.BytesIO(content)).styles.element
    return {lang.get(qn("w:val")) for lang in styles.iter(qn("w:lang"))}


def test_a_document_is_in_french(sheet):
    assert spoken(sheet) == {"fr-FR"}


def test_the_head_of_a_table_is_marked_white_on_dark_and_comes_back_on_each_page(sheet):
    tables = Document(io.BytesIO(sheet)).tables
    assert tables
    for table in tables:
        head = table.rows[0]
        assert head._tr.trPr.find(qn("w:tblHeader")).get(qn("w:val")) == "true"
        for cell in head.cells:
            assert cell._tc.tcPr.find(qn("w:shd")).get(qn("w:fill")) == ENCRE.lstrip("#").upper()
            assert all(str(run.font.color.rgb) == "FFFFFF" and run.text for run in cell.paragraphs[0].runs)


def test_the_chart_of_a_sheet_has_its_words(sheet):
    """Its left third holds the names of the indicators: without them it is white."""
    with zipfile.ZipFile(io.BytesIO(sheet)) as archive:
        (name,) = [n for n in archive.namelist() if n.startswith("word/media/")]
        pixels = np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("L"))
    left = pixels[:, : pixels.shape[1] // 3]
    assert (left < 128).mean() > 0.01
    assert (left < 128).any(axis=1).mean() > 0.2


def test_every_image_says_what_it_shows(sheet):
    images = Document(io.BytesIO(sheet)).inline_shapes
    assert len(images) == 1
    assert "Niveau de vie médian" in images[0]._inline.docPr.get("descr")
