"""School files (IPS): one row a school, brought to counts by commune so that means are weighted by pupils."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

import duckdb

from etl.catalogue import Jeu, Source
from etl.errors import DataError, Problem
from etl.readers.raw import put_raw
from etl.sources import decode, read_bytes

COMMUNE = "code_insee_de_la_commune"


def read_schools(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, path: Path) -> None:
    """Sum pupils and pupils × IPS by commune and sector into ``brut``.

    Options of ``lecture``: prefixe (of the variables), effectifs and ips (names of the columns). Schools
    whose IPS is not published (« NS ») count neither as pupils nor in the mean.
    """
    prefix, pupils, index = (source.lecture[key] for key in ("prefixe", "effectifs", "ips"))
    rows = csv.DictReader(io.StringIO(decode(read_bytes(path, source))), delimiter=";")
    absent = sorted({COMMUNE, "secteur", pupils, index} - set(rows.fieldnames or []))
    if absent:
        raise DataError([Problem(source.fichier, f"colonne(s) absente(s) : {', '.join(absent)}", ligne=1)])
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for number, row in enumerate(rows, start=2):
        if row[index].strip() in ("NS", ""):
            continue
        try:
            count, ips = float(row[pupils].replace(",", ".")), float(row[index].replace(",", "."))
        except ValueError:
            raise DataError(
                [Problem(source.fichier, f"« {row[pupils]} » ou « {row[index]} » n'est pas un nombre", ligne=number)]
            ) from None
        sector = "public" if row["secteur"].lower().startswith("public") else "prive"
        for kind in ("", f"{sector}_"):
            sums[row[COMMUNE], f"{prefix}_{kind}effectifs"] += count
            sums[row[COMMUNE], f"{prefix}_{kind}ips_x_effectifs"] += count * ips
    communes = sorted({code for code, _ in sums})
    names = {variable.split(".", 1)[1]: variable for variable in source.variables}
    kept = [
        (0, "commune", code, name, names[name], repr(round(sums.get((code, name), 0.0), 6)))
        for code in communes
        for name in names
    ]
    put_raw(con, kept)
