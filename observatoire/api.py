"""Open-data routes beside the pages, read-only. For now: the boundaries that maps draw."""

from __future__ import annotations

import json
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from etl.load import current
from observatoire.config import warehouse_folder
from observatoire.formats import typographie
from observatoire.maps.hatching import hatch
from observatoire.warehouse import Warehouse, open_warehouse

NIVEAUX = {"communes": "commune", "ept": "ept", "iris": "iris"}
HACHURES = "hachures-"


async def boundaries(request: Request) -> Response:
    """``/api/v1/geo/{communes|ept|iris}.geojson``: a feature a territory, with code, nom and its position ``i``.

    ``hachures-communes`` (or ept, iris): the same features, oblique lines instead of the boundary.
    """
    asked = request.path_params["niveau"]
    level = NIVEAUX.get(asked.removeprefix(HACHURES))
    body = await run_in_threadpool(_boundaries, str(current(warehouse_folder())), level, asked.startswith(HACHURES))
    if body is None:
        detail = f"« {asked} » : attendu communes ou ept (iris quand l’entrepôt les a)."
        problem = {"title": "Niveau inconnu", "status": 404, "detail": detail}
        return JSONResponse(problem, status_code=404, media_type="application/problem+json")
    headers = {"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"}
    return Response(body, media_type="application/geo+json", headers=headers)


@lru_cache(maxsize=16)
def _boundaries(_warehouse: str, type_: str | None, hatched: bool) -> bytes | None:
    """The file of a level in the warehouse in service; None when it has no such boundary."""
    if type_ is None:
        return None
    house = open_warehouse(warehouse_folder())
    return None if house.geometries(type_).empty else feature_collection(house, type_, hatched)


def feature_collection(house: Warehouse, type_: str, hatched: bool = False) -> bytes:
    """The boundaries of a level as GeoJSON, in the order of ``Warehouse.geometries``, four decimals (10 m)."""
    features = [
        {
            "type": "Feature",
            "properties": {"i": n, "code": row.code, "nom": typographie(str(row.nom)), "code_ept": row.code_ept},
            "geometry": hatch(str(row.geojson)) if hatched else _rounded(str(row.geojson)),
        }
        for n, row in enumerate(house.geometries(type_).itertuples(index=False))
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _rounded(geojson: str) -> dict:
    return json.loads(geojson, parse_float=lambda text: round(float(text), 4))


ROUTES = [Route("/api/v1/geo/{niveau}.geojson", boundaries)]
