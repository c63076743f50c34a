"""Lists of places (France services, QPV): counted by commune; a commune that is not in the list has none."""

from __future__ import annotations

import duckdb

from etl.cards import Jeu, Source
from etl.readers.raw import column_name, quote, require_columns


def count_places(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> None:
    """Count the distinct places of each commune, of each EPT and of the département, into ``brut``.

    Options of ``lecture``: identifiant and commune (columns, which ``alias`` may rename; several communes are
    separated by a space, « ; » or « | »), departement (the département the list covers whole), separateur. The list
    is exhaustive: a commune of the département that it does not name has zero. A place that straddles two communes
    counts in each of them, and once above.
    """
    place, communes = (column_name(source.lecture[key], source, jeu) for key in ("identifiant", "commune"))
    require_columns(con, source, [place, communes])
    (variable,) = source.variables_of(jeu)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE brut AS
        WITH lieu AS (
            SELECT DISTINCT {quote(place)} AS lieu,
                unnest(regexp_split_to_array(trim({quote(communes)}), '[ ;|]+')) AS code
            FROM lu
        ), commune AS (
            SELECT code, code_ept FROM commune_utile
            WHERE departement = $departement AND NOT arrondissement AND jusqu_a >= $geographie
        ), compte AS (
            SELECT 'commune' AS niveau, c.code, count(DISTINCT l.lieu) AS nombre
            FROM commune AS c LEFT JOIN lieu AS l USING (code) GROUP BY ALL
            UNION ALL
            SELECT 'ept', c.code_ept, count(DISTINCT l.lieu)
            FROM commune AS c LEFT JOIN lieu AS l USING (code) WHERE c.code_ept IS NOT NULL GROUP BY ALL
            UNION ALL
            SELECT 'departement', $departement, count(DISTINCT lieu) FROM lieu
        )
        SELECT 0 AS ligne, niveau, code, $variable AS colonne, $variable AS variable, CAST(nombre AS VARCHAR) AS texte
        FROM compte
        """,
        {"departement": source.lecture["departement"], "variable": variable, "geographie": source.geographie},
    )
