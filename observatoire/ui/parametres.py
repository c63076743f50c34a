"""What a name means in the URL: declared once, by the page that reads it or here when several pages do.

A page lists its own in ``observatoire/ui/pages/<page>/parametres.py``; ``observatoire/ui/adresses.py`` gathers them and
refuses a name that would mean two things.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parametre:
    """A name in the URL and what it says; ``suit``: links to other pages carry it.

    ``libre``: a text that a reader wrote, taken as it is. The others are codes: what a pasted link drags around them
    (a space, the full stop of a sentence) is dropped. ``territoires``: they are codes of territories, and a commune
    that is no more stands for the one that it joined.
    """

    nom: str
    sens: str
    suit: bool = True
    libre: bool = False
    territoires: bool = False


COMMUNS = (
    Parametre("territoire", "la commune, l’EPT ou le département que l’on regarde", territoires=True),
    Parametre("territoires", "les territoires mis côte à côte", territoires=True),
    Parametre("indicateur", "l’indicateur que l’on regarde"),
    Parametre("annee", "l’année de l’indicateur"),
    Parametre("theme", "le thème du catalogue"),
    Parametre("ept", "l’EPT où l’on se place"),
    Parametre("liste", "les indicateurs clés d’un thème, ou tous"),
    Parametre("modele", "le questionnaire", suit=False),
    Parametre("exercice", "l’année d’activité d’un questionnaire", suit=False),
    Parametre("chapitre", "le chapitre d’un questionnaire", suit=False),
    # Its values are those of each page: a link to another page would ask for a view that it has not.
    Parametre("vue", "ce que montre la page, parmi ses vues", suit=False),
)
