"""Similar communes: characteristics, weights the reader edits, the nearest and what separates them."""

from __future__ import annotations

import streamlit as st

from observatoire import formats
from observatoire.methods.similarity import PERIMETRES, Voisin
from observatoire.records import DEPARTEMENT, Territoire
from observatoire.ui import data, state
from observatoire.ui.pages.comparer.controls import pick_weights, weights
from observatoire.ui.widgets.figure import show_origin
from observatoire.ui.widgets.tables import show_table
from observatoire.views.comparaison.comparison import similarity_scores
from observatoire.views.comparaison.scope import full_name
from observatoire.views.comparaison.similar import LIBELLES, nearest, separations, similar_figure


def neighbours(code: str) -> list[Voisin]:
    """The communes most like this one, for the perimeter and the weights of the URL."""
    return data.view(nearest, code, perimeter(), _chosen())


def perimeter() -> str:
    """The perimeter of the URL: a key of PERIMETRES."""
    return state.choice("perimetre", list(PERIMETRES), DEPARTEMENT, "un périmètre connu")


def _chosen() -> tuple[tuple[str, float], ...]:
    return tuple(weights("ponderation", list(LIBELLES), 1).items())


def show_similar(centre: Territoire) -> None:
    """Why these communes: their distance, the three characteristics that separate most, the controls."""
    perimetre = perimeter()
    found = neighbours(centre.code)
    st.markdown(f"### Les {len(found)} communes qui ressemblent le plus à {centre.nom}")
    show_neighbours(found, perimetre)
    panel = st.expander("Changer le périmètre et les poids", icon=":material/tune:", on_change="rerun", key="_poids")
    if panel.open:
        with panel:
            pick_perimeter()
            pick_weights("ponderation", LIBELLES, 1)
    _show_origin(centre, perimetre)


def show_neighbours(found: list[Voisin], perimetre: str, link: str = "") -> None:
    """The communes that resemble, their distance, what separates them most, and how this was found.

    ``link``: address of the page on a commune of the département, with ``{}`` for its code.
    """
    warehouse = data.current()
    years = warehouse.kept(similarity_scores, perimetre)[1]
    columns = ["Commune", "Ce qui la sépare le plus", "Différence (0 à 100)"]
    rows = [
        [full_name(warehouse, warehouse.territoires[v.code]), separations(v), formats.nombre(100 * v.indice)]
        for v in found
    ]
    links = {n: link.format(v.code) for n, v in enumerate(found) if link and v.code in warehouse.communes}
    show_table("Communes semblables", columns, rows, text_columns=2, links=links)
    absent = [LIBELLES[c] for c in LIBELLES if c not in years]
    note = f" Absent de ce périmètre : {', '.join(absent).lower()}." if absent else ""
    st.caption(
        formats.insecables(
            f"Différence : 0 pour une commune identique, 100 pour la plus éloignée de {PERIMETRES[perimetre]}. "
            f"Calculée sur {len(years)} caractéristiques du territoire, jamais sur l’action du CCAS (méthode des "
            f"« plus proches voisins » de CIPFA et de Kolada).{note}"
        )
    )


def pick_perimeter() -> None:
    """Where to look for communes that resemble."""
    state.select(
        "perimetre",
        "Chercher dans",
        list(PERIMETRES),
        DEPARTEMENT,
        "un périmètre connu",
        lambda p: formats.majuscule(PERIMETRES[p]),
        widget=st.segmented_control,
    )


def _show_origin(centre: Territoire, perimetre: str) -> None:
    show_origin(data.view(similar_figure, centre, perimetre, _chosen()), "semblables")
