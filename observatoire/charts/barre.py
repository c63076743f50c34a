"""Where a figure stands among the communes, in the space of a word: an SVG image.

The light band goes from the least to the most favourable commune (right is always better), the dark one holds the
middle half of them; a line marks the reference, a triangle the territory.
"""

from __future__ import annotations

from html import escape

from observatoire.methods.essentiel import Barre
from observatoire.palettes import GRIS
from observatoire.positions import POSITIONS


def draw_bar(barre: Barre, width: int = 220, height: int = 22) -> str:
    """An SVG document, as wide as told."""
    margin, middle = 8, height / 2
    ends = (barre.minimum, barre.maximum, barre.valeur, barre.reference)
    low, high = min(ends), max(ends)

    def place(value: float) -> float:
        share = (value - low) / (high - low)
        return margin + (width - 2 * margin) * (1 - share if barre.inverse else share)

    def band(first: float, last: float, opacity: float) -> str:
        start, end = sorted((place(first), place(last)))
        return (
            f'<rect x="{start:.1f}" y="{middle - 4:.1f}" width="{max(end - start, 1):.1f}" height="8" fill="{GRIS}" '
            f'opacity="{opacity}"/>'
        )

    x, line = place(barre.valeur), place(barre.reference)
    color = POSITIONS["favorable" if barre.atout else "defavorable"][0]
    tip, foot = (middle - 7, middle + 6) if barre.atout else (middle + 7, middle - 6)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(barre.alt)}</title>"
        f"{band(barre.minimum, barre.maximum, 0.3)}{band(barre.q1, barre.q3, 0.9)}"
        f'<rect x="{line - 1:.1f}" y="0" width="2" height="{height}" fill="{GRIS}" stroke="#fff" stroke-width="0.6"/>'
        f'<path d="M{x:.1f} {tip:.1f}L{x + 7:.1f} {foot:.1f}H{x - 7:.1f}z" fill="{color}" stroke="#fff" '
        'stroke-width="1.2"/></svg>'
    )
