"""The distribution beside a map: one dot a territory, in the colours of the map, a row an EPT."""

from __future__ import annotations

import altair as alt
import pandas as pd

from observatoire.charts.theme import ACCENT, GRIS, rows


def draw_strip(frame: pd.DataFrame, unite: str, decimales: int, reference: tuple[str, float] | None) -> alt.LayerChart:
    """Draw where the values lie.

    ``frame``: code, nom, ept (name of the row), valeur, texte, couleur, lit (bool: the one to see); missing values
    left out. ``reference``: name and value of a vertical rule. A click on a dot selects it (selection « point »,
    field code).
    """
    known = frame[frame["valeur"].notna()]
    data = rows(known)
    y = alt.Y("ept:N", title=None, sort=sorted(set(known["ept"])), axis=alt.Axis(labelLimit=150, labelPadding=8))
    shown = 0 if known["valeur"].abs().max() >= 20 else decimales
    axis = alt.Axis(format=f",.{shown}f", tickCount=4, labelFlush=True)
    x = alt.X("valeur:Q", title=unite, scale=alt.Scale(zero=False, nice=True), axis=axis)
    chosen = alt.selection_point(name="point", fields=["code"], on="click", empty=False)
    dots = (
        alt.Chart(data)
        .mark_circle(size=130, opacity=1, stroke=GRIS, strokeWidth=0.8, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=alt.Color("couleur:N", scale=None),
            tooltip=[alt.Tooltip("nom:N", title="Territoire"), alt.Tooltip("texte:N", title=unite)],
        )
        .add_params(chosen)
    )
    layers: list[alt.Chart] = [dots]
    if reference is not None:
        mark = rows(pd.DataFrame({"nom": [reference[0]], "valeur": [reference[1]]}))
        rule = alt.Chart(mark).mark_rule(strokeDash=[5, 3], color=GRIS, strokeWidth=1.5).encode(x="valeur:Q")
        layers = [rule.encode(tooltip=[alt.Tooltip("nom:N", title="Repère")]), dots]
    lit = known[known["lit"]]
    if not lit.empty:
        ring = alt.Chart(rows(lit)).mark_point(size=230, filled=False, stroke=ACCENT, strokeWidth=3)
        layers.append(ring.encode(x=x, y=y))
    return alt.layer(*layers).properties(height=30 * known["ept"].nunique() + 58)
