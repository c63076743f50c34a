"""Whole tables and pages of rows, as the API and the files to take away give them: a secret figure never leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from observatoire.records import DEPARTEMENT
from observatoire.warehouse import Warehouse

# The producer's total may be public while a part is not: nothing that would give a secret value back is written.
MASQUE = "CASE WHEN o.statut NOT IN ({1}) THEN o.{0} END AS {0}"
MASQUEES = {
    **dict.fromkeys(("valeur", "borne_basse", "borne_haute", "valeur_membres"), "'secret'"),
    # Of a total that could not be worked out because a part is secret, the half that is known gives the part's.
    **dict.fromkeys(("numerateur", "denominateur"), "'secret', 'non_calculable'"),
}
ORDRE = "o.indicateur, o.territoire, o.annee"
# What comes after a row in that order; the first condition alone lets DuckDB skip what is before.
_SUITE = (
    "AND o.indicateur >= $dernier_indicateur "
    f"AND ({ORDRE}) > ($dernier_indicateur, $dernier_territoire, $dernier_annee)"
)
# Rows read at a time, half a megabyte of Arrow: what an answer holds while its reader takes it.
LIGNES = 3_000
OBSERVATION = f"SELECT o.* REPLACE ({', '.join(MASQUE.format(*one) for one in MASQUEES.items())}) FROM observation AS o"


@dataclass(frozen=True)
class Filtre:
    """Which observations are asked for; None asks for all."""

    territoires: Sequence[str] | None = None
    indicateurs: Sequence[str] | None = None
    annees: Sequence[int] | None = None
    types: Sequence[str] | None = None

    def where(self) -> tuple[str, dict[str, object]]:
        """The WHERE clause, made of fixed texts only, and its parameters."""
        clauses, parameters = ["TRUE"], {}
        for column, values in (
            ("territoire", self.territoires),
            ("indicateur", self.indicateurs),
            ("annee", self.annees),
        ):
            if values is not None:
                clauses.append(f"o.{column} IN (SELECT unnest(${column}))")
                parameters[column] = list(values)
        if self.types is not None:
            clauses.append("o.territoire IN (SELECT code FROM territoire WHERE type IN (SELECT unnest($types)))")
            parameters["types"] = list(self.types)
        return f"WHERE {' AND '.join(clauses)}", parameters


def count_observations(warehouse: Warehouse, filtre: Filtre) -> int:
    """How many observations a filter keeps."""
    where, parameters = filtre.where()
    return warehouse.rows(f"SELECT count(*) AS n FROM observation AS o {where}", parameters)[0]["n"]


def observations(
    warehouse: Warehouse, filtre: Filtre, limite: int, page: int, rows: int = LIGNES
) -> Iterator[pa.Table]:
    """A page of observations in the order indicateur, territoire, annee, by tables of ``rows`` at most.

    Each table is a question of its own, from the last row of the one before: nothing waits in memory for a slow reader.
    There is at least one table, empty when there is nothing.
    """
    where, parameters = filtre.where()
    start, skipped = "", (page - 1) * limite
    while True:
        asked = min(rows, limite)
        table = warehouse.table(
            f"{OBSERVATION} {where} {start} ORDER BY {ORDRE} LIMIT $limite OFFSET $debut",
            {**parameters, "limite": asked, "debut": skipped},
        )
        if table.num_rows or not start:
            yield table
        limite, skipped = limite - asked, 0
        if limite <= 0 or table.num_rows < asked:
            return
        last = table.select(["indicateur", "territoire", "annee"]).slice(asked - 1).to_pylist()[0]
        parameters |= {f"dernier_{name}": value for name, value in last.items()}
        start = _SUITE


def unknown(warehouse: Warehouse, table: str, codes: Sequence[str] | None) -> list[str]:
    """Those of the codes that a table (``territoire`` or ``indicateur``) does not hold."""
    known = {"territoire": "SELECT code FROM territoire", "indicateur": "SELECT code FROM indicateur"}[table]
    sql = f"SELECT c AS code FROM (SELECT unnest($codes) AS c) WHERE c NOT IN ({known}) ORDER BY c"
    return [row["code"] for row in warehouse.rows(sql, {"codes": list(codes)})] if codes else []


def years(warehouse: Warehouse, indicateurs: Sequence[str] | None) -> list[int]:
    """The years that these indicators have rows for, or any when none is asked for."""
    rows = warehouse.rows(
        """
        SELECT DISTINCT annee FROM observation
        WHERE $codes IS NULL OR indicateur IN (SELECT unnest($codes)) ORDER BY annee
        """,
        {"codes": list(indicateurs) if indicateurs is not None else None},
    )
    return [row["annee"] for row in rows]


def territoires(warehouse: Warehouse, types: Sequence[str] | None) -> list[dict[str, Any]]:
    """The rows of ``territoire``, of these types or all."""
    return warehouse.rows(
        "SELECT * FROM territoire WHERE $types IS NULL OR list_contains($types, type) ORDER BY type, code",
        {"types": list(types) if types is not None else None},
    )


def indicateurs(warehouse: Warehouse, theme: str | None = None) -> list[dict[str, Any]]:
    """The rows of ``indicateur`` in the order of the catalogue, of a theme or all, waiting ones included."""
    return warehouse.rows(
        "SELECT * FROM indicateur WHERE $theme IS NULL OR theme = $theme ORDER BY ordre", {"theme": theme}
    )


def indicateur(warehouse: Warehouse, code: str) -> dict[str, Any] | None:
    """One card with the years (``annees``) and the sources (``sources``, codes) of its figures; None when unknown."""
    found = warehouse.rows(
        """
        SELECT i.*,
            coalesce((SELECT list(DISTINCT o.annee ORDER BY o.annee) FROM observation AS o
                WHERE o.indicateur = $code AND o.valeur IS NOT NULL), []) AS annees,
            coalesce((SELECT list(s.code ORDER BY s.code) FROM (
                SELECT o.source AS code FROM observation AS o WHERE o.indicateur = $code
                UNION SELECT o.source_denominateur FROM observation AS o WHERE o.indicateur = $code
            ) AS s WHERE s.code IS NOT NULL), []) AS sources
        FROM indicateur AS i WHERE i.code = $code
        """,
        {"code": code},
    )
    return found[0] if found else None


def sources(warehouse: Warehouse) -> list[dict[str, Any]]:
    """The rows of ``source``."""
    return warehouse.rows("SELECT * FROM source ORDER BY code")


def figures_by_territory(warehouse: Warehouse, indicateur: str, annee: int, type_: str) -> dict[str, dict[str, Any]]:
    """The observations of an indicator and year at a level of the département, by territory."""
    rows = warehouse.rows(
        f"""
        {OBSERVATION} WHERE o.indicateur = $indicateur AND o.annee = $annee
          AND o.territoire IN (SELECT code FROM territoire WHERE type = $type AND code_departement = $departement)
        """,
        {"indicateur": indicateur, "annee": annee, "type": type_, "departement": DEPARTEMENT},
    )
    return {row["territoire"]: row for row in rows}


# Parts of the observations: figures of the département and of what it is compared with; of its IRIS; of its QPV.
PARTIES = {
    "ici": "(code_departement = $d AND type NOT IN ('iris', 'qpv')) OR type IN ('departement', 'region', 'pays')",
    "iris": "code_departement = $d AND type = 'iris'",
    "qpv": "code_departement = $d AND type = 'qpv'",
}


def observations_of(warehouse: Warehouse, partie: str) -> pa.Table:
    """The rows of ``observation`` of a part (a key of PARTIES)."""
    where = f"territoire IN (SELECT code FROM territoire WHERE {PARTIES[partie]})"
    return warehouse.table(f"SELECT * FROM observation WHERE {where}", {"d": DEPARTEMENT})


def whole(warehouse: Warehouse, table: str) -> pa.Table:
    """Every row of a public table. Raises KeyError for any other name."""
    if table not in warehouse.columns:
        raise KeyError(table)
    return warehouse.table(f"SELECT * FROM {table}")


def populations(warehouse: Warehouse, territoire: str) -> list[tuple[int, float]]:
    """The census populations of a territory: (year, inhabitants), oldest first."""
    rows = warehouse.rows(
        "SELECT annee, valeur FROM observation WHERE indicateur = 'DEM01' AND territoire = $t AND valeur IS NOT NULL "
        "ORDER BY annee",
        {"t": territoire},
    )
    return [(row["annee"], row["valeur"]) for row in rows]


def depositors(warehouse: Warehouse) -> list[dict[str, Any]]:
    """The communes of the département that have or had a CCAS: code, type (commune, commune_historique), code_ept,
    code_departement, successeur, valide_au, population (year → inhabitants)."""
    rows = warehouse.rows(
        "SELECT code, type, code_ept, code_departement, successeur, valide_au FROM territoire "
        "WHERE type IN ('commune', 'commune_historique') AND code_departement = $d AND length(code) = 5 ORDER BY code",
        {"d": DEPARTEMENT},
    )
    known: dict[str, dict[int, float]] = {row["code"]: {} for row in rows}
    figures = warehouse.rows(
        "SELECT territoire, annee, valeur FROM observation "
        "WHERE indicateur = 'DEM01' AND valeur IS NOT NULL AND list_contains($codes, territoire)",
        {"codes": list(known)},
    )
    for row in figures:
        known[row["territoire"]][row["annee"]] = row["valeur"]
    return [row | {"population": known[row["code"]]} for row in rows]
