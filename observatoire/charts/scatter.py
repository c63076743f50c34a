"""Scatter of two indicators: a point a commune in its EPT's colour, the chosen ones large and named."""

from __future__ import annotations

from typing import Any

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import NARROW_COLUMNS, rows
from observatoire.frames import named_rows
from observatoire.palettes import ACCENT, GRIS

# A letter and a line of a name, as parts of the plot; the air around the points, on each side.
LETTRE, LIGNE, AIR = 0.0075, 0.045, 0.05
# The same letter on a phone, where a name would leave the plot.
LETTRE_ETROITE = 0.018
_Box = tuple[float, float, float, float]


def draw_scatter(
    frame: pd.DataFrame, x: tuple[str, int], y: tuple[str, int], legend: dict[str, str], height: int = 460
) -> vega.Chart:
    """Draw the communes that have both figures.

    ``frame``: nom, x, y, texte_x, texte_y, groupe (a key of ``legend``), lit (bool), etiquette (name shown or empty);
    mienne (bool), if it is there, outlines the commune that the reader has chosen.
    ``x`` and ``y``: title of the axis and decimals. ``legend``: group → colour, in order. Dashed lines: medians.
    """
    known = frame.dropna(subset=["x", "y"])
    middle = {"values": [{"x": float(known["x"].median()), "y": float(known["y"].median())}] if len(known) else []}
    across = vega.field("x:Q", title=x[0], scale=_scale(known["x"]), axis={"format": f",.{x[1]}f"})
    up = vega.field("y:Q", title=y[0], scale=_scale(known["y"]), axis={"format": f",.{y[1]}f"})
    shown = [name for name in legend if name in set(known["groupe"])]
    color = vega.field(
        "groupe:N",
        title=None,
        scale={"domain": shown, "range": [legend[n] for n in shown]},
        legend={"title": None, "symbolStrokeWidth": 0, "symbolSize": 110, "columns": NARROW_COLUMNS},
    )
    small = 60 if len(known) < 100 else 22
    points = (
        vega.chart(rows(known))
        .mark("circle", opacity=0.85)
        .encode(
            x=across,
            y=up,
            color=color,
            size=vega.condition("datum.lit", vega.value(190), vega.value(small)),
            stroke=vega.condition("datum.mienne", vega.value(ACCENT), vega.value("white")),
            strokeWidth=vega.condition("datum.mienne", vega.value(3), vega.value(0.6)),
            tooltip=[
                vega.field("nom:N", title="Territoire"),
                vega.field("texte_x:N", title=x[0]),
                vega.field("texte_y:N", title=y[0]),
            ],
        )
    )
    rule = {"strokeDash": [4, 4], "color": GRIS, "strokeWidth": 1}
    vertical = vega.chart(middle).mark("rule", **rule).encode(x=across)
    horizontal = vega.chart(middle).mark("rule", **rule).encode(y=up)
    labels = place_labels(known)
    names = [
        vega.chart(rows(labels[labels["gauche"] == left]))
        .mark("text", align="right" if left else "left", dx=-9 if left else 9, dy=-7, fontSize=11)
        .encode(x=across, y=up, text="etiquette:N")
        .properties(name=f"encre{int(left)}")
        for left in (False, True)
    ]
    return vega.layer(vertical, horizontal, points, *names).properties(height=height)


def place_labels(known: pd.DataFrame) -> pd.DataFrame:
    """The rows whose name is written, and on which side (``gauche``).

    The side is the one where the name covers the fewest names already written, then the fewest points. Chosen
    territories are always named, the others unless their name would cover another one.
    """
    asked = known[known["etiquette"] != ""].sort_values("lit", ascending=False, kind="stable")
    across, up = (((known[axis] - known[axis].min()) / _span(known[axis])).to_numpy() for axis in ("x", "y"))
    place = {position: n for n, position in enumerate(known.index)}
    written: dict[int, tuple[_Box, bool]] = {}
    for position, row in zip(asked.index, named_rows(asked), strict=True):
        sides = []
        for left in (False, True):
            box = _box(across[place[position]], up[place[position]], len(row.etiquette), left)
            names = sum(_overlap(box, other) for other, _ in written.values())
            reach = LETTRE_ETROITE * len(row.etiquette)
            outside = across[place[position]] - reach < -AIR if left else across[place[position]] + reach > 1 + AIR
            points = ((across > box[0]) & (across < box[1]) & (up > box[2]) & (up < box[3])).sum()
            sides.append((names + 3 * outside, int(points), left, box))
        covered, _, left, box = min(sides)
        if row.lit or not covered:
            written[position] = box, left
    labels = known.loc[list(written)]
    return labels.assign(gauche=pd.Series([left for _, left in written.values()], labels.index, dtype=bool))


def _box(x: float, y: float, length: int, left: bool) -> _Box:
    """Where a name is written: left, right, bottom, top, as parts of the spans of the points."""
    start, end = 0.01, 0.01 + LETTRE * length
    return (x - end, x - start, y, y + LIGNE) if left else (x + start, x + end, y, y + LIGNE)


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _span(values: pd.Series) -> float:
    return float(values.max() - values.min()) or 1.0


def _scale(values: pd.Series) -> dict[str, Any]:
    """A little air around the points, without going below zero for figures that cannot."""
    if values.empty:
        return {}
    air = AIR * _span(values)
    low = float(values.min()) - air
    return {"domain": [max(low, 0.0) if values.min() >= 0 else low, float(values.max()) + air], "nice": False}
