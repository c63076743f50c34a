"""Figures of one question side by side (age bands, deciles) in the space of a line: an SVG image.

A bar is the territory, a line across it the reference; the scale begins at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from observatoire.palettes import BLEU, GRIS


def draw_bands(
    values: Sequence[float | None], references: Sequence[float | None], alt: str, width: int = 260, height: int = 46
) -> str:
    """An SVG document; what is missing leaves its place empty."""
    top = max((v for v in (*values, *references) if v is not None), default=0.0)
    step = width / max(len(values), 1)
    parts = []
    for n, (value, reference) in enumerate(zip(values, references, strict=True)):
        left = n * step + step * 0.14
        if value is not None and top > 0:
            high = (height - 3) * value / top
            parts.append(
                f'<rect x="{left:.1f}" y="{height - high:.1f}" width="{step * 0.72:.1f}" height="{high:.1f}" '
                f'fill="{BLEU}"/>'
            )
        if reference is not None and top > 0:
            y = height - (height - 3) * reference / top
            parts.append(
                f'<path d="M{n * step + 1:.1f} {y:.1f}H{(n + 1) * step - 1:.1f}" stroke="#fff" stroke-width="4"/>'
                f'<path d="M{n * step + 1:.1f} {y:.1f}H{(n + 1) * step - 1:.1f}" stroke="{GRIS}" stroke-width="2"/>'
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(alt)}</title>{''.join(parts)}</svg>"
    )
