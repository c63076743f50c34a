"""Maps for documents (Altair): the same colours as on screen, as vectors."""

from __future__ import annotations

import json

import altair as alt
import pandas as pd

from observatoire.charts.theme import ENCRE


def draw_map(communes: pd.DataFrame, epts: pd.DataFrame, width: int = 640, height: int = 600) -> alt.LayerChart:
    """A map of the communes.

    ``communes``: nom, geojson, couleur, etiquette, lon, lat, encre (colour of the label), optional rayon (pixels)
    for proportional circles. ``epts``: nom, geojson, lon, lat.
    """
    fills = alt.Chart(_features(communes, ("nom", "couleur"))).mark_geoshape(stroke="white", strokeWidth=1)
    layers: list[alt.Chart] = [fills.encode(color=alt.Color("properties.couleur:N", scale=None))]
    if "rayon" in communes:
        layers.append(
            alt.Chart(communes[["lon", "lat", "rayon"]].assign(aire=communes["rayon"] ** 2 * 3.1416))
            .mark_circle(color="#2f6fb7", opacity=0.75, stroke="white")
            .encode(longitude="lon:Q", latitude="lat:Q", size=alt.Size("aire:Q", scale=None))
        )
    layers.append(alt.Chart(_features(epts, ("nom",))).mark_geoshape(filled=False, stroke=ENCRE, strokeWidth=2.2))
    layers.append(
        alt.Chart(communes[["etiquette", "lon", "lat", "encre"]])
        .mark_text(fontSize=10)
        .encode(longitude="lon:Q", latitude="lat:Q", text="etiquette:N", color=alt.Color("encre:N", scale=None))
    )
    names = alt.Chart(epts[["nom", "lon", "lat"]]).encode(longitude="lon:Q", latitude="lat:Q", text="nom:N")
    layers.append(names.mark_text(fontSize=14, fontWeight=700, stroke="white", strokeWidth=4))
    layers.append(names.mark_text(fontSize=14, fontWeight=700, color=ENCRE))
    return alt.layer(*layers).project("mercator").properties(width=width, height=height)


def _features(frame: pd.DataFrame, properties: tuple[str, ...]) -> alt.Data:
    features = [
        {
            "type": "Feature",
            "properties": {name: row[name] for name in properties},
            "geometry": _clockwise(json.loads(row["geojson"])),
        }
        for row in frame.to_dict("records")
    ]
    return alt.Data(values=features)


def _clockwise(shape: dict) -> dict:
    """Exterior rings clockwise, as d3 wants them (the reverse of RFC 7946), else it fills the rest of the globe."""
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    turned = [[_turned(ring, n == 0) for n, ring in enumerate(polygon)] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": turned}


def _turned(ring: list[list[float]], exterior: bool) -> list[list[float]]:
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
    return ring if (area < 0) == exterior else ring[::-1]
