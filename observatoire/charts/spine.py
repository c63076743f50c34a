"""Spine chart: where a territory stands among the communes, one line an indicator.

The département is the spine, at zero. Each line goes from the least to the most favourable commune (right is
always better; for neutral indicators, from the lowest to the highest), darker between the quartiles. Each side is
drawn on the same scale, so the spine is where the département really is between the extremes. Geometry after
Fingertips (OHID), with plain differences instead of absolute values, so that negative figures keep their side.
"""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from typing import Any

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.frames import records
from observatoire.palettes import ACCENT, GRIS
from observatoire.positions import POSITIONS

# Room beside the outermost marks, in the unit of the geometry (half the width).
BORD = 0.03
_SIGNS = {"favorable": "triangle-up", "proche": "circle", "defavorable": "triangle-down"}
_SIGNS |= {"plus_haut": "circle", "plus_bas": "circle"}


def draw_spine(lines: pd.DataFrame, ept_color: str = GRIS, step: int = 46, columns: bool = False) -> vega.Chart:
    """Draw the lines, in their order.

    Columns: libelle, texte (the value as read), position (key of POSITIONS), detail (text of the tooltip), and those
    of ``spine_geometry``. ``ept_color``: the colour of the EPT's diamond. ``columns``: labels and values in columns
    beside the lines (documents), instead of above each line (screens, phones).
    """
    data = lines.assign(
        couleur=[POSITIONS[p][0] for p in lines["position"]],
        signe=[_SIGNS[p] for p in lines["position"]],
        mot=[f"{POSITIONS[p][1]} {POSITIONS[p][2]}" for p in lines["position"]],
    )
    axis = {"title": None, "labelLimit": 360, "labelPadding": 10, "labelFontWeight": 600} if columns else None
    scale = {"paddingInner": 0, "paddingOuter": 0}
    base = vega.chart(rows(data)).encode(y=vega.field("libelle:N", sort=list(lines["libelle"]), axis=axis, scale=scale))
    x = {"domain": [-1 - BORD, 1.5 if columns else 1 + BORD], "nice": False}
    shift, above = (0, 0) if columns else (8, -9)
    bars = base.mark("bar", height=9, yOffset=shift, color=GRIS)
    wide = bars.encode(x=vega.field("debut:Q", scale=x, axis=None), x2=vega.field("fin:Q"), opacity=vega.value(0.3))
    middle = bars.encode(x=vega.field("q1:Q", scale=x), x2=vega.field("q3:Q"), opacity=vega.value(0.9))
    spine = (
        vega.chart({"values": [{"x": 0.0}]})
        .mark("rule", strokeWidth=2, color=GRIS)
        .encode(x=vega.field("x:Q", scale=x))
    )
    ept = (
        base.transform_filter("isValid(datum.ept)")
        .mark(
            "point", shape="diamond", size=110, filled=True, opacity=1, stroke="white", yOffset=shift, color=ept_color
        )
        .encode(x=vega.field("ept:Q", scale=x))
    )
    similar = (
        base.transform_filter("isValid(datum.semblables)")
        .mark("point", shape="square", size=90, filled=False, opacity=1, stroke=ACCENT, strokeWidth=2, yOffset=shift)
        .encode(x=vega.field("semblables:Q", scale=x))
    )
    value = (
        base.mark("text", align="right", baseline="middle", yOffset=above, fontSize=13, fontWeight=700)
        .encode(x=vega.value("width"), text=vega.field("texte:N"))
        .properties(name="encre_valeur")
    )
    layers = [wide, middle, spine, ept, similar, _own_points(base, x, shift), value]
    if not columns:
        label = base.mark("text", align="left", baseline="middle", yOffset=above, fontSize=13)
        layers.append(label.encode(x=vega.value(0), text=vega.field("libelle:N")).properties(name="encre_libelle"))
    return vega.layer(*layers).properties(height=step * len(lines))


def write_spine(lines: pd.DataFrame, words: str, ept_color: str = GRIS) -> str:
    """The same chart in HTML, for pages: as many lines as one likes, no library to wait for, any width, any theme.

    ``lines``: as for ``draw_spine``; ``words``: what a screen reader says in place of the drawing.
    """
    drawn = "".join(_line(row, ept_color) for row in records(lines))
    return f"<div class='obs-epine' role='img' aria-label='{escape(words, quote=True)}'>{drawn}</div>"


def write_legend(
    positions: Collection[str], reference: str, ept: str = "", ept_color: str = GRIS, similar: bool = False
) -> str:
    """The signs of ``write_spine``, or of charts.barre, each drawn beside its words, in HTML.

    ``positions``: keys of POSITIONS on the chart; ``reference``: what the line in the middle is; ``ept``: the name of
    the EPT that has a diamond; ``similar``: True when similar communes have a square.
    """
    shown = [key for key in POSITIONS if key in positions]
    signs = [(_drawn(_mark(_SIGNS[key], 0, POSITIONS[key][0])), _legend_word(key)) for key in shown]
    signs += [
        ("<span class='rail'></span>", reference),
        (_drawn(_span("etendue", -1, 1)), "toutes les communes, la plus favorable à droite"),
        (_drawn(_span("milieu", -0.6, 0.6)), "leur moitié centrale"),
    ]
    if ept:
        signs.append((_drawn(_mark("ept", 0, ept_color)), ept))
    if similar:
        signs.append((_drawn(_mark("semblables", 0, ACCENT)), "les communes semblables"))
    items = "".join(f"<li>{sign}<span>{escape(word)}</span></li>" for sign, word in signs)
    return f"<ul class='obs-epine obs-signes' aria-label='Légende'>{items}</ul>"


def _legend_word(key: str) -> str:
    return f"{POSITIONS[key][2]} (non jugé)" if key in ("plus_haut", "plus_bas") else POSITIONS[key][2]


def _drawn(mark: str) -> str:
    return f"<span class='rail nu' aria-hidden='true'>{mark}</span>"


def _line(row: dict[str, Any], ept_color: str) -> str:
    color, sign, word = POSITIONS[row["position"]]
    said = escape(f"{row['libelle']} : {row['texte']}\n{sign} {word}\n{row['detail']}", quote=True)
    marks = [_span("etendue", row["debut"], row["fin"]), _span("milieu", row["q1"], row["q3"])]
    if not pd.isna(row["ept"]):
        marks.append(_mark("ept", row["ept"], ept_color))
    if not pd.isna(row["semblables"]):
        marks.append(_mark("semblables", row["semblables"], ACCENT))
    marks.append(_mark(_SIGNS[row["position"]], row["territoire"], color))
    return (
        f"<div title='{said}'><p><span>{escape(row['libelle'])}</span><b>{escape(row['texte'])}</b></p>"
        f"<div class='rail'>{''.join(marks)}</div></div>"
    )


def _span(kind: str, start: float, end: float) -> str:
    return f"<i class='{kind}' style='left:{_percent(start):.1f}%;width:{_percent(end) - _percent(start):.1f}%'></i>"


def _mark(kind: str, place: float, color: str) -> str:
    return f"<i class='marque {kind}' style='left:{_percent(place):.1f}%;--c:{color}'></i>"


def _percent(place: float) -> float:
    """From −1 to 1, to the share of the width."""
    return 50 * (1 + place / (1 + BORD))


def _own_points(base: vega.Chart, x: dict[str, Any], shift: int) -> vega.Chart:
    return base.mark("point", size=190, filled=True, opacity=1, stroke="white", strokeWidth=1.2, yOffset=shift).encode(
        x=vega.field("territoire:Q", scale=x),
        color=vega.field("couleur:N", scale=None),
        shape=vega.field("signe:N", scale=None),
        tooltip=[
            vega.field("libelle:N", title="Indicateur"),
            vega.field("texte:N", title="Valeur"),
            vega.field("mot:N", title="Position"),
            vega.field("detail:N", title="Repères"),
        ],
    )
