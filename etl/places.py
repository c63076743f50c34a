"""Places where people are received: town halls, France services, each in its commune of today, with its point.

A source says how to read them in ``lecture.lieux``: ``type``, and the columns ``identifiant``, ``nom``, ``adresse``,
``commune``, ``lon``, ``lat``; ``itinerant`` gives the values of a column that mark a place on wheels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import shapely

from etl.cards import Source
from etl.errors import DataError, Problem
from etl.readers.files import open_csv
from etl.readers.raw import rename_columns, require_unique
from etl.rows import insert_rows
from etl.sources import find_file

MARGIN = (
    0.0007  # degrees, about 60 m: boundaries are simplified, and town halls stand beside streets that part communes
)
COLUMNS = "code type nom adresse code_commune lon lat motif source"


def load_places(con: duckdb.DuckDBPyConnection, sources: list[Source], mirror: Path, departement: str) -> None:
    """Fill `lieu` from the sources that hold places. Boundaries and `source` must be there already.

    A point outside its commune is an error of the producer: the place stays, without a point (``hors_commune``); so
    does one that moves about (``itinerant``).
    """
    outlines = {
        code: shapely.from_geojson(text).buffer(MARGIN)
        for code, text in con.execute("SELECT code, geojson FROM geometrie").fetchall()
    }
    rows: list[tuple[object, ...]] = []
    for source in sources:
        if "lieux" in source.lecture:
            places = _read(con, source, mirror, departement)
            require_unique(
                source, [str(place["identifiant"]) for place in places], source.lecture["lieux"]["identifiant"]
            )
            rows += [_row(source, outlines, **place) for place in places]
    insert_rows(con, "lieu", sorted(rows, key=lambda row: str(row[0])), COLUMNS)


def _read(con: duckdb.DuckDBPyConnection, source: Source, mirror: Path, departement: str) -> list[dict[str, Any]]:
    """The places of a file, their commune of today. Raises DataError on a commune that does not exist."""
    asked = source.lecture["lieux"]
    moving = asked.get("itinerant", {"colonne": asked["identifiant"], "valeurs": []})
    names = [asked[key] for key in ("identifiant", "nom", "adresse", "commune", "lon", "lat")]
    open_csv(con, source, find_file(mirror, source), ",")
    rename_columns(con, source, [*names, moving["colonne"]])
    place, name, address, commune, lon, lat = (f'trim(l."{column}")' for column in names)
    cursor = con.execute(
        f"""
        SELECT {place} AS identifiant, {name} AS nom, {address} AS adresse, coalesce(t.successeur, t.code) AS commune,
            TRY_CAST({lon} AS DOUBLE) AS lon, TRY_CAST({lat} AS DOUBLE) AS lat,
            list_contains(CAST($moving AS VARCHAR[]), l."{moving["colonne"]}") AS itinerant, l._ligne AS ligne
        FROM lu AS l LEFT JOIN territoire AS t
            ON t.code = {commune} AND t.type IN ('commune', 'commune_historique')
        WHERE starts_with({commune}, $departement) ORDER BY 1
        """,
        {"moving": moving["valeurs"], "departement": departement},
    )
    columns = [column[0] for column in cursor.description]
    places = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    problems = [
        Problem(
            source.fichier, f"« {p['nom']} » est dans une commune inconnue", ligne=p["ligne"], colonne=asked["commune"]
        )
        for p in places
        if p["commune"] is None
    ]
    problems += [
        Problem(source.fichier, "un lieu n’a pas de nom ou pas d’identifiant", ligne=p["ligne"], colonne=asked["nom"])
        for p in places
        if not p["nom"] or not p["identifiant"]
    ]
    if problems:
        raise DataError(problems)
    return places


def _row(
    source: Source,
    outlines: dict[str, shapely.Geometry],
    identifiant: str,
    nom: str,
    adresse: str | None,
    commune: str,
    lon: float | None,
    lat: float | None,
    itinerant: bool,
    ligne: int,
) -> tuple[object, ...]:
    """A row of `lieu` (see COLUMNS)."""
    type_ = source.lecture["lieux"]["type"]
    outline = outlines.get(commune)
    inside = (
        lon is not None
        and lat is not None
        and outline is not None
        and bool(shapely.contains_xy(outline, [lon], [lat])[0])
    )
    reason = "itinerant" if itinerant else None if inside else "hors_commune"
    point = (None, None) if reason else (round(float(lon or 0), 5), round(float(lat or 0), 5))
    return (f"{type_}-{identifiant}", type_, nom, adresse or None, commune, *point, reason, source.code)
