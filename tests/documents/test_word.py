"""Our Word documents as their reader opens them: language, heads of tables, words of the charts, alternatives."""

import io
import zipfile

import numpy as np
import pytest
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from observatoire.documents.comparaison import comparison_document
from observatoire.documents.fiche import sheet as fiche
from observatoire.documents.fichiers import write
from observatoire.palettes import ENCRE
from observatoire.records import DEPARTEMENT
from observatoire.views.comparaison.comparison import make_comparison, territory_reference


@pytest.fixture(scope="module")
def sheet(warehouse) -> bytes:
    return write(fiche(warehouse, "93014"), "docx")


@pytest.fixture(scope="module")
def comparison(warehouse) -> bytes:
    cards = [warehouse.indicateurs[code] for code in ("REV02", "EMP01", "LOG01")]
    places = [warehouse.territoires[code] for code in ("93014", "93066")]
    reference = territory_reference(warehouse.territoires[DEPARTEMENT])
    return write(comparison_document(make_comparison(warehouse, places, reference, cards, ""), warehouse), "docx")


def described(content: bytes) -> list[tuple[str, str]]:
    """Of each image of the text, in order: the name of its file, its alternative."""
    document = Document(io.BytesIO(content))
    found = []
    for drawing in document.element.body.iter(qn("w:drawing")):
        blip = next(drawing.iter(qn("a:blip"))).get(qn("r:embed"))
        said = next(drawing.iter(qn("wp:docPr"))).get("descr")
        found.append((str(document.part.related_parts[blip].partname).lstrip("/"), said))
    return found


def test_a_document_is_in_french(sheet):
    styles = Document(io.BytesIO(sheet)).styles.element
    assert {lang.get(qn("w:val")) for lang in styles.iter(qn("w:lang"))} == {"fr-FR"}


def test_the_head_of_a_table_is_marked_white_on_dark_and_comes_back_on_each_page(comparison):
    tables = Document(io.BytesIO(comparison)).tables
    assert tables
    for table in tables:
        head = table.rows[0]
        assert head._tr.trPr.find(qn("w:tblHeader")).get(qn("w:val")) == "true"
        for cell in head.cells:
            assert cell._tc.tcPr.find(qn("w:shd")).get(qn("w:fill")) == ENCRE.lstrip("#").upper()
            assert all(str(run.font.color.rgb) == "FFFFFF" and run.text for run in cell.paragraphs[0].runs)


def test_the_chart_of_a_sheet_has_its_words(sheet):
    """Its left third holds the names of the indicators: without them it is white."""
    name, _ = described(sheet)[-1]
    with zipfile.ZipFile(io.BytesIO(sheet)) as archive:
        pixels = np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("L"))
    left = pixels[:, : pixels.shape[1] // 3]
    assert (left < 128).mean() > 0.01
    assert (left < 128).any(axis=1).mean() > 0.2


def test_every_image_says_what_it_shows(sheet):
    said = [text for _, text in described(sheet)]
    assert all(said)
    assert "Niveau de vie médian" in said[-1]
    assert said[0] == "Situation : Clichy-sous-Bois dans la Seine-Saint-Denis"


def test_sources_and_page_number_stand_at_the_foot_of_each_page(sheet):
    section = Document(io.BytesIO(sheet)).sections[0]
    for foot in (section.first_page_footer, section.footer):
        assert "INSEE" in foot.paragraphs[0].text
        assert "PAGE" in foot.paragraphs[1]._p.xml
