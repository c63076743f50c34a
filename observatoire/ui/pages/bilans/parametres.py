"""The names that this page reads in the URL."""

from observatoire.ui.parametres import Parametre

PARAMETRES = (
    Parametre("rubrique", "la ligne d’un questionnaire", suit=False),
    Parametre(
        "rapport", "à quoi une réponse est rapportée : telle quelle, aux habitants, aux personnes pauvres", suit=False
    ),
    Parametre("jeu", "réponses réelles, ou démonstration", suit=False),
)
