"""The age structure of a territory: ``draw_ages(territoire)``."""

from __future__ import annotations

import streamlit as st

from observatoire import formats
from observatoire.charts.pyramid import draw_pyramid
from observatoire.figures import Figure, cite_rows, traced
from observatoire.methods.ages import BANDES, age_sentence, age_structure
from observatoire.ui import data
from observatoire.ui.figure import show_figure
from observatoire.warehouse import DEPARTEMENT, Territoire


def draw_ages(territoire: Territoire, level: int = 3) -> None:
    """The chart with its sentence, table and files; a word when the census gives nothing for this territory."""
    found = _ages(data.warehouse().version, territoire)
    if found is None:
        st.write(f"Le recensement ne donne pas les âges {territoire.lieu}.")
        return
    show_figure(found, "ages", level)


@st.cache_resource(max_entries=60, show_spinner=False)
def _ages(version: str, territoire: Territoire) -> Figure | None:
    house = data.warehouse()
    alone = territoire.code == DEPARTEMENT
    figures = data.figures(tuple(BANDES), (territoire.code, DEPARTEMENT))
    frame = age_structure(figures, territoire.code, None if alone else DEPARTEMENT)
    if frame is None:
        return None
    other = house.territoires[DEPARTEMENT].nom
    annee = int(frame["annee"].iloc[0])
    shown = "Barres pleines" if alone else f"Barres pleines : {territoire.nom} ; contour : {other}"
    words = age_sentence(frame, territoire.lieu, other)
    bands = " ; ".join(
        f"{band} {formats.chiffre(part, '%', 1)}" for band, part in zip(frame.bande, frame.part, strict=True)
    )
    table = frame.assign(effectif=frame["effectif"].round())
    columns = {"bande": "Âge", "effectif": "Habitants", "part": "Part (%)", "bas": "Borne basse", "haut": "Borne haute"}
    columns |= {} if alone else {"reference": f"{other} (%)"}
    return Figure(
        titre=f"Structure par âge {territoire.lieu}",
        sous_titre=f"En % des habitants, {annee}, par tranche de quinze ans. {shown}.",
        source=cite_rows(house, figures.loc[figures["annee"] == annee, "source"]),
        alt=f"{words} Part de chaque tranche d’âge : {bands}.",
        table=table[list(columns)].rename(columns=columns),
        fichier=formats.nom_de_fichier("structure-par-age", territoire.nom, str(annee)),
        chart=draw_pyramid(frame, territoire.nom, other),
        note=f"{words} Bornes à 95 %, indicatives, là où le recensement est un sondage.",
        trace=traced(territoire.code, next(iter(BANDES)), annee),
    ).written()
