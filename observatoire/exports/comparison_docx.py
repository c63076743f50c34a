"""A comparison as an editable Word document: real headings and tables, the heat map as an image, good use, sources."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from observatoire import formats
from observatoire.charts.theme import ENCRE
from observatoire.comparisons import BON_USAGE, Comparison
from observatoire.exports.comparison_figures import comparison_source, heatmap_figure
from observatoire.exports.fonts import FAMILY
from observatoire.exports.images import to_png
from observatoire.methods.versus import Line, label
from observatoire.warehouse import Warehouse

COLONNES = 6
LEGENDE = (
    "Entre parenthèses, l’écart à la référence, la même année. ▲ plus favorable ; ● proche ; ▼ moins favorable ; "
    "△ plus élevé, ▽ plus bas (non jugés). « n.d. » non disponible ; « s » secret statistique ; « n. calc. » non "
    "calculable : jamais un zéro."
)


def comparison_docx(compared: Comparison, house: Warehouse) -> bytes:
    """The Word document: a table a theme, territories by six, then the heat map."""
    document = Document()
    _set_style(document)
    document.core_properties.title = compared.nom
    document.core_properties.author = "Observatoire social des CCAS 93"
    document.core_properties.language = "fr-FR"
    document.add_heading(formats.insecables(f"Comparaison : {compared.nom}"), level=1)
    document.add_paragraph(f"Référence : {compared.reference.nom}. Chiffres au {formats.jour(house.built_on)}.")
    document.add_paragraph(formats.insecables(LEGENDE))
    for theme, name in house.themes.items():
        lines = [line for line in compared.lines if line.card.theme == theme]
        if lines:
            document.add_heading(name, level=2)
            _add_tables(document, compared, lines)
    _add_heatmap(document, compared, house)
    document.add_heading("Bon usage", level=2)
    for rule in BON_USAGE:
        document.add_paragraph(formats.insecables(rule.replace("**", "")), style="List Bullet")
    document.add_paragraph(formats.insecables(comparison_source(compared, house)))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_style(document: DocumentType) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.6)
    ink = RGBColor.from_string(ENCRE.lstrip("#").upper())
    for name, size in (("Normal", 9.5), ("Heading 1", 20), ("Heading 2", 13)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FAMILY, Pt(size), ink  # type: ignore[attr-defined]
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FAMILY)


def _add_tables(document: DocumentType, compared: Comparison, lines: Sequence[Line]) -> None:
    for start in range(0, len(compared.territoires), COLONNES):
        shown = range(start, min(start + COLONNES, len(compared.territoires)))
        header = ["Indicateur", "Année", compared.reference.court, *(compared.territoires[n].nom for n in shown)]
        table = document.add_table(rows=1, cols=len(header), style="Light List")
        for cell, text in zip(table.rows[0].cells, header, strict=True):
            cell.text = text
        for line in lines:
            texts = [
                label(line.card),
                line.card.periode(line.annee),
                line.reference.texte,
                *(line.cells[n].words for n in shown),
            ]
            for cell, text in zip(table.add_row().cells, texts, strict=True):
                cell.text = formats.insecables(text)
        document.add_paragraph()


def _add_heatmap(document: DocumentType, compared: Comparison, house: Warehouse) -> None:
    if not any(cell.position for line in compared.lines for cell in line.cells):
        return
    figure = heatmap_figure(compared, house)
    document.add_heading("Vue d’ensemble", level=2)
    picture = document.add_picture(io.BytesIO(to_png(figure)), width=Cm(26))
    if picture.height > Cm(17):
        picture.width, picture.height = int(picture.width * Cm(17) / picture.height), Cm(17)
    picture._inline.docPr.set("descr", figure.alt)
