"""Quality checks of a built warehouse: totals against published figures, sums, coverage, ranges.

Each check is a row of table `controle`. Severity « erreur » stops the swap; « avertissement » is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from etl.typography import count, number

SHOWN = 20
SEPARATOR = " ; "


@dataclass(frozen=True)
class Finding:
    """What a check looked at, and the gaps it found, each told in French with its numbers."""

    code: str
    libelle: str
    gravite: str
    examines: int
    objet: str
    ecarts: list[str]

    @property
    def detail(self) -> str:
        """« 2 écarts sur 1 234 chiffres : … ; … »."""
        scope = f"sur {count(self.examines, self.objet)}"
        if not self.ecarts:
            return f"aucun écart {scope}"
        shown = self.ecarts[:SHOWN]
        rest = [f"et {count(len(self.ecarts) - SHOWN, 'autre')}"] if len(self.ecarts) > SHOWN else []
        return f"{count(len(self.ecarts), 'écart')} {scope}\u00a0: " + SEPARATOR.join(shown + rest)


Check = Callable[[duckdb.DuckDBPyConnection, str], Finding]


def run_checks(con: duckdb.DuckDBPyConnection, departement: str) -> int:
    """Fill `controle`; return the number of checks that found a gap."""
    failed = 0
    for check in CHECKS:
        found = check(con, departement)
        failed += bool(found.ecarts)
        con.execute(
            "INSERT INTO controle VALUES (?, ?, ?, ?, ?, ?)",
            [
                *(found.code, found.libelle, found.gravite, "ecart" if found.ecarts else "conforme"),
                *(found.detail, datetime.now(UTC).date()),
            ],
        )
    return failed


def check_every_card_has_figures(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A card declared available that yields no figure is a broken formula."""
    rows = con.execute(
        """
        SELECT code, code IN (SELECT indicateur FROM observation WHERE valeur IS NOT NULL) FROM indicateur
        WHERE etat = 'disponible' ORDER BY code
        """
    ).fetchall()
    empty = [code for code, has_figures in rows if not has_figures]
    label = "Chaque indicateur disponible a des chiffres"
    return Finding("indicateurs_sans_chiffre", label, "erreur", len(rows), "indicateur", empty)


def check_no_hole(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Communes, EPT and département have a row for each indicator and year, figure or reason."""
    rows = con.execute(
        """
        SELECT o.indicateur, o.annee, count(*), any_value(n.attendu)
        FROM observation AS o
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
    gaps = [f"{code} {year}\u00a0: {found} lignes au lieu de {due}" for code, year, found, due in rows if found != due]
    label = "Une ligne par territoire, indicateur et année"
    return Finding("lignes_completes", label, "erreur", len(rows), "couple (indicateur, année)", gaps)


def check_sums(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Σ communes = Σ EPT for the counts computed here; a difference would be a double count or an omission."""
    rows = con.execute(
        """
        WITH s AS (
            SELECT o.indicateur, o.annee, t.type, sum(o.valeur) AS total, count(*) = count(o.valeur) AS entier
            FROM observation AS o
            JOIN territoire AS t ON t.code = o.territoire
            JOIN indicateur AS i ON i.code = o.indicateur
            WHERE i.agregation = 'somme' AND t.code_departement = $d AND t.type IN ('commune', 'ept')
            GROUP BY ALL
        )
        SELECT c.indicateur, c.annee, c.total, e.total
        FROM s AS c JOIN s AS e USING (indicateur, annee)
        WHERE c.type = 'commune' AND e.type = 'ept' AND c.entier AND e.entier
        ORDER BY ALL
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        f"{code} {year}\u00a0: communes {number(communes)}, EPT {number(epts)}"
        for code, year, communes, epts in rows
        if abs(communes - epts) > 1e-6 * abs(communes) + 1e-6
    ]
    return Finding("sommes_ept", "La somme des EPT égale la somme des communes", "erreur", len(rows), "somme", gaps)


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
        f"{code} {year} {ept}\u00a0: {number(value, places)} hors de {number(low, places)} à {number(high, places)}"
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
        f"{code} {year}\u00a0: publié {number(published, places)}, communes {number(members, places)} "
        f"({number(100 * (members / published - 1), 1, signed=True)}\u00a0%)"
        for code, year, places, published, members in rows
        if abs(members - published) > 0.01 * abs(published)
    ]
    label = "Le total publié du département et la somme des communes diffèrent de moins de 1\u00a0%"
    return Finding("total_publie", label, "avertissement", len(rows), "comparaison", gaps)


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
    gaps = [f"{code} {year} {place}\u00a0: {number(value, 2)}" for code, year, place, value in rows]
    label = "Chaque chiffre est dans l’étendue que dit sa fiche"
    return Finding("etendue", label, "erreur", examined, "chiffre", gaps)


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
    gaps = [f"{code}\u00a0: {source}" for code, source in rows]
    return Finding("sources", "Chaque chiffre a sa source", "erreur", examined, "ligne", gaps)


CHECKS: tuple[Check, ...] = (
    check_every_card_has_figures,
    check_no_hole,
    check_sums,
    check_between_members,
    check_published_totals,
    check_ranges,
    check_sources,
)
