"""Tables as CSV that French spreadsheets open without a question: UTF-8 with BOM, « ; », decimal comma."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pandas as pd

from observatoire.figures import Figure


def to_csv(figure: Figure) -> bytes:
    """The table behind a figure, then its title, unit, years and sources (every line kept with the data).

    Numbers are written in full, not as rounded on screen; a missing one leaves its cell empty, never zero.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([cell_text(name) for name in figure.table.columns])
    for row in figure.table.itertuples(index=False):
        writer.writerow([cell_text(value) for value in row])
    writer.writerow([])
    for label, text in (("Titre", figure.titre), ("Unité et année", figure.sous_titre), ("Source", figure.source)):
        writer.writerow([label, cell_text(text)])
    return ("\ufeff" + stream.getvalue()).encode("utf-8")


def cell_text(value: object, decimals: int | None = 6) -> str:
    """A value as French spreadsheets read it: decimal comma, ISO dates, lists joined, nothing for an absence.

    ``decimals``: how many at most; None writes every digit.
    """
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "vrai" if value else "faux"
    if isinstance(value, float):
        exact = value if decimals is None else round(value, decimals) + 0.0
        text = f"{exact:.{decimals}f}" if decimals is not None else format(Decimal(repr(exact)), "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(item, decimals) for item in value)
    return _defused(str(value))


def _defused(text: str) -> str:
    """A text that a spreadsheet would take for a formula is quoted."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
