"""What a deposit is made of, wherever it is read, checked, kept or published."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Statut(StrEnum):
    """Of one answer. An answer without a value says why; none of them is a zero."""

    RENSEIGNE = "renseigne"
    NON_CONCERNE = "non_concerne"
    NON_SUIVI = "non_suivi"
    A_VENIR = "a_venir"


class Diffusion(StrEnum):
    """Who may read an answer: the members of the network, or everybody."""

    RESEAU = "reseau"
    PUBLIC = "public"


class Etape(StrEnum):
    """Of a deposit."""

    BROUILLON = "brouillon"
    SOUMIS = "soumis"
    RENVOYE = "renvoye"
    CONFIRME = "confirme"
    RETIRE = "retire"


@dataclass(frozen=True)
class Reponse:
    """One answer: a cell of a questionnaire.

    ``rubrique``: the line's code; in a repeatable table, « TABLE.COLONNE » and ``rang`` from 1, one per row (else 0).
    ``valeur``: numbers as they are, percentages from 0 to 100, yes and no as 1 and 0. ``texte``: texts, dates
    (AAAA-MM-JJ), codes of choices (several: separated by « ; »), the address of a file in the register (sha256).
    ``unite``, ``methode``: the code chosen where the line offers several.
    """

    rubrique: str
    rang: int = 0
    valeur: float | None = None
    texte: str | None = None
    statut: Statut = Statut.RENSEIGNE
    note: str | None = None
    unite: str | None = None
    methode: str | None = None
    diffusion: Diffusion = Diffusion.RESEAU


@dataclass(frozen=True)
class Cle:
    """Which deposit: one per model, territory and year. ``territoire``: the INSEE code of a commune, else a SIREN."""

    modele: str
    territoire: str
    exercice: int
