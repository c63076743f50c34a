"""The heat map: as a figure for documents, and as a table of colours and signs for the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape

import pandas as pd

from observatoire import formats
from observatoire.charts import vega
from observatoire.charts.heatmap import draw_heatmap
from observatoire.figures import Figure, cite_rows, trace_address, traced
from observatoire.methods.versus import Cell, Line, tidy
from observatoire.palettes import EPT_COULEURS
from observatoire.positions import CASES
from observatoire.records import Indicateur
from observatoire.views.comparaison.comparison import Comparison
from observatoire.views.comparaison.grid import MOTS, cell_class, grid_frame, sort_columns, sort_rows
from observatoire.views.comparaison.scope import Scope, comparison
from observatoire.warehouse import Warehouse

# Up to so many territories, a cell has room for its figure.
LARGE = 8


def comparison_source(compared: Comparison, warehouse: Warehouse) -> str:
    """The sources of the figures of the years compared."""
    years = {line.card.code: line.annee for line in compared.lines}
    own = compared.figures
    used = own[own["annee"] == own["indicateur"].map(years)]
    return cite_rows(warehouse, used["source"])


def heatmap_figure(compared: Comparison, warehouse: Warehouse, order: Sequence[int] | None = None) -> Figure:
    """The heat map as a figure. ``order``: positions of the territories, as given by default."""
    positions = list(range(len(compared.territoires)) if order is None else order)
    names = [compared.territoires[n].nom for n in positions]
    frame = grid_frame(compared.lines, names, positions)
    count = len(compared.lines)
    title = f"{count} indicateur{'s' if count > 1 else ''} pour {compared.nom}"
    return Figure(
        titre=title,
        sous_titre=f"Écart à la référence ({compared.reference.nom}), en écarts types des communes du département ; "
        "année dans chaque ligne",
        source=comparison_source(compared, warehouse),
        alt=f"{title}. {_in_words(compared)}",
        table=tidy(compared.lines, compared.territoires, compared.reference),
        fichier=formats.nom_de_fichier("carte-de-chaleur", compared.nom),
        trace=traced(compared.territoires[0].code, compared.lines[0].card.code, compared.lines[0].annee),
        printable=partial(_draw, frame, names),
    )


def _draw(frame: pd.DataFrame, names: Sequence[str]) -> vega.Chart:
    order = list(dict.fromkeys(frame["libelle"]))
    return draw_heatmap(frame, order, names, 130 if len(names) <= LARGE else 26)


def _in_words(compared: Comparison) -> str:
    """For each territory, how many indicators read better, close and worse than the reference."""
    parts = []
    for position, territoire in enumerate(compared.territoires):
        found = [line.cells[position].position for line in compared.lines]
        counts = [found.count(key) for key in ("favorable", "proche", "defavorable")]
        if any(counts):
            better, close, worse = counts
            parts.append(f"{territoire.nom} : {better} plus favorables, {close} proches, {worse} moins favorables")
    return " ; ".join(parts)


def screen_heatmap(
    warehouse: Warehouse, scope: Scope, codes: tuple[str, ...], sort: str, rows: str = "theme"
) -> tuple[Figure, str, str]:
    """The heat map as a figure and as HTML, and what must be said under it. ``rows``: see grid.sort_rows.

    Where cells have no room for their figure, a line that says nothing of any territory is left out, and named.
    """
    compared = comparison(warehouse, scope, [warehouse.indicateurs[code] for code in codes])
    order = sort_columns(compared, sort)
    wide = len(order) <= LARGE
    first = compared.lines[0]
    figure = replace(heatmap_figure(compared, warehouse, order), trace=scope.trace(first.card, first.annee))
    empty = [line for line in compared.lines if all(cell.position is None for cell in line.cells)]
    kept = [line for line in sort_rows(compared.lines, rows) if wide or line not in empty]
    themes = warehouse.themes if rows == "theme" and len({line.card.theme for line in kept}) > 1 else {}
    html = _table_html(figure.titre, compared, kept, themes, order, compared.territoires[order[0]].code)
    return figure, html, _left_out(empty, wide, scope.reference.is_group)


def _left_out(empty: Sequence[Line[Indicateur]], wide: bool, is_group: bool) -> str:
    """What to say of the lines that nothing colours."""
    if not empty:
        return ""
    count = len(empty)
    names = " ; ".join(line.card.libelle for line in empty)
    which = f"{count} indicateur{'s' if count > 1 else ''} sans comparaison possible"
    said = f"{which} : {names}." if wide else f"{which}, non montré{'s' if count > 1 else ''} : {names}."
    if is_group:
        return said
    return f"{said} « Comparer à : médiane du groupe » colorie aussi les médianes et les indices."


def _table_html(
    title: str,
    compared: Comparison,
    lines: Sequence[Line[Indicateur]],
    themes: Mapping[str, str],
    order: Sequence[int],
    traced: str,
) -> str:
    """A real table: a header a territory, a line an indicator, in each cell a colour and a sign (and the figure).

    ``themes``: code → name of the themes that head their lines, none when lines are not ranged by theme; ``traced``:
    the territory whose figure the name of an indicator opens; the others are one click further.
    """
    wide = len(order) <= LARGE
    style = "".join(f".obs-chaleur .{k},.obs-case.{k}{{background:{b};color:{i}}}" for k, (b, i) in CASES.items())
    head = "".join(_head_html(compared, n, wide) for n in order)
    body, theme = [], ""
    for line in lines:
        if line.card.theme != theme and line.card.theme in themes:
            theme = line.card.theme
            name = escape(themes[theme])
            body.append(f"<tr class=theme><th scope=rowgroup colspan={len(order) + 2}><span>{name}</span></th></tr>")
        body.append(_row_html(line, order, wide, traced))
    name = escape(title, quote=True)
    dense = "" if wide else " dense"
    reference = escape(compared.reference.court)
    return (
        f"<style>{style}</style><div class='obs-table obs-chaleur{dense}' tabindex='0' role='region' "
        f"aria-label='{name}'><table><caption>{name}</caption><thead><tr><th scope='col'>Indicateur</th>"
        f"<th scope='col' class=ref><span>{reference}</span></th>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _head_html(compared: Comparison, position: int, wide: bool) -> str:
    territoire = compared.territoires[position]
    color = EPT_COULEURS.get(territoire.code_ept or territoire.code)
    border = f" style='--ept:{color}'" if color else ""
    return f"<th scope='col'{border}><span>{escape(territoire.nom)}</span></th>"


def _row_html(line: Line[Indicateur], order: Sequence[int], wide: bool, traced: str) -> str:
    cells = "".join(_cell_html(line.cells[n], line.card, wide) for n in order)
    name = escape(formats.insecables(line.card.libelle))
    link = escape(trace_address(traced, line.card.code, line.annee), quote=True)
    when = f"<small>{line.card.periode(line.annee)}</small>"
    reference = f"<td class=ref>{escape(formats.insecables(line.reference.texte))}</td>"
    return f"<tr><th scope='row'><a target='_self' href='{link}'>{name}</a> {when}</th>{reference}{cells}</tr>"


def _cell_html(cell: Cell, card: Indicateur, wide: bool) -> str:
    """A cell; its title says the figure and the sign in words, for who hears it or points at it."""
    key, sign = cell_class(cell, card)
    text = formats.insecables(cell.texte)
    said = escape(f"{text} : {MOTS[key]}" if sign else text, quote=True)
    if wide:
        return f"<td class={key} title='{said}'>{escape(text)} <small>{sign}</small></td>"
    absent = "s" if cell.statut == "secret" else "–"
    shown = sign[:1] or (absent if cell.valeur is None else "·")
    return f"<td class={key} title='{said}' aria-label='{said}'>{escape(shown)}</td>"
