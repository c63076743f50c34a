"""« Relevés »: tidy counts, one row a figure, for the datasets whose original file is only met on a portal."""

from __future__ import annotations

import duckdb

from etl.cards import Jeu, Source
from etl.errors import DataError, Problem
from etl.readers.files import columns_of
from etl.readers.raw import column_name, require_columns, stage_names

NIVEAUX = ("commune", "departement", "region", "pays", "iris", "qpv")


def read_tidy(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> None:
    """Read the figures of the source's vintage into ``brut``.

    Columns: ``annee, territoire, variable, valeur`` and, where several levels share the file, ``type``.
    Options of ``lecture``: prefixe (put before the variable), annee (label of the year in the file).
    """
    require_columns(con, source, ["annee", "territoire", "variable", "valeur"])
    stage_names(con, {variable: column_name(variable, source, jeu) for variable in source.variables_of(jeu)})
    level = "coalesce(nullif(type, ''), $niveau)" if "type" in columns_of(con) else "$niveau"
    year = str(source.lecture.get("annee", source.millesime))
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE brut AS
        SELECT l._ligne AS ligne, {level} AS niveau, trim(l.territoire) AS code, l.variable AS colonne, n.variable,
            l.valeur AS texte
        FROM lu AS l JOIN noms AS n ON n.colonne = l.variable
        WHERE l.annee = $annee
        """,
        {"niveau": source.niveau, "annee": year},
    )
    _check(con, source, year)


def _check(con: duckdb.DuckDBPyConnection, source: Source, year: str) -> None:
    wrong = con.execute(
        "SELECT niveau, min(ligne) FROM brut WHERE NOT list_contains(?, niveau) GROUP BY ALL ORDER BY 2",
        [list(NIVEAUX)],
    ).fetchall()
    problems = [
        Problem(
            source.fichier,
            f"type de territoire « {level} » inconnu",
            ligne=line,
            colonne="type",
            conseil=f"types permis : {', '.join(NIVEAUX)}",
        )
        for level, line in wrong
    ]
    if con.execute("SELECT count(*) FROM brut").fetchone() == (0,):
        problems.append(
            Problem(source.fichier, f"aucun chiffre pour l’année {year}", conseil="vérifier le millésime déclaré")
        )
    if problems:
        raise DataError(problems)
