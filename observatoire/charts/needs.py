"""The needs index: ranks as intervals, and what each domain adds to the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from observatoire.charts.theme import rows
from observatoire.palettes import GRIS


def draw_rank_intervals(frame: pd.DataFrame, communes: int, step: int = 22) -> alt.LayerChart:
    """Draw one line a commune, by rank. ``frame``: nom, rang, bas, haut, texte, couleur."""
    ordered = frame.dropna(subset=["rang"]).sort_values(["rang", "nom"], kind="stable")
    y = alt.Y("nom:N", sort=list(ordered["nom"]), title=None, axis=alt.Axis(labelOverlap=False, minExtent=150))
    scale = alt.Scale(domain=[0, communes + 1], nice=False)
    base = alt.Chart(rows(ordered)).encode(
        y=y,
        color=alt.Color("couleur:N", scale=None),
        tooltip=[alt.Tooltip("nom:N", title="Commune"), alt.Tooltip("texte:N", title="Rang")],
    )
    axis = alt.Axis(values=[1, *range(5, communes + 1, 5)], format="d", orient="top")
    bars = base.mark_bar(height=9, opacity=0.55).encode(
        x=alt.X("debut:Q", scale=scale, title="rang (1 : besoins les plus élevés)", axis=axis), x2="fin:Q"
    )
    bars = bars.transform_calculate(debut="datum.bas - 0.4", fin="datum.haut + 0.4")
    points = base.mark_circle(size=60, opacity=1, stroke="white").encode(x=alt.X("rang:Q", scale=scale))
    return alt.layer(bars, points).properties(height=step * len(ordered) + 40)


def draw_decomposition(
    frame: pd.DataFrame, order: Sequence[str], colors: Mapping[str, str], step: int = 34
) -> alt.LayerChart:
    """Stacked contributions, negative ones to the left. ``frame``: nom, domaine, valeur, texte. ``colors``: domain →
    colour, in order."""
    names = list(colors)
    y = alt.Y("nom:N", sort=list(order), title=None, axis=alt.Axis(labelOverlap=False, minExtent=150))
    bars = (
        alt.Chart(rows(frame))
        .mark_bar(stroke="white", strokeWidth=1, height={"band": 0.7})
        .encode(
            y=y,
            x=alt.X("sum(valeur):Q", title="points d’indice (0 : commune moyenne)", axis=alt.Axis(format=",.1f")),
            color=alt.Color("domaine:N", title=None, scale=alt.Scale(domain=names, range=list(colors.values()))),
            order=alt.Order("rang:Q"),
            tooltip=[
                alt.Tooltip("nom:N", title="Commune"),
                alt.Tooltip("domaine:N", title="Domaine"),
                alt.Tooltip("texte:N", title="Contribution"),
            ],
        )
    )
    zero = alt.Chart(alt.Data(values=[{"x": 0}])).mark_rule(color=GRIS, strokeWidth=1.5).encode(x="x:Q")
    return alt.layer(bars, zero).properties(height=step * len(order) + 60)
