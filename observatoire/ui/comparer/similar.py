"""Similar communes: characteristics, weights the reader edits, the nearest and what separates them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.figures import Figure
from observatoire.methods.similarity import CARACTERISTIQUES, PERIMETRES, Voisin, find_similar
from observatoire.records import DEPARTEMENT, Territoire
from observatoire.ui import data, state
from observatoire.ui.comparer.controls import cite_codes, pick_weights, weights
from observatoire.ui.figure import show_origin
from observatoire.ui.tables import show_table
from observatoire.views.comparaison.comparison import similarity_scores

LIBELLES = {c.indicateur: formats.majuscule(c.nom) for c in CARACTERISTIQUES}


def neighbours(code: str) -> list[Voisin]:
    """The communes most like this one, for the perimeter and the weights of the URL."""
    return _neighbours(data.warehouse().version, code, perimeter(), _chosen())


def perimeter() -> str:
    """The perimeter of the URL: a key of PERIMETRES."""
    return state.choice("perimetre", list(PERIMETRES), DEPARTEMENT, "un périmètre connu")


def _chosen() -> tuple[tuple[str, float], ...]:
    return tuple(weights("ponderation", list(LIBELLES), 1).items())


@st.cache_resource(max_entries=4, show_spinner=False)
def _scores(version: str, perimetre: str) -> tuple[pd.DataFrame, dict[str, int]]:
    return similarity_scores(data.warehouse(), perimetre)


@st.cache_resource(max_entries=200, show_spinner=False)
def _neighbours(version: str, code: str, perimetre: str, chosen: tuple[tuple[str, float], ...]) -> list[Voisin]:
    return find_similar(_scores(version, perimetre)[0], code, dict(chosen))


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
    _show_origin(centre, found, perimetre)


def show_neighbours(found: list[Voisin], perimetre: str, link: str = "") -> None:
    """The communes that resemble, their distance, what separates them most, and how this was found.

    ``link``: address of the page on a commune of the département, with ``{}`` for its code.
    """
    house = data.warehouse()
    years = _scores(house.version, perimetre)[1]
    columns = ["Commune", "Ce qui la sépare le plus", "Différence (0 à 100)"]
    rows = [[full_name(house.territoires[v.code]), _separations(v), formats.nombre(100 * v.indice)] for v in found]
    links = {n: link.format(v.code) for n, v in enumerate(found) if link and v.code in house.communes}
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


def _show_origin(centre: Territoire, found: list[Voisin], perimetre: str) -> None:
    house = data.warehouse()
    years = _scores(house.version, perimetre)[1]
    table = pd.DataFrame(
        [(v.code, full_name(house.territoires[v.code]), v.distance, 100 * v.indice, _separations(v)) for v in found],
        columns=["Code", "Commune", "Distance", "Différence (0 à 100)", "Ce qui la sépare le plus"],
    )
    figure = Figure(
        titre=f"Communes semblables à {centre.nom}",
        sous_titre="; ".join(f"{LIBELLES[c]} {y}" for c, y in years.items()),
        source=cite_codes(years),
        alt="Tableau des communes semblables.",
        table=table,
        fichier=formats.nom_de_fichier("communes-semblables", centre.nom),
    )
    show_origin(figure, "semblables")


def _separations(voisin: Voisin) -> str:
    """« densité ↑, pauvreté ↓ »: what the neighbour has more or less of; a tenth of a deviation is nothing."""
    parts = [f"{LIBELLES[c].lower()} {'↑' if gap > 0 else '↓'}" for c, gap in voisin.separations if abs(gap) >= 0.1]
    return ", ".join(parts) or "presque rien"


def full_name(territoire: Territoire) -> str:
    """The name, with the département of a commune from elsewhere: « Sarcelles (95) »."""
    outside = territoire.type == "commune" and territoire.code not in data.warehouse().communes
    return f"{territoire.nom} ({territoire.code_departement})" if outside else territoire.nom
