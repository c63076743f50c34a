"""Readers, one module per format: a producer's file in, raw figures out.

Every reader leaves the same relation behind, a temporary table ``brut``:
``ligne`` (in the file), ``niveau``, ``code`` (as the producer writes it), ``colonne`` (the producer's),
``variable`` (the catalogue's) and ``texte`` (the figure as it is written). What the text means is decided
once for all formats, in etl/facts.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from etl.catalogue import Jeu, Source
from etl.readers import places, rds, schools, table, tidy

Reader = Callable[[duckdb.DuckDBPyConnection, Source, Jeu, Path], None]

READERS: dict[str, Reader] = {
    "tableau": table.read_csv_table,
    "classeur": table.read_workbook,
    "rds": rds.read_rds,
    "releve": tidy.read_tidy,
    "etablissements": schools.read_schools,
    "liste": places.count_by_commune,
}
