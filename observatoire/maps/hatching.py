"""Hatching: what shows, without any colour, that a territory has no value."""

from __future__ import annotations

import json
from math import cos, radians

from shapely import MultiLineString, box
from shapely.geometry import LineString, mapping, shape

PAS = 0.0042  # degrees of latitude between two lines: about 470 m


def hatch(geojson: str, step: float = PAS) -> dict:
    """Oblique lines over a boundary (GeoJSON text, degrees), as a GeoJSON MultiLineString with four decimals.

    Lines start from multiples of ``step`` so that they go on from one territory to its neighbour; one too small to
    meet any is hatched twice as fine.
    """
    boundary = shape(json.loads(geojson))
    west, south, east, north = boundary.bounds
    stretch = 1 / cos(radians(48.9))  # a degree of longitude is shorter: lines at 45° on the map
    first, last = int((south - east / stretch) / step) - 1, int((north - west / stretch) / step) + 1
    lines = [
        LineString([(west, n * step + west / stretch), (east, n * step + east / stretch)])
        for n in range(first, last + 1)
    ]
    cut = MultiLineString(lines).intersection(boundary).intersection(box(west, south, east, north))
    parts = [part for part in getattr(cut, "geoms", [cut]) if part.geom_type == "LineString" and part.length]
    if not parts:
        return hatch(geojson, step / 2)
    rounded = [[[round(x, 4), round(y, 4)] for x, y in mapping(part)["coordinates"]] for part in parts]
    return {"type": "MultiLineString", "coordinates": rounded}
