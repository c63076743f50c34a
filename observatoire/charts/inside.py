"""Charts of the inside of a territory: how incomes are spread, what families are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from observatoire.charts.theme import rows
from observatoire.palettes import ACCENT, BLEU, GRIS, GRIS_CLAIR

AXE = 64  # room for an axis or a legend: on screen the height counts them in


def draw_incomes(
    frame: pd.DataFrame, quantiles: Mapping[str, str], box: Sequence[str], step: int = 58
) -> alt.LayerChart:
    """One line a territory: thin from the 1st to the 9th decile, thick between the quartiles, a tick at the median and
    a small one at each other decile.

    ``frame``: nom, and a column for each of ``quantiles`` (code → name, in order), in euros. ``box``: the codes of the
    1st decile, 1st quartile, median, 3rd quartile, 9th decile. The first territory is lit.
    """
    first, low, middle, high, last = box
    names = list(frame["nom"])
    data = rows(frame.assign(couleur=[ACCENT if n == 0 else BLEU for n in range(len(frame))]))
    y = alt.Y("nom:N", sort=names, title=None, axis=alt.Axis(labels=False), scale=alt.Scale(paddingInner=0.2))
    ends = [float(frame[first].min()), float(frame[last].max())]
    scale = alt.Scale(domain=[ends[0] * 0.9, ends[1] * 1.02], nice=False)
    axis = alt.Axis(format=",.0f", tickCount=6, title="€ par an et par unité de consommation")
    base = alt.Chart(data).encode(y=y, color=alt.Color("couleur:N", scale=None))
    tips = [alt.Tooltip("nom:N", title="Territoire")]
    tips += [alt.Tooltip(f"{code}:Q", title=name, format=",.0f") for code, name in quantiles.items()]
    thin = base.mark_bar(height=3, yOffset=8).encode(
        x=alt.X(f"{first}:Q", scale=scale, axis=axis), x2=alt.X2(f"{last}:Q")
    )
    thick = base.mark_bar(height=13, yOffset=8, opacity=0.75).encode(
        x=alt.X(f"{low}:Q", scale=scale), x2=alt.X2(f"{high}:Q"), tooltip=tips
    )
    tick = base.mark_tick(thickness=3, height=22, yOffset=8, color="white", stroke=GRIS, strokeWidth=0.8)
    tick = tick.encode(x=alt.X(f"{middle}:Q", scale=scale), color=alt.ColorValue("white"))
    name = base.mark_text(align="left", baseline="middle", yOffset=-13, fontSize=13, fontWeight=600)
    name = name.encode(x=alt.XValue(0), text=alt.Text("nom:N"), color=alt.ColorValue(GRIS)).properties(name="encre_nom")
    deciles = [
        base.mark_tick(thickness=1.5, height=9, yOffset=8).encode(x=alt.X(f"{code}:Q", scale=scale), tooltip=tips)
        for code in quantiles
        if code not in box
    ]
    layers: list[alt.Chart] = [thin, *deciles, thick, tick, name]
    for position, quantile in enumerate((first, middle, last)):
        label = base.mark_text(
            align=("right", "center", "left")[position], dx=(-5, 0, 5)[position], baseline="middle", fontSize=11,
            yOffset=8 if position != 1 else 24,
        ).encode(x=alt.X(f"{quantile}:Q", scale=scale), text=alt.Text(f"{quantile}:Q", format=",.0f"))  # fmt: skip
        layers.append(label.encode(color=alt.ColorValue(GRIS)).properties(name=f"encre_{position}"))
    return alt.layer(*layers).properties(height=step * len(frame) + AXE)


_PARTS = (ACCENT, BLEU, GRIS_CLAIR)


def draw_parts(frame: pd.DataFrame, step: int = 46) -> alt.LayerChart:
    """Bars of 100 %: one a territory, its name above, each part written inside.

    ``frame``: nom, part, valeur (per cent), texte.
    """
    names, parts = list(dict.fromkeys(frame["nom"])), list(dict.fromkeys(frame["part"]))
    order = {part: n for n, part in enumerate(parts)}
    starts = frame.groupby("nom", sort=False)["valeur"].cumsum() - frame["valeur"]
    data = rows(frame.assign(rang=frame["part"].map(order), debut=starts, fin=starts + frame["valeur"]))
    y = alt.Y("nom:N", sort=names, title=None, axis=alt.Axis(labels=False), scale=alt.Scale(paddingInner=0.2))
    x = alt.Scale(domain=[0, 100], nice=False)
    legend = alt.Legend(title=None, columns=2, symbolType="square")
    color = alt.Color("part:N", scale=alt.Scale(domain=parts, range=list(_PARTS)), sort=parts, legend=legend)
    base = alt.Chart(data).encode(y=y)
    tips = [alt.Tooltip("nom:N", title="Territoire"), alt.Tooltip("part:N", title="Familles")]
    bars = base.mark_bar(height=18, yOffset=7, stroke="white").encode(
        x=alt.X("debut:Q", scale=x, axis=None), x2=alt.X2("fin:Q"), color=color,
        tooltip=[*tips, alt.Tooltip("texte:N", title="Part")],
    )  # fmt: skip
    inside = base.transform_calculate(milieu="(datum.debut + datum.fin) / 2").mark_text(
        yOffset=7, fontSize=12, fontWeight=600, baseline="middle"
    )
    dark = alt.condition(alt.datum.rang == len(parts) - 1, alt.value("#16294a"), alt.value("white"))
    inside = inside.encode(x=alt.X("milieu:Q", scale=x), text=alt.Text("texte:N"), color=dark)
    name = base.transform_filter("datum.rang == 0").mark_text(
        align="left", baseline="middle", yOffset=-12, fontSize=13, fontWeight=600
    )
    name = name.encode(x=alt.XValue(0), text=alt.Text("nom:N"), color=alt.ColorValue(GRIS)).properties(name="encre_nom")
    return alt.layer(bars, inside, name).properties(height=step * len(names) + AXE)
