"""Where a map looks, and where words can be written on it without running into each other."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import shape

# Where the name of each EPT is written: beside it, off the communes' own labels.
NOMS_EPT = {
    "200057867": (2.335, 48.977),
    "200058097": (2.472, 49.003),
    "200057875": (2.425, 48.846),
    "200058790": (2.5, 48.823),
}


@dataclass(frozen=True)
class View:
    """Where a map looks: centre in degrees, zoom, height in pixels; ``bornes``: west, south, east, north, and the share
    of its box left empty around."""

    lon: float
    lat: float
    zoom: float
    height: int
    bornes: tuple[float, ...] = ()

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Pixels from the centre of the map, right and down."""
        scale = 512 * 2**self.zoom
        return (lon - self.lon) / 360 * scale, (mercator(self.lat) - mercator(lat)) / (2 * math.pi) * scale

    def degrees(self, width: float, height: float) -> tuple[float, float]:
        """How many degrees (lon, lat) a rectangle of pixels covers."""
        scale = 512 * 2**self.zoom / 360
        return width / scale, height / scale * math.cos(math.radians(self.lat))


def corners(boundaries: pd.DataFrame) -> list[tuple[float, float]]:
    """Every point (lon, lat) of the boundaries (column geojson)."""
    shapes = [shape(json.loads(str(text))) for text in boundaries["geojson"]]
    return [(lon, lat) for lon, lat in shapely.get_coordinates(shapes)]


def rings(outline: shapely.Geometry) -> Iterator[np.ndarray]:
    """The rings of an outline, holes included, piece by piece: arrays of points, the first one again at the end."""
    for part in shapely.get_parts(outline):
        for ring in (part.exterior, *part.interiors):
            yield shapely.get_coordinates(ring)


def fit(points: Sequence[tuple[float, float]], width: int, height: int, margin: float = 0.06) -> View:
    """The view that shows these points (lon, lat) in ``width`` × ``height`` pixels (web Mercator, 512-pixel tiles)."""
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    spread_x = (east - west) / 360
    spread_y = (mercator(north) - mercator(south)) / (2 * math.pi)
    zoom = min(
        math.log2(width * (1 - margin) / (512 * spread_x)) if spread_x else 14,
        math.log2(height * (1 - margin) / (512 * spread_y)) if spread_y else 14,
    )
    middle = (west + east) / 2, (south + north) / 2
    return View(*middle, round(zoom, 3), height, (west, south, east, north, margin))


def mercator(lat: float) -> float:
    """The vertical coordinate of a latitude in web Mercator, in radians."""
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


@dataclass(frozen=True)
class Spot:
    """Where a territory is written: the centre of the largest disk inside it, and its outline."""

    code: str
    lon: float
    lat: float
    outline: shapely.Geometry


def spots(boundaries: pd.DataFrame) -> tuple[Spot, ...]:
    """The spot of each territory (columns code, geojson), in their order."""
    outlines = shapely.from_geojson(boundaries["geojson"].astype(str).to_numpy())
    return tuple(
        Spot(str(code), lon, lat, outline)
        for code, (lon, lat), outline in zip(boundaries["code"], middles(outlines, 0.0005), outlines, strict=True)
    )


def middles(outlines: np.ndarray, tolerance: float) -> list[tuple[float, float]]:
    """The centre of the largest disk inside each outline; ``tolerance`` in the unit of the outlines."""
    disks = shapely.maximum_inscribed_circle(outlines, tolerance=tolerance)
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(shapely.get_point(disks, 0))]


def fitting_labels(
    places: Sequence[Spot],
    texts: Sequence[Sequence[str]],
    view: View,
    size: int = 13,
    inside: float = 0.85,
    taken: Sequence[shapely.Geometry] = (),
) -> list[str]:
    """For each place the first of its texts (longest first) that fits its outline and touches no other; or nothing.

    ``size``: height of a line in pixels; ``inside``: the share of the text that must lie within the outline;
    ``taken``: what must not be covered. Small places are written first, having the least room.
    """
    chosen, taken = [""] * len(places), list(taken)
    for n in sorted(range(len(places)), key=lambda k: shapely.area(places[k].outline)):
        for text in texts[n]:
            box = _box(places[n], text, view, size)
            held = shapely.area(shapely.intersection(box, places[n].outline))
            if held < inside * box.area or any(shapely.intersects(box, other) for other in taken):
                continue
            chosen[n] = text
            taken.append(box)
            break
    return chosen


def holds(radius: float, text: str, size: int) -> bool:
    """True when a disk of this radius (pixels) is wide enough for a text on one line."""
    return "\n" not in text and 2 * radius >= len(text) * size * 0.5 + 4


def _box(spot: Spot, text: str, view: View, size: int) -> shapely.Polygon:
    lines = text.split("\n")
    width, height = view.degrees(max(map(len, lines)) * size * 0.58, len(lines) * size * 1.05)
    return shapely.box(spot.lon - width / 2, spot.lat - height / 2, spot.lon + width / 2, spot.lat + height / 2)
