"""Take the comparison away: a name, a link that reopens it, a workbook made when asked."""

from __future__ import annotations

import pickle
from functools import partial
from hashlib import sha256

import streamlit as st

from observatoire import formats
from observatoire.documents.comparaison_fichiers import comparison_document_file, comparison_workbook_file
from observatoire.documents.fichiers import FORMATS
from observatoire.ui import data, state
from observatoire.ui.pages.comparer import needs
from observatoire.ui.widgets.downloads import offer_file
from observatoire.ui.widgets.preparer import offer_long_file
from observatoire.views.comparaison.scope import PEU, Scope

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
        label, file, kind, mime, long, make, given = choice
        with column:
            if long:
                # Another choice is another file: what was prepared for the former one is not offered in its place.
                key = f"long-{kind}-{sha256(pickle.dumps(given)).hexdigest()[:16]}"
                offer_long_file(label, f"{file}.{kind}", mime, make, *given, key=key, width="stretch")
            else:
                made = partial(data.ask_in_service, make, *given)
                offer_file(label, made, f"{file}.{kind}", mime, f"_{kind}-{label}", width="stretch")
    st.caption(
        formats.insecables(
            "Le lien de cette page contient tous les réglages : le copier suffit pour rouvrir la même vue. Le classeur "
            "(.xlsx) contient les valeurs, les écarts, la répartition des communes, toutes les années, l’indice de "
            "besoins, les définitions et les sources ; le document Word s’édite. Chaque graphique s’emporte en CSV, "
            "PNG ou SVG par « Données »."
        )
    )


def _choices(scope: Scope, theme: str) -> list[tuple]:
    """Label, file name, extension, type, whether it takes long, maker of each file and what it is given."""
    name = data.current().themes[theme]
    one = formats.nom_de_fichier("comparaison", scope.titre, name)
    whole = formats.nom_de_fichier("comparaison", scope.titre, "tous-les-themes")
    index, many = needs.choices(), len(scope.territoires) > PEU
    book, document = comparison_workbook_file, comparison_document_file
    return [
        ("Classeur du thème", one, "xlsx", XLSX, many, book, (scope, theme, index)),
        ("Classeur complet", whole, "xlsx", XLSX, many, book, (scope, None, index)),
        ("Document Word du thème", one, "docx", FORMATS["docx"], many, document, (scope, theme, "docx")),
        ("Document PDF du thème", one, "pdf", FORMATS["pdf"], many, document, (scope, theme, "pdf")),
    ]


def _theme() -> str:
    warehouse = data.current()
    asked = state.current("theme")
    if asked in warehouse.themes:
        return asked
    card = warehouse.indicateurs.get(state.current("indicateur"))
    return card.theme if card else next(iter(warehouse.themes))
