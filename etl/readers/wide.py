"""Wide tables, one row a territory and one column a variable: what most producers publish."""

from __future__ import annotations

import duckdb

from etl.cards import Jeu, Source
from etl.readers.raw import column_name, quote, require_columns, stage_names


def read_wide(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> None:
    """Turn the opened file into ``brut``: one row a territory and a variable.

    Options of ``lecture``: code (column, or columns put end to end), annee (column that holds the year, when
    the file stacks several of them); ``alias`` renames them as it does variables. Rows of communes, IRIS
    and QPV that nobody asks for are left out at once; those of the département stay, known or not
    (etl/levels.py says which are wrong).
    """
    names = {variable: column_name(variable, source, jeu) for variable in source.variables_of(jeu)}
    code_columns = source.lecture.get("code", "CODGEO")
    code_columns = [code_columns] if isinstance(code_columns, str) else code_columns
    code_columns = [column_name(column, source, jeu) for column in code_columns]
    year_column = source.lecture.get("annee")
    year_column = column_name(year_column, source, jeu) if year_column else None
    require_columns(con, source, [*code_columns, *names.values(), *([year_column] if year_column else [])])
    stage_names(con, names)
    year = f"trim({quote(year_column)}) = $annee" if year_column else "$annee <> ''"
    columns = ", ".join(quote(name) for name in dict.fromkeys(names.values()))
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE brut AS
        SELECT _ligne AS ligne, $niveau AS niveau, _code AS code, l.colonne, n.variable, l.texte
        FROM (
            SELECT * FROM (SELECT _ligne, {_code(code_columns)} AS _code, {columns} FROM lu WHERE {year})
            UNPIVOT INCLUDE NULLS (texte FOR colonne IN ({columns}))
        ) AS l JOIN noms AS n USING (colonne)
        WHERE CASE
            WHEN $toutes THEN TRUE
            WHEN $niveau = 'commune' THEN lpad(_code, 5, '0') IN (SELECT code FROM commune_utile)
                OR left(lpad(_code, 5, '0'), 2) IN (SELECT code FROM departement_connu)
            WHEN $niveau = 'iris' THEN _code IN (SELECT code FROM quartier_utile)
                OR left(_code, 2) IN (SELECT code FROM departement_connu)
            WHEN $niveau = 'qpv' THEN _code IN (SELECT code FROM quartier_utile)
                OR substr(_code, 3, 3) IN (SELECT lpad(code, 3, '0') FROM departement_connu)
            ELSE TRUE
        END
        """,
        {"niveau": source.niveau, "annee": str(source.millesime), "toutes": bool(source.sommer)},
    )


def _code(columns: list[str]) -> str:
    """The code, in one column or several: 01 + 004 → 01004, but overseas 974 + 411 → 97411 (five characters)."""
    first = quote(columns[0])
    if len(columns) == 1:
        return f"trim({first})"
    others = " || ".join(f"trim({quote(name)})" for name in columns[1:])
    return f"left(trim({first}), 2) || {others}"
