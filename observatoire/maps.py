"""Maps on screen (pydeck): boundaries come from our own address, colours and labels travel in a small message.

The browser fetches ``/api/v1/geo/…`` once and keeps it; the colour of a commune is looked up by its position ``i``
in that file, so a change of indicator resends no boundary. No background, no third party.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pydeck as pdk

from observatoire.charts.theme import ENCRE

PALETTES = {
    1: ("#6ea6d6",),
    2: ("#a9cbe8", "#2a68ab"),
    3: ("#c6dcf0", "#6ea6d6", "#1b4f8f"),
    4: ("#d3e4f4", "#93bde1", "#4a8ac6", "#1b4f8f"),
    5: ("#dce9f6", "#a9cbe8", "#6ea6d6", "#3a7cbd", "#173f75"),
    6: ("#e3eef8", "#bcd7ee", "#8ebbe0", "#5b99cf", "#3273b5", "#153a6c"),
    7: ("#e8f1f9", "#cadff1", "#a3c8e7", "#75abd9", "#4b8ac7", "#2b67a9", "#143665"),
}
SANS_VALEUR = "#c9c6bd"


@dataclass(frozen=True)
class View:
    """Where a map looks: centre in degrees, zoom, height in pixels."""

    lon: float
    lat: float
    zoom: float
    height: int


def corners(boundaries: pd.DataFrame) -> list[tuple[float, float]]:
    """Every point (lon, lat) of the boundaries (column geojson)."""
    points: list[tuple[float, float]] = []
    for text in boundaries["geojson"]:
        shape = json.loads(text)
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        points += [(lon, lat) for polygon in polygons for ring in polygon for lon, lat in ring]
    return points


def fit(points: Sequence[tuple[float, float]], width: int, height: int, margin: float = 0.06) -> View:
    """The view that shows these points (lon, lat) in ``width`` × ``height`` pixels (web Mercator, 512-pixel tiles)."""
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    spread_x = (east - west) / 360
    spread_y = (_mercator(north) - _mercator(south)) / (2 * math.pi)
    zoom = min(
        math.log2(width * (1 - margin) / (512 * spread_x)) if spread_x else 14,
        math.log2(height * (1 - margin) / (512 * spread_y)) if spread_y else 14,
    )
    return View((west + east) / 2, (south + north) / 2, round(zoom, 3), height)


def _mercator(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def choropleth(communes: pd.DataFrame, epts: pd.DataFrame, view: View, base: str = "") -> pdk.Deck:
    """The communes filled with their colour, the EPT outlined and named, the value written on each commune.

    ``communes``, in the order of the boundaries file: couleur (#rrggbb), etiquette, lon, lat, eteint (bool, dimmed).
    ``epts``: nom, lon, lat. ``base``: path under which the application is served.
    """
    colors = [_rgba(row.couleur, 70 if row.eteint else 255) for row in communes.itertuples(index=False)]
    layers = [_communes_layer(base, colors), _ept_layer(base), _value_layer(communes), _name_layer(epts)]
    return _deck(layers, view)


def circles(communes: pd.DataFrame, epts: pd.DataFrame, view: View, base: str = "") -> pdk.Deck:
    """Proportional circles, for counts: the area of a circle is proportional to the number.

    ``communes`` as in ``choropleth``, with rayon (metres) instead of a colour of its own.
    """
    grounds = [_rgba("#e9e5da", 90 if row.eteint else 255) for row in communes.itertuples(index=False)]
    points = communes.assign(fond=[[47, 111, 183, 60 if e else 190] for e in communes["eteint"]])
    disks = pdk.Layer(
        "ScatterplotLayer",
        id="cercles",
        data=points[["lon", "lat", "rayon", "fond"]].to_dict("records"),
        get_position="[lon, lat]",
        get_radius="rayon",
        get_fill_color="fond",
        stroked=True,
        get_line_color=[255, 255, 255],
        line_width_min_pixels=1,
    )
    return _deck(
        [_communes_layer(base, grounds), _ept_layer(base), disks, _value_layer(points), _name_layer(epts)], view
    )


def _communes_layer(base: str, colors: list[list[int]]) -> pdk.Layer:
    return pdk.Layer(
        "GeoJsonLayer",
        id="communes",
        data=f"{base}/api/v1/geo/communes.geojson",
        get_fill_color=f"({colors})[properties.i]",
        get_line_color=[255, 255, 255],
        line_width_min_pixels=1,
        pickable=True,
        auto_highlight=True,
        highlight_color=[181, 48, 74, 90],
    )


def _ept_layer(base: str) -> pdk.Layer:
    return pdk.Layer(
        "GeoJsonLayer",
        id="ept",
        data=f"{base}/api/v1/geo/ept.geojson",
        filled=False,
        get_line_color=_rgba(ENCRE, 255),
        line_width_min_pixels=2.5,
    )


def _value_layer(communes: pd.DataFrame) -> pdk.Layer:
    rows = [
        {"t": row.etiquette, "p": [row.lon, row.lat], "c": [*_ink_on(row.couleur), 110 if row.eteint else 255]}
        for row in communes.itertuples(index=False)
    ]
    return _text_layer("valeurs", rows, 12)


def _name_layer(epts: pd.DataFrame) -> pdk.Layer:
    rows = [{"t": row.nom, "p": [row.lon, row.lat]} for row in epts.itertuples(index=False)]
    layer = _text_layer("noms", rows, 14)
    layer.get_color = [22, 41, 74]
    layer.font_weight = 700
    layer.background = True
    layer.get_background_color = [255, 255, 255, 225]
    layer.background_padding = [5, 2]
    return layer


def _text_layer(name: str, rows: list[dict], size: int) -> pdk.Layer:
    return pdk.Layer(
        "TextLayer",
        id=name,
        data=rows,
        get_position="p",
        get_text="t",
        get_color="c",
        get_size=size,
        font_family=pdk.types.String("Source Sans, sans-serif"),
        character_set=pdk.types.String("auto"),
        get_text_anchor=pdk.types.String("middle"),
        get_alignment_baseline=pdk.types.String("center"),
    )


def _deck(layers: list[pdk.Layer], view: View) -> pdk.Deck:
    state = pdk.ViewState(longitude=view.lon, latitude=view.lat, zoom=view.zoom, min_zoom=8, max_zoom=14)
    return pdk.Deck(layers=layers, initial_view_state=state, map_provider=None, tooltip={"text": "{nom}"})


def _rgba(color: str, alpha: int) -> list[int]:
    return [int(color[n : n + 2], 16) for n in (1, 3, 5)] + [alpha]


def _ink_on(color: str) -> list[int]:
    """Dark ink on light fills, white on dark ones (contrast of 4.5 or more on each of our palettes)."""
    red, green, blue = _rgba(color, 255)[:3]
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return [22, 41, 74] if luminance > 130 else [255, 255, 255]
