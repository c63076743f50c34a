"""The distribution beside a map: one dot a territory, in the colours of the map, a row an EPT."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from observatoire.charts.theme import rows
from observatoire.palettes import ACCENT, GRIS


def draw_strip(
    frame: pd.DataFrame, unite: str, decimales: int, reference: tuple[str, float] | None, many: bool = False
) -> alt.LayerChart:
    """Draw where the values lie.

    ``frame``: code, nom, ept (name of the row), valeur, texte, couleur, lit (bool: the ones to see); missing values
    left out. ``reference``: name and value of a vertical rule. ``many``: thin strokes instead of dots, for hundreds
    of territories. A click on a mark selects it (selection « point », field code).
    """
    known = frame[frame["valeur"].notna()]
    # All the names, whole: Vega would cut the long ones and drop those it thinks too close.
    labels = alt.Axis(labelLimit=0, labelOverlap=False, labelPadding=14)
    y = alt.Y("ept:N", title=None, sort=sorted(set(known["ept"])), axis=labels)
    shown = 0 if known["valeur"].abs().max() >= 20 else decimales
    axis = alt.Axis(format=f",.{shown}f", tickCount=4, labelFlush=True)
    x = alt.X("valeur:Q", title=unite, scale=alt.Scale(zero=False, nice=True), axis=axis)
    form = f",.{decimales}f"
    read = alt.Tooltip("valeur:Q", format=form) if many else alt.Tooltip("texte:N")
    words = f"format(datum.valeur, '{form}')" if many else "datum.texte"
    chosen = alt.selection_point(name="point", fields=["code"], on="click", empty=False)
    data = rows(known.drop(columns=["lit", "texte"] if many else ["lit"]))
    base = alt.Chart(data).transform_calculate(lu=f"datum.nom + ' : ' + {words}")
    # Each mark is named (« Bondy : 34,0 % »): by its name the page knows which one is pointed at.
    named: dict[str, Any] = {"cursor": "pointer", "aria": True, "ariaRoleDescription": "territoire"}
    dots = (
        base.mark_tick(thickness=2, size=20, opacity=0.8, **named)
        if many
        else base.mark_circle(size=130, opacity=1, stroke=GRIS, strokeWidth=0.8, **named)
    )
    dots = dots.encode(
        x=x,
        y=y,
        color=alt.Color("couleur:N", scale=None),
        description="lu:N",
        tooltip=[alt.Tooltip("nom:N", title="Territoire"), read.title(unite)],
    ).add_params(chosen)
    layers: list[alt.Chart] = [dots]
    if reference is not None:
        mark = rows(pd.DataFrame({"nom": [reference[0]], "valeur": [reference[1]]}))
        rule = alt.Chart(mark).mark_rule(strokeDash=[5, 3], color=GRIS, strokeWidth=1.5).encode(x="valeur:Q")
        layers = [rule.encode(tooltip=[alt.Tooltip("nom:N", title="Repère")]), dots]
    lit = known[known["lit"]]
    if not lit.empty:
        ring = alt.Chart(rows(lit[["ept", "valeur"]]))
        ring = (
            ring.mark_tick(thickness=2, size=27, color=ACCENT)
            if many
            else ring.mark_point(size=230, filled=False, stroke=ACCENT, strokeWidth=3)
        )
        layers.append(ring.encode(x=x, y=y))
    return alt.layer(*layers).properties(height=30 * known["ept"].nunique() + 58)
