"""Age structure, the oldest on top, the reference as an outline; in shares of the inhabitants, so that they compare.

Two halves by sex in classes of five years, or a bar a band of age where the census does not give the sex.
"""

from __future__ import annotations

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.formats import chiffre
from observatoire.palettes import ACCENT, BLEU, GRIS


def draw_pyramid(frame: pd.DataFrame, nom: str, reference: str, step: int = 38) -> vega.Chart:
    """Draw the bands of ``frame`` (methods.ages.age_structure); ``nom`` and ``reference`` are those of the tooltip."""
    lines = frame.assign(
        texte=[chiffre(part, "%", 1) for part in frame["part"]],
        bout=frame[["part", "reference"]].max(axis=1),
    )
    order = list(reversed(list(frame["bande"])))
    base = vega.chart(rows(lines)).encode(
        y=vega.field("bande:N", sort=order, title=None, axis={"labelFontSize": 13, "labelPadding": 8}),
        tooltip=[
            vega.field("bande:N", title="Âge"),
            vega.field("effectif:Q", title="Habitants", format=",.0f"),
            vega.field("part:Q", title=f"{nom} (%)", format=",.1f"),
            vega.field("reference:Q", title=f"{reference} (%)", format=",.1f"),
        ],
    )
    axis = {"title": "% des habitants", "tickCount": 5, "format": ",.0f"}
    room = {"expr": "max(width - 58, width / 2)"}  # for the share written after the longest bar
    scale = {"domain": [0, float(lines["bout"].max())], "nice": False, "range": [0, room]}
    bars = base.mark("bar", color=BLEU, height={"band": 0.62}).encode(x=vega.field("part:Q", axis=axis, scale=scale))
    outlines = base.mark("bar", filled=False, stroke=GRIS, strokeWidth=2, height={"band": 0.86})
    outlines = outlines.transform_filter("isValid(datum.reference)").encode(x=vega.field("reference:Q", scale=scale))
    labels = base.mark("text", align="left", dx=6, fontSize=13, fontWeight=600).encode(
        x=vega.field("bout:Q", scale=scale), text=vega.field("texte:N")
    )
    return vega.layer(bars, outlines, labels.properties(name="encre")).properties(height=step * len(lines))


def draw_pyramid_by_sex(frame: pd.DataFrame, nom: str, reference: str, step: int = 19) -> vega.Chart:
    """Draw the classes of ``frame`` (methods.ages.by_sex), men on the left, women on the right."""
    parts = []
    for sex, side in (("hommes", -1), ("femmes", 1)):
        level = frame[f"reference_{sex}"]
        parts.append(
            pd.DataFrame(
                {
                    "classe": frame["classe"],
                    "sexe": sex,
                    "effectif": frame[sex],
                    "x": side * frame[f"part_{sex}"],
                    "xr": side * level,
                    "texte": [chiffre(part, "%", 1) for part in frame[f"part_{sex}"]],
                    "texte_reference": [chiffre(part, "%", 1) if part == part else "–" for part in level],
                }
            )
        )
    lines = pd.concat(parts, ignore_index=True)
    widest = float(lines[["x", "xr"]].abs().max().max())
    order = list(reversed(list(frame["classe"])))
    base = vega.chart(rows(lines)).encode(
        y=vega.field("classe:N", sort=order, title=None, axis={"labelFontSize": 12, "labelPadding": 8}),
        tooltip=[
            vega.field("classe:N", title="Âge"),
            vega.field("sexe:N", title="Sexe"),
            vega.field("effectif:Q", title="Habitants", format=",.0f"),
            vega.field("texte:N", title=f"Part, {nom}"),
            vega.field("texte_reference:N", title=f"Part, {reference}"),
        ],
    )
    axis = {"title": "% des habitants", "tickCount": 8, "labelExpr": "format(abs(datum.value), ',.0f')"}
    scale = {"domain": [-widest * 1.04, widest * 1.04], "nice": False}
    colors = {"domain": ["hommes", "femmes"], "range": [BLEU, ACCENT]}
    bars = base.mark("bar", height={"band": 0.72}).encode(
        x=vega.field("x:Q", axis=axis, scale=scale), color=vega.field("sexe:N", scale=colors, legend=None)
    )
    outlines = base.mark("bar", filled=False, stroke=GRIS, strokeWidth=1.5, height={"band": 0.94})
    outlines = outlines.transform_filter("isValid(datum.xr)").encode(x=vega.field("xr:Q", scale=scale))
    heads = vega.chart({"values": [{"x": -widest / 2, "mot": "Hommes"}, {"x": widest / 2, "mot": "Femmes"}]})
    heads = heads.mark("text", fontSize=13, fontWeight=600, baseline="bottom", dy=-6).encode(
        x=vega.field("x:Q", scale=scale), y=vega.value(0), text=vega.field("mot:N")
    )
    return vega.layer(bars, outlines, heads.properties(name="encre")).properties(height=step * len(frame))
