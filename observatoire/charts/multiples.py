"""Small multiples: one small chart a territory, all on the same scales, the reference dashed in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from observatoire.charts.theme import rows
from observatoire.formats import chiffre
from observatoire.methods.rounding import steps
from observatoire.palettes import ACCENT, GRIS


def draw_multiples(
    frame: pd.DataFrame,
    order: Sequence[str],
    reference: str | None,
    decimales: int,
    colors: Mapping[str, str | None],
    columns: int = 4,
    width: int = 200,
    coupures: Sequence[int] = (),
) -> alt.FacetChart:
    """Draw one chart for each name of ``order``.

    ``frame``: serie, annee, valeur, arrondi. ``reference``: the series repeated in each chart. ``colors``: name →
    colour. ``coupures``: the years at which the lines stop, since figures no longer compare with those of before.
    """
    own = frame[frame["serie"].isin(list(order))]
    level = frame[frame["serie"] == reference]
    parts = [
        own.assign(panneau=own["serie"], trait="territoire", couleur=[colors.get(s) or ACCENT for s in own["serie"]])
    ]
    parts += [level.assign(panneau=name, trait="reference", couleur=GRIS) for name in order if len(level)]
    data = pd.concat(parts, ignore_index=True).dropna(subset=["valeur"]).sort_values("annee")
    data["trace"] = [
        f"{trait} {sum(year >= cut for cut in coupures)}"
        for trait, year in zip(data["trait"], data["annee"], strict=True)
    ]
    years = sorted(int(y) for y in data["annee"].unique())
    read = [chiffre(v, "", decimales, arrondi=step) for v, step in zip(data["valeur"], steps(data), strict=True)]
    data = data.assign(lu=read).drop(columns="arrondi", errors="ignore")
    label = f",.{decimales}f"
    base = alt.Chart().encode(
        x=alt.X(
            "annee:Q",
            title=None,
            scale=alt.Scale(domain=[years[0], years[-1]], nice=False),
            axis=alt.Axis(
                format="d",
                values=[years[0], years[-1]],
                grid=False,
                labelAlign={"expr": f"datum.value == {years[0]} ? 'left' : 'right'"},  # type: ignore[arg-type]
            ),
        ),
        y=alt.Y(
            "valeur:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(format=label, tickCount=3)
        ),
        color=alt.Color("couleur:N", scale=None),
        detail="trace:N",
        tooltip=[
            alt.Tooltip("serie:N", title="Territoire"),
            alt.Tooltip("annee:Q", title="Année", format="d"),
            alt.Tooltip("lu:N", title="Valeur"),
        ],
    )
    main = base.transform_filter("datum.trait == 'territoire'")
    dashed = base.transform_filter("datum.trait == 'reference'").mark_line(strokeDash=[5, 3], strokeWidth=1.4)
    layers = alt.layer(dashed, main.mark_line(strokeWidth=2.4), main.mark_circle(size=36, opacity=1), data=rows(data))
    header = alt.Header(title=None, labelFontSize=13, labelFontWeight=600, labelAnchor="start")
    return layers.properties(width=width, height=110).facet(
        facet=alt.Facet("panneau:N", sort=list(order), header=header), columns=columns
    )
