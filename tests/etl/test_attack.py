"""Who has the whole warehouse tries to find the secrets of the producers: every level, every variable, every sum."""

import duckdb

from etl.catalogue import load_catalogue
from etl.secrets import recoverable, stage_identities, whole_departements

# A level, its members, and the only unknown among them: its value would be the level less the others.
LEVEL_LESS_MEMBERS = """
WITH lien AS (
    SELECT code AS membre, code_departement AS niveau FROM territoire WHERE type = 'commune'
    UNION ALL SELECT code, code_ept FROM territoire WHERE type = 'commune'
    UNION ALL SELECT code, code_departement FROM territoire WHERE type = 'ept'
    UNION ALL SELECT code, successeur FROM territoire WHERE type = 'commune_historique'
), entier AS (
    SELECT code FROM territoire WHERE type = 'ept' AND code_departement = '93'
    UNION ALL SELECT unnest(['93', '75'])
    UNION ALL SELECT DISTINCT successeur FROM territoire WHERE type = 'commune_historique'
), attendu AS (
    SELECT l.niveau, t.type, count(*) AS n FROM lien AS l JOIN territoire AS t ON t.code = l.membre
    WHERE l.niveau IN (FROM entier) GROUP BY ALL
), lu AS ({figures})
SELECT lu.serie, l.niveau, t.type, any_value(lu.territoire) FILTER (lu.secret) AS qui,
    n.valeur - sum(lu.valeur) AS trouve
FROM lu JOIN lien AS l ON l.membre = lu.territoire
JOIN territoire AS t ON t.code = lu.territoire
JOIN attendu AS a ON a.niveau = l.niveau AND a.type = t.type
JOIN lu AS n ON n.territoire = l.niveau AND n.serie = lu.serie AND n.valeur IS NOT NULL
GROUP BY lu.serie, l.niveau, t.type, n.valeur, a.n
HAVING count(*) = a.n AND count(*) FILTER (lu.secret) = 1 AND count(lu.valeur) = a.n - 1
   AND n.valeur >= sum(lu.valeur)
ORDER BY ALL
"""
FACTS = """
    SELECT source || ' ' || variable || ' ' || annee AS serie, territoire, valeur, statut = 'secret' AS secret FROM fait
"""


def amounts(column):
    """A component of the observations, or the observation itself when it is a count."""
    counts = "AND indicateur IN (SELECT code FROM indicateur WHERE agregation = 'somme')" if column == "valeur" else ""
    return f"""
        SELECT indicateur || ' {column} ' || annee AS serie, territoire, {column} AS valeur, statut = 'secret' AS secret
        FROM observation
        WHERE indicateur IN (SELECT code FROM indicateur WHERE agregation IN ('somme', 'ratio')) {counts}
    """


def test_no_level_less_its_known_members_gives_a_secret(base):
    for figures in (FACTS, *(amounts(column) for column in ("valeur", "numerateur", "denominateur", "valeur_membres"))):
        found = base.execute(LEVEL_LESS_MEMBERS.format(figures=figures)).fetchall()
        # A denominator is a population or a number of dwellings, published elsewhere: it is no secret.
        assert [row for row in found if " denominateur " not in row[0]] == []


def test_the_attack_finds_what_is_there_to_be_found(base):
    """The total that the CNAF publishes for 2023, were it still there, would give the secret of Gournay-sur-Marne."""
    leaky = f"""
        SELECT serie, territoire, secret AND territoire <> '93' AS secret,
            CASE WHEN territoire = '93' AND serie LIKE 'caf_allocataires_2023 % 2023' AND valeur IS NULL
                THEN 8792 ELSE valeur END AS valeur FROM ({FACTS})
    """
    found = base.execute(LEVEL_LESS_MEMBERS.format(figures=leaky)).fetchall()
    assert ("93033", 7.0) in {(who, value) for _, _, _, who, value in found}


def test_no_sum_of_variables_gives_a_secret(service):
    con = duckdb.connect()
    con.execute(f"ATTACH '{service / 'observatoire.duckdb'}' AS entrepot (READ_ONLY)")
    for table in ("fait", "territoire"):
        con.execute(f"CREATE TEMP VIEW {table} AS FROM entrepot.{table}")
    stage_identities(con, load_catalogue())
    assert recoverable(con, whole_departements(con)) == []


def test_a_secret_row_carries_nothing_else(base):
    (kept,) = base.execute(
        """
        SELECT count(*) FROM observation WHERE statut = 'secret' AND (valeur IS NOT NULL OR numerateur IS NOT NULL
            OR denominateur IS NOT NULL OR valeur_membres IS NOT NULL OR borne_haute IS NOT NULL)
        """
    ).fetchone()
    assert kept == 0
    assert base.execute("SELECT count(*) FROM fait WHERE statut = 'secret' AND valeur IS NOT NULL").fetchone() == (0,)
