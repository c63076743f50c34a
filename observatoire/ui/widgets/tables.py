"""Real HTML tables: read by a screen reader, printed, copied; numbers aligned on the right, tabular figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st


def show_table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    text_columns: int = 1,
    links: Mapping[int, str] | None = None,
    highlight: Sequence[int] = (),
    height: int | None = None,
    swatches: Mapping[int, str] | None = None,
    wide: bool = False,
    values: Mapping[tuple[int, int], str] | None = None,
) -> None:
    """Show a table of texts already written in French.

    The first ``text_columns`` columns are aligned left; the first one is each row's header. ``links`` gives an
    address for the header of a row; rows listed in ``highlight`` stand out (bold and a bar). ``height`` in
    pixels makes the body scroll, reachable from the keyboard. ``swatches``: column → colour shown beside its name.
    ``wide``: many columns, the first one keeps room for its words. ``values``: (row, column) → address of a number.
    """
    links, swatches, values = links or {}, swatches or {}, values or {}
    head = "".join(
        f"<th scope='col'{_side(n, text_columns)}>{_swatch(swatches.get(n))}{escape(name)}</th>"
        for n, name in enumerate(columns)
    )
    body = "".join(_row(n, row, text_columns, links.get(n), n in highlight, values) for n, row in enumerate(rows))
    style = f" style='max-height:{height}px'" if height else ""
    st.html(
        f"<div class='obs-table{' large' if wide else ''}' tabindex='0' role='region' "
        f"aria-label='{escape(caption, quote=True)}'{style}>"
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(
    position: int,
    row: Sequence[str],
    text_columns: int,
    link: str | None,
    lit: bool,
    values: Mapping[tuple[int, int], str],
) -> str:
    cells = f"<th scope='row'>{_linked(row[0], link)}</th>" + "".join(
        f"<td{_side(n, text_columns)}>{_linked(cell, values.get((position, n)))}</td>"
        for n, cell in enumerate(row[1:], start=1)
    )
    return f"<tr{' class=lit' if lit else ''}>{cells}</tr>"


def _linked(text: str, address: str | None) -> str:
    return f"<a href='{escape(address, quote=True)}' target='_self'>{escape(text)}</a>" if address else escape(text)


def _side(column: int, text_columns: int) -> str:
    return "" if column < text_columns else " class='n'"


def _swatch(color: str | None) -> str:
    return f"<span class='obs-pastille' style='background:{color}' aria-hidden='true'></span>" if color else ""
