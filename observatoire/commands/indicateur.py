"""« indicateur »: the page of an indicator as a document, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from observatoire.commands.refusals import asked_territory, asked_warehouse, expect, refusal
from observatoire.documents.fichiers import FORMATS, write
from observatoire.documents.indicateur import indicator_sheet
from observatoire.records import DEPARTEMENT


def indicateur(
    code: Annotated[str, typer.Argument(help="Code de l’indicateur, comme REV02.")],
    territoire: Annotated[str, typer.Option(help="Commune, EPT (T6 à T9) ou 93.")] = DEPARTEMENT,
    annee: Annotated[int | None, typer.Option(help="Année ; la dernière disponible par défaut.")] = None,
    format_: Annotated[str, typer.Option("--format", help=f"Fichier voulu : {', '.join(FORMATS)}.")] = "docx",
    sortie: Annotated[Path, typer.Option(help="Dossier où écrire.")] = Path(),
) -> None:
    """Écrit un indicateur d’un territoire : constat, carte, classement, évolution, définition."""
    expect(format_, FORMATS, "--format")
    warehouse = asked_warehouse()
    card = warehouse.every_indicator.get(code.upper())
    if card is None:
        raise refusal("code", f"« {code} » n’est pas un indicateur connu (exemples : REV02, EMP01, IRI02).")
    place = asked_territory(warehouse, territoire, [t.code for t in warehouse.choices], "--territoire")
    if annee is not None:
        expect(str(annee), [str(year) for year in card.annees], "--annee")
    document = indicator_sheet(warehouse, card.code, place, annee)
    sortie.mkdir(parents=True, exist_ok=True)
    path = sortie / f"{document.fichier}.{format_}"
    path.write_bytes(write(document, format_))
    typer.echo(f"{document.titre} : {path}")
