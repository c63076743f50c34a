"""Quality checks of the facts themselves: figures that can be, and totals that are the sum of their parts."""

from __future__ import annotations

import duckdb

from etl.findings import Check, Finding, Gap
from etl.typography import exact


def check_possible_figures(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Every fact is within the bounds that the catalogue gives to its variable at its level (etl/bounds.py).

    The producers' files and the relevés are held to the same bounds as they are read: this check looks at what no
    reading has seen, the snapshot and the sums made here.
    """
    (examined,) = con.execute("SELECT count(valeur) FROM fait").fetchone() or (0,)
    rows = con.execute(
        """
        SELECT f.variable, f.annee, f.territoire, f.valeur, b.bas, b.haut FROM fait AS f
        JOIN source AS s ON s.code = f.source
        JOIN territoire AS t ON t.code = f.territoire
        JOIN borne AS b ON b.jeu = s.jeu AND b.variable = f.variable
            AND b.niveau = replace(t.type, '_historique', '')
        WHERE f.valeur NOT BETWEEN b.bas AND b.haut ORDER BY ALL
        """
    ).fetchall()
    gaps = [
        Gap(f"{variable} {year}, {place}\u00a0: {value:g}, hors de {exact(low)} à {exact(high)}")
        for variable, year, place, value, low, high in rows
    ]
    label = "Chaque chiffre d’un producteur est possible"
    return Finding("chiffres_possibles", label, "erreur", examined, "chiffre", gaps)


def check_declared_totals(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A variable declared as the sum of others is so, wherever the producer publishes it and all of them."""
    rows = con.execute(
        """
        WITH partie AS (
            SELECT f.source, f.territoire, f.annee, d.jeu, d.total, any_value(d.tolerance) AS tolerance,
                sum(f.valeur ORDER BY f.variable) AS somme, count(f.valeur) AS publies
            FROM fait AS f JOIN source AS s ON s.code = f.source
            JOIN total_declare AS d ON d.jeu = s.jeu AND d.partie = f.variable
            GROUP BY ALL
        )
        SELECT p.total, p.annee, p.territoire, p.somme, f.valeur,
            abs(p.somme - f.valeur) > p.tolerance * greatest(abs(f.valeur), 1)
        FROM partie AS p JOIN fait AS f USING (source, territoire, annee)
        WHERE f.variable = p.total AND f.valeur IS NOT NULL AND p.publies = (
            SELECT count(*) FROM total_declare AS d WHERE d.jeu = p.jeu AND d.total = p.total
        )
        ORDER BY ALL
        """
    ).fetchall()
    gaps = [
        Gap(f"{total} {year}, {place}\u00a0: {exact(found)}, mais ses parties font {exact(together)}")
        for total, year, place, together, found, wrong in rows
        if wrong
    ]
    label = "Un total déclaré est la somme de ses parties"
    return Finding("totaux_declares", label, "erreur", len(rows), "somme", gaps)


CHECKS_FACTS: tuple[Check, ...] = (check_possible_figures, check_declared_totals)
