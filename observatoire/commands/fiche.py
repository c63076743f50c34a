"""« fiche »: the one-page sheet of territories as files, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from observatoire import formats
from observatoire.config import warehouse_folder
from observatoire.documents.fiche import PARTIES, sheet
from observatoire.documents.fichiers import FORMATS, write
from observatoire.warehouse import NoWarehouse, Warehouse, open_warehouse


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
    if format_ not in FORMATS:
        raise typer.BadParameter(f"« {format_} » : attendu {', '.join(FORMATS)}.", param_hint="--format")
    try:
        house = open_warehouse(warehouse_folder())
    except NoWarehouse as error:
        raise typer.BadParameter(error.local) from None
    codes = _codes(house, territoires or [], tous)
    wanted = _parts(parties)
    sortie.mkdir(parents=True, exist_ok=True)
    written = []
    for code in track(codes, "Fiches", transient=True, disable=len(codes) < 2):
        path = sortie / f"{formats.nom_de_fichier('fiche', house.territoires[code].nom)}.{format_}"
        path.write_bytes(write(sheet(house, code, wanted), format_))
        written.append(path)
    for path in written:
        typer.echo(str(path))


def _parts(asked: str) -> list[str] | None:
    """The parts of the sheet asked for; None for all of them."""
    parts = [part.strip() for part in asked.split(",") if part.strip()]
    unknown = [part for part in parts if part not in PARTIES]
    if unknown:
        raise typer.BadParameter(f"« {', '.join(unknown)} » : attendu {', '.join(PARTIES)}.", param_hint="--parties")
    return parts or None


def _codes(house: Warehouse, asked: list[str], every: bool) -> list[str]:
    """The codes to write, in the order asked; every unknown one is named at once."""
    known = [t.code for t in house.choices]
    if every:
        return known
    if not asked:
        raise typer.BadParameter("donner un ou plusieurs codes, ou --tous.", param_hint="TERRITOIRES")
    unknown = [code for code in asked if code not in known]
    if unknown:
        raise typer.BadParameter(
            f"{', '.join(unknown)} : attendu le code d’une commune, d’un EPT ou du département (93).",
            param_hint="TERRITOIRES",
        )
    return asked
