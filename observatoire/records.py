"""Territories, indicators, sources: plain records, whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.mesures import Lecture

TYPES_CHOISIS = ("commune", "ept", "departement")
DEPARTEMENT, REGION, FRANCE, METROPOLE = IDENTITE.departement.code, IDENTITE.region.code, "FR", "FM"


@dataclass(frozen=True)
class Territoire:
    """A territory one can choose. ``code_ept`` is the EPT of a commune, and the EPT's own code for an EPT."""

    code: str
    type: str
    nom: str
    code_court: str | None
    code_ept: str | None
    code_departement: str | None

    @property
    def complet(self) -> str:
        """« Bondy », « Est Ensemble (EPT T8) », « Seine-Saint-Denis (département) »."""
        if self.type == "ept":
            return f"{self.nom} (EPT {self.code_court})"
        return f"{self.nom} (département)" if self.type == "departement" else self.nom

    @property
    def lieu(self) -> str:
        """« à Bondy », « au Raincy »: where one is."""
        return formats.lieu(self.nom, self.type)

    @property
    def references(self) -> tuple[str, ...]:
        """The codes of those it is seen beside, from the nearest: its EPT, the département, the région, France."""
        near = (self.code_ept,) if self.type == "commune" and self.code_ept else ()
        return tuple(code for code in (*near, DEPARTEMENT, REGION, FRANCE) if code != self.code)


@dataclass(frozen=True)
class Indicateur(Lecture):
    """An indicator's card and the years (ascending) for which the département has figures; a ``Mesure``.

    ``pas``: the rounding of a set of figures, see ``lisible``; None on the card itself.
    """

    code: str
    theme: str
    publics: tuple[str, ...]
    libelle: str
    definition: str
    unite: str
    decimales: int
    sens: str
    sens_pourquoi: str
    agregation: str
    phare: bool
    effectif: bool
    numerateur: str | None
    numerateur_libelle: str | None
    denominateur: str | None
    denominateur_libelle: str | None
    poids_libelle: str | None
    precaution: str | None
    comparabilite: str | None
    annees: tuple[int, ...]
    facteur: float = 1.0
    forme: str = "simple"
    duree: int | None = None
    niveau: str = "commune"
    equivalent: str | None = None
    echelle: str = "rapport"
    pas: float | None = None
    incertitude: str = ""
    ruptures: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class RegleEvolution:
    """How the evolution of an indicator may be judged (see methods.trend_test): the fields of its card.

    ``ruptures``: first year after the break, why.
    """

    agregation: str
    tendance: str = ""
    incertitude: str = ""
    effet_plan: float = 1.0
    ruptures: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class SourceCitee:
    """A dataset at a vintage, as it is cited under a chart."""

    code: str
    producteur: str
    nom: str
    millesime: int
    geographie: int
    licence: str
    url: str | None
    publie_le: date | None


@dataclass(frozen=True)
class Fusion:
    """Communes (``noms``, in words) that are one since the day ``depuis``."""

    depuis: date
    noms: str


@dataclass(frozen=True)
class RubriqueReseau(Lecture):
    """A line of a questionnaire in one unit, as its last version says it; a ``Mesure``.

    ``annees``: the exercices that have a number, real ones unless the demonstration was asked for. ``unite_choisie``:
    code of the unit, where answers choose among several: two units make two measures. ``additive``: it has sums by
    area. ``ruptures``: an exercice from which the definition is another.
    """

    modele: str
    code: str
    version: int
    chapitre: str
    libelle: str
    definition: str
    genre: str
    niveau: str
    unite: str
    publics: tuple[str, ...]
    reference: str | None
    diffusion: str
    compte_de_personnes: bool
    additive: bool
    decimales: int = 0
    sens: str = "neutre"
    agregation: str = "aucune"
    effectif: bool = False
    annees: tuple[int, ...] = ()
    facteur: float = 1.0
    forme: str = "simple"
    duree: int | None = None
    echelle: str = "rapport"
    incertitude: str = ""
    pas: float | None = None
    ruptures: tuple[tuple[int, str], ...] = ()
    unite_choisie: str | None = None
