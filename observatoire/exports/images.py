"""Charts as PNG or SVG, made on this server (vl-convert), with title, unit, year and source inside."""

from __future__ import annotations

from observatoire.exports.workshop import draw_png, draw_svg
from observatoire.figures import Figure


def to_svg(figure: Figure) -> bytes:
    """The figure as an SVG document."""
    return draw_svg(figure.specification()).encode("utf-8")


def to_png(figure: Figure, scale: float = 2.0) -> bytes:
    """The figure as a PNG image, twice its size on screen by default (about 150 dpi on paper)."""
    return draw_png(figure.specification(), scale)
