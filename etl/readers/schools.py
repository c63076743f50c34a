"""School files (IPS): one row a school, brought to counts by commune so that means are weighted by pupils."""

from __future__ import annotations

import duckdb

from etl.cards import Jeu, Source
from etl.errors import DataError, Problem, shown
from etl.readers.files import columns_of
from etl.readers.raw import quote, require_columns, stage_names

COMMUNE, DEPARTEMENT, SECTEUR = "code_insee_de_la_commune", "code_du_departement", "secteur"


def read_schools(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> None:
    """Sum pupils and pupils × IPS by commune and sector into ``brut``.

    Options of ``lecture``: prefixe (of the variables), effectifs and ips (names of the columns); ``alias`` renames any
    column, those of the commune, of the département and of the sector included. Schools
    whose IPS is not published (« NS », blank) count neither as pupils nor in the mean. The file is exhaustive:
    a commune of one of its départements that it does not name has no pupil, which is a true zero.
    """
    prefix = source.lecture["prefixe"]
    asked = (COMMUNE, DEPARTEMENT, SECTEUR, source.lecture["effectifs"], source.lecture["ips"])
    names = [{**jeu.alias, **source.alias}.get(column, column) for column in asked]
    if names[3] not in columns_of(con):
        raise DataError([_no_pupils(source, names[3])])
    require_columns(con, source, names)
    commune, departement, sector, pupils, index = map(quote, names)
    stage_names(con, {variable: variable.split(".", 1)[1] for variable in source.variables_of(jeu)})
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ecole AS
        SELECT _ligne, lpad({commune}, 5, '0') AS code, ltrim({departement}, '0') AS departement,
            CASE WHEN lower({sector}) LIKE 'public%' THEN 'public' ELSE 'prive' END AS secteur,
            {pupils} AS eleves_lus, {index} AS ips_lu,
            TRY_CAST(replace({pupils}, ',', '.') AS DOUBLE) AS eleves,
            TRY_CAST(replace({index}, ',', '.') AS DOUBLE) AS ips
        FROM lu WHERE trim(coalesce({index}, '')) NOT IN ('', 'NS')
        """
    )
    _check(con, source, *names[3:])
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE brut AS
        WITH somme AS (
            SELECT code, $prefixe || nature AS colonne, sum(nombre ORDER BY _ligne) AS total, min(_ligne) AS ligne
            FROM (
                SELECT _ligne, code, unnest(['_effectifs', '_ips_x_effectifs', '_' || secteur || '_effectifs',
                    '_' || secteur || '_ips_x_effectifs']) AS nature,
                    unnest([eleves, eleves * ips, eleves, eleves * ips]) AS nombre
                FROM ecole
            ) GROUP BY ALL
        ), commune AS (
            SELECT code FROM ecole UNION
            SELECT code FROM commune_utile
            WHERE NOT arrondissement AND code <> '75056' AND jusqu_a >= $geographie
                AND departement IN (SELECT departement FROM ecole)
        )
        SELECT coalesce(somme.ligne, 0) AS ligne, 'commune' AS niveau, commune.code, noms.colonne, noms.variable,
            CAST(round(coalesce(somme.total, 0), 6) AS VARCHAR) AS texte
        FROM commune CROSS JOIN noms LEFT JOIN somme USING (code, colonne)
        """,
        {"prefixe": prefix, "geographie": source.geographie},
    )


def _no_pupils(source: Source, pupils: str) -> Problem:
    told = "les nombres d’élèves manquent : sans eux, pas de moyenne par commune"
    advice = "prendre le fichier du producteur qui donne les effectifs de chaque établissement"
    return Problem(source.fichier, told, ligne=1, colonne=pupils, conseil=advice)


def _check(con: duckdb.DuckDBPyConnection, source: Source, pupils: str, index: str) -> None:
    schools, empty = con.execute(
        "SELECT count(*), count(*) FILTER (trim(coalesce(eleves_lus, '')) IN ('', 'NS', 'ND')) FROM ecole"
    ).fetchone() or (0, 0)
    if schools and empty == schools:
        raise DataError([_no_pupils(source, pupils)])
    wrong = con.execute(
        "SELECT _ligne, eleves, eleves_lus, ips_lu FROM ecole WHERE eleves IS NULL OR ips IS NULL ORDER BY 1 LIMIT 20"
    ).fetchall()
    problems = [
        Problem(
            source.fichier,
            _told(read_pupils, "le nombre d’élèves manque") if count is None else _told(read_index, "l’indice manque"),
            ligne=line,
            colonne=pupils if count is None else index,
        )
        for line, count, read_pupils, read_index in wrong
    ]
    if problems:
        raise DataError(problems)


def _told(cell: str | None, missing: str) -> str:
    return f"« {shown(cell)} » n’est pas un nombre" if cell and cell.strip() else missing
