"""Territories: communes of today, communes of before and what became of them, EPT, and the levels above.

Sources: Code officiel géographique (communes and events) and composition of the EPT (INSEE), populations
for the threshold of the communes one compares with.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.cards import Source
from etl.errors import DataError, Problem, listed
from etl.identite import IDENTITE
from etl.periods import GEOGRAPHIE
from etl.readers.files import open_csv, open_workbook
from etl.readers.raw import rename_columns, require_unique
from etl.rows import insert_rows
from etl.sources import find_file

REGION, DEPARTEMENTS = IDENTITE.region.code.removeprefix("R"), tuple(IDENTITE.departements)
# Below, census figures are too uncertain for a commune to be compared with.
COMPARISON_THRESHOLD = 5000
NO_EPT, METROPOLE = "ZZZZZZZZZ", "200054781"
NOMS = IDENTITE.departements


@dataclass(frozen=True)
class CommuneFusionnee:
    """A commune that became part of another one on the first day of ``annee``."""

    avant: str
    apres: str
    annee: int
    nom_avant: str


def load_territories(
    con: duckdb.DuckDBPyConnection, sources: dict[str, Source], mirror: Path, departement: str
) -> None:
    """Fill `territoire` with the département's communes, its EPT, the communes one compares with, the levels above.

    The intercommunal level (type « ept ») is the EPT within the Métropole du Grand Paris, the EPCI elsewhere; one
    that lies over two départements is whole, with its communes of the other one. ``sources`` holds the
    geography's sources by the name of their dataset. Codes are unique across types:
    région « R11 », France « FR », France métropolitaine « FM », former Saint-Denis « 93066_2024 ».
    """
    if departement not in DEPARTEMENTS:
        message = f"seuls sont prévus ceux {IDENTITE.region.de} : {', '.join(DEPARTEMENTS)}"
        raise DataError([Problem(f"--departement {departement}", message)])
    names = _read_communes(con, mirror, sources["insee_cog"])
    mergers = _read_mergers(con, mirror, sources["insee_mouvements"])
    epts, ept_of = _read_epts(con, mirror, sources["insee_ept"])
    if "dgcl_epci" in sources:
        epcis, epci_of = _read_epcis(con, mirror, sources["dgcl_epci"])
        epts, ept_of = epcis | epts, epci_of | ept_of
    population = _read_population(con, mirror, sources["insee_populations"])
    own_epts = {ept_of[code] for code in names if code[:2] == departement and code in ept_of}
    kept = {
        code: name
        for code, name in names.items()
        if code[:2] == departement
        or ept_of.get(code) in own_epts
        or (code[:2] in DEPARTEMENTS and population.get(code, 0) > COMPARISON_THRESHOLD)
    }
    rows: list[tuple[str, *tuple[str | None, ...]]] = [
        ("FR", "pays", "France", None, None, None, None, None, None, None)
    ]
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
    insert_rows(con, "territoire", sorted(rows, key=lambda row: row[0]), columns)
    _check_territories(con, departement)


def _former_communes(
    code: str, name: str, ept: str | None, mergers: list[CommuneFusionnee]
) -> list[tuple[str, *tuple[str | None, ...]]]:
    """The communes that make today's ``code``, each with the dates between which it stood as such."""
    own = sorted((m for m in mergers if m.apres == code), key=lambda m: m.annee)
    rows: list[tuple[str, *tuple[str | None, ...]]] = []
    since = None
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


def _read_communes(con: duckdb.DuckDBPyConnection, mirror: Path, source: Source) -> dict[str, str]:
    _open(con, mirror, source, ["COM", "LIBELLE", "TYPECOM", "REG"])
    rows = con.execute("SELECT COM, LIBELLE FROM lu WHERE TYPECOM = 'COM' AND REG = ?", [REGION]).fetchall()
    if not rows:
        raise DataError([Problem(source.fichier, f"aucune commune de la région {REGION}", colonne="REG")])
    require_unique(source, [str(code) for code, _ in rows], "COM")
    unnamed = [str(code) for code, name in rows if not code or not name]
    if unnamed:
        raise DataError([Problem(source.fichier, f"communes sans code ou sans nom : {listed(unnamed)}")])
    return dict(rows)


def _read_mergers(
    con: duckdb.DuckDBPyConnection, mirror: Path, source: Source, since: int = 2012
) -> list[CommuneFusionnee]:
    """Mergers of the région after ``since`` and up to the geography in use, each led to today's commune."""
    needed = ["DATE_EFF", "TYPECOM_AV", "COM_AV", "LIBELLE_AV", "TYPECOM_AP", "COM_AP"]
    _open(con, mirror, source, needed)
    rows = con.execute(
        """
        SELECT DISTINCT COM_AV, COM_AP, TRY_CAST(left(DATE_EFF, 4) AS INTEGER) AS annee, LIBELLE_AV FROM lu
        WHERE TYPECOM_AV = 'COM' AND TYPECOM_AP = 'COM' AND COM_AV <> COM_AP
            AND list_contains($departements, left(COM_AV, 2)) AND annee BETWEEN $since AND $until
        ORDER BY annee, COM_AV
        """,
        {"departements": list(DEPARTEMENTS), "since": since, "until": GEOGRAPHIE},
    ).fetchall()
    return [CommuneFusionnee(*row) for row in rows]


def _read_epts(
    con: duckdb.DuckDBPyConnection, mirror: Path, source: Source
) -> tuple[dict[str, tuple[str, str | None]], dict[str, str]]:
    """EPT (code → name, short code) and the EPT of each commune. openpyxl refuses this workbook; calamine reads it."""
    open_workbook(con, source, find_file(mirror, source))
    rename_columns(con, source, ["CODGEO", "EPT", "LIBEPT"])
    rows = con.execute("SELECT CODGEO, EPT, LIBEPT, _ligne FROM lu WHERE EPT <> ? ORDER BY 4", [NO_EPT]).fetchall()
    for _, ept, label, line in rows:
        if ept == METROPOLE:
            problem = f"« {label} » ({ept}) est l’EPCI, non un établissement public territorial"
            advice = "prendre le fichier des EPT de l’INSEE, non celui des EPCI"
            raise DataError([Problem(source.fichier, problem, ligne=line, colonne="EPT", conseil=advice)])
    short = source.lecture.get("codes_courts", {})
    return {ept: (label, short.get(ept)) for _, ept, label, _ in rows}, {code: ept for code, ept, _, _ in rows}


def _read_epcis(
    con: duckdb.DuckDBPyConnection, mirror: Path, source: Source
) -> tuple[dict[str, tuple[str, str | None]], dict[str, str]]:
    """EPCI (code → name, no short code) and the EPCI of each commune, but for the Métropole: it has its EPT."""
    open_workbook(con, source, find_file(mirror, source))
    rename_columns(con, source, ["siren", "raison_sociale", "insee"])
    sql = "SELECT insee, siren, raison_sociale FROM lu WHERE siren <> ? ORDER BY _ligne"
    rows = con.execute(sql, [METROPOLE]).fetchall()
    return {epci: (label, None) for _, epci, label in rows}, {code: epci for code, epci, _ in rows}


def _read_population(con: duckdb.DuckDBPyConnection, mirror: Path, source: Source) -> dict[str, int]:
    _open(con, mirror, source, ["COM", "PMUN"], separator=";")
    rows = con.execute(
        """
        SELECT CASE WHEN COM LIKE '751__' THEN '75056' ELSE COM END AS code, sum(TRY_CAST(PMUN AS BIGINT))
        FROM lu WHERE COM NOT LIKE '751__' OR NOT EXISTS (FROM lu AS ville WHERE ville.COM = '75056')
        GROUP BY ALL
        """
    ).fetchall()
    return {code: int(total or 0) for code, total in rows}


def _open(
    con: duckdb.DuckDBPyConnection, mirror: Path, source: Source, needed: list[str], separator: str = ","
) -> None:
    open_csv(con, source, find_file(mirror, source), separator)
    rename_columns(con, source, needed)


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
