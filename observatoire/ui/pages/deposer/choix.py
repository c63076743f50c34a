"""Which deposit: the questionnaire, the commune, the year. Only what this person may reach is offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from etl.saisies.modeles import Modele
from etl.typography import fold
from observatoire.access.desk import Place
from observatoire.access.places import places
from observatoire.access.rights import Action
from observatoire.ui import data, session, state
from observatoire.ui.widgets.pickers import find_territory
from observatoire.views.saisie.modeles import models
from registre.records import Cle

# Years offered: the last whole one, and those that one may still have to catch up with.
ANNEES = 5


def pick_deposit() -> tuple[Cle, str, Modele] | None:
    """The deposit chosen, the name of its territory and its questionnaire; None when this person may reach none."""
    known = data.view(places)
    allowed = _allowed(known)
    if not allowed:
        return None
    modeles = models()
    years = [str(year) for year in range(date.today().year - 1, date.today().year - 1 - ANNEES, -1)]
    columns = st.columns([2.2, 2.2, 1] if len(modeles) > 1 else [2.2, 1], vertical_alignment="bottom")
    code = next(iter(modeles))
    if len(modeles) > 1:
        with columns[0]:
            code = state.select(
                "modele", "Questionnaire", list(modeles), code, "un questionnaire", lambda c: modeles[c].libelle,
                forget=("chapitre",),
            )  # fmt: skip
    with columns[-1]:
        year = int(state.select("exercice", "Exercice", years, years[0], "un exercice que l’on dépose"))
    # A former commune deposits for the years it lived.
    lived = {c: place for c, place in allowed.items() if place.jusque is None or year <= place.jusque}
    with columns[-2]:
        mine = state.my_commune(data.current().communes)
        chosen = state.select(
            "territoire",
            "Commune",
            list(lived),
            mine if mine in lived else next(iter(lived)),
            "une commune pour laquelle vous pouvez déposer",
            lambda c: known[c].nom,
            elsewhere=frozenset(t.code for t in data.current().choices),
            finder=find_territory,
        )
    return Cle(code, chosen, year), known[chosen].nom, modeles[code]


def _allowed(known: Mapping[str, Place]) -> dict[str, Place]:
    """The communes whose deposits this person may read, by name."""
    desk = session.desk()
    visiteur = desk.visiteur
    if not visiteur.membre:
        return {}
    found = {c: p for c, p in known.items() if p.type == "commune" and desk.peut(Action.LIRE_DEPOT, c)}
    return dict(sorted(found.items(), key=lambda one: fold(one[1].nom)))
