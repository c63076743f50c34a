"""What our Word documents share: French, our font and colours, tables whose heads are read and repeated, charts with
their alternative."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from etl.identite import OBSERVATOIRE
from observatoire import formats
from observatoire.exports.fonts import FAMILY
from observatoire.palettes import ENCRE

LANGUE = "fr-FR"
AUTEUR = OBSERVATOIRE.titre
_TRAIT = "BFC7D5"


def new_document(
    title: str, sizes: tuple[float, float, float], margins: float, landscape: bool = False
) -> DocumentType:
    """An empty A4 document in French; ``sizes``: of text, of titles 1 and 2, in points; ``margins`` in centimetres."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(margins)
    for name, size in zip(("Normal", "Heading 1", "Heading 2"), sizes, strict=True):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FAMILY, Pt(size), _ink()  # type: ignore[attr-defined]
        fonts = style.element.rPr.rFonts
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), FAMILY)
        # A theme's font, where the template names one, comes before ours.
        for script in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(script), None)
    normal = document.styles["Normal"].paragraph_format  # type: ignore[attr-defined]
    normal.space_after, normal.line_spacing = Pt(4), 1.0
    _speak_french(document)
    document.core_properties.title = title
    document.core_properties.author = AUTEUR
    document.core_properties.language = LANGUE
    return document


def to_bytes(document: DocumentType) -> bytes:
    """The document as a file."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def add_table(
    document: DocumentType, header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float] = ()
) -> None:
    """A table whose head is marked as one, white on our ink, repeated on each page; no row is cut between two.

    ``widths``: of the columns, in centimetres; the same for all when not told.
    """
    table = document.add_table(rows=1, cols=len(header))
    _rule(table._tbl.tblPr)
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        _write(cell, text, head=True)
        _shade(cell, ENCRE)
    _mark(table.rows[0]._tr, "w:tblHeader")
    for row in rows:
        added = table.add_row()
        _mark(added._tr, "w:cantSplit")
        for n, (cell, text) in enumerate(zip(added.cells, row, strict=True)):
            _write(cell, text, bold=n == 0)
    for column, width in zip(table.columns, widths, strict=False):
        for cell in column.cells:
            cell.width = Cm(width)
    document.add_paragraph()


def add_image(document: DocumentType, png: bytes, alt: str, width: float, height: float | None = None) -> None:
    """An image as wide as told, in centimetres, and no higher than ``height``."""
    picture = document.add_picture(io.BytesIO(png), width=Cm(width))
    if height is not None and picture.height > Cm(height):
        picture.width, picture.height = int(picture.width * Cm(height) / picture.height), Cm(height)
    picture._inline.docPr.set("descr", alt)


def _ink() -> RGBColor:
    return RGBColor.from_string(ENCRE.lstrip("#").upper())


def _write(cell: _Cell, text: str, head: bool = False, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    run = paragraph.add_run(formats.insecables(text))
    run.bold = head or bold
    if head:
        run.font.color.rgb = RGBColor(255, 255, 255)


def _speak_french(document: DocumentType) -> None:
    """The language of every text that does not say its own: what spelling and screen readers go by."""
    for properties in document.styles.element.iter(qn("w:rPrDefault")):
        found = next(properties.iter(qn("w:lang")), None)
        spoken = found if found is not None else _child(_child(properties, "w:rPr"), "w:lang")
        for name in ("w:val", "w:eastAsia"):
            spoken.set(qn(name), LANGUE)


def _rule(properties: BaseOxmlElement) -> None:
    borders = _child(properties, "w:tblBorders")
    for side in ("w:top", "w:bottom", "w:insideH"):
        line = _child(borders, side)
        for name, value in (("w:val", "single"), ("w:sz", "4"), ("w:color", _TRAIT)):
            line.set(qn(name), value)


def _shade(cell: _Cell, color: str) -> None:
    shading = _child(cell._tc.get_or_add_tcPr(), "w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", color.lstrip("#").upper())):
        shading.set(qn(name), value)


def _mark(row: BaseOxmlElement, name: str) -> None:
    _child(row.get_or_add_trPr(), name).set(qn("w:val"), "true")


def _child(parent: BaseOxmlElement, name: str) -> BaseOxmlElement:
    made = OxmlElement(name)
    parent.append(made)
    return made
