"""Trends: one line a territory, its name at the end of the line, points where there is a figure, gaps left open."""

from __future__ import annotations

import altair as alt
import pandas as pd

from observatoire.charts.theme import ACCENT, GRIS, rows

DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])


def draw_trends(
    frame: pd.DataFrame,
    unite: str,
    decimales: int,
    colors: dict[str, str] | None = None,
    height: int = 280,
    emphasis: bool = True,
) -> alt.LayerChart:
    """Draw series over years.

    ``frame``: serie (name shown), annee (int), valeur (float; missing rows are left out of the line, which then
    has a gap), statut (a bound is left out too: a point would give it as exact). With ``emphasis`` the first serie
    is the one the reader follows: thick, in the accent colour unless ``colors`` says otherwise. Series differ by
    colour, dash and label.
    """
    names = list(dict.fromkeys(frame["serie"]))
    palette = [(colors or {}).get(name, ACCENT if n == 0 and emphasis else GRIS) for n, name in enumerate(names)]
    years = sorted(int(y) for y in frame["annee"].unique())
    exact = frame["valeur"].where(frame["statut"] != "censure")
    data = frame.assign(annee=frame["annee"].astype(int), valeur=exact).sort_values(["serie", "annee"])
    label = f",.{decimales}f"
    room = 14 + round(6.6 * max(map(len, names)))  # for the names at the end of the lines
    base = alt.Chart(rows(data)).encode(
        x=alt.X(
            "annee:Q",
            title=None,
            scale=alt.Scale(
                domain=[years[0], years[-1]] if len(years) > 1 else [years[0] - 1, years[0] + 1],
                nice=False,
                range=[0, {"expr": f"max(width - {room}, width / 2)"}],
            ),
            axis=alt.Axis(format="d", values=years, grid=False, labelOverlap="greedy"),
        ),
        y=alt.Y(
            "valeur:Q", title=unite, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(format=label, tickCount=5)
        ),
        color=alt.Color("serie:N", scale=alt.Scale(domain=names, range=palette), legend=None),
        tooltip=[
            alt.Tooltip("serie:N", title="Territoire"),
            alt.Tooltip("annee:Q", title="Année", format="d"),
            alt.Tooltip("valeur:Q", title=unite, format=label),
        ],
    )
    dash = alt.StrokeDash(
        "serie:N",
        scale=alt.Scale(domain=names, range=[DASHES[n % len(DASHES)] for n in range(len(names))]),
        legend=None,
    )
    width = alt.condition(alt.datum.serie == names[0], alt.value(3), alt.value(1.8)) if emphasis else alt.value(2.2)
    lines = base.mark_line(invalid="break-paths-show-domains").encode(strokeDash=dash, strokeWidth=width)
    points = base.mark_point(size=50, invalid="filter").transform_filter("isValid(datum.valeur)")
    ends = _end_labels(data, names, palette)
    return (lines + points + ends).properties(height=height)


def _end_labels(data: pd.DataFrame, names: list[str], palette: list[str]) -> alt.Chart:
    """Names at the end of the lines, pushed apart when two lines end together."""
    last = data[data["valeur"].notna()].groupby("serie", sort=False).tail(1).sort_values("valeur")
    span = float(data["valeur"].max() - data["valeur"].min()) or 1.0
    step, places, floor = span * 0.085, [], None
    for value in last["valeur"]:
        floor = value if floor is None else max(value, floor + step)
        places.append(floor)
    return (
        alt.Chart(rows(last.assign(place=places)))
        .mark_text(align="left", dx=8, fontSize=12, fontWeight=600)
        .encode(
            x="annee:Q",
            y="place:Q",
            text="serie:N",
            color=alt.Color("serie:N", scale=alt.Scale(domain=names, range=palette), legend=None),
        )
    )
