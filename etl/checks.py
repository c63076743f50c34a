"""Quality checks of a built warehouse: totals against published figures, sums, coverage, ranges.

Each check is a row of table `controle`. Severity « erreur » stops the swap; « avertissement » is shown.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import duckdb

from etl.checks_facts import CHECKS_FACTS
from etl.checks_keys import CHECKS_KEYS
from etl.checks_levels import CHECKS_LEVELS
from etl.checks_precision import CHECKS_PRECISION
from etl.checks_series import CHECKS_SERIES
from etl.findings import Check, Finding, Gap, examine
from etl.identite import IDENTITE
from etl.rows import insert_rows
from etl.typography import number

DEPARTEMENT = IDENTITE.departement.code  # the catalogue is made for it: elsewhere, a card may have no figure


def run_checks(con: duckdb.DuckDBPyConnection, departement: str) -> int:
    """Fill `controle`; return the number of checks that found a gap."""
    findings = [check(con, departement) for check in CHECKS]
    today = datetime.now(UTC).date()
    rows = [
        (
            *(one.code, one.libelle, one.gravite, "ecart" if one.ecarts else "conforme", one.detail, today),
            *(one.examines, one.objet, [asdict(gap) for gap in one.ecarts]),
        )
        for one in findings
    ]
    insert_rows(con, "controle", rows)
    return sum(bool(found.ecarts) for found in findings)


def check_every_card_has_figures(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A card declared available that yields no figure is a broken formula."""
    rows = con.execute(
        """
        SELECT code, code IN (SELECT indicateur FROM observation WHERE valeur IS NOT NULL) FROM indicateur
        WHERE etat = 'disponible' ORDER BY code
        """
    ).fetchall()
    empty = [Gap("", (code,)) for code, has_figures in rows if not has_figures]
    label = "Chaque indicateur disponible a des chiffres"
    severity = "erreur" if departement == DEPARTEMENT else "avertissement"
    return Finding("indicateurs_sans_chiffre", label, severity, len(rows), "indicateur", empty)


def check_no_hole(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Communes, EPT and département have a row for each indicator and year, figure or reason.

    An indicator of the département alone has one.
    """
    rows = con.execute(
        """
        SELECT o.indicateur, o.annee, count(*), CASE any_value(i.niveau) WHEN 'departement' THEN 1
            ELSE any_value(n.attendu) END
        FROM observation AS o
        JOIN indicateur AS i ON i.code = o.indicateur
        JOIN territoire AS t ON t.code = o.territoire
        CROSS JOIN (
            SELECT count(*) AS attendu FROM territoire
            WHERE code_departement = $d AND type IN ('commune', 'ept', 'departement')
        ) AS n
        WHERE t.code_departement = $d AND t.type IN ('commune', 'ept', 'departement')
        GROUP BY ALL ORDER BY ALL
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        Gap(f"{year}\u00a0: {found} lignes au lieu de {due}", (code,))
        for code, year, found, due in rows
        if found != due
    ]
    label = "Une ligne par territoire, indicateur et année"
    return Finding("lignes_completes", label, "erreur", len(rows), "couple (indicateur, année)", gaps)


def check_shares(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """What a card calls a proportion never has more above than below: its numerator is a part of its denominator."""
    examined, rows = examine(
        con,
        """
        SELECT o.indicateur, o.annee, t.nom, o.numerateur, o.denominateur
        FROM observation AS o
        JOIN indicateur AS i ON i.code = o.indicateur
        JOIN territoire AS t ON t.code = o.territoire
        WHERE (i.incertitude = 'wilson_rp' OR i.tendance = 'proportion')
          AND o.numerateur IS NOT NULL AND o.denominateur IS NOT NULL
        """,
        "numerateur NOT BETWEEN -1e-9 AND denominateur * (1 + 1e-9)",
        "ALL",
    )
    gaps = [
        Gap(f"{year} {place}\u00a0: {number(part)} sur {number(whole)}", (code,))
        for code, year, place, part, whole in rows
    ]
    label = "Le numérateur d’une proportion est une partie de son dénominateur"
    return Finding("proportions", label, "erreur", examined, "proportion", gaps)


def check_sums(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Σ communes = the EPT and the département, for the counts and for the numerators of ratios computed here.

    A difference would be a double count or an omission. Where the producer publishes the level's own total,
    it is compared by `check_published_totals`. Only levels whose every commune has its figure are compared.
    """
    examined, rows = examine(
        con,
        """
        WITH lien AS (
            SELECT c.code, c.code_ept AS parent FROM territoire AS c
            WHERE c.type = 'commune' AND c.code_ept IN (
                SELECT code FROM territoire WHERE type = 'ept' AND code_departement = $d
            )
            UNION ALL
            SELECT c.code, c.code_departement FROM territoire AS c WHERE c.type = 'commune' AND c.code_departement = $d
        ), membres AS (
            SELECT o.indicateur, o.annee, lien.parent, sum(o.numerateur ORDER BY o.territoire) AS total,
                count(o.numerateur) AS presents
            FROM observation AS o
            JOIN lien ON lien.code = o.territoire
            JOIN indicateur AS i ON i.code = o.indicateur AND i.agregation IN ('somme', 'ratio')
            GROUP BY ALL
        ), nombre AS (SELECT parent, count(*) AS attendus FROM lien GROUP BY ALL)
        SELECT m.indicateur, m.annee, t.nom, m.total, o.numerateur AS niveau
        FROM membres AS m
        JOIN nombre AS n ON n.parent = m.parent AND n.attendus = m.presents
        JOIN territoire AS t ON t.code = m.parent AND t.type IN ('ept', 'departement') AND t.code_departement = $d
        JOIN observation AS o ON o.territoire = m.parent AND o.indicateur = m.indicateur AND o.annee = m.annee
        WHERE o.numerateur IS NOT NULL AND o.valeur_membres IS NULL
        """,
        "abs(total - niveau) > 1e-6 * abs(total) + 1e-6",
        "ALL",
        {"d": departement},
    )
    gaps = [
        Gap(f"{year} {level}\u00a0: communes {number(communes)}, niveau {number(above)}", (code,))
        for code, year, level, communes, above in rows
    ]
    label = "Chaque EPT et le département égalent la somme de leurs communes"
    return Finding("sommes", label, "erreur", examined, "somme", gaps)


def check_between_members(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A ratio of an EPT, Σ/Σ, lies between the lowest and the highest of its communes."""
    rows = con.execute(
        """
        SELECT o.indicateur, o.annee, e.nom, i.decimales, o.valeur, min(m.valeur), max(m.valeur)
        FROM observation AS o
        JOIN territoire AS e ON e.code = o.territoire AND e.type = 'ept' AND e.code_departement = $d
        JOIN indicateur AS i ON i.code = o.indicateur
        JOIN territoire AS c ON c.code_ept = e.code AND c.type = 'commune'
        JOIN observation AS m ON m.territoire = c.code AND m.indicateur = o.indicateur AND m.annee = o.annee
        WHERE i.agregation IN ('ratio', 'approchee') AND NOT i.effectif AND o.valeur IS NOT NULL
        GROUP BY ALL ORDER BY ALL
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        Gap(
            f"{year} {ept}\u00a0: {number(value, places)} hors de {number(low, places)} à {number(high, places)}",
            (code,),
        )
        for code, year, ept, places, value, low, high in rows
        if not low - 1e-9 * abs(low) <= value <= high + 1e-9 * abs(high)
    ]
    label = "Le rapport d’un EPT est entre le plus bas et le plus haut de ses communes"
    return Finding("rapports_ept", label, "erreur", len(rows), "rapport", gaps)


def check_published_totals(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Where the producer publishes the département, how far the sum of the communes is from it."""
    rows = con.execute(
        """
        SELECT o.indicateur, o.annee, i.decimales, o.valeur, o.valeur_membres
        FROM observation AS o JOIN indicateur AS i ON i.code = o.indicateur
        WHERE o.territoire = $d AND o.valeur_membres IS NOT NULL
        ORDER BY ALL
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        Gap(
            f"{year}\u00a0: publié {number(published, places)}, communes {number(members, places)} "
            f"({number(100 * (members / published - 1), 1, signed=True)}\u00a0%)",
            (code,),
        )
        for code, year, places, published, members in rows
        if abs(members - published) > 0.01 * abs(published)
    ]
    label = "Le total publié du département et la somme des communes diffèrent de moins de 1\u00a0%"
    return Finding("total_publie", label, "avertissement", len(rows), "comparaison", gaps)


def check_references(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """The figures that the producers print in their publications are the ones found here (reperes.toml)."""
    rows = con.execute(
        """
        SELECT r.indicateur, r.annee, t.nom, i.decimales, r.valeur, o.valeur, r.tolerance
        FROM repere AS r
        JOIN territoire AS t ON t.code = r.territoire AND t.code_departement = $d
        JOIN indicateur AS i ON i.code = r.indicateur
        LEFT JOIN observation AS o
            ON o.territoire = r.territoire AND o.indicateur = r.indicateur AND o.annee = r.annee
        ORDER BY ALL
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        Gap(
            f"{year} {place}\u00a0: publié {number(due, places)}, trouvé "
            f"{'rien' if found is None else number(found, places)}",
            (code,),
        )
        for code, year, place, places, due, found, tolerance in rows
        if found is None or abs(found - due) > tolerance + 1e-9
    ]
    label = "Les chiffres repères publiés par les producteurs sont retrouvés"
    return Finding("reperes", label, "erreur", len(rows), "repère", gaps)


def check_ranges(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """No figure leaves the range its card declares (0 to 100 for a percentage)."""
    condition = "len(i.etendue) = 2 AND o.valeur IS NOT NULL"
    join = "observation AS o JOIN indicateur AS i ON i.code = o.indicateur"
    (examined,) = con.execute(f"SELECT count(*) FROM {join} WHERE {condition}").fetchone() or (0,)
    rows = con.execute(
        f"""
        SELECT o.indicateur, o.annee, o.territoire, o.valeur FROM {join}
        WHERE {condition} AND (o.valeur < i.etendue[1] - 1e-6 OR o.valeur > i.etendue[2] + 1e-6)
        ORDER BY ALL
        """
    ).fetchall()
    gaps = [Gap(f"{year} {place}\u00a0: {number(value, 2)}", (code,)) for code, year, place, value in rows]
    label = "Chaque chiffre est dans l’étendue que dit sa fiche"
    return Finding("etendue", label, "erreur", examined, "chiffre", gaps)


def check_bounds(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """An interval surrounds its figure, and a count is never negative."""
    examined, rows = examine(
        con,
        """
        SELECT o.indicateur, o.annee, o.territoire, o.borne_basse, o.valeur, o.borne_haute,
            o.valeur NOT BETWEEN coalesce(o.borne_basse, o.valeur) AND coalesce(o.borne_haute, o.valeur)
                OR (i.agregation = 'somme' AND o.valeur < 0) AS faux
        FROM observation AS o JOIN indicateur AS i ON i.code = o.indicateur
        WHERE o.valeur IS NOT NULL AND (o.borne_haute IS NOT NULL OR i.agregation = 'somme')
        """,
        "faux",
        "ALL",
    )
    gaps = [
        Gap(
            f"{year} {place}\u00a0: {number(value, 2)}"
            + (f" hors de {number(low, 2)} à {number(high, 2)}" if low is not None and high is not None else ""),
            (code,),
        )
        for code, year, place, low, value, high, _ in rows
    ]
    label = "Les bornes encadrent leur chiffre ; un nombre n’est pas négatif"
    return Finding("bornes", label, "erreur", examined, "chiffre", gaps)


def check_sources(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Every figure names a known source."""
    (examined,) = con.execute("SELECT count(*) FROM observation").fetchone() or (0,)
    rows = con.execute(
        """
        SELECT DISTINCT o.indicateur, o.source FROM observation AS o
        WHERE o.source NOT IN (SELECT code FROM source)
           OR o.source_denominateur NOT IN (SELECT code FROM source)
        ORDER BY ALL
        """
    ).fetchall()
    gaps = [Gap(f": {source}", (code,)) for code, source in rows]
    return Finding("sources", "Chaque chiffre a sa source", "erreur", examined, "ligne", gaps)


CHECKS: tuple[Check, ...] = (
    check_every_card_has_figures,
    check_no_hole,
    check_sums,
    check_shares,
    check_between_members,
    check_published_totals,
    check_references,
    check_ranges,
    check_bounds,
    check_sources,
    *CHECKS_KEYS,
    *CHECKS_FACTS,
    *CHECKS_LEVELS,
    *CHECKS_SERIES,
    *CHECKS_PRECISION,
)
