"""Distribution: every commune a point on one line, the chosen ones lit and named, the middle half shaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.mesures import Mesure
from observatoire.palettes import BLEU, GRIS, GRIS_CLAIR

# Floors on which the names of lit territories are written, in turn, so that neighbours do not overlap.
ETAGES = 4
# Under so many communes a quartile says nothing: neither the chart nor the words (methods.spread) give one.
ASSEZ = 4


def swarm(values: Sequence[float], width: float = 60) -> list[int]:
    """The row of each point (0, 1, −1, 2…) so that none covers another on a line ``width`` points wide."""
    if len(values) == 0:
        return []
    step = (max(values) - min(values)) / width or 1.0
    taken: dict[int, float] = {}
    places = [0] * len(values)
    for position in sorted(range(len(values)), key=lambda n: values[n]):
        row = next(r for r in _rows() if r not in taken or values[position] - taken[r] >= step)
        taken[row] = values[position]
        places[position] = row
    return places


def _rows():
    yield 0
    row = 1
    while True:
        yield row
        yield -row
        row += 1


def draw_distribution(frame: pd.DataFrame, mesure: Mesure, reference: tuple[str, float] | None = None) -> vega.Chart:
    """Draw the communes that have a value.

    ``frame``: nom, valeur, texte, lit (bool), couleur (of the lit ones), commune (bool: the quartiles are theirs, an
    EPT or the département is none of them). ``reference``: its name and value, drawn as
    a dashed line.
    """
    known = frame[frame["valeur"].notna()].sort_values("valeur", kind="stable").reset_index(drop=True)
    known = known.assign(rangee=swarm(list(known["valeur"]), 45 if len(known) < 100 else 90))
    tallest = max(3, int(known["rangee"].abs().max())) if len(known) else 3
    top = tallest + 1 + ETAGES * 1.6 * (tallest / 4)
    y = {"domain": [-tallest - 1, top], "nice": False}
    x = vega.field(
        "valeur:Q",
        title=mesure.unite,
        scale={"zero": False, "nice": True, "padding": 14},
        axis={"format": f",.{mesure.decimales}f", "tickCount": 6},
    )
    tooltip = [vega.field("nom:N", title="Territoire"), vega.field("texte:N", title=mesure.unite)]
    others = rows(known[~known["lit"]][["nom", "valeur", "texte", "rangee"]])
    points = (
        vega.chart(others)
        .mark("circle", size=55 if len(known) < 100 else 22, color=GRIS_CLAIR, opacity=1, stroke=GRIS, strokeWidth=0.6)
        .encode(x=x, y=vega.field("rangee:Q", scale=y, axis=None), tooltip=tooltip)
    )
    layers: list[vega.Chart] = [*_quartiles(known[known["commune"]]), points]
    if reference is not None:
        layers.append(_rule(*reference, top))
    layers += _lit(known[known["lit"]], y, top, tallest, tooltip)
    return vega.layer(*layers).properties(height=250 if len(known) < 100 else 340)


def _quartiles(communes: pd.DataFrame) -> list[vega.Chart]:
    if len(communes) < ASSEZ:
        return []
    first, middle, third = communes["valeur"].quantile([0.25, 0.5, 0.75]).tolist()
    data = {"values": [{"q1": first, "q3": third, "mediane": middle, "mot": "médiane"}]}
    band = vega.chart(data).mark("rect", color=BLEU, opacity=0.1).encode(x="q1:Q", x2="q3:Q")
    rule = vega.chart(data).mark("rule", color=BLEU, strokeWidth=1.5).encode(x="mediane:Q")
    word = (
        vega.chart(data)
        .mark("text", align="left", dx=4, dy=-4, baseline="bottom", fontSize=11)
        .properties(name="encre_m")
    )
    return [band, rule, word.encode(x="mediane:Q", y=vega.value("height"), text="mot:N")]


def _rule(name: str, value: float, top: float) -> vega.Chart:
    data = {"values": [{"valeur": value, "mot": name}]}
    rule = vega.chart(data).mark("rule", strokeDash=[5, 3], color=GRIS, strokeWidth=1.5).encode(x="valeur:Q")
    word = vega.chart(data).mark("text", align="left", dx=4, dy=-18, baseline="bottom", fontSize=11)
    return vega.layer(rule, word.encode(x="valeur:Q", y=vega.value("height"), text="mot:N").properties(name="encre_r"))


def _lit(lit: pd.DataFrame, y: dict[str, Any], top: float, tallest: int, tooltip: list) -> list[vega.Chart]:
    """The chosen communes: a large point, and their name above on one of a few levels, so that names do not collide."""
    if lit.empty:
        return []
    floor, gap = tallest + 1, (top - tallest - 1) / ETAGES
    levels = [floor + gap * (n % ETAGES) for n in range(len(lit))]
    data = rows(lit.assign(etage=levels))
    color = vega.field("couleur:N", scale=None)
    base = vega.chart(data).encode(x="valeur:Q", color=color, tooltip=tooltip)
    stem = base.mark("rule", strokeWidth=1).encode(y=vega.field("rangee:Q", scale=y), y2="etage:Q")
    point = base.mark("circle", size=150, opacity=1, stroke="white").encode(y=vega.field("rangee:Q", scale=y))
    name = base.mark("text", fontSize=12, fontWeight=600, baseline="bottom", dy=-1)
    return [stem, point, name.encode(y=vega.field("etage:Q", scale=y), text="nom:N")]
