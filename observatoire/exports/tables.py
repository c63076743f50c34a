"""Tables as CSV that French spreadsheets open without a question: UTF-8 with BOM, « ; », decimal comma."""

from __future__ import annotations

import csv
import io

import pandas as pd

from observatoire.figures import Figure


def to_csv(figure: Figure) -> bytes:
    """The table behind a figure, then its title, unit, years and sources (every line kept with the data).

    Numbers are written in full, not as rounded on screen; a missing one leaves its cell empty, never zero.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([_cell(name) for name in figure.table.columns])
    for row in figure.table.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    writer.writerow([])
    for label, text in (("Titre", figure.titre), ("Unité et année", figure.sous_titre), ("Source", figure.source)):
        writer.writerow([label, _cell(text)])
    return ("\ufeff" + stream.getvalue()).encode("utf-8")


def _cell(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float):
        return f"{round(value, 6) + 0.0:.6f}".rstrip("0").rstrip(".").replace(".", ",")
    return _defused(str(value))


def _defused(text: str) -> str:
    """A text that a spreadsheet would take for a formula is quoted."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
