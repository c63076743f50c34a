"""The names that this page reads in the URL.

The group and its reference follow the reader; a line of the accounts of the CCAS means nothing elsewhere.
"""

from observatoire.ui.parametres import Parametre

PARAMETRES = (
    Parametre("groupe", "le groupe de territoires"),
    Parametre("reference", "ce à quoi on les compare", territoires=True),
    Parametre("nom", "le nom donné à la comparaison", libre=True),
    Parametre("etendue", "les indicateurs de la carte de chaleur"),
    Parametre("tri", "l’ordre de la carte de chaleur"),
    Parametre("lignes", "l’ordre des lignes de la carte de chaleur"),
    Parametre("indicateur2", "le second indicateur du nuage de points"),
    Parametre("rangement", "l’ordre des comptes des CCAS"),
    Parametre("debut", "la première année des évolutions"),
    Parametre("fin", "la dernière année des évolutions"),
    Parametre("forme", "ce que dessinent les évolutions"),
    Parametre("poids", "les poids de l’indice de besoins"),
    Parametre("base", "l’ensemble sur lequel l’indice est calculé"),
    Parametre("perimetre", "où sont cherchées les communes semblables"),
    Parametre("ponderation", "les poids de la ressemblance"),
    Parametre("compte", "la ligne des comptes des CCAS", suit=False),
)
