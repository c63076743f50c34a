"""Boundaries of communes, EPT, département and IRIS, simplified together so that shared borders stay shared."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError
from shapely.errors import ShapelyError

from etl import guarded
from etl.cards import Source
from etl.errors import DataError, Problem, listed
from etl.identite import DEPARTEMENT
from etl.quartiers import iris_codes
from etl.sources import find_file

# Metres on the ground: about a pixel of the département on a wide screen; IRIS, ten times smaller, keep more.
TOLERANCE_M = 25
IRIS_TOLERANCE_M = 8


def load_boundaries(
    con: duckdb.DuckDBPyConnection, source: Source, mirror: Path, departement: str = DEPARTEMENT.code
) -> None:
    """Fill `geometrie`: communes simplified together so that shared borders stay shared, EPT and département.

    Simplified in metres (Lambert-93, EPSG:2154), written in degrees with five decimals; surfaces are those of
    the file's polygons, in km². Of a file made for several départements, the département's communes are drawn,
    and those of the others that share an EPT with them.
    """
    rows = con.execute("SELECT code, code_ept, code_departement FROM territoire WHERE type = 'commune'").fetchall()
    ept_of = {code: ept for code, ept, _ in rows}
    own = {ept for _, ept, place in rows if place == departement and ept}
    full = _read_boundaries(find_file(mirror, source), source, "code_insee")
    kept = [code[:2] == departement or ept_of.get(code) in own for code in full["code"]]
    full = gpd.GeoDataFrame(full[kept].reset_index(drop=True))
    simple = _simplify(full, TOLERANCE_M)
    codes = [str(code) for code in full["code"]]
    unknown = sorted(set(codes) - set(ept_of))
    if unknown:
        raise DataError([Problem(source.fichier, f"contours de communes inconnues : {listed(unknown)}")])
    frames = [simple.assign(surface=full.area / 1e6)]
    own_departement = [departement if code[:2] == departement else None for code in codes]
    for level in (pd.Series([ept_of[code] for code in codes]), pd.Series(own_departement)):
        merged = simple.assign(level=level).dissolve("level")[["geometry"]]
        surface = full.assign(level=level).dissolve("level").area / 1e6
        frames.append(merged.assign(code=merged.index, surface=surface).reset_index(drop=True))
    _insert(con, gpd.GeoDataFrame(pd.concat(frames, ignore_index=True)))


def load_iris_boundaries(con: duckdb.DuckDBPyConnection, source: Source, mirror: Path) -> None:
    """Add the IRIS to `geometrie`, under their codes of today, simplified together as the communes are."""
    full = _read_boundaries(find_file(mirror, source), source, "code_iris")
    full["code"] = full["code"].replace(iris_codes(con))
    known = {code for (code,) in con.execute("SELECT code FROM territoire WHERE type = 'iris'").fetchall()}
    gap = sorted(known ^ set(full["code"]))
    if gap:
        told = f"les contours et la liste des IRIS diffèrent : {', '.join(gap[:10])}"
        raise DataError([Problem(source.fichier, told, conseil="prendre la même année des deux fichiers")])
    _insert(con, gpd.GeoDataFrame(_simplify(full, IRIS_TOLERANCE_M).assign(surface=full.area / 1e6)))


def _simplify(full: gpd.GeoDataFrame, tolerance: float) -> gpd.GeoDataFrame:
    """The same polygons with fewer points, borders still shared. ``tolerance`` in metres."""
    simple = full.copy()
    simple["geometry"] = shapely.coverage_simplify(full.geometry.to_numpy(), tolerance, simplify_boundary=True)
    return simple


def _insert(con: duckdb.DuckDBPyConnection, every: gpd.GeoDataFrame) -> None:
    """Write polygons in Lambert-93 (columns code, geometry, surface in km²) to `geometrie`, in degrees."""
    points = every.geometry.representative_point().to_crs(4326)
    degrees = gpd.GeoSeries(every.geometry, crs=2154).to_crs(4326)
    rows = [
        (code, json.dumps(shapely.geometry.mapping(shape), separators=(",", ":")), lon, lat, surface)
        for code, shape, lon, lat, surface in zip(
            every["code"],
            shapely.set_precision(degrees.to_numpy(), 1e-5, mode="pointwise"),
            points.x,
            points.y,
            every["surface"],
            strict=True,
        )
    ]
    rows = [(c, _round(g), round(x, 5), round(y, 5), round(s, 3)) for c, g, x, y, s in rows]
    con.register("lignes", pd.DataFrame(rows, columns=["code", "geojson", "lon", "lat", "surface_km2"]))
    con.execute("INSERT INTO geometrie SELECT * FROM lignes ORDER BY code")
    con.unregister("lignes")


def _read_boundaries(path: Path, source: Source, column: str) -> gpd.GeoDataFrame:
    """Polygons in Lambert-93, by code: columns ``code`` (read in ``column`` or its alias), ``geometry``.

    Raises DataError.
    """
    column = source.alias.get(column, column)
    _check_features(guarded.read_json(path, source.fichier, "contours"), source, column)
    try:
        read = gpd.read_file(path)
        frame = gpd.GeoDataFrame({"code": read[column]}, geometry=list(read["geometry"]), crs=read.crs)
        frame = gpd.GeoDataFrame(frame.to_crs(2154).sort_values("code").reset_index(drop=True))
    except (DataSourceError, DataLayerError, FeatureError, CRSError, ShapelyError, LookupError, ValueError) as error:
        raise DataError([_unreadable(source)]) from error
    sound = frame.geometry.is_valid & frame.geometry.bounds.apply(np.isfinite).all(axis=1)
    if not sound.all():
        told = f"contours impossibles : {listed(list(frame['code'][~sound]))}"
        raise DataError([Problem(source.fichier, told, conseil=guarded.AGAIN)])
    return frame


def _check_features(content: Any, source: Source, column: str) -> None:
    """Raise DataError unless every feature has a code of its own and a polygon."""
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features or not all(isinstance(one, dict) for one in features):
        raise DataError([_unreadable(source)])
    codes, without = [], []
    for feature in features:
        properties, shape = feature.get("properties"), feature.get("geometry")
        code = properties.get(column) if isinstance(properties, dict) else None
        if not isinstance(code, str):
            told = "colonne attendue et absente" if code is None else "les codes doivent être des textes"
            raise DataError([Problem(source.fichier, told, colonne=column)])
        codes.append(code)
        if not isinstance(shape, dict) or shape.get("type") not in ("Polygon", "MultiPolygon"):
            without.append(code)
    if without:
        told = f"sans contour : {listed(without)}"
        raise DataError([Problem(source.fichier, told, conseil="prendre un fichier complet, de polygones")])
    twice = sorted(code for code, times in Counter(codes).items() if times > 1)
    if twice:
        raise DataError([Problem(source.fichier, f"deux contours pour : {listed(twice)}", colonne=column)])


def _unreadable(source: Source) -> Problem:
    return Problem(source.fichier, "contours illisibles", conseil=guarded.AGAIN)


def _round(geojson: str) -> str:
    """Five decimals (about a metre): json writes 2.38453, not 2.3845300000000003."""
    return json.dumps(json.loads(geojson, parse_float=lambda text: round(float(text), 5)), separators=(",", ":"))
