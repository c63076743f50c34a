"""How the demonstration of a questionnaire is invented: data/catalogue/demonstration/<modele>.toml, checked when read.

A file says, line by line, what a plausible answer is made of; ``etl.saisies.demonstration`` does the rest.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from etl.cards import Bloc
from etl.errors import DataError, Problem
from etl.messages import in_french, nearest, toml_problem
from etl.saisies.modeles import NOMBRES, Choix, Genre, Modele, Rubrique

RECETTES = Path(__file__).resolve().parents[2] / "data" / "catalogue" / "demonstration"
# What is left of a total once its parts are told.
RESTE = "_"


class Base(Bloc):
    """A public figure of each CCAS's territory that answers are in proportion to."""

    indicateur: str
    mesure: str = Field(default="valeur", pattern="^(valeur|numerateur)$")


class Mission(Bloc):
    """What not every CCAS does: the share of those that do, or those of which a base is not 0."""

    part: float = Field(default=1, ge=0, le=1)
    si: str | None = None


class Concentration(Bloc):
    """A few CCAS that have ``facteur`` times what the others have."""

    nombre: int = Field(ge=1)
    facteur: float = Field(gt=1)


class LigneRecette(Bloc):
    """What the answers to a line are made of.

    A number is ``base`` (a base, another line; 1 by default), less the lines ``moins``, over ``sur``, times ``taux``.
    ``dispersion`` parts the CCAS, ``bruit`` the years of one, both as the sigma of a log-normal; ``tendance``: the mean
    growth of a year. ``plancher``, ``plafond``: in proportion to other lines. ``parts``: what a total is shared
    between, adding up exactly; ``a_part``: a part that has its own situation, not that of its total. ``si``: only
    where that line says yes. ``annees``: of a date, from the last exercice. ``public``: how much more, or less, this
    line is made public than the others.
    """

    code: str
    base: str | None = None
    sur: str | None = None
    moins: list[str] = Field(default=[])
    taux: float = 1
    dispersion: float = Field(default=0.3, ge=0)
    bruit: float = Field(default=0.06, ge=0)
    tendance: float = 0
    plancher: dict[str, float] = Field(default={})
    plafond: dict[str, float] = Field(default={})
    min: float | None = None
    max: float | None = None
    pas: float = Field(default=1, gt=0)
    parts: dict[str, float] = Field(default={})
    a_part: bool = False
    concentration: Concentration | None = None
    mission: str | None = None
    si: str | None = None
    valeurs: list[float] = Field(default=[])
    oui: float | None = Field(default=None, ge=0, le=1)
    choix: dict[str, float] = Field(default={})
    textes: list[str] = Field(default=[])
    annees: list[int] = Field(default=[], max_length=2)
    methodes: dict[str, float] = Field(default={})
    unites: dict[str, float] = Field(default={})
    facteurs: dict[str, float] = Field(default={})
    non_suivi: float | None = Field(default=None, ge=0, le=1)
    a_venir: float | None = Field(default=None, ge=0, le=1)
    sans_reponse: float | None = Field(default=None, ge=0, le=1)
    public: float = Field(default=1, ge=0)
    notes: dict[str, str] = Field(default={})


class TableauRecette(Bloc):
    """The rows of one or several repeatable tables: whole ``exemples``, or what each of the ``colonnes`` is made of.

    ``premiere``: the column whose choices are each on one row at most.
    """

    codes: list[str] = Field(min_length=1)
    part: float = Field(default=1, ge=0, le=1)
    lignes: list[int] = Field(default=[1, 3], min_length=2, max_length=2)
    premiere: str | None = None
    exemples: list[dict[str, str]] = Field(default=[])
    colonnes: dict[str, ColonneRecette] = Field(default={})


class ColonneRecette(Bloc):
    """The cells of a column. ``sauf``: left empty where another column of the row has one of these choices."""

    choix: dict[str, float] = Field(default={})
    textes: list[str] = Field(default=[])
    annees: list[int] = Field(default=[], max_length=2)
    base: str | None = None
    taux: float = 1
    dispersion: float = 0.5
    remplie: float = Field(default=1, ge=0, le=1)
    sauf: dict[str, list[str]] = Field(default={})


class Etapes(Bloc):
    """How many CCAS are where for an exercice, ``age`` years before the last; the others are confirmed."""

    age: int = Field(ge=0)
    soumis: int = 0
    renvoye: int = 0
    retire: int = 0
    brouillon: int = 0
    rien: int = 0


class Faute(Bloc):
    """What a deposit that was returned holds: a line that is ``facteur`` times what it should be."""

    rubrique: str
    facteur: float
    motif: str


class Ouverture(Bloc):
    """Who makes answers public: the share of the CCAS that do, and of their lines."""

    ccas: float = Field(ge=0, le=1)
    lignes: float = Field(ge=0, le=1)


class Frequence(Bloc):
    """The usual share of lines of a level that have no figure."""

    non_suivi: float = Field(ge=0, le=1)
    a_venir: float = Field(ge=0, le=1)
    sans_reponse: float = Field(ge=0, le=1)


class Recette(Bloc):
    """How the demonstration of a model is invented. ``empreinte``: of the file it was read from."""

    graine: int
    exercices: list[int] = Field(min_length=1)
    reference: int
    habitants: str
    rattrapage: float = Field(ge=0, le=1)
    note_saut: str
    notes: list[str] = Field(default=[])
    note_part: float = Field(default=0, ge=0, le=1)
    retrait: str
    renvoi: Faute
    ouverture: Ouverture
    frequence: dict[str, Frequence]
    base: dict[str, Base]
    mission: dict[str, Mission] = Field(default={})
    etape: list[Etapes] = Field(default=[])
    ligne: list[LigneRecette]
    tableau: list[TableauRecette] = Field(default=[])
    empreinte: str = ""

    @model_validator(mode="after")
    def _check(self) -> Recette:
        if self.habitants not in self.base:
            raise ValueError("« habitants » nomme une base")
        return self


TableauRecette.model_rebuild()
Recette.model_rebuild()


def recipes(folder: Path = RECETTES) -> list[str]:
    """The codes of the models that have a demonstration."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_recipe(modele: Modele, folder: Path = RECETTES) -> Recette:
    """The recipe of a model. Raises DataError with everything that is wrong in its file."""
    path = folder / f"{modele.code}.toml"
    name = f"{folder.name}/{path.name}"
    try:
        content = path.read_bytes()
    except OSError:
        raise DataError([Problem(name, "fichier illisible", conseil="vérifier ses droits")]) from None
    recipe = _read(name, content)
    problems = [Problem(name, told, conseil="corriger ce fichier") for told in _faults(modele, recipe)]
    if problems:
        raise DataError(problems)
    return recipe


@lru_cache(8)
def _read(name: str, content: bytes) -> Recette:
    try:
        found = tomllib.loads(content.decode("utf-8"))
        recipe = Recette.model_validate(found)
    except tomllib.TOMLDecodeError as error:
        raise DataError([toml_problem(name, error)]) from None
    except UnicodeError:
        raise DataError([Problem(name, "le fichier n’est pas en UTF-8", conseil="l’enregistrer en UTF-8")]) from None
    except ValidationError as error:
        advice = "corriger ce fichier"
        raise DataError([Problem(name, in_french(error, Recette.model_fields), conseil=advice)]) from None
    return recipe.model_copy(update={"empreinte": hashlib.sha256(content).hexdigest()})


def _faults(modele: Modele, recipe: Recette) -> Iterator[str]:
    """What names nothing of the model, or is told too late to be used."""
    told: set[str] = set(recipe.base)
    done: set[str] = set()
    for line in recipe.ligne:
        asked = modele.rubrique(line.code)
        if asked is None or asked not in modele.rubriques:
            meant = nearest(line.code, [one.code for one in modele.rubriques])
            yield f"rubrique « {line.code} » inconnue{f' (peut-être « {meant} »)' if meant else ''}"
            continue
        if line.code in done:
            yield f"{line.code} : écrite deux fois"
        done.add(line.code)
        needed = [line.base, line.sur, line.si, *line.moins, *line.plancher, *line.plafond]
        for code in needed:
            if code is not None and code not in told:
                yield f"{line.code} : « {code} » n’est ni une base, ni une rubrique écrite avant elle"
        if line.mission is not None and line.mission not in recipe.mission:
            yield f"{line.code} : mission « {line.mission} » inconnue"
        for part in line.parts:
            if part != RESTE and (modele.rubrique(part) is None or part in told):
                yield f"{line.code} : la part « {part} » n’est pas une rubrique, ou est écrite avant son total"
        yield from _choices(line, asked)
        told |= {line.code, *line.parts} - {RESTE}
    for name, mission in recipe.mission.items():
        if mission.si is not None and mission.si not in recipe.base:
            yield f"mission « {name} » : base « {mission.si} » inconnue"
    if recipe.renvoi.rubrique not in told - set(recipe.base):
        yield f"renvoi : rubrique « {recipe.renvoi.rubrique} » inconnue"
    for table in recipe.tableau:
        yield from _table_faults(modele, recipe, table)


def _choices(line: LigneRecette, asked: Rubrique) -> Iterator[str]:
    offers: tuple[tuple[str, dict[str, float], tuple[Choix, ...]], ...] = (
        ("choix", line.choix, asked.choix),
        ("methodes", line.methodes, asked.methodes),
        ("unites", line.unites, asked.unites),
    )
    for what, given, offered in offers:
        if strange := sorted(set(given) - {one.code for one in offered}):
            yield f"{line.code} : {what} que la rubrique n’offre pas : {', '.join(strange)}"
        if offered and not given and not (what == "choix" and asked.genre not in (Genre.CHOIX, Genre.CHOIX_MULTIPLE)):
            yield f"{line.code} : dire avec quelle fréquence sont choisis les {what}"
    if asked.genre is Genre.DATE and len(line.annees) != 2:
        yield f"{line.code} : une date a deux « annees »"
    if asked.genre in (Genre.TEXTE, Genre.TEXTE_LONG) and not line.textes:
        yield f"{line.code} : un texte se choisit parmi des « textes »"
    if asked.genre is Genre.OUI_NON and line.oui is None:
        yield f"{line.code} : dire la fréquence de « oui »"
    if asked.genre in (Genre.FICHIER, Genre.IDENTITE, Genre.TABLEAU):
        yield f"{line.code} : ce genre de rubrique ne s’invente pas ici"


def _table_faults(modele: Modele, recipe: Recette, table: TableauRecette) -> Iterator[str]:
    for code in table.codes:
        asked = modele.rubrique(code)
        if asked is None or asked.genre is not Genre.TABLEAU:
            yield f"tableau « {code} » inconnu"
            continue
        names = {one.code.partition(".")[2]: one for one in asked.colonnes}
        used = {*table.colonnes, *(name for row in table.exemples for name in row)}
        used |= {name for cell in table.colonnes.values() for name in cell.sauf} | {table.premiere or "", ""} - {""}
        for name in sorted(used - set(names)):
            yield f"tableau {code} : colonne « {name} » inconnue"
        for name, cell in table.colonnes.items():
            column = names.get(name)
            numeric = column is not None and column.genre in NOMBRES
            if numeric and cell.base not in {*recipe.base, *(line.code for line in recipe.ligne)}:
                yield f"tableau {code}, {name} : un nombre est en proportion d’une base ou d’une rubrique"
            if column is not None and (strange := set(cell.choix) - {one.code for one in column.choix}):
                yield f"tableau {code}, {name} : choix inconnus : {', '.join(sorted(strange))}"
