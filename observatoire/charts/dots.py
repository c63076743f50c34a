"""Dot plot: several territories against one reference, one line an indicator, right is more favourable.

The unit is the standard deviation of the département's communes, so that indicators of different units share an
axis; neutral indicators read from the lowest to the highest. The band around zero is what is called close.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from observatoire.charts.theme import NARROW_COLUMNS, rows
from observatoire.methods.comparison import PROCHE
from observatoire.palettes import GRIS

BORNE = 3.0
FORMES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right", "triangle-left")


def draw_dots(
    frame: pd.DataFrame, order: Sequence[str], colors: Mapping[str, str], ends: tuple[str, str], step: int = 44
) -> alt.LayerChart:
    """Draw the lines in the order of ``order`` (labels). ``ends``: what left and right mean.

    ``frame``: libelle, nom, ecart (standard deviations, positive = favourable or higher), texte, lecture.
    ``colors``: nom → colour; territories also differ by shape. Gaps beyond three deviations are drawn at three.
    """
    data = frame.assign(place=frame["ecart"].clip(-BORNE, BORNE))
    names = list(colors)
    x = alt.Scale(domain=[-BORNE - 0.15, BORNE + 0.15], nice=False)
    ticks = alt.Axis(
        values=[-BORNE, BORNE],
        title=None,
        grid=False,
        labelExpr=f"datum.value < 0 ? '◀ {ends[0]}' : '{ends[1]} ▶'",
        orient="top",
        labelAlign={"expr": "datum.value < 0 ? 'left' : 'right'"},  # type: ignore[arg-type]
    )
    lines = pd.DataFrame({"libelle": list(order)})
    y = alt.Y("libelle:N", sort=list(order), axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    base = alt.Chart(rows(lines)).encode(y=y)
    near = base.mark_bar(color=GRIS, opacity=0.22, height=14, yOffset=8).encode(
        x=alt.X("a:Q", scale=x, axis=ticks), x2="b:Q"
    )
    near = near.transform_calculate(a=str(-PROCHE), b=str(PROCHE))
    track = base.mark_rule(color=GRIS, strokeWidth=1, opacity=0.5, yOffset=8).encode(x=alt.X("a:Q", scale=x), x2="b:Q")
    track = track.transform_calculate(a=str(-BORNE), b=str(BORNE))
    label = base.mark_text(align="left", baseline="middle", yOffset=-10, fontSize=13, limit={"expr": "width"}).encode(
        x=alt.value(0), text="libelle:N"
    )
    legend = alt.Legend(title=None, symbolStrokeWidth=0, symbolSize=200, columns=NARROW_COLUMNS)
    points = (
        alt.Chart(rows(data))
        .mark_point(size=110, filled=True, opacity=0.95, stroke="white", strokeWidth=0.8, yOffset=8)
        .encode(
            y=y,
            x=alt.X("place:Q", scale=x),
            color=alt.Color(
                "nom:N", title=None, scale=alt.Scale(domain=names, range=list(colors.values())), legend=legend
            ),
            shape=alt.Shape(
                "nom:N", title=None, scale=alt.Scale(domain=names, range=list(FORMES[: len(names)])), legend=legend
            ),
            tooltip=[
                alt.Tooltip("nom:N", title="Territoire"),
                alt.Tooltip("libelle:N", title="Indicateur"),
                alt.Tooltip("texte:N", title="Valeur"),
                alt.Tooltip("lecture:N", title="Lecture"),
            ],
        )
    )
    # A narrow screen lays the legend on lines of two: their height is counted everywhere, so that lines never collide.
    legend_height = 32 * math.ceil(len(names) / 2)
    height = step * len(order) + 50 + legend_height
    return alt.layer(near, track, points, label.properties(name="encre")).properties(height=height)
