"""What a name means in the URL: declared once, by the page that reads it or here when several pages do.

A page lists its own in ``observatoire/ui/pages/<page>/parametres.py``; ``observatoire/ui/adresses.py`` gathers them and
refuses a name that would mean two things.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parametre:
    """A name in the URL and what it says; ``suit``: links to other pages carry it."""

    nom: str
    sens: str
    suit: bool = True


COMMUNS = (
    Parametre("territoire", "la commune, l’EPT ou le département que l’on regarde"),
    Parametre("territoires", "les territoires mis côte à côte"),
    Parametre("indicateur", "l’indicateur que l’on regarde"),
    Parametre("annee", "l’année de l’indicateur"),
    Parametre("theme", "le thème du catalogue"),
    Parametre("ept", "l’EPT où l’on se place"),
    Parametre("liste", "les indicateurs clés d’un thème, ou tous"),
    # Its values are those of each page: a link to another page would ask for a view that it has not.
    Parametre("vue", "ce que montre la page, parmi ses vues", suit=False),
)
