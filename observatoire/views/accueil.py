"""The first page: the département in eight figures, beside each other those of the EPT."""

from __future__ import annotations

from observatoire.figures import Figure, cite, traced
from observatoire.frames import records, rows_where
from observatoire.methods.overview import KeyFigure, key_figure
from observatoire.methods.tables import SideBySide, side_by_side
from observatoire.records import DEPARTEMENT
from observatoire.selections import ACCUEIL
from observatoire.warehouse import Warehouse


def make_eight(warehouse: Warehouse, codes: tuple[str, ...]) -> tuple[list[KeyFigure], SideBySide, Figure]:
    """The eight figures of the département, and beside each other those of the territories: a table, a figure."""
    cards = [warehouse.indicateurs[code] for code in ACCUEIL]
    figures = warehouse.figures(ACCUEIL, codes)
    own = records(rows_where(figures, figures["territoire"] == DEPARTEMENT))
    table = side_by_side(figures, cards, [warehouse.territoires[code] for code in codes])
    figure = Figure(
        titre="Le département et les quatre EPT en huit chiffres",
        sous_titre="Unité et année dans chaque ligne",
        source=cite(warehouse.sources[code] for code in sorted(set(figures["source"]))),
        alt="Tableau des huit indicateurs pour les quatre EPT et le département.",
        table=table.data,
        fichier="ept-cote-a-cote",
        trace=traced(DEPARTEMENT, cards[0].code, cards[0].derniere),
    )
    return [f for card in cards if (f := key_figure(own, card))], table, figure
