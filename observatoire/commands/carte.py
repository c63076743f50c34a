"""« carte »: maps as files, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from observatoire.commands.refusals import asked_warehouse, expect, refusal
from observatoire.documents.blocs import PAPIERS
from observatoire.documents.carte import map_sheet
from observatoire.documents.fichiers import write
from observatoire.exports.geojson import to_geojson
from observatoire.exports.images import to_png, to_svg
from observatoire.exports.tables import to_csv
from observatoire.methods.cartography import NIVEAUX_DE_CARTE, MapRequest
from observatoire.methods.classes import MAXIMUM, METHODES, MINIMUM, parse_bounds
from observatoire.records import DEPARTEMENT, FRANCE, REGION, Indicateur
from observatoire.views.carte.build import describe, load_content, sentence
from observatoire.warehouse import Warehouse

FORMATS = ("pdf", "svg", "png", "csv", "geojson")


def carte(
    indicateur: Annotated[list[str], typer.Argument(help="Code d’un ou plusieurs indicateurs, comme REV02.")],
    annee: Annotated[int | None, typer.Option(help="Année ; la dernière disponible par défaut.")] = None,
    format_: Annotated[str, typer.Option("--format", help=f"Fichier voulu : {', '.join(FORMATS)}.")] = "pdf",
    sortie: Annotated[Path, typer.Option(help="Dossier où écrire.")] = Path(),
    papier: Annotated[str, typer.Option(help="Papier du PDF : a4 ou a3, paysage.")] = "a4",
    niveau: Annotated[str, typer.Option(help=f"Niveau : {', '.join(NIVEAUX_DE_CARTE)}.")] = "commune",
    ept: Annotated[str | None, typer.Option(help="Un seul EPT : T6, T7, T8 ou T9.")] = None,
    methode: Annotated[str, typer.Option(help=f"Classes : {', '.join(METHODES)}.")] = "quantiles",
    classes: Annotated[int, typer.Option(min=MINIMUM, max=MAXIMUM, help="Nombre de classes.")] = 5,
    bornes: Annotated[str, typer.Option(help="Bornes choisies, comme « 20 ; 30,5 ; 40 ».")] = "",
    centre: Annotated[str, typer.Option(help="Référence des classes centrées : 93, R11 ou FR.")] = DEPARTEMENT,
) -> None:
    """Écrit la carte d’un ou plusieurs indicateurs dans un dossier."""
    expect(format_, FORMATS, "--format")
    expect(papier, PAPIERS, "--papier")
    expect(methode, METHODES, "--methode")
    expect(niveau, NIVEAUX_DE_CARTE, "--niveau")
    try:
        limits = parse_bounds(bornes) if bornes else ()
    except ValueError as error:
        raise refusal("--bornes", str(error)) from None
    warehouse = asked_warehouse()
    expect(centre, (DEPARTEMENT, REGION, FRANCE), "--centre")
    sortie.mkdir(parents=True, exist_ok=True)
    for code in indicateur:
        card = _card(warehouse, code, niveau)
        year = _year(card, annee)
        method = "bornes" if limits else methode
        request = MapRequest(card.code, year, niveau, _ept(warehouse, ept), method, classes, limits, centre)
        path = _write(warehouse, request, format_, papier, sortie)
        typer.echo(f"{card.libelle}, {card.periode(year)} : {path}")


def _write(warehouse: Warehouse, request: MapRequest, format_: str, paper: str, folder: Path) -> Path:
    content = load_content(warehouse, request)
    if content.lieux.empty or all(content.lieux["absent"]):
        raise refusal("--niveau", f"« {request.indicateur} » n’a aucune valeur à ce niveau en {request.annee}.")
    figure = describe(warehouse, request, content)
    said = (sentence(warehouse, request, content), content.note)
    makers: dict[str, Callable[[], bytes]] = {
        "pdf": lambda: write(map_sheet(figure, warehouse, said, paper), "pdf"),
        "docx": lambda: write(map_sheet(figure, warehouse, said, paper), "docx"),
        "svg": lambda: to_svg(figure),
        "png": lambda: to_png(figure),
        "csv": lambda: to_csv(figure),
        "geojson": lambda: to_geojson(warehouse, request, content),
    }
    path = folder / f"{figure.fichier}.{format_}"
    path.write_bytes(makers[format_]())
    return path


def _card(warehouse: Warehouse, code: str, level: str) -> Indicateur:
    """The card of this code at this level: the one of the IRIS that says the same, if need be."""
    if code.upper() not in warehouse.codes:
        raise refusal("indicateur", f"« {code} » n’est pas un indicateur connu (exemples : REV02, EMP01, SEN01).")
    card = warehouse.at_level(warehouse.card(code.upper()), level)
    if card is None:
        raise refusal("--niveau", f"« {code} » n’est pas connu au niveau « {level} ».")
    return card


def _year(card: Indicateur, annee: int | None) -> int:
    if annee is not None and annee not in card.annees:
        years = ", ".join(map(str, card.annees))
        raise refusal("--annee", f"« {card.libelle} » n’a pas de valeur en {annee}. Années disponibles : {years}.")
    return card.derniere if annee is None else annee


def _ept(warehouse: Warehouse, asked: str | None) -> str | None:
    if asked is None:
        return None
    codes = {t.code_court: t.code for t in warehouse.epts.values()}
    expect(asked.upper(), [str(code) for code in codes], "--ept")
    return codes[asked.upper()]
