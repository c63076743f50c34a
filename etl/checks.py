"""Quality checks of a built warehouse: totals against published figures, sums, coverage, ranges.

Each check is a row of table `controle`. Severity « erreur » stops the swap; « avertissement » is shown.
"""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from etl.catalogue import Catalogue


def run_checks(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, departement: str) -> int:
    """Fill `controle`; return the number of checks that found a gap."""
    for check in CHECKS:
        code, label, severity, gaps = check(con, departement)
        result = "ecart" if gaps else "conforme"
        detail = " ; ".join(gaps[:20]) + (f" ; et {len(gaps) - 20} autres" if len(gaps) > 20 else "")
        con.execute(
            "INSERT INTO controle VALUES (?, ?, ?, ?, ?, ?)",
            [code, label, severity, result, detail or "aucun écart", datetime.now(UTC).date()],
        )
    return int(con.execute("SELECT count(*) FROM controle WHERE resultat = 'ecart'").fetchone()[0])  # type: ignore[index]


Finding = tuple[str, str, str, list[str]]


def check_every_card_has_figures(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A card declared available that yields no figure is a broken formula."""
    rows = con.execute(
        """
        SELECT code FROM indicateur
        WHERE etat = 'disponible' AND code NOT IN (SELECT indicateur FROM observation WHERE valeur IS NOT NULL)
        ORDER BY code
        """
    ).fetchall()
    return "indicateurs_sans_chiffre", "Chaque indicateur disponible a des chiffres", "erreur", [c for (c,) in rows]


def check_no_hole(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Communes, EPT and département have a row for each indicator and year, figure or reason."""
    rows = con.execute(
        """
        SELECT o.indicateur || ' ' || o.annee || ' : ' || count(*) || ' lignes au lieu de ' || any_value(n.attendu)
        FROM observation AS o
        JOIN territoire AS t ON t.code = o.territoire
        CROSS JOIN (
            SELECT count(*) AS attendu FROM territoire
            WHERE code_departement = $d AND type IN ('commune', 'ept', 'departement')
        ) AS n
        WHERE t.code_departement = $d AND t.type IN ('commune', 'ept', 'departement')
        GROUP BY o.indicateur, o.annee HAVING count(*) <> any_value(n.attendu)
        """,
        {"d": departement},
    ).fetchall()
    return "lignes_completes", "Une ligne par territoire, indicateur et année", "erreur", [c for (c,) in rows]


def check_sums(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Σ communes = Σ EPT for the counts computed here; a difference would be a double count or an omission."""
    rows = con.execute(
        """
        WITH s AS (
            SELECT o.indicateur, o.annee, t.type, sum(o.valeur) AS total,
                count(*) = count(o.valeur) AS entier
            FROM observation AS o
            JOIN territoire AS t ON t.code = o.territoire
            JOIN indicateur AS i ON i.code = o.indicateur
            WHERE i.agregation = 'somme' AND t.code_departement = $d AND t.type IN ('commune', 'ept')
            GROUP BY ALL
        )
        SELECT c.indicateur || ' ' || c.annee || ' : communes ' || round(c.total) || ', EPT ' || round(e.total)
        FROM s AS c JOIN s AS e USING (indicateur, annee)
        WHERE c.type = 'commune' AND e.type = 'ept' AND c.entier AND e.entier
          AND abs(c.total - e.total) > 1e-6 * abs(c.total) + 1e-6
        """,
        {"d": departement},
    ).fetchall()
    return "sommes_ept", "La somme des EPT égale la somme des communes", "erreur", [c for (c,) in rows]


def check_published_totals(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Where the producer publishes the département, how far the sum of the communes is from it."""
    rows = con.execute(
        """
        SELECT o.indicateur || ' ' || o.annee || ' : publié ' || printf('%.4g', o.valeur)
            || ', communes ' || printf('%.4g', o.valeur_membres)
        FROM observation AS o
        WHERE o.territoire = $d AND o.valeur_membres IS NOT NULL
          AND abs(o.valeur_membres - o.valeur) > 0.01 * abs(o.valeur)
        ORDER BY 1
        """,
        {"d": departement},
    ).fetchall()
    return (
        "total_publie",
        "Le total publié du département et la somme des communes diffèrent de moins de 1 %",
        "avertissement",
        [c for (c,) in rows],
    )


def check_ranges(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """No figure leaves the range its card declares (0 to 100 for a percentage)."""
    rows = con.execute(
        """
        SELECT o.indicateur || ' ' || o.annee || ' ' || o.territoire || ' : ' || printf('%.2f', o.valeur)
        FROM observation AS o JOIN indicateur AS i ON i.code = o.indicateur
        WHERE len(i.etendue) = 2 AND (o.valeur < i.etendue[1] - 1e-6 OR o.valeur > i.etendue[2] + 1e-6)
        ORDER BY ALL
        """
    ).fetchall()
    return "etendue", "Chaque chiffre est dans l’étendue que dit sa fiche", "erreur", [c for (c,) in rows]


def check_sources(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Every figure names a known source."""
    rows = con.execute(
        """
        SELECT DISTINCT o.indicateur || ' : ' || o.source FROM observation AS o
        WHERE o.source NOT IN (SELECT code FROM source)
           OR o.source_denominateur NOT IN (SELECT code FROM source)
        """
    ).fetchall()
    return "sources", "Chaque chiffre a sa source", "erreur", [c for (c,) in rows]


CHECKS = (
    check_every_card_has_figures,
    check_no_hole,
    check_sums,
    check_published_totals,
    check_ranges,
    check_sources,
)
