"""Open-data routes beside the pages, read-only. For now: the boundaries that maps draw."""

from __future__ import annotations

import json
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from observatoire.config import warehouse_folder
from observatoire.warehouse import Warehouse, open_warehouse

NIVEAUX = {"communes": "commune", "ept": "ept"}


async def boundaries(request: Request) -> Response:
    """``/api/v1/geo/{communes|ept}.geojson``: a feature a territory, with code, nom and its position ``i``."""
    level = request.path_params["niveau"]
    if level not in NIVEAUX:
        problem = {"title": "Niveau inconnu", "status": 404, "detail": f"« {level} » : attendu communes ou ept."}
        return JSONResponse(problem, status_code=404, media_type="application/problem+json")
    body = await run_in_threadpool(_boundaries, str(warehouse_folder()), NIVEAUX[level])
    headers = {"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"}
    return Response(body, media_type="application/geo+json", headers=headers)


@lru_cache(maxsize=8)
def _boundaries(folder: str, type_: str) -> bytes:
    return feature_collection(open_warehouse(warehouse_folder()), type_)


def feature_collection(house: Warehouse, type_: str) -> bytes:
    """The boundaries of a level as GeoJSON, in the order of ``Warehouse.geometries``, four decimals (10 m)."""
    features = [
        {
            "type": "Feature",
            "properties": {"i": n, "code": row.code, "nom": row.nom, "code_ept": row.code_ept},
            "geometry": json.loads(str(row.geojson), parse_float=lambda text: round(float(text), 4)),
        }
        for n, row in enumerate(house.geometries(type_).itertuples(index=False))
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


ROUTES = [Route("/api/v1/geo/{niveau}.geojson", boundaries)]
