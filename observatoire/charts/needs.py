"""The needs index: ranks as intervals, and what each domain adds to the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import NARROW_COLUMNS, rows
from observatoire.methods.phrases import own_name
from observatoire.palettes import ACCENT, GRIS


def draw_rank_intervals(frame: pd.DataFrame, communes: int, mine: str = "", step: int = 22) -> vega.Chart:
    """Draw one line a commune, by rank. ``frame``: nom, rang, bas, haut, texte, couleur.

    ``mine``: the name of the commune that the reader has chosen, outlined and said so.
    """
    ordered = frame.dropna(subset=["rang"]).sort_values(["rang", "nom"], kind="stable")
    ordered = ordered.assign(mienne=ordered["nom"] == mine, nom=[own_name(name, mine) for name in ordered["nom"]])
    y = vega.field("nom:N", sort=list(ordered["nom"]), title=None, axis={"labelOverlap": False, "minExtent": 150})
    scale = {"domain": [0, communes + 1], "nice": False}
    base = vega.chart(rows(ordered)).encode(
        y=y,
        color=vega.field("couleur:N", scale=None),
        tooltip=[vega.field("nom:N", title="Commune"), vega.field("texte:N", title="Rang")],
    )
    axis = {"values": [1, *range(5, communes + 1, 5)], "format": "d", "orient": "top"}
    bars = base.mark("bar", height=9, opacity=0.55).encode(
        x=vega.field("debut:Q", scale=scale, title="rang (1 : besoins les plus élevés)", axis=axis), x2="fin:Q"
    )
    bars = bars.transform_calculate(debut="datum.bas - 0.4", fin="datum.haut + 0.4")
    points = base.mark("circle", size=60, opacity=1, stroke="white").encode(x=vega.field("rang:Q", scale=scale))
    outline = vega.chart(rows(ordered[ordered["mienne"]]))
    outline = outline.mark("bar", height=17, filled=False, stroke=ACCENT, strokeWidth=2, fillOpacity=0).encode(
        y=y, x=vega.field("debut:Q", scale=scale, title="rang (1 : besoins les plus élevés)", axis=axis), x2="fin:Q"
    )
    outline = outline.transform_calculate(debut="datum.bas - 0.8", fin="datum.haut + 0.8")
    return vega.layer(bars, points, outline).properties(height=step * len(ordered) + 40)


def draw_decomposition(
    frame: pd.DataFrame, order: Sequence[str], colors: Mapping[str, str], step: int = 34
) -> vega.Chart:
    """Stacked contributions, negative ones to the left. ``frame``: nom, domaine, valeur, texte. ``colors``: domain →
    colour, in order."""
    names = list(colors)
    y = vega.field("nom:N", sort=list(order), title=None, axis={"labelOverlap": False, "minExtent": 150})
    bars = (
        vega.chart(rows(frame))
        .mark("bar", stroke="white", strokeWidth=1, height={"band": 0.7})
        .encode(
            y=y,
            x=vega.field("sum(valeur):Q", title=["points d’indice", "(0 : commune moyenne)"], axis={"format": ",.1f"}),
            color=vega.field(
                "domaine:N",
                title=None,
                scale={"domain": names, "range": list(colors.values())},
                legend={"title": None, "columns": NARROW_COLUMNS},
            ),
            order=vega.field("rang:Q"),
            tooltip=[
                vega.field("nom:N", title="Commune"),
                vega.field("domaine:N", title="Domaine"),
                vega.field("texte:N", title="Contribution"),
            ],
        )
    )
    zero = vega.chart({"values": [{"x": 0}]}).mark("rule", color=GRIS, strokeWidth=1.5).encode(x="x:Q")
    return vega.layer(bars, zero).properties(height=step * len(order) + 60)
