"""Readers, one module per format: a producer's file in, raw figures out.

Every reader leaves the same relation behind, a temporary table ``brut``:
``ligne`` (in the file), ``niveau``, ``code`` (as the producer writes it), ``colonne`` (the producer's),
``variable`` (the catalogue's) and ``texte`` (the figure as it is written). What the text means is decided
once for all formats, in etl/faits.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from etl.catalogue import Jeu, Source
from etl.lecteurs import etablissements, liste, rds, releve, tableau

Lecteur = Callable[[duckdb.DuckDBPyConnection, Source, Jeu, Path], None]

LECTEURS: dict[str, Lecteur] = {
    "tableau": tableau.read_csv_table,
    "classeur": tableau.read_workbook,
    "rds": rds.read_rds,
    "releve": releve.read_tidy,
    "etablissements": etablissements.read_schools,
    "liste": liste.count_by_commune,
}
