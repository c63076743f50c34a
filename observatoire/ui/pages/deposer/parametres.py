"""The names that this page reads in the URL."""

from observatoire.ui.parametres import Parametre

PARAMETRES = (
    Parametre("etape", "l’étape d’un dépôt : remplir, vérifier, confirmer", suit=False),
    Parametre("facon", "la façon de remplir : dans la page, ou avec le classeur", suit=False),
    Parametre("vague", "la première vague des lignes, ou toutes", suit=False),
)
