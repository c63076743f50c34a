"""Lists of places (France services, QPV): counted by commune; a commune that is not in the list has none."""

from __future__ import annotations

import duckdb

from etl.cards import Jeu, Source
from etl.errors import DataError, Problem, shown
from etl.readers.raw import column_name, quote, require_columns


def count_places(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> None:
    """Count the distinct places of each commune, of each EPT and of the département, into ``brut``.

    Options of ``lecture``: identifiant (column, or columns that name a place together) and commune (columns, which
    ``alias`` may rename; several communes are separated by a space, « ; » or « | »), departement (the département the
    list covers whole), separateur, lignes (column → the value that the lines to read have), somme (column added up
    over the places instead of counting them). The list is exhaustive: a commune of the département that it does not
    name has zero. A place that straddles two communes counts in each of them, and once above; a place without a
    commune counts nowhere. Where the amount to add up is blank, it is not known: the commune and the levels above
    have no figure.
    """
    asked = source.lecture["identifiant"]
    place = [column_name(name, source, jeu) for name in ([asked] if isinstance(asked, str) else asked)]
    communes = column_name(source.lecture["commune"], source, jeu)
    kept = {column_name(name, source, jeu): value for name, value in source.lecture.get("lignes", {}).items()}
    added = column_name(source.lecture["somme"], source, jeu) if "somme" in source.lecture else None
    require_columns(con, source, [*place, communes, *kept, *([added] if added else [])])
    (variable,) = source.variables_of(jeu)
    where = " AND ".join(f"trim({quote(column)}) = $ligne{n}" for n, column in enumerate(kept)) or "TRUE"
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE lieu_lu AS
        SELECT _ligne, concat_ws('|', {", ".join(map(quote, place))}) AS lieu, trim({quote(communes)}) AS communes,
            {f"trim({quote(added)})" if added else "'1'"} AS texte
        FROM lu WHERE {where} AND trim(coalesce({quote(communes)}, '')) <> ''
        """,
        {f"ligne{n}": value for n, value in enumerate(kept.values())},
    )
    _check_communes(con, source, communes)
    _check_amounts(con, source, added)
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE brut AS
        WITH lieu AS (
            SELECT DISTINCT lieu, TRY_CAST(nullif(texte, '') AS DOUBLE) AS nombre,
                unnest(regexp_split_to_array(communes, '[ ;|]+')) AS code
            FROM lieu_lu
        ), commune AS (
            SELECT code, code_ept FROM commune_utile
            WHERE departement = $departement AND NOT arrondissement AND jusqu_a >= $geographie
        ), place AS (
            SELECT 'commune' AS niveau, code, lieu, nombre FROM lieu
            UNION
            SELECT 'ept', c.code_ept, l.lieu, l.nombre FROM lieu AS l JOIN commune AS c USING (code)
            UNION
            SELECT 'departement', $departement, lieu, nombre FROM lieu
        ), endroit AS (
            SELECT 'commune' AS niveau, code FROM commune
            UNION SELECT 'ept', code_ept FROM commune WHERE code_ept IS NOT NULL
            UNION SELECT 'departement', $departement
        )
        SELECT 0 AS ligne, niveau, code, $variable AS colonne, $variable AS variable,
            CASE
                WHEN count(lieu) > count(nombre) THEN 'nd'
                ELSE CAST(coalesce(sum(nombre ORDER BY lieu), 0) AS VARCHAR)
            END AS texte
        FROM endroit LEFT JOIN place USING (niveau, code)
        GROUP BY niveau, code
        """,
        {"departement": source.lecture["departement"], "variable": variable, "geographie": source.geographie},
    )


def _check_communes(con: duckdb.DuckDBPyConnection, source: Source, column: str) -> None:
    """A place in a commune that the département does not have would be lost from the count of its own."""
    unknown = con.execute(
        """
        SELECT code, min(_ligne) FROM (
            SELECT _ligne, unnest(regexp_split_to_array(communes, '[ ;|]+')) AS code FROM lieu_lu
        )
        WHERE starts_with(code, $departement) AND code NOT IN (SELECT code FROM commune_utile)
            AND NOT list_contains($declares, code)
        GROUP BY ALL ORDER BY 2, 1 LIMIT 20
        """,
        {"departement": source.lecture["departement"], "declares": source.codes_hors_carte},
    ).fetchall()
    advice = "vérifier le code et « geographie », ou le mettre dans « codes_hors_carte »"
    problems = [
        Problem(source.fichier, f"commune « {shown(code)} » : code inconnu", ligne=line, colonne=column, conseil=advice)
        for code, line in unknown
    ]
    if problems:
        raise DataError(problems)


def _check_amounts(con: duckdb.DuckDBPyConnection, source: Source, column: str | None) -> None:
    """Raise DataError when an amount to add up is not a number, or when a place is there twice with two amounts."""
    wrong = con.execute(
        """
        SELECT _ligne, texte FROM lieu_lu
        WHERE texte <> '' AND (TRY_CAST(texte AS DOUBLE) IS NULL OR NOT isfinite(CAST(texte AS DOUBLE)))
        ORDER BY 1 LIMIT 20
        """
    ).fetchall()
    problems = [
        Problem(source.fichier, f"« {shown(text)} » n’est pas un nombre", ligne=line, colonne=column)
        for line, text in wrong
    ]
    doubles = con.execute(
        """
        SELECT lieu, max(_ligne) FROM lieu_lu GROUP BY lieu
        HAVING count(DISTINCT coalesce(texte, '')) > 1 ORDER BY 2 LIMIT 20
        """
    ).fetchall()
    problems += [
        Problem(source.fichier, f"« {shown(place)} » figure deux fois, avec deux nombres", ligne=line, colonne=column)
        for place, line in doubles
    ]
    if problems:
        raise DataError(problems)
