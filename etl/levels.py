"""From the communes of a file to ours: districts put together, former communes told apart, sums above the commune.

Works on the temporary table ``propre`` (etl/facts.py), between the reading of a source and its insertion.
"""

from __future__ import annotations

import duckdb

from etl.cards import Source
from etl.errors import DataError, Problem, shown
from etl.identite import IDENTITE

# City → its arrondissements, from the first to the last: never added to it (`merge_districts`).
DISTRICTS = {"75056": (75101, 75120), "69123": (69381, 69389), "13055": (13201, 13216)}


def stage_communes(con: duckdb.DuckDBPyConnection, departement: str) -> None:
    """Temporary table ``commune_utile``: the codes that files may give for the communes of `territoire`.

    ``jusqu_a`` is the last geography a code stands in; ``arrondissement`` marks the districts of Paris, Lyon
    and Marseille, which some files give instead of the commune. ``quartier_utile``: the same below the commune.
    ``departement_connu``: the département all of whose communes, IRIS and QPV are known; a file's other codes there
    are errors (require_known_codes).
    """
    con.execute("CREATE OR REPLACE TEMP TABLE departement_connu AS SELECT CAST(? AS VARCHAR) AS code", [departement])
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE commune_utile AS
        SELECT code, code_departement AS departement, code_ept, coalesce(year(valide_au), 9999) AS jusqu_a,
            FALSE AS arrondissement
        FROM territoire WHERE type IN ('commune', 'commune_historique') AND length(code) = 5
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE quartier_utile AS
        SELECT code, type FROM territoire WHERE type IN ('iris', 'iris_historique', 'qpv')
        """
    )
    # What a file gives both for a city and for all its arrondissements: a check compares them once the cards are known.
    con.execute(
        "CREATE OR REPLACE TEMP TABLE ville_lue "
        "(source VARCHAR, commune VARCHAR, variable VARCHAR, valeur DOUBLE, arrondissements DOUBLE)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE arrondissement (code VARCHAR, commune VARCHAR)")
    districts = [(str(n), city) for city, (first, last) in DISTRICTS.items() for n in range(first, last + 1)]
    con.executemany("INSERT INTO arrondissement VALUES (?, ?)", districts)
    con.execute("INSERT INTO commune_utile SELECT code, NULL, NULL, 9999, TRUE FROM arrondissement")


def require_known_codes(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Raise DataError for each code of ``propre`` that the département should have and does not.

    A figure under a wrong code would be lost, and its commune said to be missing. ``codes_hors_carte`` of the source
    declares those that stand for no territory (« autres communes du 93 »).
    """
    unknown = con.execute(
        """
        SELECT p.niveau, p.code, min(p.ligne) FROM propre AS p, departement_connu AS d
        WHERE NOT list_contains($declares, p.code) AND (
            (p.niveau = 'commune' AND starts_with(p.code, d.code) AND p.code NOT IN (SELECT code FROM commune_utile))
            OR (p.niveau = 'iris' AND starts_with(p.code, d.code) AND p.code NOT IN (SELECT code FROM quartier_utile))
            OR (p.niveau = 'qpv' AND substr(p.code, 3, 3) = lpad(d.code, 3, '0')
                AND p.code NOT IN (SELECT code FROM quartier_utile))
        )
        GROUP BY ALL ORDER BY 3, 2 LIMIT 20
        """,
        {"declares": source.codes_hors_carte},
    ).fetchall()
    names = {"commune": "commune", "iris": "IRIS", "qpv": "quartier prioritaire"}
    advice = "vérifier le code et « geographie » ; s’il ne désigne aucun lieu, le mettre dans « codes_hors_carte »"
    problems = [
        Problem(source.fichier, f"{names[level]} « {shown(code)} » : code inconnu", ligne=line or None, conseil=advice)
        for level, code, line in unknown
    ]
    if problems:
        raise DataError(problems)


# Under so many communes, a département is too small for the absence of some to mean an error.
ENOUGH_COMMUNES = 10


def require_every_commune(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Raise DataError for each commune of the département that a file of communes does not hold.

    A line lost, or whose code is of another département (« 9327 », « 39027 ») or of none, leaves no other trace.
    ``communes_absentes`` of the source declares those that its producer leaves out. A relevé may say only some.
    """
    if source.niveau != "commune" or source.lecteur == "releve":
        return
    rows = con.execute(
        """
        SELECT c.code, any_value(t.nom), count(p.code) FROM commune_utile AS c
        JOIN departement_connu AS d ON d.code = c.departement
        JOIN territoire AS t ON t.code = c.code
        LEFT JOIN propre AS p ON p.code = c.code AND p.niveau = 'commune'
        WHERE c.jusqu_a >= $geographie AND EXISTS (FROM propre WHERE niveau = 'commune')
        GROUP BY c.code ORDER BY c.code
        """,
        {"geographie": source.geographie},
    ).fetchall()
    absent = [(code, name) for code, name, lines in rows if not lines and code not in source.communes_absentes]
    if not absent or len(rows) < ENOUGH_COMMUNES:
        return
    advice = "vérifier que le fichier est entier et ses codes justes ; sinon le dire dans « communes_absentes »"
    if len(absent) == len(rows):
        # A file of one département is not made for another; one of several has lost its own.
        several = "SELECT count(DISTINCT left(code, 2)) > 1 FROM propre WHERE niveau = 'commune'"
        if con.execute(several).fetchone() == (False,):
            return
        raise DataError([Problem(source.fichier, "aucune commune du département n’y est", conseil=advice)])
    raise DataError(
        [Problem(source.fichier, f"la commune {code} ({name}) n’y est pas", conseil=advice) for code, name in absent]
    )


def merge_districts(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Paris, Lyon and Marseille are one commune each, whose arrondissements some files give too, or instead.

    A city is never added to its own arrondissements: after this step they are gone, and every sum over communes
    (here, in `insert_sums`, in the transform) counts the city once. Its figure is that of its own line, unless it is
    under that of one of its arrondissements (an empty line, or what no arrondissement could be given, in some files).
    Without a line, ``lecture.paris`` says where it is: « arrondissements » (to be added), « departement » (the line of
    département 75); « commune »: nowhere.
    """
    if source.niveau != "commune":
        return
    mode = source.lecture.get("paris", "commune")
    if mode != "commune":
        # Elsewhere nothing could take the place of the city's line (and a rate may well be under its arrondissements').
        con.execute(
            """
            DELETE FROM propre USING (
                SELECT a.commune, p.variable, max(p.valeur) AS plus_grand FROM propre AS p
                JOIN arrondissement AS a ON a.code = p.code WHERE p.niveau = 'commune' GROUP BY ALL
            ) AS d
            WHERE propre.niveau = 'commune' AND propre.code = d.commune AND propre.variable = d.variable
              AND coalesce(propre.valeur, 0) < d.plus_grand
              AND ($mode = 'arrondissements' OR EXISTS (
                  FROM propre AS q WHERE q.code = '75' AND q.niveau = 'departement' AND q.variable = d.variable
              ))
            """,
            {"mode": mode},
        )
    absent = "NOT EXISTS (FROM propre AS q WHERE q.code = {} AND q.variable = p.variable AND q.niveau = 'commune')"
    if mode == "arrondissements":
        con.execute(
            f"""
            INSERT INTO propre
            SELECT 0, 'commune', any_value(p.colonne), p.variable, a.commune, '',
                sum(p.valeur ORDER BY p.code), 'publie'
            FROM propre AS p JOIN arrondissement AS a ON a.code = p.code
            WHERE p.niveau = 'commune' AND {absent.format("a.commune")}
            GROUP BY a.commune, p.variable
            HAVING count(*) = count(*) FILTER (p.statut = 'publie')
            """
        )
    if mode == "departement":
        con.execute(
            f"""
            INSERT INTO propre
            SELECT * REPLACE ('commune' AS niveau, '75056' AS code) FROM propre AS p
            WHERE p.code = '75' AND p.niveau = 'departement' AND {absent.format("'75056'")}
            """
        )
    con.execute(
        """
        INSERT INTO ville_lue
        SELECT $source, a.commune, p.variable, v.valeur, sum(p.valeur ORDER BY p.code)
        FROM propre AS p JOIN arrondissement AS a ON a.code = p.code
        JOIN propre AS v ON v.code = a.commune AND v.variable = p.variable AND v.niveau = 'commune'
        WHERE p.niveau = 'commune' AND v.statut = 'publie'
        GROUP BY a.commune, p.variable, v.valeur
        HAVING count(*) FILTER (p.statut = 'publie') = (
            SELECT count(*) FROM arrondissement AS b WHERE b.commune = a.commune
        )
        """,
        {"source": source.code},
    )
    con.execute("DELETE FROM propre WHERE niveau = 'commune' AND code IN (SELECT code FROM arrondissement)")


def mark_partial_levels(con: duckdb.DuckDBPyConnection) -> None:
    """A département or a région that equals the sum of its disclosed communes, others being missing, is a lower bound.

    Its status becomes « partiel ». The communes of Île-de-France that the file holds are its members. Only missing
    members count (of unknown size): a secret is a small number, which leaves the total nearly whole.
    A country of the same file and variable is one too: it was added up in the same way.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE partiel AS
        WITH membre AS (
            SELECT variable, valeur, statut, left(code, 2) AS parent FROM propre WHERE niveau = 'commune'
            UNION ALL
            SELECT variable, valeur, statut, $region FROM propre
            WHERE niveau = 'commune' AND left(code, 2) = ANY($departements)
        ), total AS (
            SELECT variable, parent, sum(valeur) FILTER (statut = 'publie') AS somme,
                count(*) FILTER (statut = 'manquant') AS manquants
            FROM membre GROUP BY ALL
        )
        SELECT p.code, p.variable FROM propre AS p
        JOIN total AS t ON t.parent = p.code AND t.variable = p.variable
        WHERE p.niveau IN ('departement', 'region') AND p.statut = 'publie' AND t.manquants > 0 AND p.valeur > 0
          AND abs(p.valeur - t.somme) < 1e-6 * p.valeur
        """,
        {"region": IDENTITE.region.code, "departements": list(IDENTITE.departements)},
    )
    con.execute(
        """
        UPDATE propre SET statut = 'partiel' FROM partiel AS f
        WHERE propre.variable = f.variable AND propre.statut = 'publie'
          AND (propre.code = f.code OR (propre.niveau = 'pays' AND f.code = $region))
          AND propre.niveau IN ('departement', 'region', 'pays')
        """,
        {"region": IDENTITE.region.code},
    )


def rename_former_communes(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Give the communes of the file's geography their own codes: 93066 of 2021 is not 93066 of 2025.

    A commune that had ceased to be at that geography may have an empty line; a figure on it is an error.
    """
    ghosts = con.execute(
        """
        SELECT p.code, p.ligne, p.colonne FROM propre AS p JOIN territoire AS t USING (code)
        WHERE t.type = 'commune_historique' AND year(t.valide_au) < $geographie AND p.valeur IS NOT NULL
        ORDER BY p.ligne LIMIT 5
        """,
        {"geographie": source.geographie},
    ).fetchall()
    if ghosts:
        raise DataError(
            [
                Problem(
                    source.fichier,
                    f"la commune {code} n’existe plus à la géographie {source.geographie}, mais porte un chiffre",
                    ligne=line,
                    colonne=column,
                    conseil="corriger « geographie » dans sources.toml",
                )
                for code, line, column in ghosts
            ]
        )
    con.execute(
        """
        DELETE FROM propre USING territoire AS t
        WHERE t.code = propre.code AND t.type = 'commune_historique' AND year(t.valide_au) < $geographie
        """,
        {"geographie": source.geographie},
    )
    con.execute(
        """
        UPDATE propre SET code = t.code FROM territoire AS t
        WHERE t.type = 'commune_historique' AND propre.niveau = 'commune'
          AND t.successeur = propre.code AND t.code LIKE propre.code || '_%'
          AND year(t.valide_au) >= $geographie
          AND (t.valide_du IS NULL OR year(t.valide_du) <= $geographie)
        """,
        {"geographie": source.geographie},
    )


def rename_former_iris(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Give an IRIS its code of today: those of a merged commune are renumbered, their limits are the same.

    Unlike those of communes, the figures of the former code are those of the new one: nothing is added. Raises
    DataError when a file carries both codes of an IRIS.
    """
    if source.niveau != "iris":
        return
    both = con.execute(
        """
        SELECT DISTINCT t.code, t.successeur FROM propre AS p
        JOIN territoire AS t ON t.code = p.code AND t.type = 'iris_historique'
        JOIN propre AS q ON q.code = t.successeur AND q.variable = p.variable
        ORDER BY 1
        """
    ).fetchall()
    if both:
        told = [f"l’IRIS {former} figure aussi sous son nouveau code {new}" for former, new in both]
        raise DataError([Problem(source.fichier, text, conseil="ne garder qu’un des deux codes") for text in told])
    con.execute(
        """
        UPDATE propre SET code = t.successeur FROM territoire AS t
        WHERE t.code = propre.code AND t.type = 'iris_historique'
        """
    )


def insert_sums(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Add the counts of every commune of the file up to the levels it does not publish (``sommer``).

    A sum is written only when each of its communes has a figure; communes of the départements listed in
    ``lecture.hors`` (Mayotte, which some files leave empty) are outside.
    """
    for level in source.sommer:
        condition = "TRUE" if level in ("FR", "FM") else "left(code, 2) = ANY($departements)"
        scope = list(IDENTITE.departements) if level == IDENTITE.region.code else [level]
        parameters = {"niveau": level, "hors": source.lecture.get("hors", [])}
        if "$departements" in condition:
            parameters["departements"] = scope
        con.execute(
            f"""
            INSERT INTO fait
            SELECT '{source.code}', $niveau, {source.millesime}, variable, sum(valeur ORDER BY code), 'somme'
            FROM propre
            WHERE niveau = 'commune' AND {condition} AND NOT list_contains($hors, left(code, 3))
            GROUP BY variable
            HAVING count(*) = count(*) FILTER (statut = 'publie')
            """,
            parameters,
        )
