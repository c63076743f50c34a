"""A comparison: the heat map at a glance, then a table a theme, good use and sources."""

from __future__ import annotations

from collections.abc import Sequence

from observatoire import formats
from observatoire.documents.blocs import (
    Bloc,
    Case,
    Document,
    FigureBloc,
    Legende,
    Liste,
    Point,
    SautDePage,
    Tableau,
    Texte,
    Titre,
)
from observatoire.documents.commun import foot, on_paper
from observatoire.methods.versus import Line, label
from observatoire.positions import CASES, LEGENDE
from observatoire.views.comparaison.comparison import BON_USAGE, Comparison
from observatoire.views.comparaison.heatmap import comparison_source, heatmap_figure
from observatoire.warehouse import Warehouse

# Territories on one page of tables.
COLONNES = 6
SIGNES = (
    "Entre parenthèses, l’écart à la référence, la même année. ▲ plus favorable ; ● proche ; ▼ moins favorable ; "
    "△ plus élevé, ▽ plus bas (non jugés). Une absence n’est jamais un zéro."
)


def comparison_document(
    compared: Comparison, warehouse: Warehouse, paper: str = "a4", order: Sequence[int] | None = None
) -> Document:
    """The document of a comparison. ``order``: positions of the territories in the heat map, as given by default."""
    source = comparison_source(compared, warehouse)
    blocs: list[Bloc] = [*_overview(compared, warehouse, order), Texte(SIGNES, note=True)]
    for theme, name in warehouse.themes.items():
        lines = [line for line in compared.lines if line.card.theme == theme]
        if lines:
            blocs += [Titre(name), *_tables(compared, lines, name, source)]
    rules = tuple(Point(rule.replace("**", "")) for rule in BON_USAGE)
    return Document(
        titre=f"Comparaison : {compared.nom}",
        chapeau=f"Référence : {compared.reference.nom}. Chiffres au {formats.jour(warehouse.built_on)}.",
        blocs=(*blocs, Titre("Bon usage"), Liste(rules)),
        construit_le=warehouse.built_on,
        source=source,
        pied=foot(warehouse.built_on),
        fichier=formats.nom_de_fichier("comparaison", compared.nom),
        papier=paper,
        paysage=True,
        taille=9,
        marge=1.3,
    )


def _overview(compared: Comparison, warehouse: Warehouse, order: Sequence[int] | None) -> list[Bloc]:
    """The heat map on the first page, when there is something to colour."""
    if not any(cell.position for line in compared.lines for cell in line.cells):
        return []
    figure = heatmap_figure(compared, warehouse, order)
    printable = figure.printable
    assert printable is not None  # a heat map always has a drawing
    cases = tuple(Case(*CASES[key], sign or "·", word) for key, sign, word in LEGENDE)
    drawing = FigureBloc(
        figure.titre,
        figure.sous_titre,
        figure.source,
        figure.alt,
        lambda: on_paper(printable()),
        12.4,
        montre=False,
    )
    return [Titre("Vue d’ensemble"), Texte(figure.sous_titre, note=True), Legende(cases), drawing, SautDePage()]


def _tables(compared: Comparison, lines: Sequence[Line], name: str, source: str) -> list[Bloc]:
    tables: list[Bloc] = []
    for start in range(0, len(compared.territoires), COLONNES):
        shown = range(start, min(start + COLONNES, len(compared.territoires)))
        names = [compared.territoires[n].nom for n in shown]
        rows = [
            (
                label(line.card),
                line.card.periode(line.annee),
                line.reference.texte,
                *(line.cells[n].words for n in shown),
            )
            for line in lines
        ]
        count = len(names) + 1
        tables.append(
            Tableau(
                titre=f"{name} : {', '.join(names)}",
                source=source,
                colonnes=("Indicateur", "Année", compared.reference.court, *names),
                lignes=tuple(rows),
                largeurs=(5.5, 1.5, *(19.5 / count for _ in range(count))),
                montre=False,
            )
        )
    return tables
