"""Take the comparison away: a name, a link that reopens it, a workbook made when asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from observatoire import formats
from observatoire.documents.comparaison import comparison_document
from observatoire.documents.fichiers import FORMATS, write
from observatoire.ui import data, state
from observatoire.ui.pages.comparer import needs
from observatoire.views.comparaison.comparison import Comparison, make_comparison
from observatoire.views.comparaison.needs import make_needs
from observatoire.views.comparaison.scope import Scope
from observatoire.warehouse import Warehouse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(scope: Scope) -> None:
    """Name, link and workbook on one line; nothing of it on paper."""
    with st.container(key="emporter-comparaison"):
        _show_all(scope)


def _show_all(scope: Scope) -> None:
    st.header("Emporter cette comparaison")
    state.text("nom", "Nom de la comparaison (gardé dans le lien)", "Exemple : Bondy et ses voisines", 80)
    theme = _theme()
    for column, choice in zip(st.columns(4, gap="small"), _choices(scope, theme), strict=True):
        label, file, kind, mime, make = choice
        column.download_button(
            label, make, f"{file}.{kind}", mime, on_click="ignore", icon=":material/download:", width="stretch",
            key=f"_{kind}-{label}",
        )  # fmt: skip
    st.caption(
        formats.insecables(
            "Le lien de cette page contient tous les réglages : le copier suffit pour rouvrir la même vue. Le classeur "
            "(.xlsx) contient les valeurs, les écarts, la répartition des communes, toutes les années, l’indice de "
            "besoins, les définitions et les sources ; le document Word s’édite. Chaque graphique s’emporte en CSV, "
            "PNG ou SVG par « Données »."
        )
    )


def _choices(scope: Scope, theme: str) -> list[tuple]:
    """Label, file name, extension, type, maker of each file."""
    name = data.current().themes[theme]
    one = formats.nom_de_fichier("comparaison", scope.titre, name)
    whole = formats.nom_de_fichier("comparaison", scope.titre, "tous-les-themes")
    index = needs.choices()

    def workbook(compared: Comparison, warehouse: Warehouse) -> bytes:
        from observatoire.exports.xlsx import comparison_workbook  # with the first workbook: a server starts without

        return comparison_workbook(compared, warehouse, scope.groupe_mots, make_needs(warehouse, index))

    return [
        ("Classeur du thème", one, "xlsx", XLSX, partial(_make, scope, theme, workbook)),
        ("Classeur complet", whole, "xlsx", XLSX, partial(_make, scope, None, workbook)),
        ("Document Word du thème", one, "docx", FORMATS["docx"], partial(_make, scope, theme, partial(_write, "docx"))),
        ("Document PDF du thème", one, "pdf", FORMATS["pdf"], partial(_make, scope, theme, partial(_write, "pdf"))),
    ]


def _theme() -> str:
    warehouse = data.current()
    asked = state.current("theme")
    if asked in warehouse.themes:
        return asked
    card = warehouse.indicateurs.get(state.current("indicateur"))
    return card.theme if card else next(iter(warehouse.themes))


def _make(scope: Scope, theme: str | None, write: Callable[[Comparison, Warehouse], bytes]) -> bytes:
    """A file, made when it is clicked, on another thread: nothing of Streamlit but the scope already chosen."""
    warehouse = data.in_service()
    cards = [c for c in warehouse.indicateurs.values() if theme in (None, c.theme)]
    return write(make_comparison(warehouse, scope.territoires, scope.reference, cards, scope.nom), warehouse)


def _write(format_: str, compared: Comparison, warehouse: Warehouse) -> bytes:
    return write(comparison_document(compared, warehouse), format_)
