"""Charts of the inside of a territory: how incomes are spread, what families are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.palettes import ACCENT, BLEU, GRIS, GRIS_CLAIR

AXE = 64  # room for an axis or a legend: on screen the height counts them in


def draw_incomes(frame: pd.DataFrame, quantiles: Mapping[str, str], box: Sequence[str], step: int = 58) -> vega.Chart:
    """One line a territory: thin from the 1st to the 9th decile, thick between the quartiles, a tick at the median and
    a small one at each other decile.

    ``frame``: nom, and a column for each of ``quantiles`` (code → name, in order), in euros. ``box``: the codes of the
    1st decile, 1st quartile, median, 3rd quartile, 9th decile. The rows where ``lit`` is true take the accent, those
    where ``ancienne`` is (a former commune) a grey of their own.
    """
    first, low, middle, high, last = box
    names = list(frame["nom"])
    kinds = zip(frame["lit"], frame["ancienne"], strict=True)
    data = rows(frame.assign(couleur=[ACCENT if lit else GRIS if former else BLEU for lit, former in kinds]))
    y = vega.field("nom:N", sort=names, title=None, axis={"labels": False}, scale={"paddingInner": 0.2})
    ends = [float(frame[first].min()), float(frame[last].max())]
    scale = {"domain": [ends[0] * 0.9, ends[1] * 1.02], "nice": False}
    axis = {"format": ",.0f", "tickCount": 6, "title": "€ par an et par unité de consommation"}
    base = vega.chart(data).encode(y=y, color=vega.field("couleur:N", scale=None))
    tips = [vega.field("nom:N", title="Territoire")]
    tips += [vega.field(f"{code}:Q", title=name, format=",.0f") for code, name in quantiles.items()]
    thin = base.mark("bar", height=3, yOffset=8).encode(
        x=vega.field(f"{first}:Q", scale=scale, axis=axis), x2=vega.field(f"{last}:Q")
    )
    thick = base.mark("bar", height=13, yOffset=8, opacity=0.75).encode(
        x=vega.field(f"{low}:Q", scale=scale), x2=vega.field(f"{high}:Q"), tooltip=tips
    )
    tick = base.mark("tick", thickness=3, height=22, yOffset=8, color="white", stroke=GRIS, strokeWidth=0.8)
    tick = tick.encode(x=vega.field(f"{middle}:Q", scale=scale), color=vega.value("white"))
    name = base.mark("text", align="left", baseline="middle", yOffset=-13, fontSize=13, fontWeight=600)
    name = name.encode(x=vega.value(0), text=vega.field("nom:N"), color=vega.value(GRIS)).properties(name="encre_nom")
    deciles = [
        base.mark("tick", thickness=1.5, height=9, yOffset=8).encode(
            x=vega.field(f"{code}:Q", scale=scale), tooltip=tips
        )
        for code in quantiles
        if code not in box
    ]
    layers: list[vega.Chart] = [thin, *deciles, thick, tick, name]
    for position, quantile in enumerate((first, middle, last)):
        side, shift = (("right", -5), ("center", 0), ("left", 5))[position]
        place = {"dx": shift, "yOffset": 8 if position != 1 else 24}
        label = base.mark("text", align=side, baseline="middle", fontSize=11, **place)
        label = label.encode(
            x=vega.field(f"{quantile}:Q", scale=scale), text=vega.field(f"{quantile}:Q", format=",.0f")
        )
        layers.append(label.encode(color=vega.value(GRIS)).properties(name=f"encre_{position}"))
    return vega.layer(*layers).properties(height=step * len(frame) + AXE)


_PARTS = (ACCENT, BLEU, GRIS_CLAIR)


def draw_parts(frame: pd.DataFrame, step: int = 46) -> vega.Chart:
    """Bars of 100 %: one a territory, its name above, each part written inside.

    ``frame``: nom, part, valeur (per cent), texte.
    """
    names, parts = list(dict.fromkeys(frame["nom"])), list(dict.fromkeys(frame["part"]))
    order = {part: n for n, part in enumerate(parts)}
    starts = frame.groupby("nom", sort=False)["valeur"].cumsum() - frame["valeur"]
    data = rows(frame.assign(rang=frame["part"].map(order), debut=starts, fin=starts + frame["valeur"]))
    y = vega.field("nom:N", sort=names, title=None, axis={"labels": False}, scale={"paddingInner": 0.2})
    x = {"domain": [0, 100], "nice": False}
    legend = {"title": None, "columns": 2, "symbolType": "square"}
    color = vega.field("part:N", scale={"domain": parts, "range": list(_PARTS)}, sort=parts, legend=legend)
    base = vega.chart(data).encode(y=y)
    tips = [vega.field("nom:N", title="Territoire"), vega.field("part:N", title="Familles")]
    bars = base.mark("bar", height=18, yOffset=7, stroke="white").encode(
        x=vega.field("debut:Q", scale=x, axis=None), x2=vega.field("fin:Q"), color=color,
        tooltip=[*tips, vega.field("texte:N", title="Part")],
    )  # fmt: skip
    inside = base.transform_calculate(milieu="(datum.debut + datum.fin) / 2").mark(
        "text", yOffset=7, fontSize=12, fontWeight=600, baseline="middle"
    )
    dark = vega.condition(f"datum.rang === {len(parts) - 1}", vega.value("#16294a"), vega.value("white"))
    inside = inside.encode(x=vega.field("milieu:Q", scale=x), text=vega.field("texte:N"), color=dark)
    name = base.transform_filter("datum.rang == 0").mark(
        "text", align="left", baseline="middle", yOffset=-12, fontSize=13, fontWeight=600
    )
    name = name.encode(x=vega.value(0), text=vega.field("nom:N"), color=vega.value(GRIS)).properties(name="encre_nom")
    return vega.layer(bars, inside, name).properties(height=step * len(names) + AXE)
