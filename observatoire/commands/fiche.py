"""« fiche »: the one-page sheet of territories as files, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from observatoire import formats
from observatoire.config import warehouse_folder
from observatoire.exports.sheets import make_docx, make_pdf
from observatoire.warehouse import NoWarehouse, Warehouse, open_warehouse

FABRIQUES = {"pdf": make_pdf, "docx": make_docx}


def fiche(
    territoires: Annotated[list[str] | None, typer.Argument(help="Codes des territoires, comme 93066.")] = None,
    format_: Annotated[str, typer.Option("--format", help=f"Fichier voulu : {', '.join(FABRIQUES)}.")] = "pdf",
    sortie: Annotated[Path, typer.Option(help="Dossier où écrire.")] = Path(),
    tous: Annotated[bool, typer.Option("--tous", help="Les communes, les EPT et le département.")] = False,
) -> None:
    """Écrit la fiche d’un ou plusieurs territoires dans un dossier."""
    if format_ not in FABRIQUES:
        raise typer.BadParameter(f"« {format_} » : attendu {', '.join(FABRIQUES)}.", param_hint="--format")
    try:
        house = open_warehouse(warehouse_folder())
    except NoWarehouse as error:
        raise typer.BadParameter(error.local) from None
    codes = _codes(house, territoires or [], tous)
    sortie.mkdir(parents=True, exist_ok=True)
    written = []
    for code in track(codes, "Fiches", transient=True, disable=len(codes) < 2):
        path = sortie / f"{formats.nom_de_fichier('fiche', house.territoires[code].nom)}.{format_}"
        path.write_bytes(FABRIQUES[format_](house, code))
        written.append(path)
    for path in written:
        typer.echo(str(path))


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
