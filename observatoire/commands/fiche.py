"""« fiche »: the one-page sheet of territories as files, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from etl.errors import DataError
from observatoire import formats
from observatoire.commands.refusals import asked_territory, asked_warehouse, expect, refusal
from observatoire.documents.fiche import PARTIES, sheet
from observatoire.documents.fichiers import FORMATS, write
from observatoire.warehouse import Warehouse


def fiche(
    territoires: Annotated[list[str] | None, typer.Argument(help="Codes des territoires, comme 93066.")] = None,
    format_: Annotated[str, typer.Option("--format", help=f"Fichier voulu : {', '.join(FORMATS)}.")] = "pdf",
    sortie: Annotated[Path, typer.Option(help="Dossier où écrire.")] = Path(),
    parties: Annotated[
        str,
        typer.Option(help=f"Parties, séparées par des virgules : {', '.join(PARTIES)} ; toutes par défaut."),
    ] = "",
    tous: Annotated[bool, typer.Option("--tous", help="Les communes, les EPT et le département.")] = False,
) -> None:
    """Écrit la fiche d’un ou plusieurs territoires dans un dossier."""
    expect(format_, FORMATS, "--format")
    warehouse = asked_warehouse()
    codes = _codes(warehouse, territoires or [], tous)
    wanted = _parts(parties)
    sortie.mkdir(parents=True, exist_ok=True)
    written = []
    for code in track(codes, "Fiches", transient=True, disable=len(codes) < 2):
        path = sortie / f"{formats.nom_de_fichier('fiche', warehouse.territoires[code].nom)}.{format_}"
        path.write_bytes(write(sheet(warehouse, code, wanted), format_))
        written.append(path)
    for path in written:
        typer.echo(str(path))


def _parts(asked: str) -> list[str] | None:
    """The parts of the sheet asked for; None for all of them."""
    parts = [part.strip() for part in asked.split(",") if part.strip()]
    for part in parts:
        expect(part, PARTIES, "--parties")
    return parts or None


def _codes(warehouse: Warehouse, asked: list[str], every: bool) -> list[str]:
    """The codes to write, in the order asked; every unknown one is named at once."""
    known = [t.code for t in warehouse.choices]
    if every:
        return known
    if not asked:
        raise refusal("TERRITOIRES", "aucun territoire.", "donner un ou plusieurs codes, comme 93066, ou --tous")
    codes, problems = [], []
    for typed in asked:
        try:
            codes.append(asked_territory(warehouse, typed, known, "TERRITOIRES"))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return list(dict.fromkeys(codes))
