"""The sheet as an editable Word document: real headings, real tables, charts as images with their alternative."""

from __future__ import annotations

from docx.document import Document as DocumentType

from observatoire import formats
from observatoire.exports.fiche_pdf import (
    foot,
    positions_legend,
    positions_title,
    spine_png,
)
from observatoire.exports.word import add_image, add_table, new_document, to_bytes
from observatoire.positions import POSITIONS
from observatoire.views.portrait.fiche import Fiche


def to_docx(fiche: Fiche) -> bytes:
    """The Word document of a sheet."""
    document = new_document(fiche.territoire.nom, sizes=(10, 22, 13), margins=1.8)
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
    return to_bytes(document)


def _add_key_figures(document: DocumentType, fiche: Fiche) -> None:
    rows = [
        (figure.card.libelle, figure.texte, figure.card.periode(figure.annee), figure.evolution or "–")
        for figure in fiche.cles
    ]
    add_table(document, ("Indicateur", "Valeur", "Année", "Évolution"), rows, widths=(7.4, 3.4, 1.8, 4.8))


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
    add_table(document, ("Indicateur", "Valeur (année)", "Position", "Repères"), rows, widths=(4.6, 2.7, 3.1, 7))


def _add_chart(document: DocumentType, fiche: Fiche) -> None:
    details = " ; ".join(f"{r['libelle']} : {r['texte']}" for r in fiche.positions.to_dict("records"))
    add_image(document, spine_png(fiche), f"{positions_title(fiche)}. {details}", width=17)
