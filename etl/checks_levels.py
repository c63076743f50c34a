"""Checks of the levels above the commune, and of what the variables of a dataset are to one another.

They see what no figure shows alone: a city counted twice, a level added up without some of its members, a variable
whose name says less than it counts, insured people that outnumber the inhabitants.
"""

from __future__ import annotations

import math

import duckdb

from etl.findings import Check, Finding, Gap, examine
from etl.typography import number

# A level and its members: their changes over a year may differ by so much (all of a département's or a région's
# communes of some size are there; for a country only those of one région, which may well move otherwise).
JUMP_OF_LEVEL = {"departement": 1.05, "region": 1.05, "pays": 1.15}
# Beyond what an indicator does in ordinary years: so many median absolute deviations (× 1.4826).
JUMP_MADS, JUMP_HABIT = 8, 5  # ordinary years are known from five changes on
# Under a hundred people, a change of one year in ten is chance rather than a mistake of the file.
JUMP_COUNT = 100
# CNAF rounds to 5, and two of its files count people in two communes: 8 % at most. A double count is far beyond.
DOUBLE_COUNT = 0.10
# An identity is looked for on the communes of the département, then confirmed by all of them.
IDENTITY_ROWS, IDENTITY_NONZERO = 20, 10

_MEMBERS = """
    SELECT code AS membre, code_departement AS niveau FROM territoire WHERE type = 'commune'
    UNION ALL SELECT code, code_region FROM territoire WHERE type = 'commune'
    UNION ALL SELECT code, p.pays FROM territoire, (VALUES ('FR'), ('FM')) AS p (pays) WHERE type = 'commune'
"""


def check_level_jumps(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A level moves between two years in a row while its members do not: a change of its content, not of the facts.

    The change of the level (log of the ratio of its two values) is compared with that of its communes put together
    (Σ/Σ of those that have both years). For a country they are those of one région: a wider threshold. A difference
    (natural balance) is left out: near zero, it moves by half for little.
    """
    floor = " ".join(f"WHEN '{level}' THEN {math.log(jump)!r}" for level, jump in JUMP_OF_LEVEL.items())
    examined, rows = examine(
        con,
        f"""
        WITH lien AS ({_MEMBERS}), serie AS (
            SELECT o.indicateur, o.territoire, o.annee, o.valeur, o.numerateur, coalesce(o.denominateur, 1) AS den,
                lag(o.annee) OVER suite AS avant, lag(o.valeur) OVER suite AS valeur_avant,
                lag(o.numerateur) OVER suite AS num_avant, coalesce(lag(o.denominateur) OVER suite, 1) AS den_avant
            FROM observation AS o
            JOIN indicateur AS i ON i.code = o.indicateur AND i.agregation IN ('somme', 'ratio')
                AND i.forme = 'simple' AND i.niveau = 'commune'
                AND i.code NOT IN (SELECT indicateur FROM terme WHERE role = 'num' AND coefficient < 0)
            JOIN territoire AS t ON t.code = o.territoire
            WHERE o.valeur > 0 AND o.numerateur > 0
            WINDOW suite AS (PARTITION BY i.rowid, t.rowid ORDER BY o.annee)
        ), membres AS (
            SELECT s.indicateur, lien.niveau, s.annee, s.avant,
                ln(sum(s.numerateur) / sum(s.den) / (sum(s.num_avant) / sum(s.den_avant))) AS saut,
                min(s.avant) AS a, sum(s.numerateur) AS nombre
            FROM serie AS s JOIN lien ON lien.membre = s.territoire
            JOIN territoire AS c ON c.code = s.territoire AND c.type = 'commune'
            WHERE s.avant IS NOT NULL GROUP BY ALL
        ), ecart AS (
            SELECT s.indicateur, t.nom, t.type, s.territoire, s.avant, s.valeur_avant, s.annee, s.valeur,
                ln(s.valeur / s.valeur_avant) - m.saut AS saut
            FROM serie AS s
            JOIN territoire AS t ON t.code = s.territoire AND t.type IN ('departement', 'region', 'pays')
            JOIN membres AS m ON m.niveau = s.territoire AND m.indicateur = s.indicateur AND m.annee = s.annee
                AND m.avant = s.avant
            WHERE m.nombre >= $nombre
        ), habitude AS (
            SELECT indicateur, type, CASE WHEN count(*) >= $assez THEN 1.4826 * median(abs(saut)) ELSE 0 END AS mad
            FROM ecart GROUP BY ALL
        )
        SELECT e.indicateur, e.nom, e.type, e.avant, e.valeur_avant, e.annee, e.valeur, e.saut, h.mad, i.decimales,
            e.territoire
        FROM ecart AS e JOIN habitude AS h USING (indicateur, type) JOIN indicateur AS i ON i.code = e.indicateur
        """,
        f"abs(saut) > greatest(CASE type {floor} END, {JUMP_MADS} * mad)",
        "abs(saut) DESC, indicateur, territoire, annee",
        {"nombre": JUMP_COUNT, "assez": JUMP_HABIT},
    )
    gaps = [
        Gap(
            f"{place}\u00a0: {number(old, places)} en {before}, {number(new, places)} en {year}, soit "
            f"{number(100 * math.expm1(jump), 1, signed=True)}\u00a0% d’écart avec ses communes",
            (code,),
        )
        for code, place, _, before, old, year, new, jump, _, places, _ in rows
    ]
    label = "Un département, la région, la France ne sautent pas quand leurs communes ne sautent pas"
    return Finding("sauts_niveaux", label, "avertissement", examined, "changement", gaps)


def check_levels_against_members(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A level is the sum of its members where all of them are in `fait`, and never less than those that are.

    Only counts are added up: the variables of the cards of aggregation « somme » or « ratio ». A gap of more than
    10 % is a double count or an omission; smaller ones are `total_publie`'s matter (roundings).
    """
    examined, rows = examine(
        con,
        """
        WITH lien AS (
            SELECT code AS membre, code_departement AS niveau FROM territoire WHERE type = 'commune'
            UNION ALL SELECT code, code_region FROM territoire WHERE type = 'departement'
        ), complet AS (
            SELECT DISTINCT code_departement AS niveau FROM territoire WHERE type = 'ept' OR code = '75056'
            UNION ALL SELECT code FROM territoire WHERE type = 'region'
        ), attendu AS (SELECT niveau, count(*) AS n FROM lien GROUP BY ALL),
        compte AS (
            SELECT DISTINCT t.variable1 AS variable FROM terme AS t JOIN fiche AS f ON f.code = t.indicateur
            WHERE f.agregation IN ('somme', 'ratio') AND f.niveau = 'commune'
        ), somme AS (
            SELECT f.source, f.annee, f.variable, lien.niveau, sum(f.valeur) AS total, count(f.valeur) AS presents
            FROM fait AS f JOIN compte USING (variable) JOIN lien ON lien.membre = f.territoire
            WHERE f.statut = 'publie' GROUP BY ALL
        )
        SELECT s.variable, s.annee, t.nom, l.valeur, s.total,
            s.niveau IN (SELECT niveau FROM complet) AND s.presents = a.n AS entier, s.niveau
        FROM somme AS s
        JOIN fait AS l ON l.source = s.source AND l.annee = s.annee AND l.variable = s.variable
            AND l.territoire = s.niveau AND l.statut = 'publie'
        JOIN attendu AS a USING (niveau)
        JOIN territoire AS t ON t.code = s.niveau
        WHERE l.valeur >= $nombre OR s.total >= $nombre
        """,
        f"total - valeur > {DOUBLE_COUNT} * valeur OR (entier AND valeur - total > {DOUBLE_COUNT} * valeur)",
        "abs(total - valeur) / greatest(valeur, 1) DESC, variable, annee, niveau",
        {"nombre": JUMP_COUNT},
    )
    gaps = [
        Gap(f"{variable} {year} {place}\u00a0: {number(level)}, ses membres {number(members)}")
        for variable, year, place, level, members, *_ in rows
    ]
    cities = _cities(con)
    gaps += [
        Gap(f"{variable} ({source}), {place}\u00a0: {number(own)}, ses arrondissements {number(parts)}")
        for source, place, variable, own, parts in cities
        if abs(own - parts) > DOUBLE_COUNT * parts
    ]
    label = "Un département, la région ou une ville à arrondissements est la somme de ses membres"
    return Finding("niveaux_membres", label, "erreur", examined + len(cities), "comparaison", gaps)


def _cities(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, float, float]]:
    """What the files just read give of a count both for a city and for all its arrondissements, which are in no table:
    source, city, variable, the two figures. Nothing when the figures come from the snapshot, checked when it was made.
    """
    if not con.execute("FROM duckdb_tables() WHERE table_name = 'ville_lue'").fetchall():
        return []
    return con.execute(
        """
        SELECT v.source, coalesce(t.nom, v.commune), v.variable, v.valeur, v.arrondissements
        FROM ville_lue AS v LEFT JOIN territoire AS t ON t.code = v.commune
        WHERE v.variable IN (
            SELECT t.variable1 FROM terme AS t JOIN fiche AS f ON f.code = t.indicateur
            WHERE f.agregation IN ('somme', 'ratio') AND f.niveau = 'commune'
        ) AND v.arrondissements >= $nombre  -- some files have a line for each arrondissement and no figure on it
        ORDER BY ALL
        """,
        {"nombre": JUMP_COUNT},
    ).fetchall()


def check_identities(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A variable is the sum of two others of its dataset, and the catalogue does not say it; or says it wrongly.

    Such a variable is a total: named « hors … » by an intermediary, it would be read as a part. Also: a card whose
    words say « hors » and whose numerator is a declared total.
    """
    declared: dict[int, tuple[str, list[str]]] = {}
    for n, role, variable in con.execute("SELECT n, role, variable FROM identite ORDER BY n, role DESC").fetchall():
        total, parts = declared.get(n, ("", []))
        declared[n] = (variable, parts) if role == "total" else (total, [*parts, variable])
    known = {(total, frozenset(parts)) for total, parts in declared.values()}
    con.execute(_COMMUNES, [departement])
    (examined,) = con.execute("SELECT count(*) FROM (SELECT DISTINCT jeu, variable FROM figure)").fetchone() or (0,)
    con.execute(_CANDIDATES)
    found = con.execute(_SUMS_OF_TWO, {"lus": IDENTITY_ROWS, "presents": IDENTITY_NONZERO}).fetchall()
    con.execute("DROP TABLE figure; DROP TABLE paire; DROP TABLE candidat")
    gaps = [
        Gap(f"{total} = {one} + {other} partout, ce que le catalogue ne dit pas")
        for dataset, total, one, other in found
        if (total, frozenset((one, other))) not in known and _holds(con, dataset, total, [one, other])
    ]
    for n, wrong in con.execute(_WRONG_IDENTITIES).fetchall():
        if wrong:
            total, parts = declared[n]
            gaps.append(Gap(f"{total} n’est pas la somme de {', '.join(parts)}, que dit le catalogue"))
    cards = con.execute(
        """
        SELECT i.code, i.libelle, t.variable1 FROM indicateur AS i
        JOIN terme AS t ON t.indicateur = i.code AND t.role = 'num'
        WHERE t.variable1 IN (SELECT variable FROM identite WHERE role = 'total')
          AND regexp_matches(i.libelle || ' ' || i.definition, '(?i)\\bhors\\b|\\bautres?\\b|\\bsauf\\b')
        ORDER BY ALL
        """
    ).fetchall()
    gaps += [Gap(f"« {label} » compte {variable}, qui est un total", (code,)) for code, label, variable in cards]
    label = "Une variable qui est la somme de deux autres est dite comme telle"
    return Finding("identites", label, "avertissement", examined, "variable", gaps)


# The figures of the communes of the département, in the datasets of three variables or more.
_COMMUNES = """
    CREATE OR REPLACE TEMP TABLE figure AS
    WITH nombreux AS (
        SELECT s.jeu FROM (SELECT DISTINCT source, variable FROM fait) AS f JOIN source AS s ON s.code = f.source
        GROUP BY s.jeu HAVING count(DISTINCT f.variable) > 2
    ), lu AS (
        SELECT s.jeu, f.variable, f.territoire, f.annee, f.valeur FROM fait AS f
        JOIN source AS s ON s.code = f.source AND s.jeu IN (FROM nombreux)
        JOIN territoire AS t ON t.code = f.territoire AND t.type = 'commune' AND t.code_departement = ?
        WHERE f.statut = 'publie'
        QUALIFY row_number() OVER (PARTITION BY s.jeu, f.variable, f.territoire, f.annee ORDER BY s.code) = 1
    )
    SELECT jeu, variable, dense_rank() OVER (ORDER BY jeu, variable)::SMALLINT AS v,
        dense_rank() OVER (ORDER BY jeu, territoire, annee)::INTEGER AS ligne, valeur
    FROM lu
"""

# The triples (total, part, part) of variables such that total = part + part in all the lines that have the three,
# ``$lus`` at least, and whose parts both count something in ``$presents`` lines. A total is looked for among the
# figures of the same line that read the same to the thousandth, before it is compared for good. Two steps and two
# tables: in one, the planner compares every total with every pair.
_CANDIDATES = """
    CREATE OR REPLACE TEMP TABLE paire AS
    SELECT b.v AS b, c.v AS c, b.ligne, b.valeur + c.valeur AS somme, b.valeur <> 0 AND c.valeur <> 0 AS non_nulles
    FROM figure AS b JOIN figure AS c ON c.ligne = b.ligne AND c.v > b.v;
    CREATE OR REPLACE TEMP TABLE candidat AS
    SELECT a.v AS a, p.b, p.c
    FROM paire AS p JOIN figure AS a ON a.ligne = p.ligne AND round(a.valeur, 3) = round(p.somme, 3)
    WHERE a.v <> p.b AND a.v <> p.c GROUP BY ALL HAVING count(*) >= 10;
"""
_SUMS_OF_TWO = """
    WITH lu AS MATERIALIZED (
        SELECT k.a, p.b, p.c, p.ligne, p.somme, p.non_nulles FROM candidat AS k JOIN paire AS p USING (b, c)
    ), prouve AS (
        SELECT l.a, l.b, l.c FROM lu AS l LEFT JOIN figure AS a ON a.v = l.a AND a.ligne = l.ligne GROUP BY ALL
        HAVING count(a.v) >= $lus AND count(*) FILTER (l.non_nulles) >= $presents
            AND NOT coalesce(bool_or(abs(a.valeur - l.somme) > 1e-6), FALSE)
    ), nom AS (SELECT DISTINCT v, jeu, variable FROM figure)
    SELECT a.jeu, a.variable, b.variable, c.variable FROM prouve AS p
    JOIN nom AS a ON a.v = p.a JOIN nom AS b ON b.v = p.b JOIN nom AS c ON c.v = p.c
    ORDER BY p.b, p.c, p.a
"""

# The declared identities: how many places and years have all of their variables, and are not the sum.
_WRONG_IDENTITIES = """
    WITH lu AS (
        SELECT i.n, sum(f.valeur) FILTER (i.role <> 'total') AS somme,
            any_value(f.valeur) FILTER (i.role = 'total') AS total, count(*) AS presents
        FROM fait AS f
        JOIN identite AS i ON i.variable = f.variable
        JOIN source AS s ON s.code = f.source AND s.jeu = i.jeu
        WHERE f.statut IN ('publie', 'somme')
        GROUP BY i.n, f.source, f.territoire, f.annee
    ), entier AS (SELECT n, count(*) AS variables FROM identite GROUP BY n)
    SELECT n, count(*) FILTER (
        lu.presents = entier.variables AND abs(somme - total) > 1e-6 * greatest(1, abs(total))
    ) FROM entier LEFT JOIN lu USING (n) GROUP BY n ORDER BY n
"""


def _holds(con: duckdb.DuckDBPyConnection, dataset: str, total: str, parts: list[str]) -> bool:
    """True when ``total`` is the sum of ``parts`` in every place and year that has them all (20 at least)."""
    row = con.execute(
        """
        WITH lu AS (
            SELECT f.source, f.territoire, f.annee, sum(f.valeur) FILTER (f.variable <> $total) AS somme,
                any_value(f.valeur) FILTER (f.variable = $total) AS total, count(*) AS presents
            FROM fait AS f JOIN source AS s ON s.code = f.source AND s.jeu = $jeu
            WHERE f.statut IN ('publie', 'somme') AND list_contains($noms, f.variable) GROUP BY ALL
        )
        SELECT count(*), count(*) FILTER (abs(somme - total) > 1e-6 * greatest(1, abs(total))) FROM lu
        WHERE presents = len($noms)
        """,
        {"total": total, "jeu": dataset, "noms": [total, *parts]},
    ).fetchone()
    read, wrong = row or (0, 0)
    return wrong == 0 and read >= IDENTITY_ROWS


def check_populations(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """People counted among a population are not more than it (``populations`` of the catalogue, with its reason)."""
    examined, rows = examine(
        con,
        """
        SELECT f.variable, f.annee, t.nom, f.valeur, p.valeur AS population, d.dans,
            f.valeur > d.au_plus * p.valeur AS depasse, f.territoire
        FROM population AS d
        JOIN fait AS f ON f.variable = d.variable AND f.valeur IS NOT NULL
        JOIN territoire AS t ON t.code = f.territoire
        JOIN fait AS p ON p.variable = d.dans AND p.territoire = f.territoire AND p.valeur > 0
            AND abs(p.annee - f.annee) <= 2
        QUALIFY row_number() OVER (
            PARTITION BY f.rowid ORDER BY abs(p.annee - f.annee), p.annee, p.source
        ) = 1
        """,
        "depasse",
        "valeur / population DESC, variable, territoire, annee",
    )
    gaps = [
        Gap(f"{variable} {year} {place}\u00a0: {number(people)} pour {number(whole)} ({within})")
        for variable, year, place, people, whole, within, *_ in rows
    ]
    label = "Les personnes comptées dans une population ne la dépassent pas"
    return Finding("populations", label, "avertissement", examined, "comparaison", gaps)


CHECKS_LEVELS: tuple[Check, ...] = (
    check_level_jumps,
    check_levels_against_members,
    check_identities,
    check_populations,
)
