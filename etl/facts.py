"""From raw text to facts: codes, marks, numbers, rules, corrections, geography. The same road for every format.

A fact is a producer's figure as published: ``(source, territoire, annee, variable, valeur, statut)``, at the
geography of its file. ``statut`` is publie, secret, manquant, censure, or somme (added here over the communes).
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from etl.catalogue import Catalogue, Jeu, Regle, Source
from etl.errors import DataError, Problem
from etl.readers import READERS
from etl.sources import find_file, sha256

TABLE_FAIT = """
CREATE TABLE fait (
    source VARCHAR NOT NULL,
    territoire VARCHAR NOT NULL,
    annee INTEGER NOT NULL,
    variable VARCHAR NOT NULL,
    valeur DOUBLE,
    statut VARCHAR NOT NULL CHECK (statut IN ('publie', 'secret', 'manquant', 'censure', 'somme')),
    PRIMARY KEY (source, territoire, annee, variable),
    CHECK ((valeur IS NULL) = (statut IN ('secret', 'manquant')))
)
"""

_CLEAN = """
CREATE OR REPLACE TEMP MACRO pad(code, taille) AS
    repeat('0', greatest(0, taille - length(trim(code)))) || trim(code);
CREATE OR REPLACE TEMP TABLE propre AS
WITH nettoye AS (
    SELECT ligne, niveau, colonne, variable,
        CASE niveau
            WHEN 'commune' THEN pad(code, 5)
            WHEN 'departement' THEN pad(code, 2)
            WHEN 'region' THEN 'R' || pad(code, 2)
            ELSE $pays
        END AS code,
        regexp_replace(coalesce(texte, ''), '[\\s\\x{00A0}\\x{202F}"]', '', 'g') AS texte
    FROM brut
), marque AS (
    SELECT *,
        CASE
            WHEN texte = '' THEN $vide
            WHEN lower(texte) IN ('s', 'ns') THEN 'secret'
            WHEN lower(texte) IN ('nd', 'so', 'n/a', 'na', 'nan') THEN 'manquant'
        END AS marque
    FROM nettoye
)
SELECT * EXCLUDE (marque),
    CASE WHEN marque IS NULL THEN TRY_CAST(replace(texte, $decimale, '.') AS DOUBLE) END AS valeur,
    coalesce(marque, 'publie') AS statut
FROM marque
"""


def load_facts(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, mirror: Path) -> None:
    """Read every source of figures of the catalogue into `fait` and `source`.

    Raises DataError with the problems of all the files, not of the first one only.
    """
    con.execute(TABLE_FAIT)
    problems: list[Problem] = []
    for source in catalogue.sources:
        jeu = catalogue.jeux[source.jeu]
        try:
            record_source(con, source, jeu, find_file(mirror, source))
            if source.lecteur in READERS:
                read_source(con, source, jeu, mirror)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    apply_corrections(con, catalogue)


def record_source(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, path: Path) -> None:
    """One row of table `source`: where figures come from, and the fingerprint of the file they were read in."""
    url = source.url or jeu.page
    con.execute(
        "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(source.code, source.jeu, jeu.producteur, jeu.nom, source.millesime, source.geographie, source.fichier),
            *(url, jeu.licence, source.publie_le, source.obtenu_le, sha256(path)),
        ],
    )


def read_source(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, mirror: Path) -> None:
    """One source of figures into `fait`."""
    READERS[source.lecteur](con, source, jeu, find_file(mirror, source))
    con.execute(
        _CLEAN,
        {
            "pays": source.lecture.get("pays", "FR"),
            "vide": source.vide,
            "decimale": source.lecture.get("decimale", "."),
        },
    )
    _check_numbers(con, source)
    for regle in [*jeu.regles, *source.regles]:
        _apply_rule(con, regle)
    _merge_districts(con, source)
    _rename_former_communes(con, source)
    _insert_sums(con, source)
    con.execute(
        """
        INSERT INTO fait
        SELECT $source, p.code, $annee, p.variable,
            CASE WHEN p.statut IN ('publie', 'censure') THEN p.valeur END, p.statut
        FROM propre AS p JOIN territoire AS t ON t.code = p.code
        """,
        {"source": source.code, "annee": source.millesime},
    )


def _check_numbers(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    wrong = con.execute(
        """
        SELECT ligne, colonne, texte FROM propre
        WHERE statut = 'publie' AND (valeur IS NULL OR NOT isfinite(valeur))
        ORDER BY ligne LIMIT 20
        """
    ).fetchall()
    doubles = con.execute(
        "SELECT code, colonne, max(ligne) FROM propre GROUP BY ALL HAVING count(*) > count(DISTINCT variable) LIMIT 20"
    ).fetchall()
    problems = [
        Problem(
            source.fichier,
            f"« {text} » n'est pas un nombre (ni une marque de secret ou d'absence connue)",
            ligne=line,
            colonne=column,
            conseil="vérifier le séparateur décimal déclaré dans sources.toml, ou corriger le fichier",
        )
        for line, column, text in wrong
    ]
    problems += [
        Problem(source.fichier, f"le territoire « {code} » figure deux fois", ligne=line, colonne=column)
        for code, column, line in doubles
    ]
    if problems:
        raise DataError(problems)


def _apply_rule(con: duckdb.DuckDBPyConnection, regle: Regle) -> None:
    variables = [
        name
        for (name,) in con.execute("SELECT DISTINCT variable FROM propre").fetchall()
        if any(fnmatchcase(name, pattern) for pattern in regle.variables)
    ]
    operator, bound = regle.si.split()
    con.execute(
        f"""
        UPDATE propre SET statut = $statut
        WHERE statut = 'publie' AND list_contains($variables, variable) AND valeur {operator} $borne
          AND ($territoires = [] OR list_contains($territoires, code)) AND ($niveau = '' OR niveau = $niveau)
        """,
        {
            "statut": regle.statut,
            "variables": variables,
            "borne": float(bound),
            "territoires": regle.territoires,
            "niveau": regle.niveau,
        },
    )


def _merge_districts(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Paris, Lyon and Marseille are one commune each; some files give only their arrondissements.

    ``lecture.paris`` says where the figures of Paris are: « commune » (its own line), « arrondissements »
    (to be added, as for Lyon and Marseille in the same file), « departement » (the line of département 75).
    """
    if source.niveau != "commune":
        return
    mode = source.lecture.get("paris", "commune")
    if mode == "arrondissements":
        con.execute(
            """
            INSERT INTO propre
            SELECT 0, 'commune', any_value(p.colonne), p.variable, v.commune, '',
                sum(p.valeur ORDER BY p.code), 'publie'
            FROM propre AS p
            JOIN (VALUES ('75056', '751__'), ('69123', '6938_'), ('13055', '132__')) AS v (commune, forme)
                ON p.code LIKE v.forme
            WHERE v.commune NOT IN (SELECT code FROM propre)
            GROUP BY v.commune, p.variable
            HAVING count(*) = count(*) FILTER (p.statut = 'publie')
            """
        )
    if mode == "departement":
        con.execute("DELETE FROM propre WHERE code = '75056'")
        con.execute(
            """
            INSERT INTO propre
            SELECT * REPLACE ('commune' AS niveau, '75056' AS code) FROM propre WHERE code = '75'
            """
        )
    con.execute(
        """
        DELETE FROM propre
        WHERE niveau = 'commune' AND (code LIKE '751__' OR code LIKE '6938_' OR code LIKE '132__')
        """
    )


def _rename_former_communes(con: duckdb.DuckDBPyConnection, source: Source) -> None:
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
                    f"la commune {code} n'existe plus à la géographie {source.geographie}, mais porte un chiffre",
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


def _insert_sums(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Add the counts of every commune of the file up to the levels it does not publish (``sommer``).

    A sum is written only when each of its communes has a figure; communes of the départements listed in
    ``lecture.hors`` (Mayotte, which some files leave empty) are outside.
    """
    for level in source.sommer:
        condition = "TRUE" if level in ("FR", "FM") else "left(code, 2) = ANY($departements)"
        scope = ["75", "77", "78", "91", "92", "93", "94", "95"] if level == "R11" else [level]
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


def apply_corrections(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Apply the declared corrections. One that no longer finds what it expects stops the build."""
    problems = []
    for correction in catalogue.corrections:
        key = [correction.source, correction.territoire, correction.annee, correction.variable]
        where = "source = ? AND territoire = ? AND annee = ? AND variable = ?"
        found = con.execute(f"SELECT valeur FROM fait WHERE {where}", key).fetchone()
        if found is None or found[0] != correction.expect:
            problems.append(
                Problem(
                    "corrections.toml",
                    f"{correction.variable} {correction.annee} de {correction.territoire} vaut "
                    f"{found[0] if found else 'rien'} et non {correction.expect} : la correction ne s'applique plus",
                    conseil="le producteur a peut-être corrigé son chiffre : retirer ce bloc après vérification",
                )
            )
            continue
        con.execute(
            f"UPDATE fait SET valeur = ?, statut = ? WHERE {where}",
            [correction.valeur if correction.statut == "publie" else None, correction.statut, *key],
        )
    if problems:
        raise DataError(problems)
