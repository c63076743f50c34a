"""The catalogue as it stands in the warehouse: every card, what each covers, sources, checks, corrections."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from observatoire import formats
from observatoire.records import DEPARTEMENT
from observatoire.warehouse import Warehouse


def cards(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Every card, waiting ones included, in the order of the catalogue, with the label of its theme (``theme_nom``)."""
    return warehouse.rows(
        """
        SELECT i.*, t.libelle AS theme_nom FROM indicateur AS i JOIN theme AS t ON t.code = i.theme ORDER BY i.ordre
        """
    )


def coverage(warehouse: Warehouse, code: str) -> pd.DataFrame:
    """Which communes have a figure, each year: code, nom, annee, statut, one row a commune and year."""
    frame = warehouse.ask(
        """
        SELECT t.code, t.nom, o.annee, o.statut FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
        WHERE o.indicateur = $code AND t.type = 'commune' AND t.code_departement = $d
        ORDER BY t.nom COLLATE fr, o.annee
        """,
        {"code": code, "d": DEPARTEMENT},
    )
    return frame.assign(nom=[formats.typographie(nom) for nom in frame["nom"]])


def coverage_within(warehouse: Warehouse, code: str) -> pd.DataFrame:
    """For an indicator of IRIS or QPV: code, nom, annee, avec, total, one row a commune that has some and year.

    ``total``: its IRIS or QPV, ``avec``: those that have a figure. A QPV astride two communes counts in both.
    """
    frame = warehouse.ask(
        """
        WITH quartier AS (
            SELECT o.annee, o.valeur, unnest(t.communes) AS commune
            FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
            WHERE o.indicateur = $code AND t.code_departement = $d
        ), compte AS (
            SELECT commune AS code, annee, count(valeur) AS avec, count(*) AS total FROM quartier GROUP BY ALL
        )
        SELECT code, c.nom, n.annee, n.avec, n.total
        FROM compte AS n JOIN territoire AS c USING (code)
        WHERE c.type = 'commune' ORDER BY c.nom COLLATE fr, n.annee
        """,
        {"code": code, "d": DEPARTEMENT},
    )
    return frame.assign(nom=[formats.typographie(nom) for nom in frame["nom"]])


def coverage_counts(warehouse: Warehouse, code: str) -> list[dict[str, Any]]:
    """How many observations of an indicator have a figure, and why others have none: annee, statut, motif, n, avec.

    Latest year first, then the commonest reason.
    """
    return warehouse.rows(
        """
        SELECT o.annee, o.statut, o.motif, count(*) AS n, count(o.valeur) AS avec
        FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
        WHERE o.indicateur = $code AND t.code_departement = $d
        GROUP BY ALL ORDER BY o.annee DESC, n DESC, o.motif
        """,
        {"code": code, "d": DEPARTEMENT},
    )


def sources_of(warehouse: Warehouse, code: str) -> list[str]:
    """The codes of the sources of an indicator's figures in the département, latest vintage first."""
    levels = [level for level in warehouse.annees.get(code, ()) if level != "commune_historique"]
    rows = warehouse.rows(
        """
        SELECT DISTINCT s.code, s.millesime FROM source AS s
        JOIN (SELECT unnest([o.source, o.source_denominateur]) AS code
            FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
            WHERE o.indicateur = $code AND t.code_departement = $d
              AND list_contains($types, t.type))
            USING (code)
        ORDER BY s.millesime DESC, s.code
        """,
        {"code": code, "d": DEPARTEMENT, "types": levels},
    )
    return [row["code"] for row in rows]


def datasets(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Sources grouped by dataset: producteur, nom, licence, url, millesimes (list), publie_le, obtenu_le (latest)."""
    return warehouse.rows(
        """
        SELECT producteur, nom, licence, any_value(url) AS url,
            list(DISTINCT millesime ORDER BY millesime) AS millesimes,
            list(DISTINCT geographie ORDER BY geographie) AS geographies, max(publie_le) AS publie_le,
            max(obtenu_le) AS obtenu_le, count(DISTINCT fichier) AS fichiers
        FROM source GROUP BY producteur, nom, licence ORDER BY producteur COLLATE fr, nom COLLATE fr
        """
    )


def source_rows(warehouse: Warehouse, codes: Collection[str]) -> list[dict[str, Any]]:
    """The rows of ``source`` of some codes, in their order."""
    return warehouse.rows(
        "SELECT * FROM source WHERE list_contains($codes, code) ORDER BY code", {"codes": list(codes)}
    )


def source_files(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Every file read: fichier, code, millesime, geographie, sha256."""
    return warehouse.rows("SELECT fichier, code, millesime, geographie, sha256 FROM source ORDER BY ALL")


def checks(warehouse: Warehouse) -> list[dict[str, Any]]:
    """The rows of ``controle``, those that found something first."""
    return warehouse.rows("SELECT * FROM controle ORDER BY resultat DESC, gravite, code")


def labels(warehouse: Warehouse) -> dict[str, str]:
    """The label of every indicator, waiting ones included, by code."""
    return {
        row["code"]: row["libelle"] for row in warehouse.rows("SELECT code, libelle FROM indicateur ORDER BY ordre")
    }


def corrected(warehouse: Warehouse) -> list[dict[str, Any]]:
    """The rows of ``rectificatif`` in order, with the name of the territory (``nom``)."""
    return warehouse.rows(
        """
        SELECT r.*, coalesce(t.nom, r.territoire, '') AS nom FROM rectificatif AS r
        LEFT JOIN territoire AS t ON t.code = r.territoire ORDER BY r.rang
        """
    )


def count_observations(warehouse: Warehouse) -> int:
    """How many observations there are."""
    return warehouse.rows("SELECT count(*) AS n FROM observation")[0]["n"]
