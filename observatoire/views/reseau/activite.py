"""The network's activity by chapter: each total with the CCAS it counts, never shown as whole when it is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from etl.saisies.modeles import Modele
from etl.typography import fold
from observatoire import formats
from observatoire.figures import Figure
from observatoire.records import RubriqueReseau
from observatoire.views.reseau.questions import Questions, flagged, lines_of, source
from registre.records import Statut

MILLE = 1_000
CALCULE = "calcule"
_SIGNES = {"secret": "s", "non_calculable": "n. calc."}


@dataclass(frozen=True)
class Total:
    """A line summed over an area. ``nombre`` CCAS out of ``possible`` are in it, where ``couverture`` % of its people
    live; ``methodes``: how many ways of counting are summed."""

    valeur: float | None
    statut: str
    nombre: int
    possible: int
    couverture: float | None
    methodes: int

    @property
    def partiel(self) -> bool:
        """Whether some CCAS are missing from it."""
        return self.nombre < self.possible

    def pour_mille(self, population: float) -> float | None:
        """Per 1,000 inhabitants of the communes counted, a ratio of sums. ``population``: of the whole area."""
        if self.valeur is None or not self.couverture or not population:
            return None
        return self.valeur / (population * self.couverture / 100) * MILLE


def totals(questions: Questions, modele: str, exercice: int, demonstration: bool) -> dict[tuple[str, str, str], Total]:
    """(line, unit chosen or empty, code of the area) → its sum."""
    return {
        (row["rubrique"], row["unite"] or "", row["code"]): _total(row)
        for row in questions.sommes(modele, exercice, demonstration=demonstration)
    }


def _total(row: Mapping[str, Any]) -> Total:
    value = row["valeur"] if row["statut"] == CALCULE else None
    return Total(
        value, row["statut"], row["nombre"], row["nombre_possible"], row["population_couverte"], row["methodes"]
    )


def population(questions: Questions, modele: str, exercice: int, demonstration: bool) -> float:
    """The inhabitants of all the communes that were expected that year."""
    rows = questions.collecte(modele, exercice, demonstration)
    return float(sum(row["population"] or 0 for row in rows))


def chapter_table(
    questions: Questions,
    modele: Modele,
    chapitre: str,
    exercice: int,
    zones: Sequence[tuple[str, str]],
    demonstration: bool,
    reserve: bool,
) -> Figure | None:
    """The lines of a chapter that have sums: over the département, then each EPT. ``zones``: (code, name), the whole
    first. None when nothing in it has been answered."""
    found = totals(questions, modele.code, exercice, demonstration)
    whole, people = zones[0][0], population(questions, modele.code, exercice, demonstration)
    rows = []
    for line in lines_of(questions, modele.code, demonstration):
        total = found.get((line.code, line.unite_choisie or "", whole))
        if line.chapitre != chapitre or not line.additive or total is None or not total.nombre:
            continue
        others = [found.get((line.code, line.unite_choisie or "", code)) for code, _ in zones[1:]]
        rows.append(
            [
                _name(in_words(line, modele)),
                written(line, total),
                counted(total),
                _rate(total, people),
                *(written(line, one) if one else "" for one in others),
            ]
        )
    if not rows:
        return None
    title = next(one.libelle for one in modele.chapitres if one.code == chapitre)
    names = ["Ligne", zones[0][1], "CCAS comptés", "Pour 1 000 habitants", *(name for _, name in zones[1:])]
    return Figure(
        titre=title,
        sous_titre=f"{flagged(demonstration)}Exercice {exercice} ; « + » : il manque des CCAS, le total vaut au moins "
        "ce nombre",
        source=source(questions, exercice, demonstration, reserve),
        alt=f"{title}, {exercice} : {len(rows)} lignes du bilan, leur somme et le nombre de CCAS qui y comptent.",
        table=pd.DataFrame(rows, columns=names),
        fichier=formats.nom_de_fichier("bilans", modele.code, chapitre, str(exercice), *_marked(demonstration)),
        trace=None,
    )


def _marked(demonstration: bool) -> list[str]:
    return ["demonstration"] if demonstration else []


def _name(line: RubriqueReseau) -> str:
    told = not line.unite or fold(line.unite) in fold(line.libelle)
    return line.libelle if told else f"{line.libelle} ({line.unite})"


def written(line: RubriqueReseau, total: Total) -> str:
    """« 12 345 », « 12 345 + » when CCAS are missing, « s », « n. calc. »."""
    if total.valeur is None:
        return _SIGNES.get(total.statut, "n.d.") if total.nombre else ""
    words = formats.nombre(total.valeur, line.decimales)
    return f"{words}\u00a0+" if total.partiel else words


def counted(total: Total) -> str:
    """« 28 sur 39 », and that they do not all count in the same way."""
    words = f"{total.nombre} sur {total.possible}"
    return f"{words}, {total.methodes} façons de compter" if total.methodes > 1 else words


def _rate(total: Total, people: float) -> str:
    rate = total.pour_mille(people)
    return "" if rate is None else formats.nombre(rate, 0 if rate >= 100 else 1 if rate >= 1 else 2)


def in_words(line: RubriqueReseau, modele: Modele) -> RubriqueReseau:
    """The line with the name of the unit that its answers chose, where it has several."""
    asked = modele.rubrique(line.code)
    names = {one.code: one.libelle.lower() for one in asked.unites} if asked else {}
    return replace(line, unite=names.get(line.unite_choisie or "", line.unite))


def communes_of(
    questions: Questions, line: RubriqueReseau, exercice: int, demonstration: bool
) -> dict[str, Mapping[str, Any]]:
    """Territory → its answer to a line in this unit; those that say a situation included."""
    rows = questions.releve(line.modele, line.code, exercice, demonstration=demonstration)
    return {row["territoire"]: row for row in rows if row["valeur"] is None or (row["unite"] or "") == _unit(line)}


def _unit(line: RubriqueReseau) -> str:
    return line.unite_choisie or ""


def absences(statuts: Iterable[str]) -> dict[str, int]:
    """How many CCAS gave no figure, and why, in words."""
    words = {
        "secret": "sous le secret statistique",
        Statut.NON_CONCERNE.value: "« non concerné »",
        Statut.NON_SUIVI.value: "« non suivi »",
        Statut.A_VENIR.value: "« à venir »",
    }
    found: dict[str, int] = {}
    for one in statuts:
        if one in words:
            found[words[one]] = found.get(words[one], 0) + 1
    return found
