"""What python-docx does not do by itself: French, our font and colours, tables whose heads are read and repeated,
images with their alternative, columns, page numbers, a table of contents."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Sequence

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from etl.identite import OBSERVATOIRE
from observatoire import formats
from observatoire.exports.fonts import FAMILY
from observatoire.palettes import ENCRE

LANGUE = "fr-FR"
# Sizes of the headings beside that of the text.
TITRES = (2.2, 1.28, 1.1)
_TRAIT = "BFC7D5"
_GRIS = "55606F"
# An A3 page beside an A4 one.
_A3 = 2**0.5


def new_document(title: str, size: float, margins: float, landscape: bool, enlarged: bool = False) -> DocumentType:
    """An empty document in French; ``size`` of the text in points, ``margins`` in centimetres; ``enlarged``: A3."""
    document = Document()
    section = document.sections[0]
    scale = _A3 if enlarged else 1.0
    sides = (Cm(21 * scale), Cm(29.7 * scale))
    section.page_width, section.page_height = sides[::-1] if landscape else sides
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.left_margin = section.right_margin = section.top_margin = Cm(margins)
    section.bottom_margin, section.footer_distance = Cm(1.9), Cm(0.6)
    names = ("Normal", "Heading 1", "Heading 2", "Heading 3")
    for name, share in zip(names, (1.0, *TITRES), strict=True):
        _dress(document, name, size * share)
    normal = document.styles["Normal"].paragraph_format  # type: ignore[attr-defined]
    normal.space_after, normal.line_spacing = Pt(4), 1.0
    _speak_french(document)
    document.core_properties.title = title
    document.core_properties.author = OBSERVATOIRE.titre
    document.core_properties.language = LANGUE
    return document


def to_bytes(document: DocumentType) -> bytes:
    """The document as a file."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def free_paragraph(place: DocumentType | _Cell) -> Paragraph:
    """A new paragraph; in a cell, the empty one that it begins with."""
    if isinstance(place, _Cell) and len(place.paragraphs) == 1 and not place.tables:
        first = place.paragraphs[0]
        if not first.runs:
            return first
    return place.add_paragraph()


def break_before_next(place: DocumentType | _Cell, write: Callable[[], None]) -> None:
    """What ``write`` adds begins a page."""
    count = len(place.paragraphs)
    write()
    for paragraph in place.paragraphs[count : count + 1]:
        paragraph.paragraph_format.page_break_before = True


def add_heading(place: DocumentType | _Cell, text: str, level: int) -> None:
    """A real heading, in the document or in a cell."""
    paragraph = free_paragraph(place)
    paragraph.style = f"Heading {level}"
    paragraph.add_run(text)


def add_table(
    place: DocumentType | _Cell,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
    numbers: Collection[int] = (),
    size: float | None = None,
    tight: bool = False,
) -> None:
    """A table whose head is marked as one, white on our ink, repeated on each page; no row is cut between two.

    ``widths``: of the columns, in centimetres; ``numbers``: the columns aligned on the right; ``size``: in points.
    """
    rows = list(rows)
    table = _new_table(place, 1 + len(rows), widths)
    _rule(table._tbl.tblPr)
    _mark(table.rows[0]._tr, "w:tblHeader")
    # Read once: a cell asked for by its place costs python-docx the whole row.
    lines = [list(row.cells) for row in table.rows]
    for line, texts in zip(lines, (header, *rows), strict=True):
        head = line is lines[0]
        for n, (cell, text) in enumerate(zip(line, texts, strict=True)):
            _write(cell, text, head, n == 0, n in numbers, size, tight)
            if head:
                shade(cell, ENCRE)
    for row in table.rows:
        _mark(row._tr, "w:cantSplit")
    _close(place)


def add_columns(place: DocumentType | _Cell, widths: Sequence[float]) -> tuple[_Cell, ...]:
    """Cells side by side, without a line, of these widths in centimetres: read from left to right."""
    table = _new_table(place, 1, widths)
    _close(place)
    return tuple(table.rows[0].cells)


def add_grid(place: DocumentType | _Cell, rows: int, widths: Sequence[float]) -> Table:
    """A table of figures put forward: a line above each."""
    table = _new_table(place, rows, widths)
    borders = _child(table._tbl.tblPr, "w:tblBorders")
    for side in ("w:top", "w:insideH"):
        line = _child(borders, side)
        for name, value in (("w:val", "single"), ("w:sz", "6"), ("w:color", ENCRE.lstrip("#").upper())):
            line.set(qn(name), value)
    for row in table.rows:
        _mark(row._tr, "w:cantSplit")
    _close(place)
    return table


def add_image(place: DocumentType | _Cell, png: bytes, alt: str, width: float, height: float | None = None) -> None:
    """An image as wide as told, in centimetres, and no higher than ``height``."""
    picture = free_paragraph(place).add_run().add_picture(io.BytesIO(png), width=Cm(width))
    if height is not None and picture.height > Cm(height):
        picture.width, picture.height = Emu(int(picture.width * Cm(height) / picture.height)), Cm(height)
    picture._inline.docPr.set("descr", alt)


def add_head(document: DocumentType, mark: bytes, name: str, others: str, size: float) -> None:
    """Whose document this is, at the head of the first page: its mark, its name."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance = Cm(0.8)
    paragraph = section.first_page_header.paragraphs[0]
    picture = paragraph.add_run().add_picture(io.BytesIO(mark), height=Pt(1.7 * size))
    picture._inline.docPr.set("descr", name)
    for text, bold in ((f"  {name}", True), (f" {others}", False)):
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(size)


def add_foot(document: DocumentType, lines: Sequence[str], size: float) -> None:
    """These lines at the foot of each page, then its number."""
    section = document.sections[0]
    for foot in (section.first_page_footer, section.footer):
        said, number = foot.paragraphs[0], foot.add_paragraph()
        number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        runs = (said.add_run("\n".join(lines)), number.add_run())
        for run in runs:
            run.font.size, run.font.color.rgb = Pt(size), RGBColor.from_string(_GRIS)
        _field(runs[1], "PAGE")


def add_contents(place: DocumentType | _Cell) -> None:
    """A table of contents, which Word and LibreOffice fill when asked to."""
    run = place.add_paragraph().add_run()
    _field(run, 'TOC \\o "1-3" \\h \\z \\u')


def shade(cell: _Cell, color: str) -> None:
    """Give a cell this background."""
    _shading(cell._tc.get_or_add_tcPr(), color)


def shade_run(run: Run, color: str) -> None:
    """Give a piece of text this background."""
    _shading(run._r.get_or_add_rPr(), color)


def tidy(cell: _Cell) -> None:
    """A cell must end with a paragraph: the one after a table takes no room."""
    last = cell.paragraphs[-1] if cell.paragraphs else cell.add_paragraph()
    if not last.runs:
        last.paragraph_format.space_after = Pt(0)
        last.paragraph_format.line_spacing = Pt(1)


def _close(place: DocumentType | _Cell) -> None:
    """Two tables that touch become one in Word: a thin paragraph keeps them apart."""
    paragraph = place.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(5)


def _new_table(place: DocumentType | _Cell, rows: int, widths: Sequence[float]) -> Table:
    table = place.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
    return table


def _dress(document: DocumentType, name: str, size: float) -> None:
    style = document.styles[name]
    ink = RGBColor.from_string(ENCRE.lstrip("#").upper())
    style.font.name, style.font.size, style.font.color.rgb = FAMILY, Pt(round(size, 1)), ink  # type: ignore[attr-defined]
    fonts = style.element.rPr.rFonts
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FAMILY)
    # A theme's font, where the template names one, comes before ours.
    for script in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(script), None)
    if name != "Normal":
        shape = style.paragraph_format  # type: ignore[attr-defined]
        shape.space_before, shape.space_after, shape.keep_with_next = Pt(0 if name == "Heading 1" else 8), Pt(3), True


def _write(cell: _Cell, text: str, head: bool, first: bool, number: bool, size: float | None, tight: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0 if tight else 1)
    if tight and size is not None:
        # As many rows as on the PDF, whatever font stands in for ours.
        paragraph.paragraph_format.line_spacing = Pt(round(size * 1.25, 1))
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(formats.insecables(text))
    run.bold = (head or first) or None
    if size is not None:
        run.font.size = Pt(round(size * 2) / 2)
    if head:
        run.font.color.rgb = RGBColor(255, 255, 255)


def _field(run: Run, instruction: str) -> None:
    for kind, text in (("begin", ""), ("", instruction), ("end", "")):
        if kind:
            _child(run._r, "w:fldChar").set(qn("w:fldCharType"), kind)
        else:
            code = _child(run._r, "w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = text


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


def _shading(properties: BaseOxmlElement, color: str) -> None:
    shading = _child(properties, "w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", color.lstrip("#").upper())):
        shading.set(qn(name), value)


def _mark(row: BaseOxmlElement, name: str) -> None:
    _child(row.get_or_add_trPr(), name).set(qn("w:val"), "true")


def _child(parent: BaseOxmlElement, name: str) -> BaseOxmlElement:
    made = OxmlElement(name)
    parent.append(made)
    return made
