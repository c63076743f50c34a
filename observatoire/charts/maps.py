"""Maps for documents (Vega-Lite): the same colours as on screen, as vectors, the legend inside."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Collection
from typing import Any

import pandas as pd

from observatoire.charts import vega
from observatoire.formats import insecables, typographie
from observatoire.maps.hatching import hatch
from observatoire.maps.view import NOMS_EPT, View, corners, fit, fitting_labels, holds, spots
from observatoire.methods.bivariate import COLONNES, RANGS, Crossing
from observatoire.methods.cartography import MapContent
from observatoire.palettes import ACCENT, CROISEE, DISQUE, ENCRE, GRIS, HACHURE, SANS_VALEUR, ink_on

LARGEUR, HAUTEUR = 640, 560
GRIS_SOMBRE = "#4a5568"
_LIGNE = 19


def draw_map(
    places: pd.DataFrame,
    epts: pd.DataFrame,
    content: MapContent,
    ept: str | None = None,
    crossing: Crossing | None = None,
    communes: pd.DataFrame | None = None,
    legend: bool = True,
    lit: Collection[str] = (),
) -> vega.Chart:
    """A map of territories with its legend below.

    ``places``: content.lieux with geojson and eteint (bool: outside the EPT looked at). ``epts``: code, nom, geojson.
    ``ept``: the one looked at, None for all. ``crossing``: to draw the square legend of a crossed map.
    ``communes``: boundaries drawn over smaller territories. ``lit``: codes of the places to outline.
    """
    boundaries = epts if ept is None else epts[epts["code"] == ept]
    names = [NOMS_EPT[c] for c in boundaries["code"] if c in NOMS_EPT] if ept is None else []
    view = fit([*corners(boundaries), *names], LARGEUR, HAUTEUR, margin=0.08)
    fills = places.assign(couleur=places["couleur"].where(~places["eteint"], "#f4f2ed"))
    layers = [_shapes(fills[["nom", "couleur", "geojson"]], 1.0 if communes is None else 0.3)]
    missing = places[places["absent"] & ~places["eteint"]]
    if not missing.empty:
        layers.append(_hatching(missing))
    if communes is not None:
        layers.append(_outlines(communes, 0.8))
    layers.append(_outlines(epts, 2.2))
    if lit:
        shown = places[places["code"].isin(list(lit))]
        layers += [_outlines(shown, 7, "white"), _outlines(shown, 3.5, ACCENT)]
    if content.as_disks:
        layers.append(_disks(places[~places["eteint"]]))
    layers += _texts(places, content, view, ept)
    layers += _ept_names(boundaries if ept is None else boundaries.iloc[:0])
    height = HAUTEUR
    if legend:
        drawn, room = _square(crossing, content) if crossing else _legend(content)
        layers += drawn
        height += room
    return (
        vega.layer(*layers)
        .properties(
            projection={
                "type": "mercator",
                "scale": 512 * 2**view.zoom / (2 * math.pi),
                "center": [view.lon, view.lat],
                "translate": [LARGEUR / 2, HAUTEUR / 2],
                "clipExtent": [[0, 0], [LARGEUR, HAUTEUR]],
            },
        )
        .properties(width=LARGEUR, height=height)
    )


def _outlines(boundaries: pd.DataFrame, width: float, color: str = ENCRE) -> vega.Chart:
    features = _features(boundaries[["geojson"]])
    return vega.chart(features).mark("geoshape", filled=False, stroke=color, strokeWidth=width)


def _shapes(places: pd.DataFrame, width: float) -> vega.Chart:
    chart = vega.chart(_features(places)).mark("geoshape", stroke="white", strokeWidth=width)
    return chart.encode(color=vega.field("properties.couleur:N", scale=None))


def _hatching(missing: pd.DataFrame) -> vega.Chart:
    lines = [{"type": "Feature", "properties": {}, "geometry": hatch(text)} for text in missing["geojson"]]
    return vega.chart({"values": lines}).mark("geoshape", filled=False, stroke=HACHURE, strokeWidth=1)


def _disks(places: pd.DataFrame) -> vega.Chart:
    found = {spot.code: spot for spot in spots(places)}
    rows = [
        {"lon": found[c].lon, "lat": found[c].lat, "aire": r * r * math.pi}
        for c, r in zip(places["code"], places["rayon"], strict=True)
        if r
    ]
    chart = vega.chart({"values": rows}).mark("circle", color=DISQUE, opacity=0.8, stroke="white")
    return chart.encode(longitude="lon:Q", latitude="lat:Q", size=vega.field("aire:Q", scale=None))


def _texts(places: pd.DataFrame, content: MapContent, view: View, ept: str | None) -> list[vega.Chart]:
    if len(places) > 60:
        return []
    inside = places[~places["eteint"]]
    points = spots(inside)
    texts = [[e] if ept is None else [f"{n}\n{e}", e] for n, e in zip(inside["nom"], inside["etiquette"], strict=True)]
    if content.as_disks:
        texts = [[t for t in few if holds(r, t, 11)] for few, r in zip(texts, inside["rayon"], strict=True)]
    grounds = [DISQUE] * len(inside) if content.as_disks else list(inside["couleur"])
    rows = [
        {"lon": p.lon, "lat": p.lat, "t": line, "encre": ink_on(ground), "dy": (n - (len(lines) - 1) / 2) * 12}
        for p, text, ground in zip(points, fitting_labels(points, texts, view, 11), grounds, strict=True)
        if text
        for lines in [text.split("\n")]
        for n, line in enumerate(lines)
    ]
    charts = []
    for shift in sorted({row["dy"] for row in rows}):
        chart = vega.chart({"values": [r for r in rows if r["dy"] == shift]})
        charts.append(
            chart.mark("text", fontSize=11, fontWeight=600, dy=shift).encode(
                longitude="lon:Q", latitude="lat:Q", text="t:N", color=vega.field("encre:N", scale=None)
            )
        )
    return charts


def _ept_names(epts: pd.DataFrame) -> list[vega.Chart]:
    rows = [
        {"lon": NOMS_EPT[code][0], "lat": NOMS_EPT[code][1], "t": typographie(name)}
        for code, name in zip(epts["code"], epts["nom"], strict=True)
        if code in NOMS_EPT
    ]
    if not rows:
        return []
    base = vega.chart({"values": rows}).encode(longitude="lon:Q", latitude="lat:Q", text="t:N")
    return [
        base.mark("text", fontSize=14, fontWeight=700, stroke="white", strokeWidth=4),
        base.mark("text", fontSize=14, fontWeight=700, color=ENCRE),
    ]


def _legend(content: MapContent) -> tuple[list[vega.Chart], int]:
    """The lines of the legend in two columns under the map, and the room they take in pixels."""
    items, top, width = content.legende, HAUTEUR + 16, LARGEUR / 2
    rows = math.ceil(len(items) / 2)
    drawn: list[vega.Chart] = []
    for n, item in enumerate(items):
        x, y = (n // rows) * width, top + (n % rows) * _LIGNE
        drawn.append(_box(x, y, item.couleur))
        if item.hachure:
            drawn.append(_text(x + 5, y + 7, "///", HACHURE, 10))
        drawn.append(_text(x + 26, y + 7, f"{insecables(item.texte)}  ({item.nombre})", ENCRE))
    room = 24 + rows * _LIGNE
    for position, (radius, words) in enumerate(content.disques):
        x = 40 + position * 130
        drawn.append(_mark("circle", x=x, y=top + rows * _LIGNE + 34, size=radius * radius * math.pi, color=DISQUE))
        drawn.append(_text(x + radius + 6, top + rows * _LIGNE + 34, words, ENCRE))
    room += 60 if content.disques else 0
    lines = textwrap.wrap(content.note, 105)
    drawn += [_text(0, HAUTEUR + room + n * 15, line, GRIS_SOMBRE, 11) for n, line in enumerate(lines)]
    return drawn, room + 15 * len(lines)


def _square(crossing: Crossing, content: MapContent) -> tuple[list[vega.Chart], int]:
    """The nine cases of a crossed map, with the bounds of each third."""
    top, size, left = HAUTEUR + 40, 30, 150
    drawn = []
    for rank in range(3):
        y = top + (2 - rank) * size
        drawn.append(_text(left - 8, y + size / 2, crossing.rangs[rank], ENCRE, align="right"))
        for column in range(3):
            x = left + column * 110
            color = CROISEE[rank][column]
            drawn.append(_box(x, y, color, 110, size))
            words = f"{COLONNES[column]}{RANGS[rank]} ({crossing.nombres[rank][column]})"
            drawn.append(_text(x + 55, y + size / 2, words, ink_on(color), align="center"))
    for column in range(3):
        drawn.append(
            _text(left + column * 110 + 55, top + 3 * size + 10, crossing.colonnes[column], ENCRE, align="center")
        )
    for n, item in enumerate(content.legende):
        drawn += [
            _box(left + 350, top + n * _LIGNE, SANS_VALEUR),
            _text(left + 376, top + n * _LIGNE + 7, f"{item.texte} ({item.nombre})", ENCRE),
        ]
    return drawn, 40 + 3 * size + 24


def _box(x: float, y: float, color: str, width: float = 18, height: float = 14) -> vega.Chart:
    return _mark("rect", x=x, y=y, x2=x + width, y2=y + height, color=color, stroke=GRIS, strokeWidth=0.5)


def _text(x: float, y: float, words: str, color: str, size: int = 12, align: str = "left") -> vega.Chart:
    return _mark("text", x=x, y=y, text=words, color=color, fontSize=size, align=align, baseline="middle")


def _mark(kind: str, **properties: object) -> vega.Chart:
    """A mark placed in pixels, whatever the map's projection."""
    return vega.chart({"values": [{}]}).mark(kind, **properties)


def _features(frame: pd.DataFrame) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {name: value for name, value in row.items() if name != "geojson"},
            "geometry": _clockwise(json.loads(row["geojson"])),
        }
        for row in frame.to_dict("records")
    ]
    return {"values": features}


def _clockwise(shape: dict) -> dict:
    """Exterior rings clockwise, as d3 wants them (the reverse of RFC 7946), else it fills the rest of the globe."""
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    turned = [[_turned(ring, n == 0) for n, ring in enumerate(polygon)] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": turned}


def _turned(ring: list[list[float]], exterior: bool) -> list[list[float]]:
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
    return ring if (area < 0) == exterior else ring[::-1]
