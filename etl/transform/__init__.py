"""Runs the SQL of etl/transform: catalogue and facts in, the warehouse's tables out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from etl.bounds import stage_bounds
from etl.cards import FicheIndicateur
from etl.catalogue import Catalogue
from etl.errors import DataError, Problem
from etl.periods import list_years, periods
from etl.rows import insert_rows
from etl.secrets import stage_identities
from etl.typography import INSECABLE

TRANSFORM = Path(__file__).resolve().parent


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the public tables of the warehouse, empty, and the functions of its intervals."""
    for name in ("00_tables.sql", "05_intervalles.sql"):
        con.execute((TRANSFORM / name).read_text(encoding="utf-8"))


def transform(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, departement: str) -> None:
    """Fill `theme`, `indicateur` and `observation` from `fait`, `territoire`, `source` and the catalogue."""
    # One spelling of a name wherever it goes (pages, files, API), so that files can be joined by it.
    con.execute("UPDATE territoire SET nom = replace(nom, chr(39), '’') WHERE contains(nom, chr(39))")
    _insert_catalogue(con, catalogue)
    _stage_formulas(con, catalogue)
    con.execute("CREATE TEMP TABLE perimetre (departement VARCHAR)")
    con.execute("INSERT INTO perimetre VALUES (?)", [departement])
    for name in (
        "08_codes.sql",
        "10_formules.sql",
        "20_niveaux.sql",
        "30_resultats.sql",
        "40_incertitude.sql",
        "50_observations.sql",
        "60_definitions.sql",
    ):
        con.execute((TRANSFORM / name).read_text(encoding="utf-8"))
    # The main source of an indicator: the one most of its latest figures come from.
    con.execute(
        """
        UPDATE indicateur SET source = principale.source FROM (
            SELECT indicateur, source FROM observation GROUP BY indicateur, annee, source
            QUALIFY row_number() OVER (PARTITION BY indicateur ORDER BY annee DESC, count(*) DESC, source) = 1
        ) AS principale WHERE principale.indicateur = indicateur.code
        """
    )
    _tell_years(con)
    _require_whole(con)


def _require_whole(con: duckdb.DuckDBPyConnection) -> None:
    """Raise DataError for a line of `observation` that contradicts itself: a value and a reason for its absence, a
    status that does not exist, a rounding that is none."""
    wrong = con.execute(
        """
        SELECT indicateur, annee, territoire, statut FROM observation
        WHERE (valeur IS NULL) <> (statut IN ('secret', 'non_calculable', 'manquant'))
           OR statut NOT IN ('publie', 'calcule', 'approche', 'censure', 'secret', 'non_calculable', 'manquant')
           OR arrondi <= 0 OR marge < 0
        ORDER BY ALL LIMIT 20
        """
    ).fetchall()
    advice = "corriger le calcul (etl/transform) : rien n’a été mis en service"
    if wrong:
        raise DataError(
            [
                Problem(
                    "observation",
                    f"{code} {year}, {place} : valeur, statut « {status} » et arrondi se contredisent",
                    conseil=advice,
                )
                for code, year, place, status in wrong
            ]
        )


def _tell_years(con: duckdb.DuckDBPyConnection) -> None:
    """Complete « comparabilite » with the years that are loaded: a new vintage never leaves a false sentence.

    The card says what compares; the years are those where a territory of its level has a figure, in the département.
    ``{annees_denominateur}`` in its text is replaced by the years of the denominators (or weights) used.
    """
    rows = con.execute(
        """
        SELECT i.code, i.comparabilite, i.forme, i.duree, coalesce(
                list(DISTINCT o.annee) FILTER (t.type = i.niveau), list(DISTINCT o.annee)
            ), coalesce(list(DISTINCT o.annee_denominateur) FILTER (o.annee_denominateur IS NOT NULL), [])
        FROM indicateur AS i
        JOIN observation AS o ON o.indicateur = i.code AND o.valeur IS NOT NULL
        JOIN territoire AS t ON t.code = o.territoire
        JOIN perimetre AS p ON p.departement = t.code_departement
        GROUP BY ALL ORDER BY 1
        """
    ).fetchall()
    texts = []
    for code, words, shape, span, years, below in rows:
        told = periods(years, span) if shape == "evolution" else list_years(years)
        noun = "période" if shape == "evolution" else "année"
        one, several = f"Une seule {noun} disponible", f"{noun.capitalize()}s disponibles"
        known = f"{one if len(years) == 1 else several}{INSECABLE}: {told}."
        rest = (words or "").replace("{annees_denominateur}", list_years(below) if below else "sans année connue")
        texts.append((code, f"{known} {rest}".strip()))
    con.execute("CREATE TEMP TABLE annees_dites (code VARCHAR, texte VARCHAR)")
    insert_rows(con, "annees_dites", texts)
    con.execute("UPDATE indicateur SET comparabilite = texte FROM annees_dites AS d WHERE d.code = indicateur.code")


def _insert_catalogue(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    insert_rows(con, "theme", [(t.code, t.libelle, t.ordre) for t in catalogue.themes])
    columns = [row[0] for row in con.execute("DESCRIBE indicateur").fetchall()]
    rows = [_indicator_row(card, order, columns) for order, card in enumerate(catalogue.indicateurs, start=1)]
    insert_rows(con, "indicateur", rows)
    insert_rows(
        con,
        "rectificatif",
        [
            [rank, one.date, one.indicateurs, one.territoire or None, one.annee, one.avant, one.apres, one.pourquoi]
            for rank, one in enumerate(catalogue.rectificatifs, start=1)
        ],
    )


def _indicator_row(card: FicheIndicateur, order: int, columns: list[str]) -> list[object]:
    fields = card.model_dump() | {"source": "", "ordre": order, "etendue": card.bounds()}
    fields["effectif"] = card.is_count()
    return [fields[column] for column in columns]


def _stage_formulas(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Temporary tables `fiche`, `terme`, `rang_source`, `pas_publie`, `repere`, `identite`, `population`: what SQL and
    checks need of the catalogue."""
    cards = [card for card in catalogue.indicateurs if card.etat == "disponible"]
    terms = []
    for card in cards:
        for role, parsed in card.termes().items():
            for n, term in enumerate(parsed):
                first, second = term.facteurs[0], term.facteurs[1] if len(term.facteurs) > 1 else None
                terms.append(
                    (card.code, role, n, term.coefficient, first.variable, first.decalage)
                    + ((second.variable, second.decalage) if second else (None, None))
                )
    con.execute(
        """
        CREATE TEMP TABLE terme (indicateur VARCHAR, role VARCHAR, n INTEGER, coefficient DOUBLE,
            variable1 VARCHAR, decalage1 INTEGER, variable2 VARCHAR, decalage2 INTEGER);
        CREATE TEMP TABLE fiche (code VARCHAR, agregation VARCHAR, forme VARCHAR, denominateur VARCHAR,
            poids VARCHAR, facteur DOUBLE, duree INTEGER, ecart_annees INTEGER, annees INTEGER[], annee_min INTEGER,
            niveau VARCHAR, base_min DOUBLE, incertitude VARCHAR, effet_plan DOUBLE);
        CREATE TEMP TABLE rang_source (source VARCHAR, rang INTEGER);
        CREATE TEMP TABLE pas_publie (source VARCHAR, variable VARCHAR, niveau VARCHAR, pas DOUBLE);
        CREATE TEMP TABLE repere (indicateur VARCHAR, territoire VARCHAR, annee INTEGER, valeur DOUBLE,
            tolerance DOUBLE);
        """
    )
    insert_rows(con, "terme", terms)
    insert_rows(
        con,
        "fiche",
        [
            (
                *(c.code, c.agregation, c.forme, c.denominateur, c.poids, c.facteur, c.duree, c.ecart_annees),
                *(c.annees, c.annee_min, c.niveau, c.base_min, c.incertitude, c.effet_plan),
            )
            for c in cards
        ],
    )
    reperes = [(r.indicateur, r.territoire, r.annee, r.valeur, r.tolerance) for r in catalogue.reperes]
    insert_rows(con, "repere", reperes)
    stage_bounds(con, catalogue)
    stage_identities(con, catalogue)
    con.execute("CREATE TEMP TABLE population (variable VARCHAR, dans VARCHAR, au_plus DOUBLE)")
    declared = [one for jeu in catalogue.jeux.values() for one in jeu.populations]
    insert_rows(con, "population", [(name, one.dans, one.au_plus) for one in declared for name in one.variables])
    insert_rows(con, "rang_source", [(source.code, rank) for rank, source in enumerate(catalogue.sources)])
    insert_rows(con, "pas_publie", list(_published_steps(catalogue)))


def _published_steps(catalogue: Catalogue) -> Iterator[tuple[str, str, str, float]]:
    """The declared steps, one a source, variable and level."""
    for source in catalogue.sources:
        jeu = catalogue.jeux[source.jeu]
        if not (source.arrondis or jeu.arrondis):
            continue
        for variable in source.variables_of(jeu):
            for niveau in ("commune", "departement", "region", "pays", "iris", "qpv"):
                step = source.step_of(jeu, variable, niveau)
                if step is not None:
                    yield source.code, variable, niveau, step
