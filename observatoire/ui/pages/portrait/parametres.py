"""The names that this page reads in the URL.

An indicator of the département alone means nothing on another page.
"""

from observatoire.ui.parametres import Parametre

PARAMETRES = (
    Parametre("quartiers", "les IRIS, ou les quartiers prioritaires, de la commune"),
    Parametre("seul", "l’indicateur connu du seul département", suit=False),
)
