"""The figures of a comparison that documents and commands share with the page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from observatoire import formats
from observatoire.charts import vega
from observatoire.charts.heatmap import draw_heatmap
from observatoire.figures import Figure, cite_rows, traced
from observatoire.methods.versus import tidy
from observatoire.views.comparaison.comparison import Comparison
from observatoire.views.comparaison.grid import grid_frame
from observatoire.warehouse import Warehouse

# Up to so many territories, a cell has room for its figure.
LARGE = 8


def comparison_source(compared: Comparison, house: Warehouse) -> str:
    """The sources of the figures of the years compared."""
    years = {line.card.code: line.annee for line in compared.lines}
    own = compared.figures
    used = own[own["annee"] == own["indicateur"].map(years)]
    return cite_rows(house, used["source"])


def heatmap_figure(compared: Comparison, house: Warehouse, order: Sequence[int] | None = None) -> Figure:
    """The heat map as a figure. ``order``: positions of the territories, as given by default."""
    positions = list(range(len(compared.territoires)) if order is None else order)
    names = [compared.territoires[n].nom for n in positions]
    frame = grid_frame(compared.lines, names, positions)
    count = len(compared.lines)
    title = f"{count} indicateur{'s' if count > 1 else ''} pour {compared.nom}"
    return Figure(
        titre=title,
        sous_titre=f"Écart à la référence ({compared.reference.nom}), en écarts types des communes du département ; "
        "année dans chaque ligne",
        source=comparison_source(compared, house),
        alt=f"{title}. {_in_words(compared)}",
        table=tidy(compared.lines, compared.territoires, compared.reference),
        fichier=formats.nom_de_fichier("carte-de-chaleur", compared.nom),
        trace=traced(compared.territoires[0].code, compared.lines[0].card.code, compared.lines[0].annee),
        printable=partial(_draw, frame, names),
    )


def _draw(frame: pd.DataFrame, names: Sequence[str]) -> vega.Chart:
    order = list(dict.fromkeys(frame["libelle"]))
    return draw_heatmap(frame, order, names, 130 if len(names) <= LARGE else 26)


def _in_words(compared: Comparison) -> str:
    """For each territory, how many indicators read better, close and worse than the reference."""
    parts = []
    for position, territoire in enumerate(compared.territoires):
        found = [line.cells[position].position for line in compared.lines]
        counts = [found.count(key) for key in ("favorable", "proche", "defavorable")]
        if any(counts):
            better, close, worse = counts
            parts.append(f"{territoire.nom} : {better} plus favorables, {close} proches, {worse} moins favorables")
    return " ; ".join(parts)
