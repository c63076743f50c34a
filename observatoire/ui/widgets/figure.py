"""How a figure is shown on a page: title, unit and year, chart, source, and behind it its table and files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from observatoire.exports.tables import to_csv
from observatoire.figures import Figure
from observatoire.formats import insecables, is_missing, nombre
from observatoire.ui.state import link_params, page_file
from observatoire.ui.widgets.copier import offer_copy
from observatoire.ui.widgets.tables import show_table


def show_figure(figure: Figure, key: str, level: int = 3) -> None:
    """Show a figure with everything it carries. ``key`` is unique on the page; ``level`` is its heading's (2 to 4)."""
    show_heading(figure, level)
    show_chart(figure, key)
    show_origin(figure, key)


def show_heading(figure: Figure, level: int = 3) -> None:
    """Title and, under it, unit and year."""
    st.markdown(f"{'#' * level} {insecables(figure.titre)}\n\n:small[{insecables(figure.sous_titre)}]")


def show_chart(figure: Figure, key: str) -> None:
    """The chart alone, when there is one."""
    if figure.html:
        st.html(figure.html)
    elif (spec := figure.spec) is not None:
        st.vega_lite_chart(spec, width="stretch", theme="streamlit", alt=figure.alt, key=f"{key}-graphique")


def show_origin(figure: Figure, key: str, more: Callable[[], None] | None = None) -> None:
    """Source, note, and the panel of data and downloads (filled only when opened).

    ``more`` adds its own buttons after those of every figure.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(insecables(figure.source + (f" — {figure.note}" if figure.note else "")))
        if figure.trace is not None:
            show_trace_link(**figure.trace)
        panel = st.popover("Données", icon=":material/table:", type="tertiary", on_change="rerun", key=f"{key}-donnees")
    if panel.open:
        with panel:
            _show_downloads(figure, key, more)
            show_data(figure)


def show_trace_link(**choices: str) -> None:
    """« D’où vient ce chiffre ? »: one click to the producer, the file, the formula and the query."""
    st.page_link(
        page_file("donnees"),
        label="D’où vient ce chiffre ?",
        icon=":material/quick_reference:",
        query_params=link_params(rayon="tracer", **choices),
    )


def show_data(figure: Figure) -> None:
    """The table behind the figure."""
    numeric = [str(c) for c in figure.table.columns if figure.table[c].dtype.kind == "f"]
    text_columns = next((n for n, c in enumerate(figure.table.columns) if str(c) in numeric), len(figure.table.columns))
    rows = [[_text(value) for value in row] for row in figure.table.itertuples(index=False)]
    show_table(figure.titre, [str(c) for c in figure.table.columns], rows, max(text_columns, 1), height=360)


def _show_downloads(figure: Figure, key: str, more: Callable[[], None] | None = None) -> None:
    with st.container(horizontal=True):
        download = partial(st.download_button, on_click="ignore", icon=":material/download:")
        download("CSV", partial(to_csv, figure), f"{figure.fichier}.csv", "text/csv", key=f"{key}-csv")
        if figure.has_image:
            download("PNG", partial(_png, figure), f"{figure.fichier}.png", "image/png", key=f"{key}-png")
            download("SVG", partial(_svg, figure), f"{figure.fichier}.svg", "image/svg+xml", key=f"{key}-svg")
            offer_copy(partial(_png, figure), key)
        if more is not None:
            more()


def _png(figure: Figure) -> bytes:
    from observatoire.exports.images import to_png  # with the first image: a server starts without what draws it

    return to_png(figure)


def _svg(figure: Figure) -> bytes:
    from observatoire.exports.images import to_svg

    return to_svg(figure)


def _text(value: object) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, float):
        return nombre(value, 0 if value.is_integer() else 2)
    return str(value)
