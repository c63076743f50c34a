"""What reading a questionnaire gives: the answers, every problem with its address, and a receipt of each part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from etl.errors import LONGEST, shown
from etl.saisies.personnelles import personal_data
from etl.typography import count
from registre.records import Cle, Reponse

ERREUR, SURPRISE = "erreur", "surprise"


@dataclass(frozen=True)
class Constat:
    """One thing to mend (« erreur ») or to explain in a note (« surprise »), addressed; texts in French.

    ``cellule``: « E7 », or « ligne 7 » of a CSV. ``rang``: the row of a repeatable table. ``expliquee``: a surprise
    that a note already explains: it stops nothing.
    """

    gravite: str
    trouve: str
    attendu: str
    conseil: str
    feuille: str | None = None
    cellule: str | None = None
    rubrique: str | None = None
    rang: int = 0
    expliquee: bool = False

    @property
    def arrete(self) -> bool:
        """True when a deposit is refused because of it."""
        return not self.expliquee

    @property
    def adresse(self) -> str:
        """« Accueil, cellule E6, ACC01 »."""
        sheet = f"feuille « {shown(self.feuille)} »" if self.feuille else None
        cell = f"cellule {self.cellule}" if self.cellule and not self.cellule.startswith("ligne") else self.cellule
        row = f"ligne {self.rang}" if self.rang else None
        return ", ".join(part for part in (sheet, cell, self.rubrique, row) if part)

    def __str__(self) -> str:
        place = f"{self.adresse} : " if self.adresse else ""
        wanted = f" ; attendu : {self.attendu}" if self.attendu else ""
        advice = f" → {self.conseil}" if self.conseil else ""
        return shown(f"{place}{self.trouve}{wanted}{advice}", LONGEST)


@dataclass(frozen=True)
class Partie:
    """A line of the receipt: what became of a sheet, or of a file. ``etat``: « lue », « vide » or « non comprise »."""

    nom: str
    etat: str
    lues: int = 0
    vides: int = 0
    non_comprises: int = 0
    precision: str = ""

    def __str__(self) -> str:
        counts = [count(self.lues, "réponse")] if self.lues else []
        if self.vides:
            counts.append(f"{count(self.vides, 'case')} vide{'s' if self.vides > 1 else ''}")
        if self.non_comprises:
            counts.append(f"{count(self.non_comprises, 'case')} à corriger")
        detail = ", ".join(part for part in (*counts, self.precision) if part)
        return f"{shown(self.nom)} : {self.etat}" + (f" ({detail})" if detail else "")


@dataclass(frozen=True)
class Saisie:
    """A questionnaire read. ``reponses``: all its answers, or none at all when an error stops it.

    ``comprises``: what could be read all the same, to show it beside what is to be mended; never to be kept as a
    deposit. ``recu``: what became of each part of the file.
    """

    cle: Cle
    version: int
    reponses: tuple[Reponse, ...]
    constats: tuple[Constat, ...]
    recu: tuple[Partie, ...] = ()
    comprises: tuple[Reponse, ...] = ()

    @property
    def erreurs(self) -> tuple[Constat, ...]:
        """What is to be mended."""
        return tuple(one for one in self.constats if one.gravite == ERREUR)

    @property
    def surprises(self) -> tuple[Constat, ...]:
        """What is to be explained and is not yet."""
        return tuple(one for one in self.constats if one.gravite == SURPRISE and not one.expliquee)

    @property
    def recevable(self) -> bool:
        """True when it can be submitted: no error, and a note wherever one is asked for."""
        return not self.erreurs and not self.surprises


def make_saisie(
    cle: Cle, version: int, answers: Iterable[Reponse], constats: Iterable[Constat], recu: Iterable[Partie] = ()
) -> Saisie:
    """A Saisie that keeps no answer when one of its problems is an error; problems once each, errors first.

    What a problem shows of a cell is left out when it says who is helped: lists of problems are kept and sent.
    """
    told = dict.fromkeys(_without_people(one) for one in constats)
    understood, problems = tuple(answers), sorted(told, key=lambda one: one.gravite != ERREUR)
    stopped = any(one.gravite == ERREUR for one in problems)
    return Saisie(cle, version, () if stopped else understood, tuple(problems), tuple(recu), understood)


def _without_people(one: Constat) -> Constat:
    kinds = dict.fromkeys(found.nature for found in personal_data(one.trouve))
    return replace(one, trouve=f"un texte avec {', '.join(kinds)}, non répété ici") if kinds else one
