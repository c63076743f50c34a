"""The small map of coverage as an SVG image: fill, hatches and a sign, so that no meaning hangs on colour alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import pandas as pd
import shapely

from observatoire.charts.theme import FONT
from observatoire.maps.view import Spot, View, corners, fit, fitting_labels, mercator, rings
from observatoire.methods.cartography import MapContent
from observatoire.palettes import GRIS, HACHURE, ink_on

LARGEUR, LETTRE = 480, 14
_HATCH = (
    '<pattern id="h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<path d="M0 0V6" stroke="{HACHURE}" stroke-width="1.6"/></pattern>'
)


def draw_coverage_map(content: MapContent, spots: Sequence[Spot], epts: pd.DataFrame) -> str:
    """An SVG document of the communes, filled as ``content`` says, the EPT outlined.

    ``spots``: those of the communes (maps.view.spots), in any order. ``epts``: code, geojson (degrees).
    """
    points = corners(epts)
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    spread = (mercator(max(lats)) - mercator(min(lats))) / math.radians(max(lons) - min(lons))
    height = round(LARGEUR * spread)
    view = fit(points, LARGEUR, height, margin=0.02)
    looks = content.lieux.set_index("code")
    kept = [spot for spot in spots if spot.code in looks.index]
    fills, hatches = [], []
    for spot in kept:
        path = _path(spot.outline, view, height)
        fills.append(f'<path d="{path}" fill="{looks.at[spot.code, "couleur"]}"/>')
        if looks.at[spot.code, "absent"]:
            hatches.append(f'<path d="{path}"/>')
    borders = [_path(shapely.from_geojson(str(text)), view, height) for text in epts["geojson"]]
    signs = fitting_labels(kept, [[str(looks.at[s.code, "etiquette"])] for s in kept], view, LETTRE, inside=0.8)
    texts = "".join(
        _text(spot, sign, str(looks.at[spot.code, "couleur"]), view, height)
        for spot, sign in zip(kept, signs, strict=True)
        if sign
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LARGEUR} {height}"><defs>{_HATCH}</defs>'
        f'<g stroke="#fff" stroke-linejoin="round">{"".join(fills)}</g><g fill="url(#h)">{"".join(hatches)}</g>'
        f'<path d="{"".join(borders)}" fill="none" stroke="{GRIS}" stroke-width="2.2" stroke-linejoin="round"/>'
        f'<g font-family="{FONT}" font-size="{LETTRE}" font-weight="600" '
        f'text-anchor="middle" dominant-baseline="central">{texts}</g></svg>'
    )


def _path(shape: shapely.Geometry, view: View, height: int) -> str:
    return "".join("M" + "L".join(_place(x, y, view, height) for x, y in ring) + "Z" for ring in rings(shape))


def _place(lon: float, lat: float, view: View, height: int) -> str:
    right, down = view.place(lon, lat)
    return f"{LARGEUR / 2 + right:.1f} {height / 2 + down:.1f}"


def _text(spot: Spot, sign: str, color: str, view: View, height: int) -> str:
    x, y = _place(spot.lon, spot.lat, view, height).split()
    return f'<text x="{x}" y="{y}" fill="{ink_on(color)}">{escape(sign)}</text>'
