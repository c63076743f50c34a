"""The files of a comparison, from what was chosen alone: they can be made by another process."""

from __future__ import annotations

from observatoire.documents.comparaison import comparison_document
from observatoire.documents.fichiers import write
from observatoire.views.comparaison.comparison import Comparison, make_comparison
from observatoire.views.comparaison.needs import Choices, make_needs
from observatoire.views.comparaison.scope import Scope
from observatoire.warehouse import Warehouse


def comparison_workbook_file(warehouse: Warehouse, scope: Scope, theme: str | None, index: Choices) -> bytes:
    """The workbook (XLSX) of a theme, of all of them without one; ``index``: the choices of the index of needs."""
    from observatoire.exports.xlsx import comparison_workbook  # with the first workbook: a server starts without

    return comparison_workbook(
        _compared(warehouse, scope, theme), warehouse, scope.groupe_mots, make_needs(warehouse, index)
    )


def comparison_document_file(warehouse: Warehouse, scope: Scope, theme: str | None, format_: str) -> bytes:
    """The document of a theme in a format of documents.fichiers.FORMATS."""
    return write(comparison_document(_compared(warehouse, scope, theme), warehouse), format_)


def _compared(warehouse: Warehouse, scope: Scope, theme: str | None) -> Comparison:
    cards = [c for c in warehouse.indicateurs.values() if theme in (None, c.theme)]
    return make_comparison(warehouse, scope.territoires, scope.reference, cards, scope.nom)
