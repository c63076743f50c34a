"""The distribution beside a map: one dot a territory, in the colours of the map, a row an EPT."""

from __future__ import annotations

from typing import Any

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.mesures import Mesure
from observatoire.palettes import ACCENT, GRIS

# The layer that a click chooses in.
VUE = "view_1"


def draw_strip(
    frame: pd.DataFrame, mesure: Mesure, reference: tuple[str, float] | None, many: bool = False
) -> vega.Chart:
    """Draw where the values lie.

    ``frame``: code, nom, ept (name of the row), valeur, texte, couleur, lit (bool: the ones to see); missing values
    left out. ``reference``: name and value of a vertical rule. ``many``: thin strokes instead of dots, for hundreds
    of territories. A click on a mark selects it (selection « point », field code).
    """
    known = frame[frame["valeur"].notna()]
    # All the names, whole: Vega would cut the long ones and drop those it thinks too close.
    labels = {"labelLimit": 0, "labelOverlap": False, "labelPadding": 14}
    y = vega.field("ept:N", title=None, sort=sorted(set(known["ept"])), axis=labels)
    shown = 0 if float(known["valeur"].abs().max()) >= 20 else mesure.decimales
    axis = {"format": f",.{shown}f", "tickCount": 4, "labelFlush": True}
    x = vega.field("valeur:Q", title=mesure.unite, scale={"zero": False, "nice": True}, axis=axis)
    form = f",.{mesure.decimales}f"
    read = vega.field("valeur:Q", format=form) if many else vega.field("texte:N")
    words = f"format(datum.valeur, '{form}')" if many else "datum.texte"
    chosen = {"name": "point", "select": {"type": "point", "fields": ["code"], "on": "click"}, "views": [VUE]}
    data = rows(known.drop(columns=["lit", "texte"] if many else ["lit"]))
    base = vega.chart(data).transform_calculate(lu=f"datum.nom + ' : ' + {words}")
    # Each mark is named (« Bondy : 34,0 % »): by its name the page knows which one is pointed at.
    named: dict[str, Any] = {"cursor": "pointer", "aria": True, "ariaRoleDescription": "territoire"}
    dots = (
        base.mark("tick", thickness=2, size=20, opacity=0.8, **named)
        if many
        else base.mark("circle", size=130, opacity=1, stroke=GRIS, strokeWidth=0.8, **named)
    )
    dots = dots.encode(
        x=x,
        y=y,
        color=vega.field("couleur:N", scale=None),
        description="lu:N",
        tooltip=[vega.field("nom:N", title="Territoire"), {**read, "title": mesure.unite}],
    ).properties(name=VUE)
    layers: list[vega.Chart] = [dots]
    if reference is not None:
        mark = rows(pd.DataFrame({"nom": [reference[0]], "valeur": [reference[1]]}))
        rule = vega.chart(mark).mark("rule", strokeDash=[5, 3], color=GRIS, strokeWidth=1.5).encode(x="valeur:Q")
        layers = [rule.encode(tooltip=[vega.field("nom:N", title="Repère")]), dots]
    lit = known[known["lit"]]
    if not lit.empty:
        ring = vega.chart(rows(lit[["ept", "valeur"]]))
        ring = (
            ring.mark("tick", thickness=2, size=27, color=ACCENT)
            if many
            else ring.mark("point", size=230, filled=False, stroke=ACCENT, strokeWidth=3)
        )
        layers.append(ring.encode(x=x, y=y))
    return vega.layer(*layers).properties(params=[chosen], height=30 * known["ept"].nunique() + 58)
