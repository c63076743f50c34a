"""The names that this page reads in the URL.

What is being read in Sources et méthode: an IRIS, its indicator and its year mean nothing elsewhere.
"""

from observatoire.ui.parametres import Parametre

PARAMETRES = (
    Parametre("rayon", "la partie de la page", suit=False),
    Parametre("fiche", "l’indicateur dont on lit la fiche ou la trace", suit=False),
    Parametre("echelon", "le niveau du territoire tracé", suit=False),
    Parametre("quartier", "l’IRIS ou le quartier tracé", suit=False),
    Parametre("millesime", "l’année tracée", suit=False),
    Parametre("mots", "les mots cherchés dans le catalogue", suit=False, libre=True),
    Parametre("portee", "les niveaux où l’indicateur existe", suit=False),
    Parametre("etat", "l’état de l’indicateur", suit=False),
    Parametre("couverture", "l’indicateur dont on voit la couverture", suit=False),
)
