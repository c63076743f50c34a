"""The sheets of territories as files, from the warehouse to the bytes.

What writes them is imported with the first of them: a server starts without it.
"""

from __future__ import annotations

from observatoire.views.portrait.fiche import make_fiche
from observatoire.warehouse import Warehouse

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def make_pdf(house: Warehouse, code: str) -> bytes:
    """The sheet of a territory as a one-page PDF. Raises KeyError for an unknown code."""
    from observatoire.exports import fiche_pdf

    return fiche_pdf.to_pdf(make_fiche(house, code), house)


def make_docx(house: Warehouse, code: str) -> bytes:
    """The sheet of a territory as a Word document. Raises KeyError for an unknown code."""
    from observatoire.exports import fiche_docx

    return fiche_docx.to_docx(make_fiche(house, code))
