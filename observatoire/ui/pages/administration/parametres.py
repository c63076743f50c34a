"""The names that this page reads in the URL."""

from observatoire.ui.parametres import Parametre

PARAMETRES = (
    Parametre("volet", "la partie de l’administration", suit=False),
    Parametre("invitation", "le jeton d’une invitation reçue", suit=False, libre=True),
)
