"""Coverage: which commune has a figure which year, and why the others have none; a colour and a sign."""

from __future__ import annotations

import altair as alt
import pandas as pd

from observatoire.charts.theme import BLEU, GRIS, GRIS_CLAIR

# Status → what is read, its colour, its sign.
LECTURES = {
    "publie": ("valeur publiée", BLEU, ""),
    "calcule": ("valeur calculée", BLEU, ""),
    "approche": ("valeur approchée", "#6ea3d8", "≈"),
    "censure": ("borne seulement", "#6ea3d8", "<"),
    "secret": ("secret", GRIS, "s"),
    "non_calculable": ("non calculable", GRIS_CLAIR, "–"),
    "manquant": ("non disponible", GRIS_CLAIR, "?"),
}


def draw_coverage(frame: pd.DataFrame) -> alt.LayerChart:
    """A square a commune (rows, alphabetical) and year (columns). ``frame``: nom, annee, statut."""
    data = frame.assign(
        lecture=[LECTURES[s][0] for s in frame["statut"]],
        couleur=[LECTURES[s][1] for s in frame["statut"]],
        signe=[LECTURES[s][2] for s in frame["statut"]],
        annee=frame["annee"].astype(str),
    )
    base = alt.Chart(data).encode(
        x=alt.X("annee:O", title=None, axis=alt.Axis(orient="top", labelAngle=0, labelOverlap=True)),
        y=alt.Y("nom:N", title=None, sort=None, axis=alt.Axis(labelOverlap=False, minExtent=150)),
        tooltip=[
            alt.Tooltip("nom:N", title="Commune"),
            alt.Tooltip("annee:O", title="Année"),
            alt.Tooltip("lecture:N", title="Valeur"),
        ],
    )
    squares = base.mark_rect(stroke="white", strokeWidth=1).encode(color=alt.Color("couleur:N", scale=None))
    signs = base.mark_text(fontSize=11, color="#16294a").encode(text="signe:N")
    return alt.layer(squares, signs).properties(height=18 * data["nom"].nunique() + 40)
