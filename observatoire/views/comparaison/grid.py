"""The grid indicators × territories: the class and sign of each cell, the order of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import pandas as pd

from observatoire.mesures import Mesure
from observatoire.methods.versus import Cell, Line
from observatoire.positions import LEGENDE
from observatoire.views.comparaison.comparison import Comparison

M = TypeVar("M", bound=Mesure)
# Gaps, in standard deviations of the communes, beyond which one more sign is written.
SEUILS = (1.0, 2.0)
_SIGNES = {key: sign for key, sign, _ in LEGENDE}
MOTS = {key: word for key, _, word in LEGENDE}


def cell_class(cell: Cell, card: Mesure) -> tuple[str, str]:
    """The class (a key of charts.heatmap.CASES) and the sign of a cell."""
    if cell.position is None or cell.gap is None:
        return "v", ""
    if cell.position == "proche":
        return "p", _SIGNES["p"]
    if cell.position in ("plus_haut", "plus_bas"):
        key = "h" if cell.position == "plus_haut" else "b"
        return key, _SIGNES[key]
    degree = 1 + sum(abs(cell.gap) >= bound for bound in SEUILS)
    key = f"{'f' if cell.position == 'favorable' else 'd'}{degree}"
    return key, _SIGNES[key]


def sort_columns(compared: Comparison, order: str) -> list[int]:
    """Positions of the territories in the order asked: ``nom`` (as given), ``ept``, or an indicator's code (from the
    highest value to the lowest, missing last)."""
    positions = list(range(len(compared.territoires)))
    if order == "ept":
        return sorted(positions, key=lambda n: (compared.territoires[n].code_ept or "", n))
    codes = {line.card.code: line for line in compared.lines}
    if order not in codes:
        return positions
    values = [cell.valeur for cell in codes[order].cells]
    return sorted(positions, key=lambda n: (values[n] is None, -(values[n] or 0), n))


def sort_rows(lines: Sequence[Line[M]], order: str) -> list[Line[M]]:
    """The lines in the order asked: ``theme`` (as given), or ``ecart``: first those where the territories are furthest
    from the reference, by the mean of their gaps in standard deviations, whatever their side."""
    if order != "ecart":
        return list(lines)

    def distance(line: Line[M]) -> float:
        gaps = [abs(cell.gap) for cell in line.cells if cell.gap is not None]
        return -sum(gaps) / len(gaps) if gaps else 0.0

    return sorted(lines, key=distance)


def grid_frame(lines: Sequence[Line[Mesure]], names: Sequence[str], order: Sequence[int]) -> pd.DataFrame:
    """One row a cell for the printed heat map: libelle, nom, classe, signe, texte."""
    rows = []
    for line in lines:
        for name, position in zip(names, order, strict=True):
            cell = line.cells[position]
            key, sign = cell_class(cell, line.card)
            rows.append(
                (
                    f"{line.card.libelle} ({line.card.periode(line.annee)})",
                    name,
                    key,
                    sign or ("" if cell.valeur is not None else cell.texte),
                    cell.texte,
                )
            )
    return pd.DataFrame(rows, columns=["libelle", "nom", "classe", "signe", "texte"])
