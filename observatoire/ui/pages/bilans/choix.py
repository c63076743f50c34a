"""What the page reads: which edition, real or demonstration, which year."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from etl.saisies.modeles import Modele
from observatoire.access.rights import Action
from observatoire.ui import data, session, state
from observatoire.views.reseau.questions import DEMONSTRATION, Questions
from observatoire.views.saisie.modeles import models

REEL, INVENTE = "reel", "demonstration"
JEUX = {REEL: "Réponses des CCAS", INVENTE: "Démonstration (chiffres inventés)"}


@dataclass(frozen=True)
class Lu:
    """What is read. ``reserve``: the network's own edition, whose figures are not public."""

    questions: Questions
    modele: Modele
    exercices: tuple[int, ...]
    exercice: int
    demonstration: bool
    reserve: bool


def pick_reading() -> Lu | None:
    """What the reader has chosen among what they may read; None when nothing was published."""
    reserve = session.may(Action.LIRE_RESEAU)
    questions: Questions = session.desk().reseau() if reserve else data.network()
    if questions.manque:
        st.info(questions.manque, icon=":material/inbox:")
        return None
    real, invented = questions.modeles, questions.modeles_de_demonstration
    known = {code: one for code, one in models().items() if code in real or code in invented}
    if not known:
        st.info("Aucun CCAS n’a encore de chiffres à montrer ici.", icon=":material/inbox:")
        return None
    code = next(iter(known))
    if len(known) > 1:
        code = state.select(
            "modele", "Questionnaire", list(known), code, "un questionnaire", lambda one: known[one].libelle
        )
    sets = [one for one, years in ((REEL, real), (INVENTE, invented)) if code in years]
    columns = st.columns([2.4, 1], vertical_alignment="bottom")
    with columns[0]:
        chosen = sets[0]
        if len(sets) > 1:
            chosen = state.select(
                "jeu", "Ce qui est montré", sets, sets[0], "un jeu de réponses", JEUX.__getitem__,
                widget=st.segmented_control, elsewhere=JEUX,
            )  # fmt: skip
        else:
            state.choice("jeu", sets, sets[0], "un jeu de réponses", JEUX)
    years = (real if chosen == REEL else invented)[code]
    with columns[1]:
        options = [str(year) for year in reversed(years)]
        year = int(state.select("exercice", "Exercice", options, options[0], "un exercice qui a des réponses"))
    if chosen == INVENTE:
        st.warning(DEMONSTRATION, icon=":material/science:")
    if reserve:
        st.caption("Chiffres du réseau, tels que les membres les lisent : à ne pas publier tels quels.")
    return Lu(questions, known[code], years, year, chosen == INVENTE, reserve)
