"""Territories: communes of today, communes of before and what became of them, EPT, and the levels above.

Sources: Code officiel géographique (communes and events) and composition of the EPT (INSEE), populations
for the threshold of the communes one compares with, boundaries by commune.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import geopandas as gpd
import pandas as pd
import shapely
from python_calamine import CalamineWorkbook

from etl.catalogue import Source
from etl.errors import DataError, Problem
from etl.sources import decode, find_file, read_bytes

REGION, DEPARTEMENTS = "11", ("75", "77", "78", "91", "92", "93", "94", "95")
GEOGRAPHIE = 2025
COMPARISON_THRESHOLD = 5000
TOLERANCE_M = 25
NO_EPT = "ZZZZZZZZZ"
NOMS = {
    "75": "Paris",
    "77": "Seine-et-Marne",
    "78": "Yvelines",
    "91": "Essonne",
    "92": "Hauts-de-Seine",
    "93": "Seine-Saint-Denis",
    "94": "Val-de-Marne",
    "95": "Val-d’Oise",
}


@dataclass(frozen=True)
class Fusion:
    """A commune that became part of another one on the first day of ``annee``."""

    avant: str
    apres: str
    annee: int
    nom_avant: str


def load_territories(
    con: duckdb.DuckDBPyConnection, sources: dict[str, Source], mirror: Path, departement: str
) -> None:
    """Fill `territoire` with the département's communes, its EPT, the communes one compares with, the levels above.

    ``sources`` holds the geography's sources by the name of their dataset. Codes are unique across types:
    région « R11 », France « FR », France métropolitaine « FM », former Saint-Denis « 93066_2024 ».
    """
    names = _read_communes(mirror, sources["insee_cog"])
    mergers = _read_mergers(mirror, sources["insee_mouvements"])
    epts, ept_of = _read_epts(mirror, sources["insee_ept"])
    population = _read_population(mirror, sources["insee_populations"])
    kept = {
        code: name
        for code, name in names.items()
        if code[:2] == departement or (code[:2] in DEPARTEMENTS and population.get(code, 0) > COMPARISON_THRESHOLD)
    }
    own_epts = {ept_of[code] for code in kept if code[:2] == departement and code in ept_of}
    rows = [("FR", "pays", "France", None, None, None, None, None, None, None)]
    rows.append(("FM", "pays", "France métropolitaine", None, None, None, None, None, None, None))
    rows.append((f"R{REGION}", "region", "Île-de-France", None, None, None, f"R{REGION}", None, None, None))
    rows += [(d, "departement", NOMS[d], None, None, d, f"R{REGION}", None, None, None) for d in DEPARTEMENTS]
    for code in sorted(own_epts):
        rows.append((code, "ept", epts[code][0], epts[code][1], code, departement, f"R{REGION}", None, None, None))
    for code, name in sorted(kept.items()):
        ept = ept_of.get(code) if ept_of.get(code) in own_epts else None
        start = max((m.annee for m in mergers if m.apres == code), default=None)
        born = f"{start}-01-01" if start else None
        rows.append((code, "commune", name, None, ept, code[:2], f"R{REGION}", born, None, None))
        rows += _former_communes(code, name, ept, mergers)
    columns = "code type nom code_court code_ept code_departement code_region valide_du valide_au successeur"
    con.register("lignes", pd.DataFrame(rows, columns=columns.split(), dtype=object))
    con.execute("INSERT INTO territoire SELECT * FROM lignes ORDER BY code")
    con.unregister("lignes")
    _check_territories(con, departement)


def _former_communes(code: str, name: str, ept: str | None, mergers: list[Fusion]) -> list[tuple]:
    """The communes that make today's ``code``, each with the dates between which it stood as such."""
    own = sorted((m for m in mergers if m.apres == code), key=lambda m: m.annee)
    rows, since = [], None
    for year in sorted({m.annee for m in own}):
        last_day = f"{year - 1}-12-31"
        before = (f"{code}_{year - 1}", "commune_historique", f"{name} (avant {year})", None, ept, code[:2])
        rows.append((*before, f"R{REGION}", since, last_day, code))
        since = f"{year}-01-01"
        for merger in own:
            if merger.annee == year:
                former = (merger.avant, "commune_historique", merger.nom_avant, None, ept, merger.avant[:2])
                rows.append((*former, f"R{REGION}", None, last_day, code))
    return rows


def _read_communes(mirror: Path, source: Source) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(decode(read_bytes(find_file(mirror, source), source))))
    return {row["COM"]: row["LIBELLE"] for row in rows if row["TYPECOM"] == "COM" and row["REG"] == REGION}


def _read_mergers(mirror: Path, source: Source, since: int = 2012) -> list[Fusion]:
    """Mergers of the région after ``since`` and up to the geography in use, each led to today's commune."""
    rows = csv.DictReader(io.StringIO(decode(read_bytes(find_file(mirror, source), source))))
    mergers = {
        Fusion(row["COM_AV"], row["COM_AP"], int(row["DATE_EFF"][:4]), row["LIBELLE_AV"])
        for row in rows
        if row["TYPECOM_AV"] == row["TYPECOM_AP"] == "COM"
        and row["COM_AV"] != row["COM_AP"]
        and row["COM_AV"][:2] in DEPARTEMENTS
        and since <= int(row["DATE_EFF"][:4]) <= GEOGRAPHIE
    }
    return sorted(mergers, key=lambda m: (m.annee, m.avant))


def _read_epts(mirror: Path, source: Source) -> tuple[dict[str, tuple[str, str | None]], dict[str, str]]:
    """EPT (code → name, short code) and the EPT of each commune. openpyxl refuses this workbook; calamine reads it."""
    book = CalamineWorkbook.from_path(str(find_file(mirror, source)))
    sheet = book.get_sheet_by_name("Composition_communale").to_python()
    start = next(i for i, row in enumerate(sheet) if row[0] == "CODGEO") + 1
    ept_of = {str(row[0]): str(row[2]) for row in sheet[start:] if row[2] != NO_EPT}
    labels = {str(row[2]): str(row[3]) for row in sheet[start:] if row[2] != NO_EPT}
    short = source.lecture.get("codes_courts", {})
    return {code: (label, short.get(code)) for code, label in labels.items()}, ept_of


def _read_population(mirror: Path, source: Source) -> dict[str, int]:
    text = decode(read_bytes(find_file(mirror, source), source))
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    population: dict[str, int] = {}
    for row in rows:
        code = row["COM"]
        parent = "75056" if code.startswith("751") else code
        population[parent] = population.get(parent, 0) + int(row["PMUN"])
    return population


def _check_territories(con: duckdb.DuckDBPyConnection, departement: str) -> None:
    orphans = con.execute(
        """
        SELECT nom FROM territoire
        WHERE type = 'commune' AND code_departement = ? AND code_ept IS NULL
          AND EXISTS (SELECT 1 FROM territoire WHERE type = 'ept')
        """,
        [departement],
    ).fetchall()
    if orphans:
        names = ", ".join(name for (name,) in orphans)
        raise DataError([Problem("composition des EPT", f"communes sans EPT : {names}")])


def load_boundaries(con: duckdb.DuckDBPyConnection, source: Source, mirror: Path) -> None:
    """Fill `geometrie`: communes simplified together so that shared borders stay shared, EPT and département.

    Simplified in metres (Lambert-93, EPSG:2154), written in degrees with five decimals; surfaces are those of
    the full polygons, in km².
    """
    full = gpd.read_file(find_file(mirror, source))[["code_insee", "geometry"]].rename(columns={"code_insee": "code"})
    full = full.sort_values("code").to_crs(2154).reset_index(drop=True)
    simple = full.copy()
    simple["geometry"] = shapely.coverage_simplify(full.geometry.to_numpy(), TOLERANCE_M, simplify_boundary=True)
    ept_of = dict(con.execute("SELECT code, code_ept FROM territoire WHERE type = 'commune'").fetchall())
    unknown = sorted(set(full["code"]) - set(ept_of))
    if unknown:
        raise DataError([Problem(source.fichier, f"contours de communes inconnues : {', '.join(unknown)}")])
    frames = [simple.assign(surface=full.area / 1e6)]
    for level in (full["code"].map(ept_of), full["code"].str[:2]):
        merged = simple.assign(level=level).dissolve("level")[["geometry"]]
        surface = full.assign(level=level).dissolve("level").area / 1e6
        frames.append(merged.assign(code=merged.index, surface=surface).reset_index(drop=True))
    every = pd.concat(frames, ignore_index=True)
    points = every.geometry.representative_point().to_crs(4326)
    degrees = gpd.GeoSeries(every.geometry, crs=2154).to_crs(4326)
    rows = [
        (code, json.dumps(shapely.geometry.mapping(shape), separators=(",", ":")), point.x, point.y, surface)
        for code, shape, point, surface in zip(
            every["code"],
            shapely.set_precision(degrees.to_numpy(), 1e-5, mode="pointwise"),
            points,
            every["surface"],
            strict=True,
        )
    ]
    rows = [(c, _round(g), round(x, 5), round(y, 5), round(s, 3)) for c, g, x, y, s in rows]
    con.register("lignes", pd.DataFrame(rows, columns=["code", "geojson", "lon", "lat", "surface_km2"]))
    con.execute("INSERT INTO geometrie SELECT * FROM lignes ORDER BY code")
    con.unregister("lignes")


def _round(geojson: str) -> str:
    """Five decimals (about a metre): json writes 2.38453, not 2.3845300000000003."""
    return json.dumps(json.loads(geojson, parse_float=lambda text: round(float(text), 5)), separators=(",", ":"))
