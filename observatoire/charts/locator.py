"""Where a territory is: a small map of the département as an SVG image, the EPT in their colours."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from math import cos, radians

import pandas as pd

from observatoire.charts.theme import ACCENT, EPT_COULEURS, GRIS_CLAIR


def draw_locator(communes: pd.DataFrame, lit: Collection[str] | None = None, width: int = 420) -> str:
    """An SVG document of the communes.

    ``communes``: code, code_ept, geojson (degrees). Without ``lit`` every commune has its EPT's colour; with it,
    these ones have the accent and the others stay grey.
    """
    shapes = [(row.code, row.code_ept, json.loads(str(row.geojson))) for row in communes.itertuples(index=False)]
    points = [point for _, _, shape in shapes for ring in _rings(shape) for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    scale = width / ((east - west) * cos(radians(south)))
    height = (north - south) * scale

    def project(point: list[float]) -> str:
        x, y = (point[0] - west) * cos(radians(south)) * scale, (north - point[1]) * scale
        return f"{x:.0f} {y:.0f}"

    paths = []
    for code, ept, shape in shapes:
        path = "".join("M" + "L".join(project(p) for p in ring) + "Z" for ring in _rings(shape))
        color = EPT_COULEURS[ept] if lit is None else ACCENT if code in lit else GRIS_CLAIR
        paths.append(f'<path d="{path}" fill="{color}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {width + 4} {height + 4:.0f}">'
        f'<g stroke="#fff" stroke-width="1" stroke-linejoin="round">{"".join(paths)}</g></svg>'
    )


def _rings(shape: dict) -> Iterator[list[list[float]]]:
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    for polygon in polygons:
        yield from polygon
