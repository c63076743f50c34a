"""Where a territory is: a small map of the département as an SVG image, the EPT in their colours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import pandas as pd
import shapely

from observatoire.maps.view import rings
from observatoire.palettes import ACCENT, EPT_COULEURS, GRIS_CLAIR

# Bends under this many pixels of the image are left out: it is seen at the size of a stamp, and sent at each visit.
FINESSE = 1.5


@dataclass(frozen=True)
class Outlines:
    """The communes placed on the image: (code, code_ept, path in SVG) of each, and its size."""

    communes: tuple[tuple[str, str, str], ...]
    width: int
    height: float


def draw_locator(communes: pd.DataFrame, lit: Collection[str] | None = None, width: int = 420) -> str:
    """An SVG document of the communes, simplified together so that they still share their borders.

    ``communes``: code, code_ept, geojson (degrees). Without ``lit`` every commune has its EPT's colour; with it,
    these ones have the accent and the others stay grey.
    """
    return color_outlines(place_outlines(communes, width), lit)


def place_outlines(communes: pd.DataFrame, width: int = 420) -> Outlines:
    """What the drawings of the same communes have in common, whichever are lit."""
    shapes = shapely.from_geojson(communes["geojson"].astype(str).to_numpy())
    west, south, east, north = shapely.total_bounds(shapes)
    narrow = cos(radians(south))
    scale = width / ((east - west) * narrow)
    placed = shapely.transform(shapes, lambda xy: (xy - [west, north]) * [narrow * scale, -scale])
    drawn = shapely.coverage_simplify(placed, FINESSE)
    paths = zip(communes["code"], communes["code_ept"], map(_path, drawn), strict=True)
    return Outlines(tuple(paths), width, (north - south) * scale)


def color_outlines(outlines: Outlines, lit: Collection[str] | None = None) -> str:
    """The SVG document of ``draw_locator``."""
    paths = []
    for code, ept, path in outlines.communes:
        color = EPT_COULEURS[ept] if lit is None else ACCENT if code in lit else GRIS_CLAIR
        paths.append(f'<path d="{path}" fill="{color}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {outlines.width + 4} {outlines.height + 4:.0f}">'
        f'<g stroke="#fff" stroke-width="1" stroke-linejoin="round">{"".join(paths)}</g></svg>'
    )


def _path(shape: shapely.Geometry) -> str:
    """The rings of a shape, to the pixel, each point told from the one before: half the length."""
    texts = []
    for ring in rings(shape):
        points = np.rint(ring).astype(int)
        steps = [f"{dx} {dy}" for dx, dy in np.diff(points[:-1], axis=0) if dx or dy]
        texts.append(f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z")
    return "".join(texts)
