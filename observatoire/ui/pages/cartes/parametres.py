"""The names that this page reads in the URL.

How a map is drawn: kept in the session for the maps, no part of the links to other pages.
"""

from observatoire.ui.parametres import Parametre

PARAMETRES = (
    Parametre("mode", "la page, ou la carte seule", suit=False),
    Parametre("suite", "les indicateurs du mode simple", suit=False),
    Parametre("avec", "le second indicateur", suit=False),
    Parametre("niveau", "les communes ou les IRIS", suit=False),
    Parametre("methode", "la méthode de mise en classes", suit=False),
    Parametre("classes", "le nombre de classes", suit=False),
    Parametre("bornes", "les bornes de classes choisies à la main", suit=False, libre=True),
    Parametre("centre", "l’échelle centrée, ou non", suit=False),
    Parametre("echelle", "les classes de l’année, ou les mêmes pour toutes", suit=False),
    Parametre("dessin", "des aplats, ou des cercles", suit=False),
    Parametre("clic", "ce que fait un clic sur un territoire", suit=False),
    Parametre("reperes", "les lieux posés sur la carte", suit=False),
)
