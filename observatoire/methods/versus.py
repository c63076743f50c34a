"""Territories against a reference: for each indicator and territory the figure, its gap, how it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import pandas as pd

from observatoire import formats
from observatoire.formats import is_missing
from observatoire.mesures import Mesure
from observatoire.methods.comparison import coarser, gap_size, gap_words, margin, may_be_chance, position, standard_gap
from observatoire.methods.groups import AUTRES, Reference
from observatoire.methods.tables import shared_year
from observatoire.positions import POSITIONS
from observatoire.records import Territoire

M_co = TypeVar("M_co", bound=Mesure, covariant=True)
NON_SIGNIFICATIF = "écart non significatif"


@dataclass(frozen=True)
class Cell:
    """A figure beside the reference.

    ``ecart`` in words and ``gap`` in standard deviations of the département's communes: empty and None when there is
    nothing to compare; ``position`` is a key of POSITIONS; ``bornes`` the interval of the figure when it has one;
    ``significatif`` False when the gap may be chance, given its uncertainty and the reference's; None when not tested.
    ``arrondi`` and ``marge``: those of the figure; ``arrondi_ecart``: the coarser rounding of the two figures.
    """

    valeur: float | None
    statut: str
    texte: str
    ecart: str = ""
    position: str | None = None
    gap: float | None = None
    reference: float | None = None
    bornes: tuple[float, float] | None = None
    significatif: bool | None = None
    arrondi: float | None = None
    marge: float | None = None
    arrondi_ecart: float | None = None

    @property
    def sign(self) -> str:
        """▲ ● ▼ △ ▽, or nothing."""
        return POSITIONS[self.position][1] if self.position else ""

    @property
    def reading(self) -> str:
        """« moins favorable », with a star when the gap is tested and holds; « écart non significatif »; or nothing."""
        if self.significatif is False:
            return NON_SIGNIFICATIF
        word = POSITIONS[self.position][2] if self.position else ""
        return f"{word} *" if word and self.significatif and self.position != "proche" else word

    @property
    def words(self) -> str:
        """« 42,0 % (+13,6 points, ▼ moins favorable) »."""
        detail = ", ".join(part for part in (self.ecart, f"{self.sign} {self.reading}".strip()) if part)
        return f"{self.texte} ({detail})" if detail else self.texte


@dataclass(frozen=True)
class Line(Generic[M_co]):
    """A measure: the year compared, the reference's figure, one cell a territory, in order."""

    card: M_co
    annee: int
    reference: Cell
    cells: tuple[Cell, ...]


def compare(
    figures: pd.DataFrame,
    dispersion: pd.DataFrame,
    cards: Sequence[M_co],
    territoires: Sequence[Territoire],
    reference: Reference,
) -> list[Line[M_co]]:
    """One line a measure, every figure of the same year: the latest that most of the territories have.

    ``figures``: rows of ``observation`` for the territories and the reference (see groups.reference_rows for those of
    a group). ``dispersion``: see Warehouse.dispersion. Counts have no gap: a large town is not « above » a small one.
    """
    spread = dispersion.set_index(["indicateur", "annee"])["ecart_type"]
    codes = [t.code for t in territoires]
    by_card = _by_card(figures)
    lines = []
    for card in cards:
        own = by_card.get(card.code, [])
        known = [(row["territoire"], row["annee"]) for row in own if not is_missing(row["valeur"])]
        year = shared_year(known, card, codes, reference.code)
        found = {row["territoire"]: row for row in own if row["annee"] == year}
        deviation = spread.get((card.code, year))
        cells = tuple(_compared(found, code, card, reference, deviation) for code in codes)
        lines.append(Line(card, year, _cell(found.get(reference.code), card), cells))
    return lines


def _by_card(figures: pd.DataFrame) -> dict[str, list[dict]]:
    """What a comparison reads of each figure, by indicator: turned into plain rows once, not once an indicator."""
    asked = ("indicateur", "territoire", "annee", "valeur", "statut", "borne_basse", "borne_haute", "arrondi", "marge")
    found: dict[str, list[dict]] = {}
    for row in figures[[name for name in asked if name in figures]].to_dict("records"):
        found.setdefault(row["indicateur"], []).append(row)
    return found


def _cell(row: dict | None, card: Mesure) -> Cell:
    if row is None:
        return Cell(None, "manquant", card.format(None, "manquant"))
    status = str(row["statut"])
    read = ("valeur", "borne_basse", "borne_haute", "arrondi", "marge")
    value, low, high, step, blur = (_number(row.get(name)) for name in read)
    bounds = None if low is None or high is None else (low, high)
    text = card.format(value, status, step) + formats.signe(status)
    return Cell(value, status, text, bornes=bounds, arrondi=step, marge=blur)


def _number(value: Any) -> float | None:
    return None if is_missing(value) else float(value)


def _compared(found: dict, code: str, card: Mesure, reference: Reference, deviation: float | None) -> Cell:
    cell, level = _cell(found.get(code), card), _cell(found.get(reference.row_code(code)), card)
    incomparable = card.effectif or code == reference.code or "censure" in (cell.statut, level.statut)
    if incomparable or cell.valeur is None or level.valeur is None:
        return cell
    chance = may_be_chance(cell.valeur, cell.bornes, level.valeur, level.bornes, exacte=not reference.is_group)
    significant = None if chance is None else not chance
    place = position(cell.valeur, level.valeur, deviation, card.sens)
    step, blur = coarser(cell.arrondi, level.arrondi), margin(cell.marge, level.marge)
    close = significant is False or gap_size(cell.valeur, level.valeur, card, deviation, blur) == "proche"
    return replace(
        cell,
        ecart=gap_words(cell.valeur, level.valeur, card, step, blur),
        position="proche" if place and close else place,
        gap=standard_gap(cell.valeur, level.valeur, deviation),
        reference=level.valeur,
        significatif=significant,
        arrondi_ecart=step,
    )


def tidy(lines: Sequence[Line[Mesure]], territoires: Sequence[Territoire], reference: Reference) -> pd.DataFrame:
    """The comparison, one figure a row, for downloads."""
    rows = [
        (
            *(
                line.card.code,
                line.card.libelle,
                line.card.unite,
                line.card.datee(line.annee),
                t.code,
                t.nom,
                _lue(cell),
            ),
            *(formats.STATUTS[cell.statut], _level(line, cell, reference)),
            *(_gap(line, cell, reference), _gap_unit(line.card), cell.reading.rstrip(" *")),
            {True: "oui", False: "non", None: ""}[cell.significatif],
        )
        for line in lines
        for t, cell in zip(territoires, line.cells, strict=True)
    ]
    gap = f"Référence : {reference.nom}"
    columns = ["Code", "Indicateur", "Unité", "Année", "Code du territoire", "Territoire", "Valeur", "Statut"]
    frame = pd.DataFrame(rows, columns=[*columns, gap, "Écart", "Unité de l’écart", "Lecture", "Écart significatif"])
    return frame.astype({"Valeur": float, gap: float, "Écart": float})


def _reference_of(line: Line[Mesure], cell: Cell, reference: Reference) -> float | None:
    """What a cell is compared with: the reference of its line, unless the cell has its own (« les autres »)."""
    return line.reference.valeur if cell.reference is None and reference.code != AUTRES else cell.reference


def _level(line: Line[Mesure], cell: Cell, reference: Reference) -> float | None:
    level = _reference_of(line, cell, reference)
    return None if level is None else formats.lue(level, line.reference.arrondi)


def _gap(line: Line[Mesure], cell: Cell, reference: Reference) -> float | None:
    """The gap that ``cell.ecart`` says in words, as a number; None where it says none."""
    if not cell.ecart:
        return None
    return formats.difference(
        cell.valeur, _reference_of(line, cell, reference), line.card.decimales, cell.arrondi_ecart
    )


def _gap_unit(card: Mesure) -> str:
    return "points" if formats.en_points(card.unite_ecart) else card.unite_ecart


def _lue(cell: Cell) -> float | None:
    """The figure as it reads: a file gives no digit that the producer did not publish."""
    return None if cell.valeur is None else formats.lue(cell.valeur, cell.arrondi)


def label(card: Mesure) -> str:
    """An indicator and, unless the figures or the label already say it, its unit."""
    said = formats.unite_courte(card.unite) or card.unite in card.libelle
    return card.libelle if said else f"{card.libelle} ({card.unite})"
