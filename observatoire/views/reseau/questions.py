"""Where the figures of the network come from: the public edition, or the network's own behind the desk."""

from __future__ import annotations

from observatoire.access.network import Reserve
from observatoire.records import RubriqueReseau
from observatoire.warehouse.network import Network

DEMONSTRATION = "Données de démonstration : inventées, elles ne disent rien des CCAS."


# Both answer the same questions: the public edition to anybody, the network's own to whom the desk lets through.
Questions = Network | Reserve


def flagged(demonstration: bool) -> str:
    """What stands before the unit and the year of an invented figure, wherever it is taken."""
    return "DÉMONSTRATION, chiffres inventés. " if demonstration else ""


def lines_of(questions: Questions, modele: str, demonstration: bool) -> tuple[RubriqueReseau, ...]:
    """The lines of a questionnaire that are numbers, looked up once an edition."""
    if isinstance(questions, Network):
        return questions.kept(Network.rubriques, modele, demonstration)
    return questions.rubriques(modele, demonstration)


def source(questions: Questions, exercice: int, demonstration: bool, reserve: bool) -> str:
    """« Source : bilans d’activité des CCAS, exercice 2025, édition 12 du réseau »."""
    kind = "démonstration (chiffres inventés)" if demonstration else "bilans d’activité des CCAS"
    road = "chiffres du réseau" if reserve else "chiffres rendus publics"
    return f"Source : {kind}, exercice {exercice}, {road}, édition {questions.numero}"
