"""Tables as CSV that French spreadsheets open without a question: UTF-8 with BOM, « ; », decimal comma."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pandas as pd

from observatoire.figures import Figure

# A number with its sign, then words: nothing that a spreadsheet could compute or send.
_SIGNE = re.compile(r"[+-]\d[\d\u00a0\u202f ]*(?:,\d+)?(?:[\u00a0\u202f ](?:[^\W\d_]+|[%€‰])){1,5}")


def to_csv(figure: Figure) -> bytes:
    """The table behind a figure, each row with what it is about, its year, its unit and its source.

    Numbers are written in full, not as rounded on screen; a missing one leaves its cell empty, never zero.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    origin = origin_of(figure)
    writer.writerow([cell_text(name) for name in (*figure.table.columns, *origin)])
    added = [cell_text(text) for text in origin.values()]
    for row in figure.table.itertuples(index=False):
        writer.writerow([*map(cell_text, row), *added])
    if figure.table.empty:  # nothing to show, and still where it would have come from
        writer.writerow([*("" for _ in figure.table.columns), *added])
    return ("\ufeff" + stream.getvalue()).encode("utf-8")


def origin_of(figure: Figure) -> dict[str, str]:
    """The columns that say where a table comes from, those left out that it has already: the figure, its year, its unit
    and year in words, its source."""
    trace = figure.trace or {}
    year = trace.get("annee") or trace.get("millesime") or ""
    said = {"Figure": figure.titre, "Année": year, "Unité et lecture": figure.sous_titre}
    kept = {name: text for name, text in said.items() if text and name not in figure.table}
    if "Unité" in figure.table:
        kept.pop("Unité et lecture", None)
    return {**kept, "Source": re.sub(r"^Sources?\s:\s", "", figure.source)}


def cell_text(value: object, decimals: int | None = 6) -> str:
    """A value as French spreadsheets read it: decimal comma, ISO dates, lists and structures joined, nothing for
    an absence.

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
    if isinstance(value, dict):
        return _defused(" : ".join(filter(None, (cell_text(item, decimals) for item in value.values()))))
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(item, decimals) for item in value)
    return _defused(str(value))


def _defused(text: str) -> str:
    """A text that a spreadsheet would take for a formula is quoted; « +6,0 points », which is ours, is not one."""
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """True for a text that a spreadsheet might compute: it begins with a sign of formula, and is no signed number
    followed by words."""
    return text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _SIGNE.fullmatch(text)
