"""The sheet as an editable Word document: real headings, real tables, charts as images with their alternative."""

from __future__ import annotations

import io

import vl_convert as vlc
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from observatoire import formats
from observatoire.charts.theme import ENCRE, POSITIONS
from observatoire.exports.fiche_pdf import (
    foot,
    positions_legend,
    positions_title,
    spine_svg,
)
from observatoire.exports.fonts import FAMILY
from observatoire.methods.fiche import Fiche


def to_docx(fiche: Fiche) -> bytes:
    """The Word document of a sheet."""
    document = Document()
    _set_style(document)
    document.core_properties.title = fiche.territoire.nom
    document.core_properties.author = "Observatoire social des CCAS 93"
    document.core_properties.language = "fr-FR"
    document.add_heading(fiche.territoire.nom, level=1)
    document.add_paragraph(fiche.identite)
    document.add_heading("Ce qui ressort", level=2)
    for phrase in fiche.phrases:
        sign = POSITIONS["favorable" if phrase.atout else "defavorable"][1]
        document.add_paragraph(f"{sign} {formats.insecables(phrase.texte)}")
    document.add_heading("Chiffres clés", level=2)
    _add_key_figures(document, fiche)
    if not fiche.positions.empty:
        document.add_heading(positions_title(fiche), level=2)
        document.add_paragraph(positions_legend(fiche))
        _add_chart(document, fiche)
        _add_positions(document, fiche)
    document.add_paragraph(formats.insecables(fiche.source))
    document.add_paragraph(formats.insecables(foot(fiche)))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_style(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    ink = RGBColor.from_string(ENCRE.lstrip("#").upper())
    for name, size in (("Normal", 10), ("Heading 1", 22), ("Heading 2", 13)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FAMILY, Pt(size), ink  # type: ignore[attr-defined]
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FAMILY)


def _add_key_figures(document: DocumentType, fiche: Fiche) -> None:
    rows = [
        (figure.card.libelle, figure.texte, figure.card.periode(figure.annee), figure.evolution or "–")
        for figure in fiche.cles
    ]
    _add_table(document, ("Indicateur", "Valeur", "Année", "Évolution"), rows)


def _add_positions(document: DocumentType, fiche: Fiche) -> None:
    rows = [
        (
            row["libelle"],
            row["texte"],
            f"{POSITIONS[row['position']][1]} {POSITIONS[row['position']][2]}",
            row["detail"],
        )
        for row in fiche.positions.to_dict("records")
    ]
    _add_table(document, ("Indicateur", "Valeur (année)", "Position", "Repères"), rows)


def _add_table(document: DocumentType, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = document.add_table(rows=1, cols=len(header), style="Light List")
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = formats.insecables(text)
    document.add_paragraph()


def _add_chart(document: DocumentType, fiche: Fiche) -> None:
    picture = document.add_picture(io.BytesIO(vlc.svg_to_png(spine_svg(fiche), scale=2.5)), width=Cm(17))
    details = " ; ".join(f"{r['libelle']} : {r['texte']}" for r in fiche.positions.to_dict("records"))
    picture._inline.docPr.set("descr", f"{positions_title(fiche)}. {details}")
