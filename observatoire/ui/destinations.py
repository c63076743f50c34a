"""Where an answer leads: the one place that says which page shows a territory, an indicator, a part of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from observatoire.ui import data, state


@dataclass(frozen=True)
class Destination:
    """A page, or a part of one: its name, its file, what its address asks, what else it is called."""

    nom: str
    page: str
    choix: Mapping[str, str] = field(default_factory=dict)
    autres_noms: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """What names it among the others."""
        return "&".join((self.page, *(f"{name}={value}" for name, value in self.choix.items())))


Link = tuple[str, dict[str, str]]
PARTIES = (
    Destination("Comparer : tableau", "comparer", {"vue": "tableau"}),
    Destination("Comparer : carte de chaleur", "comparer", {"vue": "chaleur"}, ("heatmap",)),
    Destination("Comparer : répartition", "comparer", {"vue": "repartition"}, ("distribution",)),
    Destination("Comparer : nuage de points", "comparer", {"vue": "nuage"}, ("corrélation", "croiser")),
    Destination("Comparer : évolutions", "comparer", {"vue": "evolution"}, ("tendances", "courbes")),
    Destination("Comparer : indice de besoins", "comparer", {"vue": "indice"}, ("besoins sociaux", "indice")),
    Destination("Comparer : moyens des CCAS", "comparer", {"vue": "moyens"}, ("budget", "comptes des CCAS")),
    Destination("Communes semblables", "comparer", {"groupe": "semblables"}, ("communes qui ressemblent",)),
    Destination("Cartes : mode simple", "cartes", {"mode": "simple"}, ("plein écran", "projeter")),
    Destination("Catalogue des indicateurs", "donnees", {"rayon": "indicateurs"}, ("fiches", "définitions", "liste")),
    Destination("Tracer un chiffre", "donnees", {"rayon": "tracer"}, ("d’où vient un chiffre", "preuve")),
    Destination("Sources", "donnees", {"rayon": "sources"}, ("producteurs", "millésimes", "Insee")),
    Destination("Qualité des données", "donnees", {"rayon": "qualite"}, ("contrôles",)),
    Destination("Corrections", "donnees", {"rayon": "corrections"}, ("rectificatifs", "erreurs")),
    Destination("Méthodes", "donnees", {"rayon": "methodes"}, ("calculs", "secret statistique")),
    Destination("Télécharger", "donnees", {"rayon": "telecharger"}, ("export", "CSV", "Excel", "open data")),
    Destination("API", "donnees", {"rayon": "api"}, ("données ouvertes",)),
)


def indicator_link(code: str) -> Link:
    """The page that shows an indicator; its card in the catalogue for one that still waits for its figures."""
    if code in data.current().every_indicator:
        return "indicateur", {"indicateur": code}
    return "donnees", {"rayon": "indicateurs", "fiche": code}


def territory_link(code: str) -> Link:
    """The page that shows a territory; what is above the département is what one compares with."""
    if any(code == territoire.code for territoire in data.current().choices):
        return "portrait", {"territoire": code}
    return "comparer", {"reference": code}


def query(choices: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a link to what was searched: the choices already made, those that it contradicts left out."""
    kept = state.link_params(**choices)
    if "indicateur" in choices:
        kept.pop("annee", None)
    return kept
