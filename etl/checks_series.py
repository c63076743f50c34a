"""Checks of the figures as series: jumps between years, coverage, copies, sources that disagree. All warnings."""

from __future__ import annotations

import math

import duckdb

from etl.findings import Check, Finding, Gap, examine
from etl.typography import count, number

# A change is a jump beyond JUMP_MADS robust standard deviations and a factor of JUMP_FLOOR, either way.
JUMP_MADS, JUMP_FLOOR = 8, 1.5
# Below this count, a commune's figure moves by chance: it is not looked at.
JUMP_COUNT = 30
# A year that one commune in four lacks makes maps and ranks that say something else than their title.
COVERAGE_FLOOR = 0.75
# Two producers of one figure round and date it apart: up to a hundredth they agree.
DIVERGENCE = 0.01


def check_jumps(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A commune that moves much more than the others between two years in a row of an indicator.

    The change is log(value / former value), less the median of the communes that year (a change of everybody is
    `check_shifts`' matter). Its threshold is the indicator's own: 8 × 1.4826 × the median absolute deviation
    over all its years, and never under a factor of 1.5. Small counts are left out.
    """
    examined, rows = examine(
        con,
        """
        WITH suite AS (
            SELECT o.indicateur, o.annee, o.territoire, t.nom, o.valeur, i.decimales,
                lag(o.valeur) OVER serie AS avant, lag(o.annee) OVER serie AS annee_avant,
                least(o.numerateur, lag(o.numerateur) OVER serie) AS nombre
            FROM observation AS o
            JOIN territoire AS t ON t.code = o.territoire AND t.type = 'commune' AND t.code_departement = $d
            JOIN indicateur AS i ON i.code = o.indicateur
            WHERE o.valeur IS NOT NULL AND o.statut <> 'censure'
            WINDOW serie AS (PARTITION BY i.rowid, t.rowid ORDER BY o.annee)
        ), pas AS (
            SELECT *, ln(valeur / avant) AS saut FROM suite
            WHERE avant > 0 AND valeur > 0 AND (nombre IS NULL OR nombre >= $nombre)
        ), centre AS (
            SELECT *, saut - median(saut) OVER (PARTITION BY indicateur, annee, annee_avant) AS ecart FROM pas
        ), seuil AS (
            SELECT indicateur, greatest($mads * 1.4826 * median(abs(ecart)), ln($plancher)) AS seuil
            FROM centre GROUP BY ALL
        )
        SELECT indicateur, nom, annee_avant, avant, annee, valeur, decimales, territoire, abs(ecart) / seuil AS fois,
            abs(ecart) > seuil AS saute
        FROM centre JOIN seuil USING (indicateur)
        """,
        "saute",
        "fois DESC, indicateur, territoire, annee",
        {"d": departement, "nombre": JUMP_COUNT, "mads": JUMP_MADS, "plancher": JUMP_FLOOR},
    )
    gaps = [
        Gap(f"{name}\u00a0: {number(old, places)} en {before}, {number(new, places)} en {year}", (code,))
        for code, name, before, old, year, new, places, *_ in rows
    ]
    label = "Une commune ne saute pas, d’une année à l’autre, bien plus que les autres"
    return Finding("sauts", label, "avertissement", examined, "changement", gaps)


def check_shifts(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """All the communes at once move by more than half: a change of definition or of unit, most often."""
    rows = con.execute(
        """
        WITH suite AS (
            SELECT o.indicateur, o.annee, o.valeur, lag(o.valeur) OVER serie AS avant,
                lag(o.annee) OVER serie AS annee_avant
            FROM observation AS o
            JOIN territoire AS t ON t.code = o.territoire AND t.type = 'commune' AND t.code_departement = $d
            WHERE o.valeur IS NOT NULL AND o.statut <> 'censure'
            WINDOW serie AS (PARTITION BY o.indicateur, o.territoire ORDER BY o.annee)
        )
        SELECT indicateur, annee_avant, annee, median(ln(valeur / avant)) AS saut, count(*)
        FROM suite WHERE avant > 0 AND valeur > 0
        GROUP BY ALL HAVING count(*) >= 5 ORDER BY ALL
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        Gap(
            f": {number(100 * math.expm1(shift), signed=True)}\u00a0% de {before} à {year} "
            f"(médiane de {count(places, 'commune')})",
            (code,),
        )
        for code, before, year, shift, places in rows
        if abs(shift) > math.log(JUMP_FLOOR)
    ]
    label = "Les communes ne changent pas toutes ensemble de plus de moitié"
    return Finding("ruptures", label, "avertissement", len(rows), "passage d’une année à l’autre", gaps)


def check_coverage(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Indicator and year: how many communes of the département have a figure; under three quarters is told."""
    rows = con.execute(
        """
        SELECT o.indicateur, o.annee, count(o.valeur) AS presents, count(*) AS communes,
            count(*) FILTER (o.statut = 'secret') AS secrets
        FROM observation AS o
        JOIN territoire AS t ON t.code = o.territoire AND t.type = 'commune' AND t.code_departement = $d
        GROUP BY ALL ORDER BY count(o.valeur) / count(*), o.indicateur, o.annee
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        Gap(
            f"{year}\u00a0: {count(present, 'commune')} sur {total}"
            + (f", dont {count(secret, 'secrète')}" * bool(secret)),
            (code,),
        )
        for code, year, present, total, secret in rows
        if present < COVERAGE_FLOOR * total
    ]
    label = "Trois communes sur quatre au moins ont un chiffre, par indicateur et par année"
    return Finding("couverture", label, "avertissement", len(rows), "couple (indicateur, année)", gaps)


def check_copied_years(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Two years of an indicator with the same figures everywhere: one file filed under two years, most often."""
    rows = con.execute(
        """
        WITH suite AS (
            SELECT o.indicateur, o.annee, lag(o.annee) OVER serie AS annee_avant, o.valeur,
                lag(o.valeur) OVER serie AS avant
            FROM observation AS o
            JOIN territoire AS t ON t.code = o.territoire AND t.type = 'commune' AND t.code_departement = $d
            WHERE o.valeur IS NOT NULL
            WINDOW serie AS (PARTITION BY o.indicateur, o.territoire ORDER BY o.annee)
        )
        SELECT indicateur, annee_avant, annee, count(*) AS communes, count(*) FILTER (valeur = avant) AS memes,
            count(DISTINCT valeur) AS valeurs
        FROM suite WHERE annee_avant IS NOT NULL GROUP BY ALL HAVING count(*) >= 5 ORDER BY ALL
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        Gap(f": {before} et {year}, {same} communes sur {total} ont le même chiffre", (code,))
        for code, before, year, total, same, values in rows
        if same > 0.9 * total and values > 5
    ]
    label = "Deux années d’un indicateur ne sont pas la copie l’une de l’autre"
    return Finding("annees_copiees", label, "avertissement", len(rows), "couple d’années", gaps)


def check_copied_cards(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Two cards with the same formula: the same indicator under two codes."""
    rows = con.execute(
        """
        SELECT list(code ORDER BY code) FROM indicateur WHERE etat = 'disponible'
        GROUP BY numerateur, denominateur, poids, facteur, forme, duree ORDER BY 1
        """
    ).fetchall()
    gaps = [Gap("", tuple(codes)) for (codes,) in rows if len(codes) > 1]
    label = "Deux fiches n’ont pas la même formule"
    return Finding("fiches_doubles", label, "avertissement", sum(len(codes) for (codes,) in rows), "fiche", gaps)


def check_diverging_sources(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Two sources give the same variable of the same place and year: how often they differ by over 1 %."""
    rows = con.execute(
        """
        WITH paire AS (
            SELECT a.source AS une, b.source AS autre, a.variable, a.territoire, a.valeur AS v1, b.valeur AS v2
            FROM fait AS a
            JOIN fait AS b ON b.territoire = a.territoire AND b.annee = a.annee AND b.variable = a.variable
                AND b.source > a.source
            JOIN territoire AS t ON t.code = a.territoire AND t.code_departement = $d
            WHERE a.valeur IS NOT NULL AND b.valeur IS NOT NULL
        )
        SELECT une, autre, variable, count(*) AS communs,
            count(*) FILTER (abs(v1 - v2) > $seuil * greatest(abs(v1), abs(v2))) AS differents,
            max(abs(v1 - v2) / nullif(greatest(abs(v1), abs(v2)), 0)) AS pire
        FROM paire GROUP BY ALL ORDER BY differents DESC, une, autre, variable
        """,
        {"d": departement, "seuil": DIVERGENCE},
    ).fetchall()
    gaps = [
        Gap(
            f"{variable}\u00a0: {one} et {other} diffèrent pour {count(different, 'territoire')} sur {common} "
            f"(au plus {number(100 * worst, 1)}\u00a0%)"
        )
        for one, other, variable, common, different, worst in rows
        if different
    ]
    label = "Deux fichiers qui donnent le même chiffre diffèrent de moins de 1\u00a0%"
    examined = sum(row[3] for row in rows)
    return Finding("sources_divergentes", label, "avertissement", examined, "comparaison", gaps)


CHECKS_SERIES: tuple[Check, ...] = (
    check_jumps,
    check_shifts,
    check_coverage,
    check_copied_years,
    check_copied_cards,
    check_diverging_sources,
)
