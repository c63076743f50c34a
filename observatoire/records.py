"""Territories, indicators, sources: plain records, whoever reads them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from etl.periods import period
from observatoire import formats

TYPES_CHOISIS = ("commune", "ept", "departement")
DEPARTEMENT, REGION, FRANCE, METROPOLE = "93", "R11", "FR", "FM"
_NIVEAU = re.compile(r" (?:(?:de|dans) l[’']IRIS|(?:du|dans le) quartier prioritaire)\b")


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
class Indicateur:
    """An indicator's card and the years (ascending) for which the département has figures.

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

    @property
    def court(self) -> str:
        """The label without « de l’IRIS », « du quartier prioritaire », which what stands around it says."""
        return _NIVEAU.sub("", self.libelle)

    @property
    def derniere(self) -> int:
        """The latest year that has figures."""
        return self.annees[-1]

    def periode(self, annee: int) -> str:
        """What a figure stamped ``annee`` covers, as titles and tables write it: « 2023 », « 2016–2022 »."""
        return period(int(annee), self.duree if self.forme == "evolution" else None)

    def datee(self, annee: int) -> int | str:
        """The same in a column of years: a number, or « 2016–2022 »."""
        return self.periode(annee) if self.forme == "evolution" else int(annee)

    def periodes(self, annees: Iterable[int]) -> str:
        """What a series covers: « 2014 à 2021 », « de 2007–2013 à 2016–2022 »."""
        if self.forme != "evolution":
            return formats.periode(list(annees))
        ordered = sorted(set(annees))
        first, last = self.periode(ordered[0]), self.periode(ordered[-1])
        return first if first == last else f"de {first} à {last}"

    def en(self, annee: int) -> str:
        """The same in a sentence: « en 2023 », « de 2016 à 2022 »."""
        evolving = self.forme == "evolution" and self.duree
        return f"de {int(annee) - int(self.duree or 0)} à {int(annee)}" if evolving else f"en {int(annee)}"

    @property
    def en_rapport(self) -> bool:
        """True when the ratio of two figures means something: neither a share nor a scale without a true zero."""
        return self.echelle == "rapport" and not self.unite.startswith("%")

    @property
    def unite_ecart(self) -> str:
        """The unit of a difference: points for an interval scale, else that of the figures."""
        return "points" if self.echelle == "intervalle" else self.unite

    def format(self, valeur: float | None, statut: str = "publie", arrondi: float | None = None) -> str:
        """A value of this indicator as readers see it, with a short unit and its own decimals (column ``arrondi``)."""
        step = self.pas if formats.is_missing(arrondi) else arrondi
        return formats.chiffre(valeur, self.unite, self.decimales, statut, arrondi=step)

    @property
    def rang(self) -> int:
        """The decimals of the last digit to write, negative for tens (−1) and over: those of class bounds."""
        return self.decimales if self.pas is None or self.pas < 10 else -math.floor(math.log10(self.pas) + 1e-9)

    def lisible(self, arrondis: Iterable[float | None]) -> Indicateur:
        """This card with the decimals and the step (``pas``) of a set of figures, that nine in ten of them allow.

        For what belongs to several figures at once: an axis, a class, a quartile. Nine in ten, so that one small
        commune whose rate its rounded counts blur does not blur everybody's.
        """
        known = sorted(0.0 if formats.is_missing(a) else float(a) for a in arrondis)  # type: ignore[arg-type]
        common = known[math.ceil(0.9 * len(known)) - 1] if known else 0.0
        if not common:
            return self
        return replace(self, decimales=formats.decimales_lues(self.decimales, common), pas=common)

    def debut(self, annee: int) -> int:
        """The first year of the series that ``annee`` belongs to: the latest break at or before it, 0 without one.

        Figures on either side of a break are not subtracted, joined by a line, nor shown as a reference.
        """
        return max((year for year, _ in self.ruptures if year <= annee), default=0)

    def rupture(self, annee: int) -> str:
        """« nouvelle série Filosofi en 2023 »: the break that opens the series of ``annee``; empty without one."""
        return next((f"{why} en {year}" for year, why in self.ruptures if year == self.debut(annee)), "")


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
