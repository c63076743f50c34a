"""What reading a file of another program gives to a questionnaire: what it fills, what it cannot, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from etl.errors import LONGEST, shown
from etl.saisies.modeles import NOMBRES, Genre, Modele, Rubrique
from etl.saisies.saisie import ERREUR, Constat
from etl.saisies.valeurs import PLUS_GRAND, write_value
from etl.typography import exact
from registre.records import Cle, Diffusion, Reponse


class Sorte(StrEnum):
    """Which program a file comes from."""

    DOMIFA = "domifa"
    BALANCES = "balances"
    COMPTES = "comptes"
    TIDY = "tidy"


SORTES = {
    Sorte.DOMIFA: "les statistiques de DomiFa",
    Sorte.BALANCES: "des balances comptables de la DGFiP",
    Sorte.COMPTES: "les comptes publiés des CCAS",
    Sorte.TIDY: "un CSV de réponses",
}


class Motif(StrEnum):
    """Why something does not fill a line."""

    A_COMPARER = "à comparer"
    SANS_CASE = "sans case"
    PAS_DANS_LE_FICHIER = "pas dans le fichier"
    DOUTEUX = "douteux"


@dataclass(frozen=True)
class Remplie:
    """A line that the file fills. ``dit``: its value as a person reads it; ``ou``: the sheet and cell, or accounts."""

    rubrique: str
    rang: int
    dit: str
    ou: str

    def __str__(self) -> str:
        row = f" (ligne {self.rang})" if self.rang else ""
        return shown(f"{self.rubrique}{row} : {self.dit} — {self.ou}", LONGEST)


@dataclass(frozen=True)
class NonRemplie:
    """What was found and fills nothing, or what the model asks and the file does not hold.

    ``rubrique``: None when it is for no line at all; ``trouve``: what was found, in words, its value with it, empty
    when nothing was; ``pourquoi``: why it fills nothing; ``valeur``: the number found, to be compared.
    """

    rubrique: str | None
    motif: Motif
    trouve: str
    pourquoi: str
    valeur: float | None = None
    ou: str = ""

    def __str__(self) -> str:
        found = " : ".join(part for part in (self.rubrique, self.trouve) if part)
        place = f" ({self.ou})" if self.ou else ""
        return shown(f"{self.motif} — {found}{place} : {self.pourquoi}", LONGEST)


@dataclass(frozen=True)
class Import:
    """A file of another program, read for a questionnaire.

    ``source``: « DomiFa, export du 12/01/2026 », which the note of each answer says again; ``a_confirmer``: what only
    a person can say (whose file it is). A line about which there is a doubt is not among the answers; nothing is when
    the file is refused.
    """

    sorte: Sorte
    cle: Cle
    source: str
    reponses: tuple[Reponse, ...] = ()
    remplies: tuple[Remplie, ...] = ()
    non_remplies: tuple[NonRemplie, ...] = ()
    constats: tuple[Constat, ...] = ()
    a_confirmer: tuple[str, ...] = ()

    @property
    def erreurs(self) -> tuple[Constat, ...]:
        """What is to be mended in the file."""
        return tuple(one for one in self.constats if one.gravite == ERREUR)


class Remplissage:
    """Gathers what a file says, line by line, whatever the model asks today."""

    def __init__(self, sorte: Sorte, modele: Modele, cle: Cle, source: str) -> None:
        self._modele, self._sorte, self._cle, self.source = modele, sorte, cle, source
        self.constats: list[Constat] = []
        self.a_confirmer: list[str] = []
        self._reponses: list[Reponse] = []
        self._remplies: list[Remplie] = []
        self._non_remplies: list[NonRemplie] = []

    def fill(self, code: str, value: float, where: str, detail: str = "") -> None:
        """Give a number to a line, or say why the line does not take it. ``detail``: what the note says besides."""
        line = self._modele.rubrique(code)
        why = _refused(line, value)
        if line is None or why:
            self.compare(code, value, "", why, where, Motif.SANS_CASE)
            return
        public = line.diffusion == "public" or line.publique_par_la_loi
        note = f"{self.source}. {detail}".strip()
        diffusion = Diffusion.PUBLIC if public else Diffusion.RESEAU
        self._reponses.append(Reponse(code, valeur=value, note=note, diffusion=diffusion))
        self._remplies.append(Remplie(code, 0, told_value(line, value), where))

    def compare(
        self, code: str, value: float, words: str, why: str, where: str, motif: Motif = Motif.A_COMPARER
    ) -> None:
        """Show a number beside a line that does not mean the same, or that the model does not ask."""
        line = self._modele.rubrique(code)
        if line is None and motif is Motif.A_COMPARER:
            motif, why = Motif.SANS_CASE, f"{_NOT_ASKED} ; {why}"
        told = " : ".join(part for part in (words, exact(value)) if part)
        self._non_remplies.append(NonRemplie(code, motif, told, why, value, where))

    def leave(self, code: str | None, motif: Motif, found: str, why: str, where: str = "") -> None:
        """Say what fills nothing; a line that the model does not ask is not missed."""
        if motif is not Motif.PAS_DANS_LE_FICHIER or self._modele.rubrique(code or "") is not None:
            self._non_remplies.append(NonRemplie(code, motif, found, why, None, where))

    def add(self, reponse: Reponse, remplie: Remplie) -> None:
        """An answer already made."""
        self._reponses.append(reponse)
        self._remplies.append(remplie)

    def miss(self, codes: Iterable[str], why: str) -> None:
        """Say of each of these lines, unless something was already said of it, that the file does not hold it."""
        told = {one.rubrique for one in (*self._remplies, *self._non_remplies)}
        for code in codes:
            if code not in told:
                self.leave(code, Motif.PAS_DANS_LE_FICHIER, "", why)

    def done(self, refused: bool = False) -> Import:
        """What was gathered; no answer at all when the file is refused."""
        order = {line.code: place for place, line in enumerate(self._modele.rubriques)}
        answers = () if refused else tuple(sorted(self._reponses, key=lambda one: order.get(one.rubrique, len(order))))
        filled = () if refused else tuple(sorted(self._remplies, key=lambda one: order.get(one.rubrique, len(order))))
        problems = tuple(sorted(dict.fromkeys(self.constats), key=lambda one: one.gravite != ERREUR))
        rest = () if refused else tuple(self._non_remplies)
        return Import(
            self._sorte, self._cle, self.source, answers, filled, rest, problems, tuple(dict.fromkeys(self.a_confirmer))
        )


_NOT_ASKED = "le modèle ne la demande pas"


def _refused(line: Rubrique | None, value: float) -> str:
    """Why a line does not take a number; an empty text when it does."""
    if line is None:
        return _NOT_ASKED
    if line.genre not in NOMBRES:
        return "le modèle n’y demande pas un nombre"
    if line.unites or line.methodes:
        return "le modèle demande de choisir une unité ou une façon de compter, que le fichier ne dit pas"
    if line.genre is Genre.ENTIER and not float(value).is_integer():
        return "le modèle y demande un nombre entier"
    if abs(value) > PLUS_GRAND or (value < 0 and (line.bornes[0] is None or line.bornes[0] >= 0)):
        return "ce nombre n’est pas de ceux que la rubrique admet"
    return ""


def told_value(line: Rubrique, value: float | None, text: str | None = None) -> str:
    """A value with its unit, as a person reads it: « 1 234,5 euros »."""
    if value is None or line.genre not in NOMBRES:
        return write_value(line, value, text)
    unit = {Genre.MONTANT: "€", Genre.POURCENTAGE: "%"}.get(line.genre, line.unite or "")
    return f"{exact(value)}\u00a0{unit}".strip()
