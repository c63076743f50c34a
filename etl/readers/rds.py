"""Wide tables kept as R data files (.RDS)."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyreadr

from etl.catalogue import Jeu, Source
from etl.errors import DataError, Problem
from etl.readers.table import melt


def read_rds(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, path: Path) -> None:
    """Read the one data frame of an .RDS file into ``brut``."""
    try:
        frame = next(iter(pyreadr.read_r(str(path)).values()))
    except pyreadr.custom_errors.LibrdataError as error:
        raise DataError([Problem(source.fichier, f"fichier R illisible ({error})")]) from error
    text = frame.astype(object).where(frame.notna(), "").map(_text)
    text.insert(0, "ligne", [str(n) for n in range(2, len(text) + 2)])
    melt(con, source, jeu, pd.DataFrame(text, dtype=str))


def _text(value: object) -> str:
    return repr(float(value)) if isinstance(value, float) else str(value)
