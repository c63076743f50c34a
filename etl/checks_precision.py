"""Checks of how finely figures are published: the steps declared hold, and none coarser is left undeclared."""

from __future__ import annotations

import duckdb

from etl.findings import Check, Finding, Gap
from etl.typography import count, exact

# A step is only inferred from this many different figures: three communes may all read « 20 » by chance. Of twenty
# figures with a decimal, all whole has a chance of one in 10^20; of twenty counts, all multiples of 5, in 5^20.
STEP_VALUES = 20


def check_declared_steps(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """Every published figure is a multiple of the step declared for its source, variable and level.

    Communes of other départements are left out: the line of Paris is read from its département's, which a producer
    may round otherwise.
    """
    rows = con.execute(
        """
        SELECT f.source, f.variable, p.pas, count(*),
            count(*) FILTER (abs(f.valeur / p.pas - round(f.valeur / p.pas)) > 1e-6),
            arg_max(t.nom, abs(f.valeur / p.pas - round(f.valeur / p.pas))),
            arg_max(f.valeur, abs(f.valeur / p.pas - round(f.valeur / p.pas)))
        FROM fait AS f
        JOIN territoire AS t ON t.code = f.territoire
        JOIN pas_publie AS p
            ON p.source = f.source AND p.variable = f.variable AND p.niveau = replace(t.type, '_historique', '')
        WHERE f.statut = 'publie' AND (t.code_departement = $d OR t.type IN ('region', 'pays'))
        GROUP BY ALL ORDER BY ALL
        """,
        {"d": departement},
    ).fetchall()
    gaps = [
        Gap(
            f"{source}, {variable}\u00a0: {count(different, 'chiffre')} sur {total} hors des multiples de "
            f"{exact(step)}, dont {place} ({exact(value)})"
        )
        for source, variable, step, total, different, place, value in rows
        if different
    ]
    label = "Chaque chiffre publié est un multiple du pas d’arrondi déclaré"
    return Finding("arrondis", label, "erreur", sum(row[3] for row in rows), "chiffre", gaps)


def check_undeclared_steps(con: duckdb.DuckDBPyConnection, departement: str) -> Finding:
    """A variable whose figures are all multiples of 5, or an indicator shown with decimals that no figure has.

    Decimals are looked for where figures are shown (``indicateur.decimales``), as a product or a ratio makes its own;
    multiples of 5 and 10 where they are read, before a ratio hides them.
    """
    counts = con.execute(
        """
        SELECT f.source, f.variable, count(*), count(DISTINCT f.valeur), bool_and(f.valeur % 10 = 0)
        FROM fait AS f
        JOIN territoire AS t ON t.code = f.territoire AND t.code_departement = $d
        LEFT JOIN pas_publie AS p
            ON p.source = f.source AND p.variable = f.variable AND p.niveau = replace(t.type, '_historique', '')
        WHERE f.statut = 'publie' AND t.type IN ('commune', 'commune_historique', 'iris', 'qpv') AND p.pas IS NULL
        GROUP BY f.source, f.variable
        HAVING count(DISTINCT f.valeur) >= $valeurs AND bool_and(f.valeur % 5 = 0) ORDER BY ALL
        """,
        {"d": departement, "valeurs": STEP_VALUES},
    ).fetchall()
    gaps = [
        Gap(f"{source}, {variable}\u00a0: les {total} chiffres sont tous multiples de {10 if tens else 5}")
        for source, variable, total, _, tens in counts
    ]
    rows = con.execute(
        """
        SELECT o.indicateur, o.annee, count(*), any_value(i.decimales),
            bool_and(abs(o.valeur * 10 ** (i.decimales - 1) - round(o.valeur * 10 ** (i.decimales - 1))) < 1e-6)
                AND count(*) >= $valeurs AND count(DISTINCT o.valeur) >= 5
        FROM observation AS o
        JOIN territoire AS t ON t.code = o.territoire AND t.code_departement = $d
        JOIN indicateur AS i ON i.code = o.indicateur AND i.decimales > 0
        WHERE o.statut IN ('publie', 'calcule') AND t.type IN ('commune', 'iris', 'qpv') AND o.arrondi IS NULL
          AND o.valeur <> 0
        GROUP BY ALL ORDER BY ALL
        """,
        {"d": departement, "valeurs": STEP_VALUES},
    ).fetchall()
    gaps += [
        Gap(
            f"{year}\u00a0: les {total} chiffres ont au plus {places - 1} décimale, la fiche en montre {places}",
            (code,),
        )
        for code, year, total, places, coarser in rows
        if coarser
    ]
    (examined,) = con.execute("SELECT count(*) FROM (SELECT DISTINCT source, variable FROM fait)").fetchone() or (0,)
    label = "Aucun arrondi du producteur n’est laissé sans déclaration"
    return Finding("arrondis_non_declares", label, "avertissement", examined + len(rows), "série", gaps)


CHECKS_PRECISION: tuple[Check, ...] = (check_declared_steps, check_undeclared_steps)
