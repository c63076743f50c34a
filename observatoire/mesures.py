"""What can be drawn, compared and mapped: one contract, whoever the figures come from."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import Field, dataclass, replace
from typing import Any, ClassVar, Protocol, Self, TypeVar

from etl.periods import period
from observatoire import formats

_NIVEAU = re.compile(r" (?:(?:de|dans) l[’']IRIS|(?:du|dans le) quartier prioritaire)\b")


class Mesure(Protocol):
    """A measure: what its figures are (code, label, unit, decimals, direction, how they add up) and how they read.

    An indicator of the catalogue is one, and so is any record with these fields that takes its methods from
    ``Lecture``. ``pas``: the rounding of a set of figures, see ``lisible``. ``effectif``: True for a number of people
    or things, which is drawn as disks and has no reference. ``ruptures``: first year after a break, why.
    """

    @property
    def code(self) -> str: ...
    @property
    def libelle(self) -> str: ...
    @property
    def unite(self) -> str: ...
    @property
    def decimales(self) -> int: ...
    @property
    def sens(self) -> str: ...
    @property
    def publics(self) -> tuple[str, ...]: ...
    @property
    def agregation(self) -> str: ...
    @property
    def effectif(self) -> bool: ...
    @property
    def annees(self) -> tuple[int, ...]: ...
    @property
    def facteur(self) -> float: ...
    @property
    def forme(self) -> str: ...
    @property
    def duree(self) -> int | None: ...
    @property
    def echelle(self) -> str: ...
    @property
    def incertitude(self) -> str: ...
    @property
    def pas(self) -> float | None: ...
    @property
    def ruptures(self) -> tuple[tuple[int, str], ...]: ...

    @property
    def court(self) -> str: ...
    @property
    def derniere(self) -> int: ...
    @property
    def en_rapport(self) -> bool: ...
    @property
    def unite_ecart(self) -> str: ...
    @property
    def rang(self) -> int: ...
    def periode(self, annee: int) -> str: ...
    def periodes(self, annees: Iterable[int]) -> str: ...
    def datee(self, annee: int) -> int | str: ...
    def en(self, annee: int) -> str: ...
    def debut(self, annee: int) -> int: ...
    def rupture(self, annee: int) -> str: ...
    def format(self, valeur: float | None, statut: str = "publie", arrondi: float | None = None) -> str: ...
    def lisible(self, arrondis: Iterable[float | None]) -> Self: ...


class _Fiche(Mesure, Protocol):
    """A measure that is a dataclass: ``dataclasses.replace`` can change a field of it."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


M = TypeVar("M", bound=_Fiche)


class Lecture:
    """How the figures of a measure read: what follows from its fields, the same for every measure."""

    @property
    def court(self: Mesure) -> str:
        """The label without « de l’IRIS », « du quartier prioritaire », which what stands around it says."""
        return _NIVEAU.sub("", self.libelle)

    @property
    def derniere(self: Mesure) -> int:
        """The latest year that has figures."""
        return self.annees[-1]

    def periode(self: Mesure, annee: int) -> str:
        """What a figure stamped ``annee`` covers, as titles and tables write it: « 2023 », « 2016–2022 »."""
        return period(int(annee), self.duree if self.forme == "evolution" else None)

    def datee(self: Mesure, annee: int) -> int | str:
        """The same in a column of years: a number, or « 2016–2022 »."""
        return self.periode(annee) if self.forme == "evolution" else int(annee)

    def periodes(self: Mesure, annees: Iterable[int]) -> str:
        """What a series covers: « 2014 à 2021 », « de 2007–2013 à 2016–2022 »."""
        if self.forme != "evolution":
            return formats.periode(list(annees))
        ordered = sorted(set(annees))
        first, last = self.periode(ordered[0]), self.periode(ordered[-1])
        return first if first == last else f"de {first} à {last}"

    def en(self: Mesure, annee: int) -> str:
        """The same in a sentence: « en 2023 », « de 2016 à 2022 »."""
        evolving = self.forme == "evolution" and self.duree
        return f"de {int(annee) - int(self.duree or 0)} à {int(annee)}" if evolving else f"en {int(annee)}"

    @property
    def en_rapport(self: Mesure) -> bool:
        """True when the ratio of two figures means something: neither a share nor a scale without a true zero."""
        return self.echelle == "rapport" and not self.unite.startswith("%")

    @property
    def unite_ecart(self: Mesure) -> str:
        """The unit of a difference: points for an interval scale, else that of the figures."""
        return "points" if self.echelle == "intervalle" else self.unite

    def format(self: Mesure, valeur: float | None, statut: str = "publie", arrondi: float | None = None) -> str:
        """A value of this measure as readers see it, with a short unit and its own decimals (column ``arrondi``)."""
        step = self.pas if formats.is_missing(arrondi) else arrondi
        return formats.chiffre(valeur, self.unite, self.decimales, statut, arrondi=step)

    @property
    def rang(self: Mesure) -> int:
        """The decimals of the last digit to write, negative for tens (−1) and over: those of class bounds."""
        return self.decimales if self.pas is None or self.pas < 10 else -math.floor(math.log10(self.pas) + 1e-9)

    def lisible(self: M, arrondis: Iterable[float | None]) -> M:
        """This card with the decimals and the step (``pas``) of a set of figures, that nine in ten of them allow.

        For what belongs to several figures at once: an axis, a class, a quartile. Nine in ten, so that one small
        commune whose rate its rounded counts blur does not blur everybody's.
        """
        known = sorted(0.0 if a is None or formats.is_missing(a) else float(a) for a in arrondis)
        common = known[math.ceil(0.9 * len(known)) - 1] if known else 0.0
        if not common:
            return self
        return replace(self, decimales=formats.decimales_lues(self.decimales, common), pas=common)

    def debut(self: Mesure, annee: int) -> int:
        """The first year of the series that ``annee`` belongs to: the latest break at or before it, 0 without one.

        Figures on either side of a break are not subtracted, joined by a line, nor shown as a reference.
        """
        return max((year for year, _ in self.ruptures if year <= annee), default=0)

    def rupture(self: Mesure, annee: int) -> str:
        """« nouvelle série Filosofi en 2023 »: the break that opens the series of ``annee``; empty without one."""
        return next((f"{why} en {year}" for year, why in self.ruptures if year == self.debut(annee)), "")


@dataclass(frozen=True)
class MesureSimple(Lecture):
    """A measure that is in no catalogue: what is worked out here (an index), a line of another report."""

    code: str
    libelle: str
    unite: str
    decimales: int = 0
    sens: str = "neutre"
    publics: tuple[str, ...] = ("tous",)
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
