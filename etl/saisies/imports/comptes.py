"""What the observatory already holds of a CCAS's accounts, with the producer's own words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etl.saisies.imports.correspondances import Comptes, load_mapping
from etl.saisies.imports.resultat import Import, Motif, Remplissage, Sorte
from etl.saisies.modeles import Modele
from etl.saisies.saisie import ERREUR, Constat
from etl.snapshot import SNAPSHOT, ask_snapshot
from etl.typography import majuscule
from registre.records import Cle

_FACTS = """
    SELECT variable, valeur, statut, source FROM instantane
    WHERE territoire = $territoire AND annee = $annee AND list_contains($variables, variable)
"""


@dataclass(frozen=True)
class Chiffre:
    """A published figure: ``valeur`` is None when its producer's is not known; ``source``: its producer."""

    variable: str
    valeur: float | None
    source: str


def read_accounts(modele: Modele, cle: Cle, folder: Path = SNAPSHOT) -> Import:
    """What the snapshot says of the accounts of a commune's CCAS in a year."""
    variables = [one.variable for one in load_mapping(modele.code, Comptes).rubrique]
    parameters = {"territoire": cle.territoire, "annee": cle.exercice, "variables": variables}
    facts = ask_snapshot(folder, "fait", _FACTS, parameters)
    producers = dict(ask_snapshot(folder, "source", "SELECT code, producteur FROM instantane"))
    figures = [
        Chiffre(variable, value if status == "publie" else None, producers.get(source, source))
        for variable, value, status, source in facts
    ]
    return import_accounts(modele, cle, figures)


def import_accounts(modele: Modele, cle: Cle, figures: list[Chiffre]) -> Import:
    """What published figures fill of a model, and what they leave to be compared."""
    mapping = load_mapping(modele.code, Comptes)
    known = {one.variable: one for one in figures}
    producer = next((one.source for one in figures), "comptes publiés")
    filling = Remplissage(Sorte.COMPTES, modele, cle, f"{producer}, exercice {cle.exercice}")
    if not known:
        told = f"aucun compte publié pour {cle.territoire} en {cle.exercice}"
        wanted, advice = "un exercice déjà publié", "saisir soi-même, ou attendre la publication des comptes"
        filling.constats.append(Constat(ERREUR, told, wanted, advice))
        return filling.done(refused=True)
    for one in mapping.rubrique:
        figure = known.get(one.variable)
        if figure is None:
            continue
        if figure.valeur is None:
            why = "le montant publié n’est pas sûr : l’observatoire l’écarte"
            filling.leave(one.code, Motif.DOUTEUX, one.libelle, why)
        elif one.usage == "remplir":
            filling.fill(one.code, figure.valeur, one.libelle, f"{majuscule(one.libelle)}.")
        else:
            filling.compare(one.code, figure.valeur, one.libelle, one.pourquoi, "")
    return filling.done()
