"""Heat map for documents: indicators in lines, territories in columns, each cell its gap to the reference."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.positions import CASES


def draw_heatmap(frame: pd.DataFrame, order: Sequence[str], columns: Sequence[str], cell: int = 30) -> vega.Chart:
    """Draw the cells. ``frame``: libelle, nom, classe (a key of CASES), signe, texte. ``cell``: width in pixels."""
    data = frame.assign(fond=[CASES[c][0] for c in frame["classe"]], encre=[CASES[c][1] for c in frame["classe"]])
    wide = cell >= 60
    base = vega.chart(rows(data)).encode(
        x=vega.field(
            "nom:N",
            sort=list(columns),
            title=None,
            axis={
                "orient": "top",
                "labelAngle": 0 if wide else -60,
                "labelLimit": cell + 60 if wide else 170,
                "labelOverlap": False,
            },
        ),
        y=vega.field("libelle:N", sort=list(order), title=None, axis={"labelLimit": 520, "labelOverlap": False}),
    )
    boxes = base.mark("rect", stroke="#ffffff", strokeWidth=1).encode(color=vega.field("fond:N", scale=None))
    texts = base.mark("text", fontSize=12 if wide else 9).encode(
        text="texte:N" if wide else "signe:N", color=vega.field("encre:N", scale=None)
    )
    return vega.layer(boxes, texts).properties(width=cell * len(columns), height=22 * len(order))
