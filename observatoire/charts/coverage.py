"""Coverage: which commune has a figure which year, and why the others have none; a colour and a sign each."""

from __future__ import annotations

import pandas as pd

from observatoire.charts import vega
from observatoire.charts.theme import rows
from observatoire.formats import STATUTS
from observatoire.methods.coverage_map import PARTS, SIGNES, share
from observatoire.palettes import ink_on


def draw_coverage(frame: pd.DataFrame) -> vega.Chart:
    """A square a commune (rows, alphabetical) and year (columns). ``frame``: nom, annee, statut."""
    looks = [SIGNES[status] for status in frame["statut"]]
    lines = frame.assign(
        couleur=[color for color, _ in looks],
        encre=[ink_on(color) for color, _ in looks],
        signe=[sign for _, sign in looks],
        lecture=[STATUTS[status] for status in frame["statut"]],
    )
    return _grid(lines, "Chiffre")


def draw_coverage_within(frame: pd.DataFrame) -> vega.Chart:
    """A square a commune and year, « 12/14 » inside: how many of its IRIS or QPV have a figure.

    ``frame``: nom, annee, avec, total.
    """
    pairs = list(zip(frame["avec"], frame["total"], strict=True))
    colors = [PARTS[share(own, total)][0] for own, total in pairs]
    signs = [f"{own}/{total}" for own, total in pairs]
    lines = frame.assign(couleur=colors, encre=[ink_on(color) for color in colors], signe=signs, lecture=signs)
    return _grid(lines, "Avec un chiffre")


def _grid(frame: pd.DataFrame, what: str) -> vega.Chart:
    """Squares of ``couleur`` with ``signe`` in ``encre``; ``lecture`` is what it says, under the name ``what``."""
    base = vega.chart(rows(frame.assign(annee=frame["annee"].astype(str)))).encode(
        x=vega.field("annee:O", title=None, axis={"orient": "top", "labelAngle": 0, "labelOverlap": True}),
        y=vega.field(
            "nom:N", title=None, sort=None, axis={"labelOverlap": False, "labelFlush": False, "minExtent": 150}
        ),
        tooltip=[
            vega.field("nom:N", title="Commune"),
            vega.field("annee:O", title="Année"),
            vega.field("lecture:N", title=what),
        ],
    )
    squares = base.mark("rect", stroke="white", strokeWidth=1).encode(color=vega.field("couleur:N", scale=None))
    signs = base.mark("text", fontSize=11).encode(text="signe:N", color=vega.field("encre:N", scale=None))
    return vega.layer(squares, signs).properties(height=18 * frame["nom"].nunique() + 40)
