"""Every name that the URL may hold, page by page, each with one meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from observatoire.ui.pages.administration.parametres import PARAMETRES as ADMINISTRATION
from observatoire.ui.pages.bilans.parametres import PARAMETRES as BILANS
from observatoire.ui.pages.cartes.parametres import PARAMETRES as CARTES
from observatoire.ui.pages.comparer.parametres import PARAMETRES as COMPARER
from observatoire.ui.pages.deposer.parametres import PARAMETRES as DEPOSER
from observatoire.ui.pages.donnees.parametres import PARAMETRES as DONNEES
from observatoire.ui.pages.portrait.parametres import PARAMETRES as PORTRAIT
from observatoire.ui.parametres import COMMUNS, Parametre

# A page that reads none but the common names has no line.
PAGES: dict[str, Sequence[Parametre]] = {
    "portrait": PORTRAIT,
    "cartes": CARTES,
    "comparer": COMPARER,
    "donnees": DONNEES,
    "bilans": BILANS,
    "deposer": DEPOSER,
    "administration": ADMINISTRATION,
}


def gather(pages: Mapping[str, Sequence[Parametre]], common: Sequence[Parametre] = COMMUNS) -> dict[str, Parametre]:
    """Name → its parameter. Raises ValueError when two pages, or a page and what is common, declare one name."""
    known = {parameter.nom: parameter for parameter in common}
    for page, own in pages.items():
        for parameter in own:
            if parameter.nom in known:
                former = known[parameter.nom].sens
                raise ValueError(f"« {parameter.nom} » ({page} : {parameter.sens}) veut déjà dire : {former}")
            known[parameter.nom] = parameter
    return known


PARAMETRES = gather(PAGES)
# What stays on the page that reads it.
RESTENT = frozenset(name for name, parameter in PARAMETRES.items() if not parameter.suit)
# Texts taken as they are written, and codes of territories.
LIBRES = frozenset(name for name, parameter in PARAMETRES.items() if parameter.libre)
TERRITOIRES = frozenset(name for name, parameter in PARAMETRES.items() if parameter.territoires)
