"""The heat map for the screen: a table, a colour and a sign in each cell."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from observatoire import formats
from observatoire.figures import Figure, trace_address
from observatoire.methods.versus import Cell, Line
from observatoire.palettes import EPT_COULEURS
from observatoire.positions import CASES
from observatoire.records import Indicateur
from observatoire.views.comparaison.comparison import Comparison
from observatoire.views.comparaison.figures import LARGE, heatmap_figure
from observatoire.views.comparaison.grid import cell_class, sort_columns
from observatoire.views.comparaison.scope import Scope, comparison
from observatoire.warehouse import Warehouse


def screen_heatmap(house: Warehouse, scope: Scope, codes: tuple[str, ...], sort: str) -> tuple[Figure, str, str]:
    """The heat map as a figure and as HTML, and what must be said under it."""
    compared = comparison(house, scope, [house.indicateurs[code] for code in codes])
    order = sort_columns(compared, sort)
    wide = len(order) <= LARGE
    first = compared.lines[0]
    figure = replace(heatmap_figure(compared, house, order), trace=scope.trace(first.card, first.annee))
    html = _table_html(figure.titre, compared, order, wide, compared.territoires[order[0]].code)
    without = sum(all(cell.position is None for cell in line.cells) for line in compared.lines)
    caption = (
        f"{without} indicateurs n’ont pas de chiffre pour cette référence (médianes, indices) : « Comparer à : "
        "médiane du groupe » les colorie aussi."
    )
    return figure, html, caption if without and not scope.reference.is_group else ""


def _table_html(title: str, compared: Comparison, order: list[int], wide: bool, traced: str) -> str:
    """A real table: a header a territory, a line an indicator, in each cell a colour and a sign (and the figure).

    ``traced``: the territory whose figure the name of an indicator opens; the others are one click further.
    """
    style = "".join(f".obs-chaleur .{k},.obs-case.{k}{{background:{b};color:{i}}}" for k, (b, i) in CASES.items())
    head = "".join(_head_html(compared, n, wide) for n in order)
    body = "".join(_row_html(line, order, wide, traced) for line in compared.lines)
    name = escape(title, quote=True)
    dense = "" if wide else " dense"
    return (
        f"<style>{style}</style><div class='obs-table obs-chaleur{dense}' tabindex='0' role='region' "
        f"aria-label='{name}'><table><caption>{name}</caption><thead><tr><th scope='col'>Indicateur</th>{head}</tr>"
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _head_html(compared: Comparison, position: int, wide: bool) -> str:
    territoire = compared.territoires[position]
    color = EPT_COULEURS.get(territoire.code_ept or territoire.code)
    border = f" style='--ept:{color}'" if color else ""
    return f"<th scope='col'{border}><span>{escape(territoire.nom)}</span></th>"


def _row_html(line: Line, order: list[int], wide: bool, traced: str) -> str:
    cells = "".join(_cell_html(line.cells[n], line.card, wide) for n in order)
    name = escape(formats.insecables(line.card.libelle))
    link = escape(trace_address(traced, line.card.code, line.annee), quote=True)
    when = f"<small>{line.card.periode(line.annee)}</small>"
    return f"<tr><th scope='row'><a target='_self' href='{link}'>{name}</a> {when}</th>{cells}</tr>"


def _cell_html(cell: Cell, card: Indicateur, wide: bool) -> str:
    key, sign = cell_class(cell, card)
    text = formats.insecables(cell.texte)
    if wide:
        return f"<td class={key}>{escape(text)} <small>{sign}</small></td>"
    absent = "s" if cell.statut == "secret" else "–"
    shown = sign[:1] or (absent if cell.valeur is None else "·")
    return f"<td class={key} title='{escape(text, quote=True)}'>{escape(shown)}</td>"
