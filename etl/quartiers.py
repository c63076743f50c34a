"""Below the commune: IRIS and priority neighbourhoods (QPV), each with its communes of today and its dates.

Sources: list of the IRIS (INSEE), passage from the former codes of a merged commune to the new ones, figures of
the 2015 zoning of QPV (names and communes), list of the 2024 zoning.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import duckdb

from etl.cards import Source
from etl.errors import DataError, Problem
from etl.readers.files import open_csv
from etl.readers.raw import rename_columns, require_unique
from etl.rows import insert_rows
from etl.sources import find_file
from etl.typography import fold

# Décret n° 2014-1750 du 30 décembre 2014 ; décret n° 2023-1314 du 28 décembre 2023.
ZONAGE_2015, FIN_2015, ZONAGE_2024 = date(2015, 1, 1), date(2023, 12, 31), date(2024, 1, 1)
COLUMNS = "code type nom code_ept code_departement code_region valide_du valide_au successeur code_commune communes"


def load_quartiers(con: duckdb.DuckDBPyConnection, sources: dict[str, Source], mirror: Path, departement: str) -> None:
    """Add the département's IRIS and QPV to `territoire`. ``sources``: by the name of their dataset; each may lack.

    ``code_commune`` is the commune of an IRIS, or of a QPV that has only one; ``communes`` are all those of a QPV.
    """
    rows: list[tuple] = []
    if "insee_iris" in sources:
        passage = _read_passage(con, mirror, sources.get("insee_iris_passage"))
        rows += _iris(con, mirror, sources["insee_iris"], departement, passage)
    if "insee_qpv_population" in sources:
        rows += _qpv_2015(con, mirror, sources["insee_qpv_population"], departement)
    if "anct_qpv" in sources:
        rows += _qpv_2024(con, mirror, sources["anct_qpv"], departement)
    insert_rows(con, "territoire", sorted(rows, key=lambda row: row[0]), COLUMNS)


def iris_codes(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Former code of an IRIS → today's, for the IRIS of merged communes."""
    rows = con.execute("SELECT code, successeur FROM territoire WHERE type = 'iris_historique'").fetchall()
    return dict(rows)


def _iris(
    con: duckdb.DuckDBPyConnection, mirror: Path, source: Source, departement: str, passage: dict[str, tuple[str, str]]
) -> list[tuple]:
    _open(con, mirror, source, ["CODE_IRIS", "LIB_IRIS", "DEPCOM", "DEP"], ";")
    read = con.execute(
        """
        SELECT l.CODE_IRIS, replace(l.LIB_IRIS, ' (commune non irisée)', ''), coalesce(t.successeur, t.code),
            t.code_ept, t.code_region, t.valide_au
        FROM lu AS l JOIN territoire AS t ON t.code = l.DEPCOM AND t.type IN ('commune', 'commune_historique')
        WHERE l.DEP = ? ORDER BY 1
        """,
        [departement],
    ).fetchall()
    if not read:
        raise DataError([Problem(source.fichier, f"aucun IRIS du département {departement}", colonne="DEP")])
    require_unique(source, [code for code, *_ in read], "CODE_IRIS")
    rows = []
    for code, name, commune, ept, region, last_day in read:
        place = (ept, departement, region)
        if code in passage and last_day:
            new, new_name = passage[code]
            born = last_day + timedelta(days=1)
            rows.append((code, "iris_historique", name, *place, None, last_day, new, commune, [commune]))
            rows.append((new, "iris", new_name, *place, born, None, None, commune, [commune]))
        else:
            rows.append((code, "iris", name, *place, None, None, None, commune, [commune]))
    return rows


def _read_passage(con: duckdb.DuckDBPyConnection, mirror: Path, source: Source | None) -> dict[str, tuple[str, str]]:
    """Former code → (new code, new name)."""
    if source is None:
        return {}
    _open(con, mirror, source, ["code_iris_2022", "code_iris_2025", "nom_2025"], ",")
    return {
        old: (new, name)
        for old, new, name in con.execute(
            "SELECT code_iris_2022, code_iris_2025, nom_2025 FROM lu ORDER BY 1"
        ).fetchall()
    }


def _qpv_2015(con: duckdb.DuckDBPyConnection, mirror: Path, source: Source, departement: str) -> list[tuple]:
    """QPV of the 2015 zoning; the file gives the names of their communes, not the codes."""
    _open(con, mirror, source, ["CODGEO", "LIBGEO", "LIB_COM"], ";")
    read = con.execute(
        "SELECT CODGEO, LIBGEO, LIB_COM, _ligne FROM lu WHERE starts_with(CODGEO, ?) ORDER BY 1",
        [f"QP{departement:0>3}"],
    ).fetchall()
    require_unique(source, [code for code, *_ in read], "CODGEO")
    codes = _codes_by_name(con, departement)
    rows, problems = [], []
    for code, name, communes, line in read:
        names = [fold(text) for text in (communes or "").split(",")]
        unknown = [text for text in names if text not in codes]
        if unknown:
            told = f"communes inconnues : {', '.join(unknown)}"
            problems.append(Problem(source.fichier, told, ligne=line, colonne="LIB_COM"))
            continue
        found = sorted({codes[text] for text in names})
        rows.append(_qpv(con, code, name, found, departement, ZONAGE_2015, FIN_2015))
    if problems:
        raise DataError(problems)
    return rows


def _qpv_2024(con: duckdb.DuckDBPyConnection, mirror: Path, source: Source, departement: str) -> list[tuple]:
    place, communes = source.lecture["identifiant"], source.lecture["commune"]
    _open(con, mirror, source, [place, communes, "lib_qp"], ",")
    read = con.execute(
        f'SELECT DISTINCT "{place}", lib_qp, "{communes}" FROM lu WHERE starts_with("{place}", ?) ORDER BY 1',
        [f"QN{departement:0>3}"],
    ).fetchall()
    require_unique(source, [code for code, *_ in read], place)
    return [
        _qpv(con, code, name, sorted(re.split(r"[ ;|]+", (found or "").strip())), departement, ZONAGE_2024, None)
        for code, name, found in read
    ]


def _qpv(
    con: duckdb.DuckDBPyConnection,
    code: str,
    name: str,
    communes: list[str],
    departement: str,
    start: date,
    end: date | None,
) -> tuple:
    """A row of `territoire`: the EPT is told when all the communes are in the same one."""
    rows = con.execute(
        "SELECT code, code_ept, code_region FROM territoire WHERE list_contains(?, code) AND type = 'commune'",
        [communes],
    ).fetchall()
    missing = sorted(set(communes) - {row[0] for row in rows})
    if missing:
        raise DataError([Problem("quartiers prioritaires", f"{code} : communes inconnues : {', '.join(missing)}")])
    epts = {row[1] for row in rows}
    ept = epts.pop() if len(epts) == 1 else None
    only = communes[0] if len(communes) == 1 else None
    return (code, "qpv", name, ept, departement, rows[0][2], start, end, None, only, communes)


def _codes_by_name(con: duckdb.DuckDBPyConnection, departement: str) -> dict[str, str]:
    """Folded name → code of today's commune; the département's own communes win over namesakes."""
    rows = con.execute(
        """
        SELECT nom, coalesce(successeur, code) FROM territoire
        WHERE type IN ('commune', 'commune_historique') AND length(code) = 5
        ORDER BY code_departement = ?, code
        """,
        [departement],
    ).fetchall()
    return {fold(name): code for name, code in rows}


def _open(con: duckdb.DuckDBPyConnection, mirror: Path, source: Source, needed: list[str], separator: str) -> None:
    open_csv(con, source, find_file(mirror, source), separator)
    rename_columns(con, source, needed)
