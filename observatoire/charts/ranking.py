"""Ranked bars: one bar a territory, its value at the end, references as lines, missing ones named below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.mesures import Mesure
from observatoire.palettes import ACCENT, BLEU, GRIS


def draw_ranking(
    frame: pd.DataFrame,
    mesure: Mesure,
    references: Mapping[str, float] | None = None,
    colors: Mapping[str, str] | None = None,
    step: int = 24,
) -> vega.Chart:
    """Draw territories from the highest value to the lowest.

    ``frame``: nom, valeur, texte (the value as it is read, « s » or « n.d. » when missing), lit (bool: the ones to
    see). A missing value has no bar, only its mark. Optional bas, haut: an interval, drawn as a line across the end of
    the bar. ``references``: name → value, drawn as labelled rules.
    ``colors``: nom → colour, otherwise the lit ones take the accent.
    """
    ordered = frame.sort_values("valeur", ascending=False, na_position="last", kind="stable")
    order = list(ordered["nom"])
    data = ordered.assign(
        couleur=[(colors or {}).get(n, ACCENT if lit else BLEU) for n, lit in zip(order, ordered["lit"], strict=True)]
    )
    after = 10 + round(6.5 * max((len(str(text)) for text in ordered["texte"]), default=0))
    room = min(220, 12 + round(7 * max(map(len, order), default=0)))
    y = vega.field("nom:N", sort=order, title=None, axis={"labelPadding": 6, "labelOverlap": False, "minExtent": room})
    shared = rows(data)
    bars = (
        vega.chart(shared)
        .mark("bar", height={"band": 0.72})
        .encode(
            y=y,
            x=vega.field(
                "valeur:Q",
                title=mesure.unite,
                axis={"format": f",.{mesure.decimales}f", "tickCount": 5},
                # The words at the end of the longest bar have their room.
                scale={"zero": True, "range": [0, {"expr": f"max(width - {after}, width * 0.3)"}]},
            ),
            color=vega.field("couleur:N", scale=None, legend=None),
            tooltip=[vega.field("nom:N", title="Territoire"), vega.field("texte:N", title=mesure.unite)],
        )
    )
    texts = (
        vega.chart(shared)
        .mark("text", align="left", dx=5, fontSize=11)
        .encode(
            y=y,
            x=vega.field("place:Q"),
            text="texte:N",
        )
        .transform_calculate(
            place="isValid(datum.haut) ? datum.haut : isValid(datum.valeur) ? max(datum.valeur, 0) : 0"
        )
        .properties(name="encre")
    )
    layers: list[vega.Chart] = [bars, *_intervals(data, y), texts]
    if references:
        layers += _rules(references)
    return vega.layer(*layers).properties(height=step * len(data) + 70)


def _intervals(data: pd.DataFrame, y: dict[str, Any]) -> list[vega.Chart]:
    if "bas" not in data or bool(data["bas"].isna().all()):
        return []
    known = rows(data.loc[data["bas"].notna(), ["nom", "bas", "haut"]])
    base = vega.chart(known).encode(y=y)
    return [base.mark("rule", strokeWidth=2, color=GRIS).encode(x="bas:Q", x2="haut:Q")]


def _rules(references: Mapping[str, float]) -> list[vega.Chart]:
    data = rows(pd.DataFrame({"repere": list(references), "valeur": list(references.values())}))
    rule = vega.chart(data).mark("rule", strokeDash=[5, 3], color=GRIS, strokeWidth=1.5).encode(x="valeur:Q")
    label = (
        vega.chart(data)
        .mark("text", align="left", baseline="bottom", dx=4, dy=-3, fontSize=11, color=GRIS)
        .encode(x="valeur:Q", y=vega.value(0), text="repere:N")
    )
    return [rule, label]
