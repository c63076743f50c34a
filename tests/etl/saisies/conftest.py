"""A model with a line of every type and a repeatable table, which nothing in the code knows of."""

from datetime import date
from pathlib import Path

import pytest

from etl.saisies.classeur import make_workbook
from etl.saisies.controles import Contexte
from etl.saisies.modeles import load_model
from etl.saisies.plan import make_plan, words_before
from registre.records import Cle, Diffusion, Reponse, Statut

MODELES = Path(__file__).parent / "modeles"
CLE = Cle("essai", "93066", 2025)
AVANT = (Reponse("ENT", valeur=700.0), Reponse("TAUX", valeur=11.0), Reponse("COURT", texte="=1+1"))
CONTEXTE = Contexte(aujourdhui=date(2026, 11, 28))
PIECE = "ab" * 32
REPONSES = (
    Reponse("ENT", valeur=1234.0, note="Deux lignes,\nune « note » ; avec = et accents"),
    Reponse("DECI", valeur=-12.75),
    Reponse("MONT", valeur=98765.43),
    Reponse("TAUX", valeur=12.35),
    Reponse("CHOISI", valeur=40.0, unite="menages", methode="estimation"),
    Reponse("CHANGE", statut=Statut.A_VENIR, note="À la fin du trimestre"),
    Reponse("JOUR", texte="2025-02-28"),
    Reponse("OUINON", valeur=1.0),
    Reponse("CHOIX", texte="delegue"),
    Reponse("PLUSIEURS", texte="jeunes ; seniors"),
    Reponse("COURT", texte="=Épicerie & œuvres, n° 3", diffusion=Diffusion.PUBLIC),
    Reponse("LONG", texte="Première ligne.\nSeconde ligne : 12 % de plus."),
    Reponse("PIECE", texte=PIECE),
    Reponse("QUI", texte="Directrice ; Awa Exemple ; awa.exemple@ville-exemple.fr"),
    Reponse("TAB.MISSION", 1, texte="Portage de repas"),
    Reponse("TAB.MODE", 1, texte="regie"),
    Reponse("TAB.DEBUT", 1, texte="2020-01-01"),
    Reponse("TAB.FIN", 1, texte="2026-12-31"),
    Reponse("TAB.SOMME", 1, valeur=1200.5),
    Reponse("TAB.PART", 1, valeur=7.0),
    Reponse("TAB.SIGNE", 1, valeur=0.0),
    Reponse("TAB.MISSION", 2, texte="Épicerie sociale"),
    Reponse("TAB.SIGNE", 2, valeur=1.0),
)


@pytest.fixture(scope="session")
def essai():
    return load_model("essai", folder=MODELES)


@pytest.fixture(scope="session")
def plan(essai):
    return make_plan(essai, CLE, "Saint-Denis", words_before(essai, AVANT))


@pytest.fixture(scope="session")
def place(plan):
    """Where the cell of a role of a line is: (sheet, address), ``place("ENT")``, ``place("ENT", "note")``."""
    from etl.saisies.plan import address

    known = {
        (case.rubrique.code, case.role, case.rang): (sheet.nom, address(*at))
        for sheet in plan
        for at, case in sheet.cases.items()
        if case.role
    }
    return lambda code, role="reponse", rang=0: known[code, role, rang]


@pytest.fixture
def filled(essai):
    """A workbook of openpyxl, filled with REPONSES."""
    return make_workbook(essai, CLE, "Saint-Denis", AVANT, REPONSES)
