"""The table of the facts, kept beside the public ones (etl/transform/00_tables.sql)."""

from __future__ import annotations

TABLE_FAIT = """
CREATE TABLE fait (
    source VARCHAR NOT NULL USING COMPRESSION dictionary,
    territoire VARCHAR NOT NULL USING COMPRESSION dictionary,
    annee INTEGER NOT NULL,
    variable VARCHAR NOT NULL USING COMPRESSION dictionary,
    valeur DOUBLE,
    statut VARCHAR NOT NULL USING COMPRESSION dictionary CHECK (
        statut IN ('publie', 'secret', 'manquant', 'censure', 'partiel', 'somme')
    ),
    CHECK ((valeur IS NULL) = (statut IN ('secret', 'manquant', 'partiel')))
)
"""
