"""« Bon usage »: what the figures of this page do not allow, in plain French."""

from __future__ import annotations

import streamlit as st

from observatoire.formats import insecables

REGLES = (
    "**Ne pas classer les communes sur un écart mince.** Sous un quart d’écart type, deux chiffres sont dits proches ; "
    "un rang seul ne dit rien de la distance.",
    "**Ne pas juger un CCAS sur ces chiffres.** Ils décrivent la situation des habitants, pas le travail accompli.",
    "**Ne pas mélanger les niveaux ni les années.** Un écart n’est calculé qu’entre deux chiffres de la même année ; "
    "l’année est écrite dans chaque ligne.",
    "**Ne pas comparer des effectifs.** Une commune de 150 000 habitants a plus de tout : les taux seuls se comparent.",
    "**Ne pas lire une absence comme un zéro.** « s », « n.d. » et « n. calc. » ne sont pas des petits nombres.",
    "**Ne pas conclure d’une relation à une cause,** ni d’une commune à ses habitants.",
    "**Se méfier des recensements voisins :** deux millésimes qui se suivent partagent quatre années d’enquête "
    "sur cinq.",
    "**Se méfier des valeurs approchées (≈) :** des moyennes pondérées, faute de pouvoir additionner.",
)


def show() -> None:
    """The box, closed until it is asked for."""
    with st.expander("Bon usage : ce que ces chiffres ne permettent pas", icon=":material/menu_book:"):
        st.markdown(insecables("\n".join(f"- {rule}" for rule in REGLES)))
