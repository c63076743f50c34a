"""Readers: a producer's file in, raw figures out.

A reader is made of two steps. The first opens the file (``lu``, etl/readers/files.py), once for all the
sources that stand in it. The second picks one source's figures and leaves the same relation behind,
whatever the format, a temporary table ``brut``: ``ligne`` (in the file), ``niveau``, ``code`` (as the
producer writes it), ``colonne`` (the producer's), ``variable`` (the catalogue's) and ``texte`` (the figure
as it is written). What the text means is decided once for all formats, in etl/facts.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.cards import Jeu, Source
from etl.readers import files, places, schools, tidy, wide


@dataclass(frozen=True)
class Reader:
    """How a format is opened, then read."""

    open: Callable[[duckdb.DuckDBPyConnection, Source, Path], None]
    read: Callable[[duckdb.DuckDBPyConnection, Source, Jeu], None]


READERS: dict[str, Reader] = {
    "tableau": Reader(files.open_csv, wide.read_wide),
    "classeur": Reader(files.open_workbook, wide.read_wide),
    "rds": Reader(files.open_rds, wide.read_wide),
    "long": Reader(files.open_csv, tidy.read_tidy),
    "releve": Reader(files.open_tidy, tidy.read_tidy),
    "etablissements": Reader(files.open_csv, schools.read_schools),
    "liste": Reader(files.open_tidy, places.count_places),
}
