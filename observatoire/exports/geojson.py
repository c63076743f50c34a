"""A map as GeoJSON with its values: opens in QGIS, in a spreadsheet's map, in another site."""

from __future__ import annotations

import json

from observatoire.formats import is_missing, lue, typographie
from observatoire.methods.cartography import MapContent, MapRequest
from observatoire.warehouse import Warehouse


def to_geojson(warehouse: Warehouse, request: MapRequest, content: MapContent) -> bytes:
    """A feature a territory, its figure in the properties. ``valeur`` is null when there is none, with its ``statut``.

    Longitude and latitude in degrees (WGS 84), as RFC 7946 asks; ``source`` cites the dataset of each figure.
    """
    card = warehouse.card(request.indicateur)
    boundaries = warehouse.geometries(request.niveau).set_index("code")["geojson"]
    features = [
        {
            "type": "Feature",
            "id": row["code"],
            "properties": {
                "code": row["code"],
                "nom": typographie(row["nom"]),
                "code_ept": row["code_ept"],
                **({"commune": typographie(row["commune"])} if request.niveau == "iris" else {}),
                "indicateur": card.code,
                "libelle": card.libelle,
                "annee": request.annee,
                "unite": card.unite,
                "valeur": None if is_missing(row["valeur"]) else round(lue(float(row["valeur"]), row["arrondi"]), 6),
                "statut": row["statut"],
                "lecture": row["texte"],
                "couleur": row["couleur"],
                "source": None if is_missing(row["source"]) else row["source"],
            },
            "geometry": json.loads(boundaries[row["code"]]),
        }
        for row in content.lieux.to_dict("records")
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode("utf-8")
