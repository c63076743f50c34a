"""Slope chart: each territory at two years, joined by a line; the chosen ones lit and named on both sides."""

from __future__ import annotations

from typing import Any

import pandas as pd

from observatoire.charts import vega
from observatoire.frames import cells
from observatoire.palettes import GRIS_CLAIR


def spread_labels(values: list[float], step: float) -> list[float]:
    """Places for labels near ``values``, at least ``step`` apart, in the same order, centred on the crowded ones."""
    order = sorted(range(len(values)), key=lambda n: values[n])
    places, groups = [0.0] * len(values), []
    for position in order:
        groups.append([[position], values[position]])
        while len(groups) > 1 and _low(groups[-1], step) < _high(groups[-2], step) + step - 1e-12:
            (upper, above), (lower, below) = groups.pop(), groups.pop()
            joined = lower + upper
            groups.append([joined, (below * len(lower) + above * len(upper)) / len(joined)])
    for members, centre in groups:
        for rank, position in enumerate(members):
            places[position] = centre + step * (rank - (len(members) - 1) / 2)
    return places


def _low(group: list, step: float) -> float:
    return group[1] - step * (len(group[0]) - 1) / 2


def _high(group: list, step: float) -> float:
    return group[1] + step * (len(group[0]) - 1) / 2


def draw_slope(frame: pd.DataFrame, years: tuple[int, int], height: int = 420) -> vega.Chart:
    """Draw territories known at both years.

    ``frame``: nom, avant, apres, texte_avant, texte_apres, couleur, lit (bool).
    """
    known = frame.dropna(subset=["avant", "apres"]).reset_index(drop=True)
    values = pd.concat([known["avant"], known["apres"]])
    step = (float(values.max() - values.min()) or 1.0) * 17 / height
    lit = known[known["lit"]]
    lit = lit.assign(
        place_avant=spread_labels(list(lit["avant"]), step), place_apres=spread_labels(list(lit["apres"]), step)
    )
    places = pd.concat([values, lit["place_avant"], lit["place_apres"]])
    y = {"domain": [float(places.min()) - step, float(places.max()) + step], "nice": False}
    layers = [_lines(known[~known["lit"]], years, y, False), _lines(lit, years, y, True)]
    layers += [_labels(lit, "avant", years[0], y, "right"), _labels(lit, "apres", years[1], y, "left")]
    return vega.layer(*layers).properties(height=height)


def _lines(known: pd.DataFrame, years: tuple[int, int], y: dict[str, Any], lit: bool) -> vega.Chart:
    long = [
        {
            "nom": row["nom"],
            "annee": str(year),
            "valeur": row[column],
            "texte": row[f"texte_{column}"],
            "couleur": row["couleur"] if lit else GRIS_CLAIR,
        }
        for row in known.to_dict("records")
        for year, column in zip(years, ("avant", "apres"), strict=True)
    ]
    x = vega.field(
        "annee:O",
        title=None,
        sort=[str(y) for y in years],
        scale={"paddingOuter": 0.62, "type": "point"},
        axis={"orient": "top", "labelAngle": 0, "labelFontSize": 14, "labelFontWeight": "bold", "grid": True},
    )
    base = vega.chart({"values": long}).encode(
        x=x,
        y=vega.field("valeur:Q", scale=y, axis=None),
        detail="nom:N",
        color=vega.field("couleur:N", scale=None),
        tooltip=[
            vega.field("nom:N", title="Territoire"),
            vega.field("annee:O", title="Année"),
            vega.field("texte:N", title="Valeur"),
        ],
    )
    size = 2.5 if lit else 1.2
    return vega.layer(base.mark("line", strokeWidth=size), base.mark("circle", size=70 if lit else 20, opacity=1))


def _labels(lit: pd.DataFrame, column: str, year: int, y: dict[str, Any], align: str) -> vega.Chart:
    side = -9 if align == "right" else 9
    place = f"place_{column}"
    words = [
        {
            "mot": f"{name} {text}" if align == "right" else f"{text} {name}",
            "annee": str(year),
            place: where,
            "couleur": color,
        }
        for name, text, where, color in zip(*cells(lit, "nom", f"texte_{column}", place, "couleur"), strict=True)
    ]
    return (
        vega.chart({"values": words})
        .mark("text", align=align, dx=side, fontSize=12, fontWeight=600)
        .encode(
            x=vega.field("annee:O"),
            y=vega.field(f"{place}:Q", scale=y, axis=None),
            text="mot:N",
            color=vega.field("couleur:N", scale=None),
        )
    )
