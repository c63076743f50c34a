"""Trends: one line a territory, its name at the end of the line, points where there is a figure, gaps left open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.formats import chiffre
from observatoire.mesures import Mesure
from observatoire.palettes import ACCENT, GRIS

DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])


def draw_trends(
    frame: pd.DataFrame,
    mesure: Mesure,
    colors: dict[str, str] | None = None,
    height: int = 280,
    emphasis: bool = True,
    ruptures: Sequence[tuple[int, str]] = (),
    coupures: Sequence[int] = (),
) -> vega.Chart:
    """Draw series over years.

    ``frame``: serie (name shown), annee (int), valeur (float; missing rows are left out of the line, which then
    has a gap), statut (a bound is left out too: a point would give it as exact), and arrondi where figures have one.
    With ``emphasis`` the first serie
    is the one the reader follows: thick, in the accent colour unless ``colors`` says otherwise. Series differ by
    colour, dash and label. ``ruptures``: (first year after a break in the series, why), each a dashed rule and a word.
    ``coupures``: the years from which the figures no longer compare with those of before: the lines stop there.
    """
    names = list(dict.fromkeys(frame["serie"]))
    palette = [(colors or {}).get(name, ACCENT if n == 0 and emphasis else GRIS) for n, name in enumerate(names)]
    years = sorted(int(y) for y in frame["annee"].unique())
    data = []
    for row in sorted(rows(frame)["values"], key=lambda row: (row["serie"], row["annee"])):
        step = row.pop("arrondi", None)
        if row["statut"] == "censure":
            row["valeur"] = None
        row["lu"] = chiffre(row["valeur"], "", mesure.decimales, arrondi=step)
        if coupures:
            row["troncon"] = sum(row["annee"] >= cut for cut in coupures)
        data.append(row)
    label = f",.{mesure.decimales}f"
    room = 14 + round(6.6 * max(map(len, names)))  # for the names at the end of the lines
    x = vega.field(
        "annee:Q",
        title=None,
        scale={
            "domain": [years[0], years[-1]] if len(years) > 1 else [years[0] - 1, years[0] + 1],
            "nice": False,
            "range": [0, {"expr": f"max(width - {room}, width * 0.3)"}],
        },
        axis={"format": "d", "values": years, "grid": False, "labelOverlap": "greedy"},
    )
    marked = [(year, why) for year, why in ruptures if years[0] < year <= years[-1]]
    # Words of breaks are written above the lines, which leave them the room they need.
    head = 18 + round(5.4 * max((len(why) for _, why in marked), default=-3))
    top = {"range": [{"expr": "height"}, head]} if marked else {}
    base = vega.chart({"values": data}).encode(
        x=x,
        y=vega.field(
            "valeur:Q",
            title=mesure.unite,
            scale=dict(zero=False, nice=True, **top),
            axis={"format": label, "tickCount": 5},
        ),
        color=vega.field("serie:N", scale={"domain": names, "range": palette}, legend=None),
        tooltip=[
            vega.field("serie:N", title="Territoire"),
            vega.field("annee:Q", title="Année", format="d"),
            vega.field("lu:N", title=mesure.unite),
        ],
    )
    dash = vega.field(
        "serie:N",
        scale={"domain": names, "range": [DASHES[n % len(DASHES)] for n in range(len(names))]},
        legend=None,
    )
    widths = [3.0 if n == 0 else 1.8 for n in range(len(names))] if emphasis else [2.2] * len(names)
    width = vega.field("serie:N", scale={"domain": names, "range": widths}, legend=None)
    lines = base.mark("line", invalid="break-paths-show-domains").encode(strokeDash=dash, strokeWidth=width)
    if coupures:
        lines = lines.encode(detail="troncon:N")
    points = base.mark("point", size=50, invalid="filter").transform_filter("isValid(datum.valeur)")
    ends = _end_labels(data, names, palette)
    layers = [*_breaks(marked, x), lines, points, ends]
    return vega.layer(*layers).properties(height=height + (head if marked else 0))


def _breaks(marked: Sequence[tuple[int, str]], x: dict[str, Any]) -> list[vega.Chart]:
    """A rule halfway before the first year of the new series, its word written along it."""
    if not marked:
        return []
    places = [{"annee": year - 0.5, "mot": why} for year, why in marked]
    base = vega.chart({"values": places}).encode(x=x)
    rule = base.mark("rule", strokeDash=[4, 3], strokeWidth=1.5, color=GRIS)
    word = base.mark("text", angle=270, align="right", baseline="bottom", dy=-3, fontSize=11).encode(
        y=vega.value(2), text=vega.field("mot:N")
    )
    return [rule, word.properties(name="encre_rupture")]


def _end_labels(data: list[dict[str, Any]], names: list[str], palette: list[str]) -> vega.Chart:
    """Names at the end of the lines, pushed apart when two lines end together."""
    known = [row for row in data if row["valeur"] is not None]
    values = [row["valeur"] for row in known]
    span = (max(values) - min(values) if values else 0.0) or 1.0
    step, ends, floor = span * 0.085, [], None
    for row in sorted({row["serie"]: row for row in known}.values(), key=lambda row: row["valeur"]):
        floor = row["valeur"] if floor is None else max(row["valeur"], floor + step)
        ends.append({**row, "place": floor})
    return (
        vega.chart({"values": ends})
        .mark("text", align="left", dx=8, fontSize=12, fontWeight=600)
        .encode(
            x=vega.field("annee:Q"),
            y=vega.field("place:Q"),
            text=vega.field("serie:N"),
            color=vega.field("serie:N", scale={"domain": names, "range": palette}, legend=None),
        )
    )
