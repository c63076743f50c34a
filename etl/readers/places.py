"""Lists of places (France services, QPV): counted by commune; a commune that is not in the list has none."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import duckdb

from etl.catalogue import Jeu, Source
from etl.errors import DataError, Problem
from etl.readers.raw import put_raw
from etl.sources import decode, read_bytes


def count_by_commune(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, path: Path) -> None:
    """Count the distinct places of each commune, and of the département, into ``brut``.

    Options of ``lecture``: identifiant and commune (columns; several communes are separated by a space or
    « ; »), departement (the département the list covers whole), separateur. The communes come from the
    table `territoire`: the list is exhaustive, so a commune of the département that it does not name has zero.
    """
    options = source.lecture
    rows = csv.DictReader(io.StringIO(decode(read_bytes(path, source))), delimiter=options.get("separateur", ","))
    absent = sorted({options["identifiant"], options["commune"]} - set(rows.fieldnames or []))
    if absent:
        raise DataError([Problem(source.fichier, f"colonne(s) absente(s) : {', '.join(absent)}", ligne=1)])
    pairs = {
        (row[options["identifiant"]], code)
        for row in rows
        for code in row[options["commune"]].replace(";", " ").replace("|", " ").split()
    }
    counts = Counter(code for _, code in pairs)
    department = options["departement"]
    known = con.execute(
        "SELECT code FROM territoire WHERE type = 'commune' AND code_departement = ?", [department]
    ).fetchall()
    variable = source.variables[0]
    kept = [(0, "commune", code, variable, variable, str(counts.get(code, 0))) for (code,) in known]
    kept += [(0, "commune", c, variable, variable, str(n)) for c, n in counts.items() if (c,) not in known]
    kept.append((0, "departement", department, variable, variable, str(len({place for place, _ in pairs}))))
    put_raw(con, kept)
