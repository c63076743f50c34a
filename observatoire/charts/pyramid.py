"""Age structure: a bar a band of age, the oldest on top, the reference as an outline; in shares, so that they compare.

Not two halves by sex: the public files give the communes' ages without the sex.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from observatoire.charts.theme import BLEU, GRIS, rows
from observatoire.formats import chiffre


def draw_pyramid(frame: pd.DataFrame, nom: str, reference: str, step: int = 38) -> alt.LayerChart:
    """Draw the bands of ``frame`` (methods.ages.age_structure); ``nom`` and ``reference`` are those of the tooltip."""
    lines = frame.assign(
        texte=[chiffre(part, "%", 1) for part in frame["part"]],
        bout=frame[["part", "reference"]].max(axis=1),
    )
    order = list(reversed(list(frame["bande"])))
    base = alt.Chart(rows(lines)).encode(
        y=alt.Y("bande:N", sort=order, title=None, axis=alt.Axis(labelFontSize=13, labelPadding=8)),
        tooltip=[
            alt.Tooltip("bande:N", title="Âge"),
            alt.Tooltip("effectif:Q", title="Habitants", format=",.0f"),
            alt.Tooltip("part:Q", title=f"{nom} (%)", format=",.1f"),
            alt.Tooltip("reference:Q", title=f"{reference} (%)", format=",.1f"),
        ],
    )
    axis = alt.Axis(title="% des habitants", tickCount=5, format=",.0f")
    room = {"expr": "max(width - 58, width / 2)"}  # for the share written after the longest bar
    scale = alt.Scale(domain=[0, float(lines["bout"].max())], nice=False, range=[0, room])
    bars = base.mark_bar(color=BLEU, height={"band": 0.62}).encode(x=alt.X("part:Q", axis=axis, scale=scale))
    outlines = base.mark_bar(filled=False, stroke=GRIS, strokeWidth=2, height={"band": 0.86})
    outlines = outlines.transform_filter("isValid(datum.reference)").encode(x=alt.X("reference:Q", scale=scale))
    labels = base.mark_text(align="left", dx=6, fontSize=13, fontWeight=600).encode(
        x=alt.X("bout:Q", scale=scale), text=alt.Text("texte:N")
    )
    return alt.layer(bars, outlines, labels.properties(name="encre")).properties(height=step * len(lines))
