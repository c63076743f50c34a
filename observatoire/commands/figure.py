"""« figure »: any figure that a page shows, as a file, without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from observatoire.commands.refusals import asked_territory, asked_warehouse, expect, refusal
from observatoire.exports.images import to_png, to_svg
from observatoire.exports.tables import to_csv
from observatoire.figures import Figure
from observatoire.methods.groups import STATISTIQUES
from observatoire.views.index import SORTES, Demande

MAKERS: dict[str, Callable[[Figure], bytes]] = {
    "svg": to_svg,
    "png": to_png,
    "csv": to_csv,
    "json": lambda figure: json.dumps(_described(figure), ensure_ascii=False, indent=1).encode("utf-8"),
}


def figure(
    sorte: Annotated[str, typer.Argument(help="Figure voulue ; « liste » les dit toutes.")],
    territoire: Annotated[str, typer.Option(help="Territoire : commune, EPT (T6 à T9), 93.")] = Demande.territoire,
    territoires: Annotated[str, typer.Option(help="Territoires comparés, séparés par des virgules.")] = "",
    reference: Annotated[
        str, typer.Option(help="Référence : territoire, R11, FR, ou mediane, ensemble, autres.")
    ] = Demande.reference,
    theme: Annotated[str, typer.Option(help="Thème, comme revenus_precarite ; sinon celui de l’indicateur.")] = "",
    indicateur: Annotated[str, typer.Option(help="Code de l’indicateur, comme REV02.")] = Demande.indicateur,
    second: Annotated[str, typer.Option(help="Second indicateur, des figures qui en croisent deux.")] = Demande.second,
    annee: Annotated[int | None, typer.Option(help="Année ; la dernière disponible par défaut.")] = None,
    format_: Annotated[str, typer.Option("--format", help=f"Fichier voulu : {', '.join(MAKERS)}.")] = "svg",
    sortie: Annotated[Path, typer.Option(help="Dossier où écrire.")] = Path(),
) -> None:
    """Écrit une figure des pages : image, tableau, ou ce qui en est dit."""
    if sorte == "liste":
        typer.echo("\n".join(f"{name:<18} {one.mots}" for name, one in SORTES.items()))
        return
    expect(sorte, SORTES, "figure")
    expect(format_, MAKERS, "--format")
    warehouse = asked_warehouse()
    known = warehouse.territoires
    codes = [asked_territory(warehouse, code, known, "--territoires") for code in filter(None, territoires.split(","))]
    against = reference if reference in STATISTIQUES else asked_territory(warehouse, reference, known, "--reference")
    asked = Demande(
        territoire=asked_territory(warehouse, territoire, known, "--territoire"),
        territoires=tuple(dict.fromkeys(codes)),
        reference=against,
        theme=_known("--theme", theme, warehouse.themes) if theme else "",
        indicateur=_known("--indicateur", indicateur.upper(), warehouse.every_indicator),
        second=_known("--second", second.upper(), warehouse.codes),
    )
    card = warehouse.every_indicator[asked.indicateur]
    if annee is not None:
        expect(str(annee), [str(year) for year in card.annees], "--annee")
        asked = replace(asked, annee=annee)
    made = SORTES[sorte].make(warehouse, asked)
    if made is None:
        raise refusal(sorte, "rien à montrer pour ce choix : autre territoire, autre indicateur ou autre année.")
    if format_ in ("svg", "png") and not made.has_image:
        raise refusal("--format", f"« {sorte} » est un tableau, sans image : attendu csv ou json.")
    sortie.mkdir(parents=True, exist_ok=True)
    path = sortie / f"{made.fichier}.{format_}"
    path.write_bytes(MAKERS[format_](made))
    typer.echo(f"{made.titre} : {path}")


def _described(made: Figure) -> dict[str, object]:
    """All that goes with a figure: words, source, table, and its chart as Vega-Lite."""
    table = made.table.astype(object).where(made.table.notna(), None)
    return {
        "titre": made.titre,
        "sous_titre": made.sous_titre,
        "note": made.note,
        "source": made.source,
        "description": made.alt,
        "tableau": table.to_dict("records"),
        "graphique": made.specification() if made.has_image else None,
    }


def _known(option: str, code: str, known: Collection[str]) -> str:
    if code not in known:
        raise refusal(option, f"« {code} » est inconnu (exemples : REV02, revenus_precarite).")
    return code
