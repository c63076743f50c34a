"""A document as a file of the format asked for; what writes it is imported with the first of them."""

from __future__ import annotations

from observatoire.documents.blocs import Document

# Format → its type on the Web.
FORMATS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def write(document: Document, format_: str) -> bytes:
    """The document as a file. Raises KeyError for a format that is not one of FORMATS."""
    if format_ == "pdf":
        from observatoire.documents.pdf import to_pdf

        return to_pdf(document)
    if format_ == "docx":
        from observatoire.documents.docx import to_docx

        return to_docx(document)
    raise KeyError(format_)
