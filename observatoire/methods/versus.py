"""Territories against a reference: for each indicator and territory the figure, its gap, how it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from observatoire import formats
from observatoire.charts.theme import POSITIONS
from observatoire.formats import is_missing
from observatoire.methods.comparison import position
from observatoire.methods.tables import common_year
from observatoire.warehouse import Indicateur, Territoire


@dataclass(frozen=True)
class Cell:
    """A figure beside the reference: ``ecart`` in words (empty when not comparable), ``position`` key or None."""

    valeur: float | None
    statut: str
    texte: str
    ecart: str
    position: str | None

    @property
    def words(self) -> str:
        """« 42,0 % (+13,6 points) ▼ »."""
        parts = [self.texte]
        if self.ecart:
            parts.append(f"({self.ecart})")
        if self.position:
            parts.append(POSITIONS[self.position][1])
        return " ".join(parts)


@dataclass(frozen=True)
class Line:
    """An indicator: the year compared, the reference's figure, one cell a territory, in order."""

    card: Indicateur
    annee: int
    reference: Cell
    cells: tuple[Cell, ...]


def compare(
    figures: pd.DataFrame,
    dispersion: pd.DataFrame,
    cards: Sequence[Indicateur],
    territoires: Sequence[Territoire],
    reference: Territoire,
) -> list[Line]:
    """One line an indicator, every figure of the same year: the latest that most of the territories have.

    ``figures``: rows of ``observation`` for the territories and the reference. ``dispersion``: see
    Warehouse.dispersion. Counts have no gap: a large town is not « above » a small one.
    """
    spread = dispersion.set_index(["indicateur", "annee"])["ecart_type"]
    lines = []
    for card in cards:
        own = figures[figures["indicateur"] == card.code]
        year = common_year(own, card, [t.code for t in territoires], reference.code)
        found = own[own["annee"] == year].set_index("territoire")
        level = _cell(found, reference.code, card, None, None)
        deviation = spread.get((card.code, year))
        cells = tuple(_cell(found, t.code, card, level, deviation) for t in territoires)
        lines.append(Line(card, year, level, cells))
    return lines


def _cell(found: pd.DataFrame, code: str, card: Indicateur, level: Cell | None, deviation: float | None) -> Cell:
    value, status = None, "manquant"
    if code in found.index:
        value, status = found.at[code, "valeur"], str(found.at[code, "statut"])
    text = card.format(value, status) + (" ≈" if status == "approche" else "")
    if level is None or card.effectif or "censure" in (status, level.statut) or is_missing(level.valeur):
        return Cell(value, status, text, "", None)
    gap = formats.ecart(value, level.valeur, card.unite, card.decimales)
    return Cell(value, status, text, gap, position(value, level.valeur, deviation, card.sens))


def rows_in_words(lines: Sequence[Line], territoires: Sequence[Territoire], reference: Territoire) -> pd.DataFrame:
    """The table as it is read: Indicateur, Année, the reference, then one column a territory."""
    rows = [
        [_label(line.card), str(line.annee), line.reference.texte, *(cell.words for cell in line.cells)]
        for line in lines
    ]
    names = [t.nom for t in territoires]
    return pd.DataFrame(rows, columns=["Indicateur", "Année", f"{reference.nom} (référence)", *names])


def tidy(lines: Sequence[Line], territoires: Sequence[Territoire], reference: Territoire) -> pd.DataFrame:
    """The same, one figure a row, for downloads."""
    rows = [
        (
            *(
                line.card.code,
                line.card.libelle,
                line.card.unite,
                line.annee,
                t.nom,
                cell.valeur,
                formats.STATUTS[cell.statut],
            ),
            *(line.reference.valeur, cell.ecart, POSITIONS[cell.position][2] if cell.position else ""),
        )
        for line in lines
        for t, cell in zip(territoires, line.cells, strict=True)
    ]
    columns = [
        "Code",
        "Indicateur",
        "Unité",
        "Année",
        "Territoire",
        "Valeur",
        "Statut",
        reference.nom,
        "Écart",
        "Position",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"Valeur": float, reference.nom: float})


def _label(card: Indicateur) -> str:
    said = formats.unite_courte(card.unite) or card.unite in card.libelle
    return card.libelle if said else f"{card.libelle} ({card.unite})"
