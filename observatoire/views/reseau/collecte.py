"""Who has given what, year by year: a matrix to project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from etl.typography import count, fold
from observatoire import formats
from observatoire.figures import Figure
from observatoire.views.reseau.questions import Questions, flagged, source

# What is said of a CCAS and a year: with figures in this edition, or without.
AVEC, SANS, HORS = "✓", "○", ""


def collection_matrix(
    questions: Questions,
    modele: str,
    exercices: Sequence[int],
    communes: Mapping[str, tuple[str, str]],
    demonstration: bool,
    reserve: bool,
) -> Figure:
    """One row a CCAS, one column a year: how many answers it gives. ``communes``: code → (name, EPT).

    In the public edition a deposit without a public answer is not there: nothing is said of it.
    """
    given = {
        year: {row["territoire"]: row for row in questions.collecte(modele, year, demonstration)} for year in exercices
    }
    rows = []
    for code, (name, ept) in sorted(communes.items(), key=lambda one: (one[1][1], fold(one[1][0]))):
        cells = [_cell(given[year].get(code), reserve) for year in exercices]
        if any(cells):
            rows.append([name, ept, *cells])
    done = sum(any(cell.startswith(AVEC) for cell in row[-1:]) for row in rows)
    what = "ont un bilan confirmé" if reserve else "ont rendu public au moins un chiffre"
    last = exercices[-1]
    return Figure(
        titre=f"{done} CCAS sur {len(rows)} {what} pour {last}",
        sous_titre=flagged(demonstration) + "Réponses données, par CCAS et par exercice",
        source=source(questions, last, demonstration, reserve),
        alt=f"Tableau de {len(rows)} CCAS et {len(exercices)} exercices : le nombre de réponses données.",
        table=pd.DataFrame(rows, columns=["Commune", "EPT", *map(str, exercices)]),
        fichier=formats.nom_de_fichier("bilans", "collecte", str(last), *(["demonstration"] if demonstration else [])),
        trace=None,
    )


def _cell(row: Mapping | None, reserve: bool) -> str:
    if row is None:
        return HORS
    if row["depot"] is None:
        return f"{SANS} {'rien de confirmé' if reserve else 'rien de publié'}"
    return f"{AVEC} {count(row['renseignees'], 'réponse')}"
