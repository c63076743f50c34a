"""Where the marks of a spine chart fall (see charts.spine)."""

from __future__ import annotations

from typing import Any

import pandas as pd


def spine_geometry(row: dict[str, Any]) -> dict[str, float] | None:
    """Positions of one line between −1 and 1: ``debut``, ``q1``, ``q3``, ``fin``, ``territoire``, ``ept`` and
    ``semblables``.

    ``row``: valeur, reference, minimum, q1, q3, maximum, valeur_ept and valeur_sem (or NaN, or absent), sens. None
    when the line cannot be drawn: no value, no reference of the same year, or communes all alike.
    """
    reference, value = row["reference"], row["valeur"]
    if pd.isna(reference) or pd.isna(value) or pd.isna(row["minimum"]):
        return None
    similar = row.get("valeur_sem")
    ends = [row["maximum"], row["minimum"], value, *([] if similar is None or pd.isna(similar) else [similar])]
    reach = max(abs(end - reference) for end in ends)
    if reach == 0:
        return None
    sign = -1 if row["sens"] == "defavorable" else 1

    def place(figure: float) -> float:
        return sign * (figure - reference) / reach

    low, high = sorted((place(row["minimum"]), place(row["maximum"])))
    first, third = sorted((place(row["q1"]), place(row["q3"])))
    ept = row.get("valeur_ept")
    return {
        "debut": low,
        "q1": first,
        "q3": third,
        "fin": high,
        "territoire": place(value),
        "ept": float("nan") if ept is None or pd.isna(ept) else place(ept),
        "semblables": float("nan") if similar is None or pd.isna(similar) else place(similar),
    }
