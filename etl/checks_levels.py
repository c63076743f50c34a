"""Checks of the levels above the commune, and of what the variables of a dataset are to one another.

They see what no figure shows alone: a city counted twice, a level added up without some of its members, a variable
whose name says less than it counts, insured people that outnumber the inhabitants.
"""

from __future__ import annotations

import math
from itertools import groupby
from operator import itemgetter

import duckdb
import numpy as np

from etl.findings import Check, Finding, Gap
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
    rows = con.execute(
        f"""
        WITH lien AS ({_MEMBERS}), serie AS (
            SELECT o.indicateur, o.territoire, o.annee, o.valeur, o.numerateur, coalesce(o.denominateur, 1) AS den,
                lag(o.annee) OVER suite AS avant, lag(o.valeur) OVER suite AS valeur_avant,
                lag(o.numerateur) OVER suite AS num_avant, coalesce(lag(o.denominateur) OVER suite, 1) AS den_avant
            FROM observation AS o
            JOIN indicateur AS i ON i.code = o.indicateur AND i.agregation IN ('somme', 'ratio')
                AND i.forme = 'simple' AND i.niveau = 'commune'
                AND i.code NOT IN (SELECT indicateur FROM terme WHERE role = 'num' AND coefficient < 0)
            WHERE o.valeur > 0 AND o.numerateur > 0
            WINDOW suite AS (PARTITION BY o.indicateur, o.territoire ORDER BY o.annee)
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
        SELECT e.indicateur, e.nom, e.type, e.avant, e.valeur_avant, e.annee, e.valeur, e.saut, h.mad, i.decimales
        FROM ecart AS e JOIN habitude AS h USING (indicateur, type) JOIN indicateur AS i ON i.code = e.indicateur
        ORDER BY abs(e.saut) DESC, e.indicateur, e.territoire, e.annee
        """,
        {"nombre": JUMP_COUNT, "assez": JUMP_HABIT},
    ).fetchall()
    gaps = [
        Gap(
            f"{place}\u00a0: {number(old, places)} en {before}, {number(new, places)} en {year}, soit "
            f"{number(100 * math.expm1(jump), 1, signed=True)}\u00a0% d’écart avec ses communes",
            (code,),
        )
        for code, place, kind, before, old, year, new, jump, mad, places in rows
        if abs(jump) > max(math.log(JUMP_OF_LEVEL[kind]), JUMP_MADS * mad)
    ]
    label = "Un département, la région, la France ne sautent pas quand leurs communes ne sautent pas"
    return Finding("sauts_niveaux", label, "avertissement", len(rows), "changement", gaps)


def check_levels_against_members(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A level is the sum of its members where all of them are in `fait`, and never less than those that are.

    Only counts are added up: the variables of the cards of aggregation « somme » or « ratio ». A gap of more than
    10 % is a double count or an omission; smaller ones are `total_publie`'s matter (roundings).
    """
    rows = con.execute(
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
            s.niveau IN (SELECT niveau FROM complet) AND s.presents = a.n AS entier
        FROM somme AS s
        JOIN fait AS l ON l.source = s.source AND l.annee = s.annee AND l.variable = s.variable
            AND l.territoire = s.niveau AND l.statut = 'publie'
        JOIN attendu AS a USING (niveau)
        JOIN territoire AS t ON t.code = s.niveau
        WHERE l.valeur >= $nombre OR s.total >= $nombre
        ORDER BY abs(s.total - l.valeur) / greatest(l.valeur, 1) DESC, s.variable, s.annee, s.niveau
        """,
        {"nombre": JUMP_COUNT},
    ).fetchall()
    gaps = [
        Gap(f"{variable} {year} {place}\u00a0: {number(level)}, ses membres {number(members)}")
        for variable, year, place, level, members, whole in rows
        if members - level > DOUBLE_COUNT * level or (whole and level - members > DOUBLE_COUNT * level)
    ]
    cities = _cities(con)
    gaps += [
        Gap(f"{variable} ({source}), {place}\u00a0: {number(own)}, ses arrondissements {number(parts)}")
        for source, place, variable, own, parts in cities
        if abs(own - parts) > DOUBLE_COUNT * parts
    ]
    label = "Un département, la région ou une ville à arrondissements est la somme de ses membres"
    return Finding("niveaux_membres", label, "erreur", len(rows) + len(cities), "comparaison", gaps)


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
    datasets = con.execute(
        """
        SELECT s.jeu, f.variable, f.territoire || f.annee AS ligne, f.valeur FROM fait AS f
        JOIN source AS s ON s.code = f.source
        JOIN territoire AS t ON t.code = f.territoire AND t.type = 'commune' AND t.code_departement = ?
        WHERE f.statut = 'publie' AND s.jeu IN (
            SELECT s2.jeu FROM fait AS f2 JOIN source AS s2 ON s2.code = f2.source
            GROUP BY s2.jeu HAVING count(DISTINCT f2.variable) > 2
        )
        QUALIFY row_number() OVER (PARTITION BY s.jeu, f.variable, f.territoire, f.annee ORDER BY s.code) = 1
        ORDER BY s.jeu, f.variable
        """,
        [departement],
    ).fetchall()
    known = {(total, frozenset(parts)) for total, parts in declared.values()}
    gaps, examined = [], 0
    for dataset, rows in groupby(datasets, key=itemgetter(0)):
        values, names = _spread([row[1:] for row in rows])
        examined += len(names)
        for total, one, other in _sums_of_two(values, names):
            if (total, frozenset((one, other))) not in known and _holds(con, dataset, total, [one, other]):
                gaps.append(Gap(f"{total} = {one} + {other} partout, ce que le catalogue ne dit pas"))
    for total, parts in declared.values():
        if not _holds(con, _dataset_of(con, total), total, parts, few=True):
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


def _spread(rows: list[tuple[str, str, float]]) -> tuple[np.ndarray, list[str]]:
    """The figures of a dataset (variable, line, value), a column a variable; and the names of the columns."""
    names = {name: n for n, name in enumerate(dict.fromkeys(row[0] for row in rows))}
    lines = {line: n for n, line in enumerate(dict.fromkeys(row[1] for row in rows))}
    values = np.full((len(lines), len(names)), np.nan)
    values[[lines[row[1]] for row in rows], [names[row[0]] for row in rows]] = [row[2] for row in rows]
    return values, list(names)


def _sums_of_two(values: np.ndarray, names: list[str]) -> list[tuple[str, str, str]]:
    """The triples (total, part, part) of columns such that total = part + part in all the rows that have the three."""
    found = []
    nonzero = (~np.isnan(values) & (values != 0)).astype(float)
    pairs = np.triu(nonzero.T @ nonzero >= IDENTITY_NONZERO, k=1)
    head = values[:IDENTITY_ROWS]  # a few rows rule out nearly all the triples; the others are then read whole
    for b in range(len(names)):
        others = np.flatnonzero(pairs[b])
        sums = head[:, [b]] + head[:, others]
        beyond = (np.abs(head[:, None, :] - sums[:, :, None]) > 1e-6).any(axis=0)
        for n, a in np.argwhere(~beyond):
            c = others[n]
            gap = np.abs(values[:, a] - (values[:, b] + values[:, c]))
            read = np.count_nonzero(~np.isnan(gap))
            if a not in (b, c) and read >= IDENTITY_ROWS and not (gap > 1e-6).any():
                found.append((names[a], names[b], names[c]))
    return found


def _holds(con: duckdb.DuckDBPyConnection, dataset: str, total: str, parts: list[str], few: bool = False) -> bool:
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
    return wrong == 0 and (few or read >= IDENTITY_ROWS)


def _dataset_of(con: duckdb.DuckDBPyConnection, variable: str) -> str:
    row = con.execute("SELECT jeu FROM identite WHERE variable = ? AND role = 'total'", [variable]).fetchone()
    return row[0] if row else ""


def check_populations(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """People counted among a population are not more than it (``populations`` of the catalogue, with its reason)."""
    rows = con.execute(
        """
        SELECT f.variable, f.annee, t.nom, f.valeur, p.valeur, d.dans, f.valeur > d.au_plus * p.valeur
        FROM population AS d
        JOIN fait AS f ON f.variable = d.variable AND f.valeur IS NOT NULL
        JOIN territoire AS t ON t.code = f.territoire
        JOIN fait AS p ON p.variable = d.dans AND p.territoire = f.territoire AND p.valeur > 0
            AND abs(p.annee - f.annee) <= 2
        QUALIFY row_number() OVER (
            PARTITION BY f.source, f.variable, f.territoire, f.annee ORDER BY abs(p.annee - f.annee), p.annee, p.source
        ) = 1
        ORDER BY f.valeur / p.valeur DESC, f.variable, f.territoire, f.annee
        """
    ).fetchall()
    gaps = [
        Gap(f"{variable} {year} {place}\u00a0: {number(people)} pour {number(whole)} ({within})")
        for variable, year, place, people, whole, within, beyond in rows
        if beyond
    ]
    label = "Les personnes comptées dans une population ne la dépassent pas"
    return Finding("populations", label, "avertissement", len(rows), "comparaison", gaps)


CHECKS_LEVELS: tuple[Check, ...] = (
    check_level_jumps,
    check_levels_against_members,
    check_identities,
    check_populations,
)
