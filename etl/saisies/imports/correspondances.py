"""Reads data/catalogue/imports/<modele>/<sorte>.toml: which line of a model takes what of a producer's file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator

from etl.cards import Bloc, Texte
from etl.errors import DataError, Problem
from etl.messages import in_french, toml_problem
from etl.saisies.imports.resultat import Sorte

IMPORTS = Path(__file__).resolve().parents[3] / "data" / "catalogue" / "imports"
M = TypeVar("M", bound=Bloc)


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"« {text} » n’est pas une expression régulière") from error
    return text


Expression = Annotated[str, AfterValidator(_pattern)]
Compte = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,9}$")]


class Absente(Bloc):
    """A line that the file never holds, and why."""

    code: str
    raison: Texte


# DomiFa


class Section(Bloc):
    """A part of the sheet: ``titre`` is an expression that its title, without case nor accents, answers to."""

    code: str
    titre: Expression


class Ligne(Bloc):
    """A row: its labels in all editions, within its section and under its sub-title (``groupe``, if any)."""

    code: str
    section: str
    libelles: tuple[str, ...] = Field(min_length=1)
    groupes: tuple[str, ...] = ()


class Controle(Bloc):
    """A sum that rows must make; ``tolere``: probable only, told without leaving the lines aside."""

    total: str
    parties: tuple[str, ...] = Field(min_length=1)
    tolere: bool = False


class RubriqueDomifa(Bloc):
    """A line of the model: the sum of these rows."""

    code: str
    lignes: tuple[str, ...] = Field(min_length=1)


class Domifa(Bloc):
    """domifa.toml."""

    source: Texte
    feuille: str
    structure: Texte = ""
    section: tuple[Section, ...] = Field(min_length=1)
    ligne: tuple[Ligne, ...] = Field(min_length=1)
    controle: tuple[Controle, ...] = ()
    rubrique: tuple[RubriqueDomifa, ...] = Field(min_length=1)
    absente: tuple[Absente, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Domifa:
        rows, sections = {one.code for one in self.ligne}, {one.code for one in self.section}
        if len(rows) < len(self.ligne):
            raise ValueError("deux [[ligne]] portent le même code")
        named = {code for one in self.controle for code in (one.total, *one.parties)}
        named |= {code for one in self.rubrique for code in one.lignes}
        for what, unknown in (("ligne", named - rows), ("section", {one.section for one in self.ligne} - sections)):
            if unknown:
                raise ValueError(f"{what} inconnue : {', '.join(sorted(unknown))}")
        return self


# Balances


class Dont(Bloc):
    """A part of a sum that its note tells."""

    libelle: Texte
    sens: Literal["depense", "recette"]
    comptes: tuple[Compte, ...] = Field(min_length=1)


class RubriqueBalances(Bloc):
    """A line of the model, from accounts.

    ``comptes``: by family of nomenclature, the beginnings of those that are summed; ``hors``: of those left out.
    ``usage``: « remplir », or « comparer » when the line does not mean the same (``pourquoi``). ``principal``: the main
    budget only. ``si_nul``: why a nil sum is unknown rather than zero. ``exige``: the line without which this one is
    not known.
    """

    code: str
    sens: Literal["depense", "recette"]
    comptes: dict[str, tuple[Compte, ...]] = Field(min_length=1)
    hors: tuple[Compte, ...] = ()
    usage: Literal["remplir", "comparer"] = "remplir"
    libelle: Texte
    pourquoi: Texte = ""
    principal: bool = False
    si_nul: Texte = ""
    exige: str | None = None
    dont: tuple[Dont, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> RubriqueBalances:
        if self.usage == "comparer" and not self.pourquoi:
            raise ValueError("« comparer » dit pourquoi : il manque « pourquoi »")
        return self


class Piege(Bloc):
    """Accounts whose number meant something else in another nomenclature: told, never counted."""

    nomenclature: str
    comptes: tuple[Compte, ...] = Field(min_length=1)
    libelle: Texte
    raison: Texte


class Balances(Bloc):
    """balances.toml. ``principaux``, ``annexes``: the types of budget (CTYPE) that are a CCAS's."""

    source: Texte
    principaux: tuple[str, ...] = Field(min_length=1)
    annexes: tuple[str, ...] = ()
    nomenclatures: tuple[str, ...] = Field(min_length=1)
    rubrique: tuple[RubriqueBalances, ...] = Field(min_length=1)
    piege: tuple[Piege, ...] = ()
    absente: tuple[Absente, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Balances:
        seen: set[str] = set()
        for one in self.rubrique:
            unknown = set(one.comptes) - set(self.nomenclatures)
            if unknown:
                raise ValueError(f"{one.code} : nomenclature inconnue : {', '.join(sorted(unknown))}")
            if one.exige is not None and one.exige not in seen:
                raise ValueError(f"{one.code} : « exige » nomme une rubrique écrite avant elle")
            seen.add(one.code)
        return self


# Published accounts


class RubriqueComptes(Bloc):
    """A line of the model, from a published figure; see RubriqueBalances."""

    code: str
    variable: str
    libelle: Texte
    usage: Literal["remplir", "comparer"] = "comparer"
    pourquoi: Texte = ""

    @model_validator(mode="after")
    def _check(self) -> RubriqueComptes:
        if self.usage == "comparer" and not self.pourquoi:
            raise ValueError("« comparer » dit pourquoi : il manque « pourquoi »")
        return self


class Comptes(Bloc):
    """comptes.toml."""

    rubrique: tuple[RubriqueComptes, ...] = Field(min_length=1)


_KINDS = {Sorte.DOMIFA: Domifa, Sorte.BALANCES: Balances, Sorte.COMPTES: Comptes}


def sortes_of(modele: str, folder: Path = IMPORTS) -> tuple[Sorte, ...]:
    """What a model can be filled from: always a CSV of answers, and the kinds that the catalogue says."""
    return (*(sorte for sorte in _KINDS if (folder / modele / f"{sorte}.toml").is_file()), Sorte.TIDY)


def load_mapping(modele: str, kind: type[M], folder: Path = IMPORTS) -> M:
    """How a kind of file fills a model. Raises DataError when the catalogue does not say it, or says it wrongly."""
    sorte = next(one for one, known in _KINDS.items() if known is kind)
    path, name = folder / modele / f"{sorte}.toml", f"imports/{modele}/{sorte}.toml"
    if not path.is_file():
        told = f"rien ne dit comment remplir « {modele} » ainsi"
        raise DataError([Problem(name, told, conseil="écrire ce fichier : voir docs/imports.md")])
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise DataError([toml_problem(name, error)]) from error
    except ValidationError as error:
        raise DataError([Problem(name, in_french(error, kind.model_fields), conseil="corriger ce fichier")]) from error
    except UnicodeError as error:
        raise DataError([Problem(name, "le fichier n’est pas en UTF-8", conseil="l’enregistrer en UTF-8")]) from error
