"""The three views of the page: the network's activity, one line over the communes, the state of collection."""

from __future__ import annotations

import streamlit as st

from observatoire.figures import Figure
from observatoire.formats import insecables
from observatoire.records import DEPARTEMENT, RubriqueReseau
from observatoire.ui import data, state
from observatoire.ui.pages.bilans.choix import Lu
from observatoire.ui.widgets.figure import show_figure, show_heading, show_origin
from observatoire.ui.widgets.tables import show_table
from observatoire.views.reseau.activite import chapter_table, in_words
from observatoire.views.reseau.collecte import collection_matrix
from observatoire.views.reseau.ligne import MESURES, line_figure, ways
from observatoire.views.reseau.questions import lines_of
from observatoire.views.saisie.changements import without_codes

SEPARATEUR = "."


def show_activity(lu: Lu) -> None:
    """A chapter: its lines summed over the département and each EPT."""
    lines = lines_of(lu.questions, lu.modele.code, lu.demonstration)
    summed = {one.chapitre for one in lines if one.additive and lu.exercice in one.annees}
    chapters = {one.code: one.libelle for one in lu.modele.chapitres if one.code in summed}
    if not chapters:
        st.info("Aucune somme à montrer pour cet exercice.", icon=":material/inbox:")
        return
    chapter = state.select(
        "chapitre", "Chapitre", list(chapters), next(iter(chapters)), "un chapitre du questionnaire",
        chapters.__getitem__, widget=st.pills, label_visibility="collapsed",
        elsewhere=frozenset(one.code for one in lu.modele.chapitres),
    )  # fmt: skip
    warehouse = data.current()
    zones = [(DEPARTEMENT, warehouse.territoires[DEPARTEMENT].nom)]
    zones += [(one.code, one.nom) for one in warehouse.epts.values()]
    figure = chapter_table(lu.questions, lu.modele, chapter, lu.exercice, zones, lu.demonstration, lu.reserve)
    if figure is None:
        st.info("Aucun CCAS n’a de chiffre pour ce chapitre.", icon=":material/inbox:")
        return
    show_heading(figure, 2)
    _show_rows(figure, 1, 620)
    show_origin(figure, "bilans-chapitre")


def _show_rows(figure: Figure, text_columns: int, height: int | None = None) -> None:
    rows = [list(map(str, row)) for row in figure.table.itertuples(index=False)]
    show_table(figure.titre, list(map(str, figure.table)), rows, text_columns, height=height, wide=True)


def show_line(lu: Lu) -> None:
    """One line: the communes ranked, as it is or per 1,000."""
    lines = {
        _code(line): in_words(line, lu.modele)
        for line in lines_of(lu.questions, lu.modele.code, lu.demonstration)
        if lu.exercice in line.annees
    }
    if not lines:
        st.info("Aucune ligne n’a de chiffre pour cet exercice.", icon=":material/inbox:")
        return
    left, right = st.columns([1.6, 1], vertical_alignment="bottom")
    with left:
        code = state.select(
            "rubrique", "Ligne du bilan", list(lines), next(iter(lines)), "une ligne qui a des chiffres",
            lambda one: f"{lines[one].libelle}{_unit(lines[one])}",
        )  # fmt: skip
    line = lines[code]
    offered = ways(line)
    with right:
        way = state.select(
            "rapport", "Rapportée", offered, offered[0], "une façon de la rapporter", MESURES.__getitem__,
            elsewhere=MESURES,
        )  # fmt: skip
    st.caption(insecables(without_codes(lu.modele, line.definition)))
    mine = state.my_commune(data.current().communes)
    figure = line_figure(data.current(), lu.questions, line, way, lu.exercice, mine, lu.demonstration, lu.reserve)
    if figure is None:
        st.info("Aucune commune n’a de chiffre à montrer pour cette ligne.", icon=":material/inbox:")
        return
    if way == "pauvres":
        st.caption(
            insecables(
                "Plus d’aides par personne pauvre ne dit pas que l’on aide mieux : les besoins, l’offre des autres "
                "services et la façon de compter changent d’une commune à l’autre."
            )
        )
    show_figure(figure, "bilans-ligne", 2)


def _code(line: RubriqueReseau) -> str:
    return f"{line.code}{SEPARATEUR}{line.unite_choisie}" if line.unite_choisie else line.code


def _unit(line: RubriqueReseau) -> str:
    return f" ({line.unite})" if line.unite else ""


def show_collection(lu: Lu) -> None:
    """CCAS × years."""
    warehouse = data.current()
    epts = warehouse.epts
    communes = {
        code: (place.nom, epts[place.code_ept].nom if place.code_ept in epts else "")
        for code, place in warehouse.communes.items()
    }
    figure = collection_matrix(lu.questions, lu.modele.code, lu.exercices, communes, lu.demonstration, lu.reserve)
    show_heading(figure, 2)
    _show_rows(figure, len(figure.table.columns), 900)
    show_origin(figure, "bilans-collecte")
