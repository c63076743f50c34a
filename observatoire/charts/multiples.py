"""Small multiples: one small chart a territory, all on the same scales, the reference dashed in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.formats import chiffre
from observatoire.mesures import Mesure
from observatoire.methods.rounding import steps
from observatoire.palettes import ACCENT, GRIS


def draw_multiples(
    frame: pd.DataFrame,
    order: Sequence[str],
    reference: str | None,
    mesure: Mesure,
    colors: Mapping[str, str | None],
    columns: int = 4,
    width: int = 200,
    coupures: Sequence[int] = (),
) -> vega.Chart:
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
    read = [chiffre(v, "", mesure.decimales, arrondi=step) for v, step in zip(data["valeur"], steps(data), strict=True)]
    data = data.assign(lu=read).drop(columns="arrondi", errors="ignore")
    label = f",.{mesure.decimales}f"
    base = vega.chart().encode(
        x=vega.field(
            "annee:Q",
            title=None,
            scale={"domain": [years[0], years[-1]], "nice": False},
            axis={
                "format": "d",
                "values": [years[0], years[-1]],
                "grid": False,
                "labelAlign": {"expr": f"datum.value == {years[0]} ? 'left' : 'right'"},  # type: ignore[arg-type]
            },
        ),
        y=vega.field(
            "valeur:Q", title=None, scale={"zero": False, "nice": True}, axis={"format": label, "tickCount": 3}
        ),
        color=vega.field("couleur:N", scale=None),
        detail="trace:N",
        tooltip=[
            vega.field("serie:N", title="Territoire"),
            vega.field("annee:Q", title="Année", format="d"),
            vega.field("lu:N", title="Valeur"),
        ],
    )
    main = base.transform_filter("datum.trait == 'territoire'")
    dashed = base.transform_filter("datum.trait == 'reference'").mark("line", strokeDash=[5, 3], strokeWidth=1.4)
    layers = vega.layer(
        dashed, main.mark("line", strokeWidth=2.4), main.mark("circle", size=36, opacity=1), data=rows(data)
    )
    header = {"title": None, "labelFontSize": 13, "labelFontWeight": 600, "labelAnchor": "start"}
    return layers.properties(width=width, height=110).facet(
        facet=vega.field("panneau:N", sort=list(order), header=header), columns=columns
    )
