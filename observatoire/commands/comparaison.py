"""« comparaison »: territories side by side as files, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from observatoire import formats
from observatoire.commands.refusals import asked_territory, asked_warehouse, expect, refusal
from observatoire.documents.blocs import PAPIERS
from observatoire.documents.comparaison import comparison_document
from observatoire.documents.fichiers import write
from observatoire.exports.images import to_png, to_svg
from observatoire.exports.tables import to_csv
from observatoire.exports.xlsx import comparison_workbook
from observatoire.methods.groups import STATISTIQUES, Reference
from observatoire.records import DEPARTEMENT, FRANCE, REGION, Indicateur, Territoire
from observatoire.views.comparaison import comparison as comparisons
from observatoire.views.comparaison.comparison import Comparison
from observatoire.views.comparaison.heatmap import heatmap_figure
from observatoire.views.comparaison.needs import Choices, make_needs
from observatoire.warehouse import Warehouse

FORMATS = ("xlsx", "csv", "docx", "pdf", "png", "svg")
CLES, TOUS = "cles", "tous"


def comparaison(
    territoires: Annotated[
        str | None,
        typer.Option(help="Codes séparés par des virgules : communes, EPT ; par défaut tous les EPT du département."),
    ] = None,
    theme: Annotated[str, typer.Option(help="Thème, comme revenus_precarite ; « cles » ou « tous ».")] = CLES,
    reference: Annotated[
        str, typer.Option(help="Territoire, ou mediane, ensemble, autres (statistiques des communes comparées).")
    ] = DEPARTEMENT,
    format_: Annotated[str, typer.Option("--format", help=f"Fichier voulu : {', '.join(FORMATS)}.")] = "xlsx",
    sortie: Annotated[Path, typer.Option(help="Dossier où écrire.")] = Path(),
    nom: Annotated[str, typer.Option(help="Nom de la comparaison ; par défaut, ceux des territoires.")] = "",
    papier: Annotated[str, typer.Option(help="Papier du PDF : a4 ou a3, paysage.")] = "a4",
) -> None:
    """Écrit une comparaison de territoires dans un dossier."""
    expect(format_, FORMATS, "--format")
    expect(papier, PAPIERS, "--papier")
    warehouse = asked_warehouse()
    codes = list(warehouse.epts) if territoires is None else territoires.split(",")
    chosen = [_territory(warehouse, code, "--territoires") for code in dict.fromkeys(filter(None, codes))]
    if not chosen:
        raise refusal("--territoires", "aucun territoire.", "donner un ou plusieurs codes, comme 93066,T8")
    cards = _cards(warehouse, theme)
    compared = comparisons.make_comparison(warehouse, chosen, _reference(warehouse, reference, chosen), cards, nom)
    path = _write(compared, warehouse, theme, format_, papier, sortie)
    typer.echo(f"{compared.nom}, {len(cards)} indicateurs : {path}")


def _write(compared: Comparison, warehouse: Warehouse, theme: str, format_: str, paper: str, folder: Path) -> Path:
    figure = heatmap_figure(compared, warehouse)
    makers: dict[str, Callable[[], bytes]] = {
        "xlsx": lambda: comparison_workbook(compared, warehouse, needs=make_needs(warehouse, Choices())),
        "csv": lambda: to_csv(figure),
        "docx": lambda: write(comparison_document(compared, warehouse, paper), "docx"),
        "pdf": lambda: write(comparison_document(compared, warehouse, paper), "pdf"),
        "png": lambda: to_png(figure),
        "svg": lambda: to_svg(figure),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{formats.nom_de_fichier('comparaison', compared.nom, theme)}.{format_}"
    path.write_bytes(makers[format_]())
    return path


def _territory(warehouse: Warehouse, code: str, option: str) -> Territoire:
    return warehouse.territoires[asked_territory(warehouse, code, [t.code for t in warehouse.choices], option)]


def _reference(warehouse: Warehouse, code: str, chosen: Iterable[Territoire]) -> Reference:
    if code in STATISTIQUES:
        members = comparisons.expand(warehouse, chosen)
        return comparisons.group_reference(code, members, f"des {len(members)} communes comparées")
    if code in (REGION, FRANCE):
        return comparisons.territory_reference(warehouse.territoires[code])
    return comparisons.territory_reference(_territory(warehouse, code, "--reference"))


def _cards(warehouse: Warehouse, theme: str) -> list[Indicateur]:
    cards = list(warehouse.indicateurs.values())
    if theme == TOUS:
        return cards
    if theme == CLES:
        return [card for card in cards if card.phare and not card.effectif]
    expect(theme, [*warehouse.themes, CLES, TOUS], "--theme")
    return [card for card in cards if card.theme == theme]
