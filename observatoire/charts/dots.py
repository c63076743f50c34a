"""Dot plot: several territories against one reference, one line an indicator, right is more favourable.

The unit is the standard deviation of the département's communes, so that indicators of different units share an
axis; neutral indicators read from the lowest to the highest. The band around zero is what is called close.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import NARROW_COLUMNS, rows
from observatoire.methods.comparison import PROCHE
from observatoire.palettes import GRIS

# Standard deviations beyond which a point stands at the edge: one commune would flatten all the others.
BORNE = 3.0
FORMES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right", "triangle-left")


def draw_dots(
    frame: pd.DataFrame, order: Sequence[str], colors: Mapping[str, str], ends: tuple[str, str], step: int = 44
) -> vega.Chart:
    """Draw the lines in the order of ``order`` (labels). ``ends``: what left and right mean.

    ``frame``: libelle, nom, ecart (standard deviations, positive = favourable or higher), texte, lecture.
    ``colors``: nom → colour; territories also differ by shape. Gaps beyond three deviations are drawn at three.
    """
    data = frame.assign(place=frame["ecart"].clip(-BORNE, BORNE))
    names = list(colors)
    x = {"domain": [-BORNE - 0.15, BORNE + 0.15], "nice": False}
    ticks = {
        "values": [-BORNE, BORNE],
        "title": None,
        "grid": False,
        "labelExpr": f"datum.value < 0 ? '◀ {ends[0]}' : '{ends[1]} ▶'",
        "orient": "top",
        "labelAlign": {"expr": "datum.value < 0 ? 'left' : 'right'"},  # type: ignore[arg-type]
    }
    lines = pd.DataFrame({"libelle": list(order)})
    y = vega.field("libelle:N", sort=list(order), axis=None, scale={"paddingInner": 0, "paddingOuter": 0})
    base = vega.chart(rows(lines)).encode(y=y)
    near = base.mark("bar", color=GRIS, opacity=0.22, height=14, yOffset=8).encode(
        x=vega.field("a:Q", scale=x, axis=ticks), x2="b:Q"
    )
    near = near.transform_calculate(a=str(-PROCHE), b=str(PROCHE))
    track = base.mark("rule", color=GRIS, strokeWidth=1, opacity=0.5, yOffset=8).encode(
        x=vega.field("a:Q", scale=x), x2="b:Q"
    )
    track = track.transform_calculate(a=str(-BORNE), b=str(BORNE))
    label = base.mark(
        "text", align="left", baseline="middle", yOffset=-10, fontSize=13, limit={"expr": "width"}
    ).encode(x=vega.value(0), text="libelle:N")
    legend = {"title": None, "symbolStrokeWidth": 0, "symbolSize": 200, "columns": NARROW_COLUMNS}
    points = (
        vega.chart(rows(data))
        .mark("point", size=110, filled=True, opacity=0.95, stroke="white", strokeWidth=0.8, yOffset=8)
        .encode(
            y=y,
            x=vega.field("place:Q", scale=x),
            color=vega.field(
                "nom:N", title=None, scale={"domain": names, "range": list(colors.values())}, legend=legend
            ),
            shape=vega.field(
                "nom:N", title=None, scale={"domain": names, "range": list(FORMES[: len(names)])}, legend=legend
            ),
            tooltip=[
                vega.field("nom:N", title="Territoire"),
                vega.field("libelle:N", title="Indicateur"),
                vega.field("texte:N", title="Valeur"),
                vega.field("lecture:N", title="Lecture"),
            ],
        )
    )
    # A narrow screen lays the legend on lines of two: their height is counted everywhere, so that lines never collide.
    legend_height = 32 * math.ceil(len(names) / 2)
    height = step * len(order) + 50 + legend_height
    return vega.layer(near, track, points, label.properties(name="encre")).properties(height=height)
