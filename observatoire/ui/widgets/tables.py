"""Real HTML tables: read by a screen reader, printed, copied; numbers aligned on the right, tabular figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import ParamSpec

import streamlit as st

from observatoire.ui import state
from observatoire.ui.data import current

# Names come back in every table.
_written = lru_cache(4_000)(escape)
P = ParamSpec("P")


def write_table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    text_columns: int = 1,
    links: Mapping[int, str] | None = None,
    highlight: Sequence[int] = (),
    height: int | None = None,
    swatches: Mapping[int, str] | None = None,
    wide: bool = False,
    folded: Mapping[int, str] | None = None,
    values: Mapping[tuple[int, int], str] | None = None,
) -> str:
    """A table of texts already written in French, in HTML.

    The first ``text_columns`` columns are aligned left; the first one is each row's header. ``links`` gives an
    address for the header of a row; rows listed in ``highlight`` stand out (bold and a bar). ``height`` in
    pixels makes the body scroll, reachable from the keyboard. ``swatches``: column → colour shown beside its name.
    ``wide``: many columns, the first one keeps room for its words. ``folded``: row → the HTML, already safe, that
    stands beside its first cell in the place of all the others. ``values``: (row, column) → address of a number. The
    row or the column of the commune that the reader has chosen is outlined, and says so.
    """
    links, swatches, folded, mine = links or {}, swatches or {}, folded or {}, _mine()
    values = values or {}
    head = "".join(
        f"<th scope='col'{_side(n, text_columns, name == mine)}>{_swatch(swatches.get(n))}{_named(name, mine)}</th>"
        for n, name in enumerate(columns)
    )
    sides = [_side(n, text_columns) for n in range(len(columns))]
    body = "".join(
        _folded(row[0], folded[n], len(columns) - 1)
        if n in folded
        else _row(n, row, sides, links.get(n), n in highlight, mine, values)
        for n, row in enumerate(rows)
    )
    style = f" style='max-height:{height}px'" if height else ""
    return (
        f"<div class='obs-table{' large' if wide else ''}' tabindex='0' role='region' "
        f"aria-label='{escape(caption, quote=True)}'{style}>"
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _shown(write: Callable[P, str]) -> Callable[P, None]:
    def show(*arguments: P.args, **named: P.kwargs) -> None:
        st.html(write(*arguments, **named))

    return show


# The table of ``write_table``, with the same arguments, on the page.
show_table = _shown(write_table)


def _mine() -> str:
    communes = current().communes
    code = state.my_commune(communes)
    return communes[code].nom if code else ""


def _named(name: str, mine: str) -> str:
    own = " <small class='obs-mienne'>(ma commune)</small>" if mine and name == mine else ""
    return f"{_written(name)}{own}"


def _row(
    position: int,
    row: Sequence[str],
    sides: Sequence[str],
    link: str | None,
    lit: bool,
    mine: str,
    values: Mapping[tuple[int, int], str],
) -> str:
    first = _named(row[0], mine)
    if link:
        first = f"<a href='{escape(link, quote=True)}' target='_self'>{first}</a>"
    cells = f"<th scope='row'>{first}</th>" + "".join(
        f"<td{sides[n]}>{_linked(cell, values.get((position, n)))}</td>" for n, cell in enumerate(row[1:], start=1)
    )
    classes = " ".join(name for name, true in (("lit", lit), ("mienne", bool(mine) and row[0] == mine)) if true)
    return f"<tr{f' class={classes!r}' if classes else ''}>{cells}</tr>"


def _folded(label: str, content: str, columns: int) -> str:
    return f"<tr><th scope='row'>{escape(label)}</th><td class='pli' colspan='{columns}'>{content}</td></tr>"


def _linked(text: str, address: str | None) -> str:
    return f"<a href='{escape(address, quote=True)}' target='_self'>{_written(text)}</a>" if address else _written(text)


def _side(column: int, text_columns: int, mine: bool = False) -> str:
    classes = " ".join(name for name, true in (("n", column >= text_columns), ("mienne", mine)) if true)
    return f" class={classes!r}" if classes else ""


def _swatch(color: str | None) -> str:
    return f"<span class='obs-pastille' style='background:{color}' aria-hidden='true'></span>" if color else ""
