"""What a deposit is made of, wherever it is read, checked, kept or published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


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

    def __str__(self) -> str:
        return f"{self.modele} {self.territoire} {self.exercice}"


class Role(StrEnum):
    """What an account may be. What each may do is decided in ``observatoire/access.py``, not here."""

    LECTURE = "lecture"
    SAISIE = "saisie"
    CCAS = "ccas"
    REFERENT = "referent"
    UDCCAS = "udccas"


# Without a territory, each of these would be nothing, or everything.
AVEC_TERRITOIRE = frozenset({Role.SAISIE, Role.CCAS, Role.REFERENT})


@dataclass(frozen=True)
class Acteur:
    """Who writes, as the caller knows them: recorded as they are given."""

    courriel: str
    nom: str
    role: str

    def __str__(self) -> str:
        return f"{self.nom} ({self.courriel})" if self.nom else self.courriel


@dataclass(frozen=True)
class Revision:
    """What was saved once in a deposit, and never changes. ``numero``: from 1 within its deposit.

    ``fichier``: the sha256 of the workbook it was read from; ``au_nom_de``: for whom, when it was entered by another;
    ``nombre``: how many answers; ``empreinte``: the sha256 of all that.
    """

    numero: int
    ecrite_le: datetime
    acteur: Acteur
    modele_version: str
    demonstration: bool
    fichier: str | None
    nom_fichier: str | None
    au_nom_de: str | None
    note: str | None
    nombre: int
    empreinte: str


@dataclass(frozen=True)
class Depot:
    """Where a deposit is. ``version``: how many times it was written, to be given back as ``attendu`` to write again.

    ``revision``: the last one saved; ``confirmee``: the number of the one in force, which may be an earlier one while a
    correction is under way; ``motif``: why it was returned or withdrawn, while it is.
    """

    numero: int
    cle: Cle
    etape: Etape
    version: int
    revision: Revision
    confirmee: int | None
    motif: str | None
    cree_le: datetime
    modifie_le: datetime
    modifie_par: Acteur

    @property
    def en_vigueur(self) -> bool:
        """Whether some revision of it counts in the figures of the network."""
        return self.confirmee is not None and self.etape is not Etape.RETIRE


@dataclass(frozen=True)
class Confirme:
    """A deposit in force, with the revision that was confirmed and its answers, by line then row."""

    numero: int
    cle: Cle
    revision: Revision
    reponses: tuple[Reponse, ...]


@dataclass(frozen=True)
class Ecrit:
    """A line of the audit: one per write, numbered without a hole; ``avant`` and ``apres``: the object's state."""

    numero: int
    quand: datetime
    acteur: Acteur
    action: str
    objet: str
    cle: str
    avant: dict[str, Any] | None
    apres: dict[str, Any] | None
    note: str | None


@dataclass(frozen=True)
class Attribution:
    """A role of an account, and the territory it is limited to, if any."""

    role: Role
    territoire: str | None = None


@dataclass(frozen=True)
class Compte:
    """``epoque``: sessions opened under another one are over."""

    courriel: str
    nom: str
    actif: bool
    epoque: int
    cree_le: datetime
    roles: tuple[Attribution, ...]


@dataclass(frozen=True)
class Invitation:
    """An account offered by a link, whose token is not kept. Used once, before ``expire_le``."""

    numero: int
    courriel: str
    attribution: Attribution
    cree_le: datetime
    cree_par: str
    expire_le: datetime
    acceptee_le: datetime | None
    annulee_le: datetime | None


@dataclass(frozen=True)
class Commentaire:
    """What somebody says of a line of a model. ``conclusion``: what was decided when it was closed."""

    numero: int
    modele: str
    rubrique: str
    texte: str
    ecrit_le: datetime
    auteur: Acteur
    ouvert: bool
    ferme_le: datetime | None
    ferme_par: str | None
    conclusion: str | None


@dataclass(frozen=True)
class Difference:
    """An answer that two revisions do not say alike; None where one of them has it not."""

    rubrique: str
    rang: int
    avant: Reponse | None
    apres: Reponse | None


def differences(avant: Iterable[Reponse], apres: Iterable[Reponse]) -> list[Difference]:
    """What changed between two revisions, by line then row."""
    before = {(answer.rubrique, answer.rang): answer for answer in avant}
    after = {(answer.rubrique, answer.rang): answer for answer in apres}
    return [
        Difference(*place, before.get(place), after.get(place))
        for place in sorted(before.keys() | after.keys())
        if before.get(place) != after.get(place)
    ]
