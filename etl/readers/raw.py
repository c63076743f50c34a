"""What the readers share: the relation they leave behind."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pandas as pd

COLONNES = ["ligne", "niveau", "code", "colonne", "variable", "texte"]


def put_raw(con: duckdb.DuckDBPyConnection, rows: Iterable[tuple[int, str, str, str, str, str]]) -> None:
    """Leave the figures read in the temporary table ``brut``."""
    con.register("lignes", pd.DataFrame(rows, columns=COLONNES))
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE brut AS
        SELECT CAST(ligne AS BIGINT) AS ligne, niveau, code, colonne, variable, texte FROM lignes
        """
    )
    con.unregister("lignes")
