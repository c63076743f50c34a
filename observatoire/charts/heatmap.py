"""Heat map for documents: indicators in lines, territories in columns, each cell its gap to the reference."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import ENCRE, rows

# Class of a gap → background, ink. Judged: orange to blue; neutral: two tones of slate; none: no figure to compare.
CASES = {
    "d3": ("#b35806", "#ffffff"),
    "d2": ("#e08214", ENCRE),
    "d1": ("#fdd0a2", ENCRE),
    "p": ("#eef0f2", ENCRE),
    "f1": ("#c3d8ee", ENCRE),
    "f2": ("#6da5d3", ENCRE),
    "f3": ("#1f5f9e", "#ffffff"),
    "b": ("#dfe3e8", ENCRE),
    "h": ("#a9b3c1", ENCRE),
    "v": ("#ffffff", ENCRE),
}
LEGENDE = (
    ("f3", "▲▲▲", "beaucoup plus favorable"),
    ("f2", "▲▲", "nettement plus favorable"),
    ("f1", "▲", "plus favorable"),
    ("p", "●", "proche"),
    ("d1", "▼", "moins favorable"),
    ("d2", "▼▼", "nettement moins favorable"),
    ("d3", "▼▼▼", "beaucoup moins favorable"),
    ("h", "△", "plus élevé (non jugé)"),
    ("b", "▽", "plus bas (non jugé)"),
    ("v", "", "pas de comparaison"),
)


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
