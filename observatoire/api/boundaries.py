"""Boundaries as GeoJSON, alone for the maps, or carrying the figures of an indicator."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from observatoire.api.parameters import CODE_INDICATEUR, Parameters
from observatoire.api.problems import Refus
from observatoire.api.store import in_service
from observatoire.formats import typographie
from observatoire.frames import records
from observatoire.maps.hatching import hatch
from observatoire.warehouse import Warehouse, listings

SEGMENTS_DE_NIVEAU = {"communes": "commune", "ept": "ept", "iris": "iris"}
PORTEES = ("annee", "valeur", "arrondi", "marge", "borne_basse", "borne_haute", "statut", "motif", "source")
GEOJSON = "application/geo+json"
HACHURES = "hachures-"


def boundaries(request: Request) -> Response:
    """``/api/v1/geo/{niveau}.geojson``: a feature a territory: code, nom, code_ept, its position ``i``, its figure.

    An IRIS also has code_commune and commune.

    ``hachures-communes`` (or ept, iris): the same features, oblique lines instead of the boundary, for the maps.
    """
    asked = request.path_params["niveau"]
    level, hatched = asked.removeprefix(HACHURES), asked.startswith(HACHURES)
    if level not in SEGMENTS_DE_NIVEAU:
        raise Refus(404, f"Niveau inconnu : « {level[:60]} » (attendu : {', '.join(SEGMENTS_DE_NIVEAU)}).", "niveau")
    parameters = Parameters(request.query_params, ("indicateur", "annee"))
    code, year = parameters.text("indicateur", CODE_INDICATEUR), parameters.year("annee")
    if year is not None and code is None:
        raise Refus(400, "« annee » va avec « indicateur ».", "annee")
    warehouse = in_service()
    body = warehouse.kept(feature_collection, SEGMENTS_DE_NIVEAU[level], hatched)
    if body.endswith(b'"features":[]}'):
        raise Refus(404, f"Aucun contour de niveau « {level} » dans cet entrepôt.", "niveau")
    if code is None:
        return Response(body, headers={"Cache-Control": "public, max-age=86400"}, media_type=GEOJSON)
    return Response(with_figures(warehouse, body, code, year, level), media_type=GEOJSON)


def feature_collection(warehouse: Warehouse, type_: str, hatched: bool = False) -> bytes:
    """The boundaries of a level as GeoJSON, in the order of ``Warehouse.geometries``, four decimals (10 m)."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "i": n,
                "code": row["code"],
                "nom": typographie(str(row["nom"])),
                "code_ept": row["code_ept"],
                **({n: typographie(row[n]) for n in ("code_commune", "commune")} if type_ == "iris" else {}),
            },
            "geometry": hatch(str(row["geojson"])) if hatched else _rounded(str(row["geojson"])),
        }
        for n, row in enumerate(records(warehouse.geometries(type_)))
    ]
    return _dump({"type": "FeatureCollection", "features": features})


def _rounded(geojson: str) -> dict[str, Any]:
    return json.loads(geojson, parse_float=lambda text: round(float(text), 4))


def with_figures(warehouse: Warehouse, body: bytes, code: str, year: int | None, level: str) -> bytes:
    """Boundaries and, in each feature's properties, the figure of an indicator: the latest year by default.

    An indicator that has no row at this level is refused: its figures are not « missing », they do not exist.
    """
    card = listings.indicateur(warehouse, code)
    if card is None:
        raise Refus(404, f"Indicateur inconnu : {code}.", "indicateur")
    if not card["annees"]:
        raise Refus(404, f"{code} est en attente de données : {card['fichier_attendu']}.", "indicateur")
    asked = year if year is not None else card["annees"][-1]
    figures = listings.figures_by_territory(warehouse, code, asked, SEGMENTS_DE_NIVEAU[level])
    if not figures and asked in card["annees"]:
        raise Refus(404, f"{code} n’a pas de chiffre au niveau « {level} ».", "niveau")
    if not figures:
        years = ", ".join(map(str, card["annees"]))
        raise Refus(404, f"{code} n’a pas de chiffre en {asked} (années connues : {years}).", "annee")
    collection = json.loads(body)
    for feature in collection["features"]:
        own = figures.get(feature["properties"]["code"], {"annee": asked, "statut": "manquant"})
        feature["properties"] |= {"indicateur": code, "unite": card["unite"], **{k: own.get(k) for k in PORTEES}}
    return _dump(collection)


def _dump(collection: dict[str, Any]) -> bytes:
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
