"""From raw text to facts: codes, marks, numbers, rules, corrections, geography. The same road for every format.

A fact is a producer's figure as published: ``(source, territoire, annee, variable, valeur, statut)``, at the
geography of its file. ``statut`` is publie, secret, manquant, censure, partiel (a level whose members are not all
disclosed: a lower bound, kept without its value), or somme (computed here: added over the
communes, or from several figures of the file).
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path

import duckdb

from etl.bounds import check_read_figures, stage_bounds
from etl.cards import Correction, Jeu, Regle, Source
from etl.catalogue import Catalogue
from etl.errors import DataError, Problem
from etl.identite import DEPARTEMENT
from etl.levels import (
    insert_sums,
    mark_partial_levels,
    merge_districts,
    rename_former_communes,
    rename_former_iris,
    require_every_commune,
    require_known_codes,
    stage_communes,
)
from etl.marks import ABSENTS, BELOW, SECRETS
from etl.readers import READERS
from etl.secrets import protect_secrets
from etl.sources import find_file, sha256
from etl.tables import TABLE_FAIT
from etl.typography import exact

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
            WHEN 'ept' THEN code
            WHEN 'iris' THEN pad(code, 9)
            WHEN 'qpv' THEN trim(code)
            ELSE coalesce($pays, CASE WHEN trim(code) IN ('M', 'FM') THEN 'FM' ELSE 'FR' END)
        END AS code,
        regexp_replace(coalesce(texte, ''), '[\\s\\x{00A0}\\x{202F}"]', '', 'g') AS texte
    FROM brut
), marque AS (
    SELECT *,
        CASE
            WHEN texte = '' THEN $vide
            WHEN lower(texte) IN $secrets OR regexp_full_match(texte, $dessous) THEN 'secret'
            WHEN lower(texte) IN $absents THEN 'manquant'
        END AS marque
    FROM nettoye
)
SELECT * EXCLUDE (marque),
    CASE WHEN marque IS NULL AND ($decimale = '.' OR NOT contains(texte, '.'))
        THEN TRY_CAST(replace(texte, $decimale, '.') AS DOUBLE) END AS valeur,
    coalesce(marque, 'publie') AS statut
FROM marque
"""


def load_facts(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, mirror: Path, departement: str = DEPARTEMENT.code
) -> None:
    """Read every source of figures of the catalogue into `fait` and `source`.

    ``departement`` is the one whose every commune is in `territoire`: a code that is not there is an error.
    Each file is opened once for all the sources it holds. Raises DataError with the problems of all the
    files, not of the first one only.
    """
    con.execute(TABLE_FAIT)
    stage_communes(con, departement)
    stage_bounds(con, catalogue)
    problems: list[Problem] = []
    for _, group in groupby(sorted(catalogue.sources, key=_opening), key=_opening):
        problems += _load_file(con, catalogue, mirror, list(group))
    if problems:
        raise DataError(problems)
    apply_corrections(con, catalogue)
    protect_secrets(con, catalogue)


def _opening(source: Source) -> tuple[str, ...]:
    """What two sources must have in common to be read from the file opened once."""
    options = (str(source.lecture.get(key, "")) for key in ("separateur", "feuille", "entete", "entetes"))
    return (source.fichier, source.membre or "", source.lecteur, *options)


def _load_file(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, mirror: Path, sources: list[Source]
) -> list[Problem]:
    """Open a file and read its sources; return what is wrong with it."""
    first, reader = sources[0], READERS.get(sources[0].lecteur)
    problems: list[Problem] = []
    try:
        path = find_file(mirror, first)
        fingerprint = sha256(path)
        if reader:
            reader.open(con, first, path)
    except DataError as error:
        return error.problems
    for source in sources:
        jeu = catalogue.jeux[source.jeu]
        record_source(con, source, jeu, fingerprint)
        try:
            if reader:
                reader.read(con, source, jeu)
                insert_facts(con, source, jeu)
        except DataError as error:
            problems += error.problems
    return problems


def record_source(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, fingerprint: str) -> None:
    """One row of table `source`: where figures come from, and the fingerprint of the file they were read in."""
    url = source.url or jeu.page
    con.execute(
        "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(source.code, source.jeu, jeu.producteur, jeu.nom, source.millesime, source.geographie, source.fichier),
            *(url, jeu.licence, source.publie_le, source.obtenu_le, fingerprint),
        ],
    )


def insert_facts(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu) -> None:
    """From the texts of one source (``brut``) to facts: numbers, marks, rules, communes of today, sums."""
    con.execute(
        _CLEAN,
        {
            "pays": source.lecture.get("pays"),
            "vide": source.vide,
            "decimale": source.lecture.get("decimale", "."),
            "secrets": list(SECRETS),
            "absents": list(ABSENTS),
            "dessous": BELOW,
        },
    )
    _check_numbers(con, source)
    require_known_codes(con, source)
    require_every_commune(con, source)
    for regle in [*jeu.regles, *source.regles]:
        _apply_rule(con, regle)
    check_read_figures(con, source.fichier, jeu.code)
    merge_districts(con, source)
    mark_partial_levels(con)
    rename_former_communes(con, source)
    rename_former_iris(con, source)
    insert_sums(con, source)
    con.execute(
        """
        INSERT INTO fait
        SELECT $source, p.code, $annee, p.variable,
            CASE WHEN p.statut IN ('publie', 'censure') THEN p.valeur END,
            CASE WHEN p.statut = 'publie' AND list_contains($calculees, p.variable) THEN 'somme' ELSE p.statut END
        FROM propre AS p JOIN territoire AS t ON t.code = p.code
        """,
        {
            "source": source.code,
            "annee": source.millesime,
            "calculees": [*source.composer, *source.rapporter],
        },
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
            f"« {text} » n’est pas un nombre (ni une marque de secret ou d’absence connue)",
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
    # « partiel » has no condition: what a level leaves out is not seen in its value.
    operator, bound = regle.si.split() if regle.si else (">=", "-inf")
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


def apply_corrections(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Apply the declared corrections. One that no longer finds what it expects stops the build."""
    problems = []
    territories = {code for (code,) in con.execute("SELECT code FROM territoire").fetchall()}
    for correction in catalogue.corrections:
        key = [correction.source, correction.territoire, correction.annee, correction.variable]
        where = "source = ? AND territoire = ? AND annee = ? AND variable = ?"
        found = con.execute(f"SELECT valeur FROM fait WHERE {where}", key).fetchone()
        if found is None or found[0] != correction.expect:
            known = correction.territoire in territories
            problems.append(_expired(correction, found[0] if found else None) if known else _nowhere(correction))
            continue
        con.execute(
            f"UPDATE fait SET valeur = ?, statut = ? WHERE {where}",
            [correction.valeur if correction.statut == "publie" else None, correction.statut, *key],
        )
    if problems:
        raise DataError(problems)


def _expired(correction: Correction, found: float | None) -> Problem:
    told = "n’a pas de valeur" if found is None else f"vaut {exact(found)}"
    return Problem(
        "corrections.toml",
        f"{correction.variable} {correction.annee} de {correction.territoire} {told}, au lieu de "
        f"{exact(correction.expect)} : la correction ne s’applique plus",
        conseil="le producteur a peut-être corrigé son chiffre : retirer ce bloc après vérification",
    )


def _nowhere(correction: Correction) -> Problem:
    return Problem(
        "corrections.toml",
        f"{correction.variable} {correction.annee} : le territoire « {correction.territoire} » n’existe pas",
        conseil="corriger « territoire », un code comme « 93066 »",
    )
