"""A trend in the space of a word: an SVG image, light enough to put eight on a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from observatoire.palettes import BLEU


def draw_sparkline(
    years: Sequence[int], values: Sequence[float], alt: str, width: int = 150, height: int = 34, color: str = BLEU
) -> str:
    """An SVG document: the line from the first to the last year, in true time, with a dot at the last one.

    ``years`` ascending, ``values`` without missing ones; the vertical scale goes from the lowest to the highest.
    """
    margin, low, high = 4, min(values), max(values)
    span_x, span_y = (years[-1] - years[0]) or 1, (high - low) or 1
    points = [
        (
            margin + (width - 2 * margin) * (year - years[0]) / span_x,
            height - margin - (height - 2 * margin) * ((value - low) / span_y if high > low else 0.5),
        )
        for year, value in zip(years, values, strict=True)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    end_x, end_y = points[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(alt)}</title>"
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2" stroke-linejoin="round"/>'
        f'<circle cx="{end_x:.1f}" cy="{end_y:.1f}" r="3.2" fill="{color}"/></svg>'
    )
