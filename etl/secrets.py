"""Secrets that published figures would give away: the total that gives it is withheld too (« complementary »).

A producer hides a small number. It can be found again when it is the only unknown of a sum whose total is published:
a commune in its département, a part of a variable that is the sum of others (``identites`` of the catalogue).
"""

from __future__ import annotations

import duckdb

from etl.catalogue import Catalogue
from etl.rows import insert_rows

# A secret of member m of a level l: every other member is published, and the level too.
_LEVELS = """
    WITH membre AS (
        SELECT code, code_departement AS parent FROM territoire
        WHERE type = 'commune' AND code_departement = ANY($whole)
        UNION ALL
        SELECT code, code_region FROM territoire WHERE type = 'departement'
    ), compte AS (
        SELECT f.source, f.annee, f.variable, m.parent, sum(f.valeur) AS connu, count(*) AS presents,
            count(*) FILTER (f.statut = 'secret') AS secrets,
            count(*) FILTER (f.statut IN ('publie', 'somme', 'secret')) AS lus
        FROM fait AS f JOIN membre AS m ON m.code = f.territoire GROUP BY ALL
    ), nombre AS (SELECT parent, count(*) AS attendus FROM membre GROUP BY ALL)
    SELECT c.source, c.parent, c.annee, c.variable
    FROM compte AS c JOIN nombre AS n USING (parent)
    JOIN fait AS l ON l.source = c.source AND l.annee = c.annee AND l.variable = c.variable AND l.territoire = c.parent
    WHERE c.secrets = 1 AND c.lus = n.attendus AND l.statut IN ('publie', 'somme') AND l.valeur >= c.connu
"""

# A secret part of a total at one place: the total and every other part are published. The smallest of the other parts
# is withheld: what is lost is the least, and the total stays. Without another part to hide, the total goes.
_IDENTITIES = """
    WITH ligne AS (
        SELECT i.n, i.role, f.source, f.territoire, f.annee, f.variable, f.valeur, f.statut
        FROM identite AS i JOIN fait AS f USING (variable)
    ), compte AS (
        SELECT n, source, territoire, annee, count(*) AS presents,
            count(*) FILTER (statut = 'secret') AS secrets, count(*) FILTER (statut IN ('publie', 'somme')) AS publies
        FROM ligne GROUP BY ALL
    ), membres AS (SELECT n, count(*) AS attendus FROM identite GROUP BY ALL)
    SELECT l.source, l.territoire, l.annee, l.variable
    FROM ligne AS l JOIN compte AS c USING (n, source, territoire, annee) JOIN membres AS m USING (n)
    WHERE c.secrets = 1 AND c.publies = m.attendus - 1 AND l.statut IN ('publie', 'somme')
    QUALIFY row_number() OVER (
        PARTITION BY n, source, territoire, annee ORDER BY l.role = 'total', l.valeur, l.variable
    ) = 1
"""


def stage_identities(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Temporary table ``identite`` (n, jeu, role « total » or « partie », variable): one ``n`` an identity."""
    con.execute("CREATE OR REPLACE TEMP TABLE identite (n INTEGER, jeu VARCHAR, role VARCHAR, variable VARCHAR)")
    declared = [(jeu.code, one) for jeu in catalogue.jeux.values() for one in jeu.identites]
    rows = []
    for n, (code, one) in enumerate(declared):
        rows += [(n, code, "total", one.total), *((n, code, "partie", part) for part in one.parties)]
    insert_rows(con, "identite", rows)


def recoverable(con: duckdb.DuckDBPyConnection, whole: list[str]) -> list[tuple[str, str, int, str]]:
    """The published figures (source, territoire, annee, variable) that give a secret away, one a secret.

    ``whole``: the départements of which `territoire` has every commune. Needs the table ``identite``.
    """
    found = con.execute(_LEVELS, {"whole": whole}).fetchall() + con.execute(_IDENTITIES).fetchall()
    return sorted(set(found))


def protect_secrets(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Withhold (« secret ») what gives a secret away, until nothing does: a withheld figure is a secret in its turn."""
    stage_identities(con, catalogue)
    whole = whole_departements(con)
    while found := recoverable(con, whole):
        con.executemany(
            "UPDATE fait SET valeur = NULL, statut = 'secret' "
            "WHERE source = ? AND territoire = ? AND annee = ? AND variable = ?",
            found,
        )


def whole_departements(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The départements whose every commune is in `territoire`: Paris, and that of the EPT."""
    rows = con.execute(
        "SELECT DISTINCT code_departement FROM territoire WHERE type = 'ept' OR code = '75056' ORDER BY 1"
    ).fetchall()
    return [code for (code,) in rows]
