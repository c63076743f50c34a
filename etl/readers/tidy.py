"""« Relevés »: tidy counts, one row a figure, for the datasets whose original file is only met on a portal."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb

from etl.catalogue import Jeu, Source
from etl.errors import DataError, Problem
from etl.readers.raw import put_raw
from etl.sources import decode, read_bytes

NIVEAUX = ("commune", "departement", "region", "pays")


def read_tidy(con: duckdb.DuckDBPyConnection, source: Source, jeu: Jeu, path: Path) -> None:
    """Read the figures of the source's vintage into ``brut``.

    Columns: ``annee, territoire, variable, valeur`` and, where several levels share the file, ``type``.
    Options of ``lecture``: prefixe (put before the variable), annee (label of the year in the file).
    """
    rows = csv.DictReader(io.StringIO(decode(read_bytes(path, source))))
    needed = {"annee", "territoire", "variable", "valeur"}
    absent = sorted(needed - set(rows.fieldnames or []))
    if absent:
        raise DataError([Problem(source.fichier, f"colonne(s) absente(s) : {', '.join(absent)}", ligne=1)])
    year = str(source.lecture.get("annee", source.millesime))
    prefix = source.lecture.get("prefixe", "")
    wanted = {}
    for variable in source.variables or jeu.variables:
        column = variable.removeprefix(prefix)
        for parameter, value in source.parametres.items():
            column = column.replace("{" + parameter + "}", value)
        wanted[column] = variable
    kept = []
    for number, row in enumerate(rows, start=2):
        if row["annee"] != year or row["variable"] not in wanted:
            continue
        level = row.get("type") or source.niveau
        if level not in NIVEAUX:
            raise DataError(
                [Problem(source.fichier, f"type de territoire « {level} » inconnu", ligne=number, colonne="type")]
            )
        kept.append((number, level, row["territoire"], row["variable"], wanted[row["variable"]], row["valeur"]))
    if not kept:
        raise DataError(
            [Problem(source.fichier, f"aucun chiffre pour l'année {year}", conseil="vérifier le millésime déclaré")]
        )
    put_raw(con, kept)
