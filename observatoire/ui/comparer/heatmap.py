"""Heat map: indicators × territories, each cell its gap to the reference; sortable, projected, taken away."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from observatoire import formats
from observatoire.figures import Figure
from observatoire.methods.versus import Cell, Line
from observatoire.palettes import EPT_COULEURS
from observatoire.positions import CASES, LEGENDE
from observatoire.records import Indicateur
from observatoire.ui import data, state
from observatoire.ui.comparer.scope import Scope, comparison
from observatoire.ui.figure import show_heading, show_origin
from observatoire.ui.pickers import pick_theme
from observatoire.ui.trace import trace_address
from observatoire.views.comparaison.comparison import Comparison
from observatoire.views.comparaison.figures import LARGE, heatmap_figure
from observatoire.views.comparaison.grid import cell_class, sort_columns

CLES, THEME = "cles", "theme"
NOM, EPT = "nom", "ept"
ABSENCES = (("v", "s", "secret statistique"), ("v", "–", "pas de chiffre"))


def show(scope: Scope) -> None:
    """The view: key indicators of all themes or those of one, columns in the order asked."""
    house = data.warehouse()
    key = [card for card in house.indicateurs.values() if card.phare and not card.effectif]
    options = {CLES: f"{len(key)} indicateurs clés", THEME: "Un thème"}
    left, right = st.columns([1.6, 3], gap="small", vertical_alignment="bottom")
    with left:
        asked = state.select(
            "etendue",
            "Indicateurs",
            list(options),
            CLES,
            "une étendue",
            options.__getitem__,
            widget=st.segmented_control,
        )
    cards = key
    if asked == THEME:
        theme = pick_theme()
        cards = [c for c in house.indicateurs.values() if c.theme == theme and not c.effectif]
    if not cards:
        st.write("Ce thème n’a que des effectifs, qui ne se comparent pas d’une taille de territoire à une autre.")
        return
    with right:
        order = _pick_order(cards)
    figure, html, caption = data.kept(_made, scope, tuple(card.code for card in cards), order)
    show_heading(figure, 2)
    st.html(_legend_html())
    st.html(html)
    if caption:
        st.caption(caption)
    show_origin(figure, "chaleur")


def _pick_order(cards: list[Indicateur]) -> str:
    by_code = {card.code: card for card in cards}
    fixed = {NOM: "l’ordre du groupe", EPT: "EPT"}
    return state.select(
        "tri",
        "Ranger les colonnes selon",
        [*fixed, *by_code],
        NOM,
        "un ordre connu",
        lambda c: fixed[c] if c in fixed else by_code[c].libelle,
        elsewhere=data.warehouse().codes,
    )


def _made(scope: Scope, codes: tuple[str, ...], sort: str) -> tuple[Figure, str, str]:
    """The heat map as a figure and as HTML, and what must be said under it."""
    compared = comparison(scope, [data.warehouse().indicateurs[code] for code in codes])
    order = sort_columns(compared, sort)
    wide = len(order) <= LARGE
    first = compared.lines[0]
    figure = replace(heatmap_figure(compared, data.warehouse(), order), trace=scope.trace(first.card, first.annee))
    html = _table_html(figure.titre, compared, order, wide, compared.territoires[order[0]].code)
    without = sum(all(cell.position is None for cell in line.cells) for line in compared.lines)
    caption = (
        f"{without} indicateurs n’ont pas de chiffre pour cette référence (médianes, indices) : « Comparer à : "
        "médiane du groupe » les colorie aussi."
    )
    return figure, html, caption if without and not scope.reference.is_group else ""


def _legend_html() -> str:
    items = "".join(
        f"<li><span class='obs-case {key}'>{sign or '·'}</span> {escape(word)}</li>"
        for key, sign, word in (*LEGENDE, *ABSENCES)
    )
    return f"<ul class='obs-legende' aria-label='Légende'>{items}</ul>"


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
