"""Charts as PNG or SVG, made on this server (vl-convert), with title, unit, year and source inside."""

from __future__ import annotations

import json

import vl_convert as vlc

from observatoire.exports.fonts import image_font_folder
from observatoire.figures import Figure


def to_svg(figure: Figure) -> bytes:
    """The figure as an SVG document."""
    image_font_folder()
    return vlc.vegalite_to_svg(json.dumps(figure.specification())).encode("utf-8")


def to_png(figure: Figure, scale: float = 2.0) -> bytes:
    """The figure as a PNG image, twice its size on screen by default (about 150 dpi on paper)."""
    image_font_folder()
    return vlc.vegalite_to_png(json.dumps(figure.specification()), scale=scale)
