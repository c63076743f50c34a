"""Reads data/catalogue/modeles/<code>/*.toml: every line, table and rule checked, every refusal with its file.

A folder holds every version of a model: a block says from which version (``depuis``) to which (``jusque``) it is asked.
A line that changes meaning is written twice under the same code, for versions that do not overlap.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from etl.cards import Bloc, Texte
from etl.errors import DataError, Problem, listed
from etl.messages import in_french, nearest, toml_problem
from etl.saisies.modeles import NOMBRES, Chapitre, Choix, Genre, Modele, Regle, Rubrique
from etl.saisies.regles import RESERVES, RegleRefusee, check_expression
from etl.typography import fold
from registre.records import Statut

_LINE, _COLUMN = re.compile(r"[A-Z][A-Z0-9_]{1,19}"), re.compile(r"[A-Z][A-Z0-9_]{0,19}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
# What a list of a workbook parts, and what its cells would take for a formula.
_FORBIDDEN = re.compile(r"[;\n\t]|^[=+@-]")
MAX_ROWS = 200
B = TypeVar("B", bound=Bloc)


class BornesBloc(Bloc):
    """The lowest and the highest plausible value, either of which may be absent."""

    min: float | None = Field(default=None, allow_inf_nan=False)
    max: float | None = Field(default=None, allow_inf_nan=False)

    @model_validator(mode="after")
    def _check(self) -> BornesBloc:
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError("« min » est plus petit que « max »")
        return self


class ChoixBloc(Bloc):
    """One answer among several."""

    code: str
    libelle: Texte

    @model_validator(mode="after")
    def _check(self) -> ChoixBloc:
        _require_name(self.code)
        if not self.libelle.strip() or _FORBIDDEN.search(self.libelle):
            raise ValueError("un libellé de choix n’est ni vide, ni coupé par « ; », ni commencé par « = + - @ »")
        return self


class RubriqueBloc(Bloc):
    """A line, as written in TOML; see Rubrique."""

    code: str
    chapitre: str = ""
    libelle: Texte = Field(min_length=1, max_length=150)
    genre: Genre
    definition: Texte = Field(min_length=1)
    niveau: Literal["premiere", "coeur", "option"] = "coeur"
    regle: Texte | None = None
    unite: Texte | None = None
    nature: Literal["flux", "stock"] | None = None
    publics: tuple[str, ...] = ()
    reference: Texte | None = None
    reference_sure: bool = False
    statuts: tuple[Literal["non_concerne", "non_suivi", "a_venir"], ...] = ("non_concerne", "non_suivi", "a_venir")
    bornes: BornesBloc = BornesBloc()
    bornes_par_habitant: BornesBloc = BornesBloc()
    saut: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    methodes: tuple[ChoixBloc, ...] = ()
    unites: tuple[ChoixBloc, ...] = ()
    choix: tuple[ChoixBloc, ...] = ()
    colonne: tuple[RubriqueBloc, ...] = ()
    diffusion: Literal["reseau", "public"] = "reseau"
    publique_par_la_loi: bool = False
    compte_de_personnes: bool = False
    suit: str | None = None
    depuis: int = Field(default=1, ge=1)
    jusque: int | None = Field(default=None, ge=1)
    lignes: int = Field(default=30, ge=1, le=MAX_ROWS)

    @model_validator(mode="after")
    def _check(self) -> RubriqueBloc:
        numeric = self.genre in NOMBRES
        for wrong, told in (
            (self.jusque is not None and self.jusque < self.depuis, "« jusque » ne peut précéder « depuis »"),
            (bool(self.choix) != (self.genre in (Genre.CHOIX, Genre.CHOIX_MULTIPLE)), _CHOICES),
            (bool(self.colonne) != (self.genre is Genre.TABLEAU), "un tableau a des [[rubrique.colonne]], et lui seul"),
            (bool(self.unites) and not numeric, "« unites » ne va qu’avec un nombre"),
            (bool(self.unites) and self.unite is not None, "« unite » ou « unites » (à choisir), pas les deux"),
            (len(self.unites) == 1 or len(self.methodes) == 1, "un choix d’unité ou de méthode en offre au moins deux"),
            (self.bornes != BornesBloc() and not numeric, "« bornes » ne va qu’avec un nombre"),
            (self.bornes_par_habitant != BornesBloc() and not numeric, "« bornes_par_habitant » veut un nombre"),
            (self.saut is not None and not numeric, "« saut » ne va qu’avec un nombre"),
            (self.genre is Genre.IDENTITE and (self.diffusion == "public" or self.publique_par_la_loi), _IDENTITY),
            (self.reference_sure and not self.reference, "« reference_sure » veut une « reference »"),
        ):
            if wrong:
                raise ValueError(told)
        for name, offered in (("choix", self.choix), ("unites", self.unites), ("methodes", self.methodes)):
            for what in ([one.code for one in offered], [fold(one.libelle) for one in offered]):
                if len(set(what)) < len(what):
                    raise ValueError(f"« {name} » : deux choix portent le même code ou le même libellé")
        return self


_CHOICES = "« choix » va avec les genres « choix » et « choix_multiple », qui en ont besoin"
_IDENTITY = 'une identité professionnelle reste au réseau : diffusion = "reseau"'


class ChapitreBloc(Bloc):
    """A chapter."""

    code: str
    libelle: Texte = Field(min_length=1, max_length=60)
    introduction: Texte = ""


class RegleBloc(Bloc):
    """A rule between lines."""

    code: str
    expression: str = Field(min_length=1, max_length=1000)
    gravite: Literal["erreur", "surprise"]
    message: Texte = Field(min_length=1)
    depuis: int = Field(default=1, ge=1)
    jusque: int | None = Field(default=None, ge=1)


class ModeleBloc(Bloc):
    """The head of a model: modele.toml."""

    code: str
    version: int = Field(ge=1)
    libelle: Texte = Field(min_length=1, max_length=100)
    description: Texte
    finalite: Texte
    base_legale: Texte
    conservation: Texte
    chapitre: tuple[ChapitreBloc, ...] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class _Whole:
    """A folder read: the head, and the blocks of every version with the file each one is in."""

    tete: ModeleBloc
    rubriques: list[tuple[str, Rubrique]]
    regles: list[tuple[str, Regle]]


def read_models(folder: Path) -> dict[str, Modele]:
    """See modeles.load_models."""
    problems: list[Problem] = []
    models: dict[str, Modele] = {}
    for path in sorted(entry for entry in _entries(folder) if entry.is_dir()):
        try:
            whole = _read_folder(path)
        except DataError as error:
            problems += error.problems
        else:
            models[whole.tete.code] = _at_version(whole, whole.tete.version)
    if problems:
        raise DataError(problems)
    return models


def read_model(code: str, version: int | None, folder: Path) -> Modele:
    """See modeles.load_model."""
    known = sorted(entry.name for entry in _entries(folder) if entry.is_dir())
    if code not in known:
        meant = nearest(code, known)
        advice = f"peut-être « {meant} »" if meant else f"modèles connus : {listed(known) or 'aucun'}"
        raise DataError([Problem("modèle", f"« {code} » est inconnu", conseil=advice)])
    whole = _read_folder(folder / code)
    last = whole.tete.version
    if version is not None and not 1 <= version <= last:
        told = f"« {code} » n’a pas de version {version}"
        raise DataError([Problem("modèle", told, conseil=f"choisir une version de 1 à {last}")])
    return _at_version(whole, version or last)


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _read_folder(folder: Path) -> _Whole:
    """Everything in a folder, all versions. Raises DataError with every block that is wrong.

    Rules are many, and each is bound to the whole model: a folder whose files have not changed is not read again.
    """
    try:
        written = tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("*.toml")))
    except OSError:
        return _whole(folder)
    return _known_whole(folder, written)


@lru_cache(maxsize=16)
def _known_whole(folder: Path, written: tuple[tuple[str, bytes], ...]) -> _Whole:
    return _whole(folder)


def _whole(folder: Path) -> _Whole:
    problems: list[Problem] = []
    head: ModeleBloc | None = None
    lines: list[tuple[str, RubriqueBloc]] = []
    rules: list[tuple[str, RegleBloc]] = []
    if not (folder / "modele.toml").is_file():
        advice = "y écrire « code », « version », « libelle » et les [[chapitre]]"
        problems.append(Problem(f"{folder.name}/modele.toml", "fichier absent", conseil=advice))
    for path in sorted(folder.glob("*.toml")):
        name = f"{folder.name}/{path.name}"
        content = _toml(path, name, problems)
        if content is None:
            continue
        lines += [(name, line) for line in _blocks(name, content, "rubrique", RubriqueBloc, problems)]
        rules += [(name, rule) for rule in _blocks(name, content, "regle", RegleBloc, problems)]
        if path.name == "modele.toml":
            head = _block(name, "modèle", content, ModeleBloc, problems)
        else:
            problems += [_unexpected(name, key) for key in content]
    if head is not None and head.code != folder.name:
        told = f"code « {head.code} » dans le dossier « {folder.name} »"
        problems.append(Problem(f"{folder.name}/modele.toml", told, conseil="donner le même nom aux deux"))
    if head is None or problems:
        raise DataError(problems)
    whole = _Whole(head, [(name, _line(one)) for name, one in lines], [(name, _rule(one)) for name, one in rules])
    problems = [*_check_head(folder.name, head), *_check_lines(whole), *_check_overlaps(whole)]
    if not problems:
        problems = _check_rules(whole)
    if problems:
        raise DataError(problems)
    return whole


def _toml(path: Path, name: str, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        problems.append(toml_problem(name, error))
    except UnicodeError:
        problems.append(Problem(name, "le fichier n’est pas en UTF-8", conseil="l’enregistrer en UTF-8"))
    except OSError:
        problems.append(Problem(name, "fichier illisible", conseil="vérifier ses droits"))
    return None


def _blocks(name: str, content: dict[str, Any], key: str, kind: type[B], problems: list[Problem]) -> Iterator[B]:
    found = content.pop(key, [])
    if not isinstance(found, list) or not all(isinstance(block, dict) for block in found):
        problems.append(Problem(name, f"« {key} » s’écrit en blocs", conseil=f"ouvrir chaque bloc par [[{key}]]"))
        return
    for position, block in enumerate(found, start=1):
        read = _block(name, f"[[{key}]] {block.get('code') or f'n° {position}'}", block, kind, problems)
        if read is not None:
            yield read


def _block(name: str, told: str, content: dict[str, Any], kind: type[B], problems: list[Problem]) -> B | None:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        problems.append(Problem(name, f"{told} : {in_french(error, kind.model_fields)}", conseil="corriger ce bloc"))
        return None


def _unexpected(name: str, key: str) -> Problem:
    advice = "dans modele.toml l’en-tête et les [[chapitre]], dans les autres des [[rubrique]] et des [[regle]]"
    return Problem(name, f"« {key} » inconnu ici", conseil=advice)


def _choices(blocks: Iterable[ChoixBloc]) -> tuple[Choix, ...]:
    return tuple(Choix(one.code, one.libelle) for one in blocks)


def _line(block: RubriqueBloc, table: RubriqueBloc | None = None) -> Rubrique:
    """The record of a block; a column takes from its table the code's beginning, the chapter and who may read it."""
    owner = table or block
    identity = block.genre is Genre.IDENTITE
    return Rubrique(
        code=f"{table.code}.{block.code}" if table else block.code,
        chapitre=owner.chapitre,
        libelle=block.libelle,
        genre=block.genre,
        definition=block.definition,
        niveau=owner.niveau,
        regle=block.regle,
        unite=block.unite,
        nature=block.nature,
        publics=owner.publics,
        reference=block.reference,
        reference_sure=block.reference_sure,
        statuts=() if table else tuple(Statut(one).value for one in block.statuts),
        bornes=(block.bornes.min, block.bornes.max),
        bornes_par_habitant=(block.bornes_par_habitant.min, block.bornes_par_habitant.max),
        saut=block.saut,
        methodes=_choices(block.methodes),
        unites=_choices(block.unites),
        choix=_choices(block.choix),
        colonnes=tuple(_line(column, block) for column in block.colonne),
        diffusion="reseau" if identity else owner.diffusion,
        publique_par_la_loi=owner.publique_par_la_loi and not identity,
        compte_de_personnes=block.compte_de_personnes,
        suit=block.suit,
        depuis=owner.depuis,
        jusque=owner.jusque,
        lignes=block.lignes,
    )


def _rule(block: RegleBloc) -> Regle:
    return Regle(block.code, block.expression, block.gravite, block.message, block.depuis, block.jusque)


@lru_cache(maxsize=32)
def _at_version(whole: _Whole, version: int) -> Modele:
    """The model as it was asked at a version: its lines in the order of the chapters, its rules."""
    asked = tuple(line for _, line in whole.rubriques if _holds(line, version))
    used = {line.chapitre for line in asked}
    chapters = tuple(
        Chapitre(one.code, one.libelle, one.introduction) for one in whole.tete.chapitre if one.code in used
    )
    rank = {one.code: position for position, one in enumerate(chapters)}
    rules = []
    for _, rule in whole.regles:
        if _holds(rule, version):
            codes, table = check_expression(rule.expression, asked)
            rules.append(replace(rule, rubriques=codes, tableau=table))
    return Modele(
        code=whole.tete.code,
        version=version,
        libelle=whole.tete.libelle,
        description=whole.tete.description,
        chapitres=chapters,
        rubriques=tuple(sorted(asked, key=lambda line: rank[line.chapitre])),
        regles=tuple(rules),
        finalite=whole.tete.finalite,
        base_legale=whole.tete.base_legale,
        conservation=whole.tete.conservation,
    )


def _holds(one: Rubrique | Regle, version: int) -> bool:
    return one.depuis <= version and (one.jusque is None or version <= one.jusque)


def _require_name(code: str) -> None:
    if not _NAME.fullmatch(code):
        raise ValueError(f"« {code} » : un code de choix est en minuscules sans accent, chiffres ou « _ » compris")


def _check_head(folder: str, head: ModeleBloc) -> list[Problem]:
    name, problems = f"{folder}/modele.toml", []
    for code in [head.code, *(one.code for one in head.chapitre)]:
        if not _NAME.fullmatch(code):
            advice = "minuscules sans accent, chiffres ou « _ », 30 au plus"
            problems.append(Problem(name, f"code « {code} » mal écrit", conseil=advice))
    for code in _twice(one.code for one in head.chapitre):
        problems.append(Problem(name, f"le chapitre « {code} » est déclaré deux fois", conseil="n’en garder qu’un"))
    return problems


def _check_lines(whole: _Whole) -> list[Problem]:
    """Codes well written, chapters and followed lines that exist, columns that a row of a workbook can hold."""
    problems = []
    chapters = {one.code for one in whole.tete.chapitre}
    codes = {line.code for _, line in whole.rubriques}
    for name, line in whole.rubriques:
        told = f"[[rubrique]] {line.code} : "
        if not _LINE.fullmatch(line.code) or line.code in RESERVES:
            advice = "deux majuscules ou plus, chiffres ou « _ », hors des mots réservés de SQL : « ACC01 »"
            problems.append(Problem(name, f"{told}code mal écrit ou réservé", conseil=advice))
        if line.chapitre not in chapters:
            meant = nearest(line.chapitre, chapters)
            advice = f"peut-être « {meant} »" if meant else f"chapitres de modele.toml : {listed(sorted(chapters))}"
            problems.append(Problem(name, f"{told}chapitre « {line.chapitre} » inconnu", conseil=advice))
        for code in filter(None, (line.suit, *(column.suit for column in line.colonnes))):
            if code not in codes:
                advice = "donner le code d’une rubrique de ce modèle"
                problems.append(Problem(name, f"{told}« suit » nomme « {code} », inconnue", conseil=advice))
        if line.depuis > whole.tete.version or (line.jusque or 1) > whole.tete.version:
            advice = f"la version de ce modèle est {whole.tete.version} : l’augmenter, ou corriger cette rubrique"
            problems.append(Problem(name, f"{told}demandée à une version à venir", conseil=advice))
        problems += [Problem(name, told + why, conseil=advice) for why, advice in _wrong_columns(line)]
    return problems


def _wrong_columns(line: Rubrique) -> Iterator[tuple[str, str]]:
    for code in _twice(column.code for column in line.colonnes):
        yield f"la colonne « {code} » est déclarée deux fois", "n’en garder qu’une"
    for column in line.colonnes:
        own = column.code.partition(".")[2]
        if not _COLUMN.fullmatch(own) or own in RESERVES:
            yield f"code de colonne « {own} » mal écrit ou réservé", "majuscules, chiffres ou « _ » : « PARTENAIRE »"
        if column.genre is Genre.TABLEAU or column.unites or column.methodes:
            told = f"la colonne « {own} » ne peut être un tableau, ni offrir « unites » ou « methodes »"
            yield told, "en faire une colonne de genre « choix »"


def _check_overlaps(whole: _Whole) -> list[Problem]:
    """A code is asked once at a version, and keeps its type from one version to the next."""
    problems = []
    for kind, blocks in (("rubrique", whole.rubriques), ("regle", whole.regles)):
        seen: dict[str, list[Rubrique | Regle]] = {}
        for name, one in blocks:
            for other in seen.setdefault(one.code, []):
                if any(_holds(one, version) and _holds(other, version) for version in range(1, whole.tete.version + 1)):
                    advice = "n’en garder qu’une, ou dire « depuis » et « jusque » pour qu’elles se suivent"
                    told = f"[[{kind}]] {one.code} : déclarée deux fois pour une même version"
                    problems.append(Problem(name, told, conseil=advice))
                elif isinstance(one, Rubrique) and isinstance(other, Rubrique) and one.genre != other.genre:
                    told = f"[[rubrique]] {one.code} : son genre change d’une version à l’autre"
                    problems.append(Problem(name, told, conseil="donner un autre code à la nouvelle rubrique"))
            seen[one.code].append(one)
    return problems


def _check_rules(whole: _Whole) -> list[Problem]:
    problems = []
    for name, rule in whole.regles:
        for version in range(1, whole.tete.version + 1):
            if not _holds(rule, version):
                continue
            asked = tuple(line for _, line in whole.rubriques if _holds(line, version))
            try:
                check_expression(rule.expression, asked)
            except RegleRefusee as refused:
                told = f"[[regle]] {rule.code}, version {version} : {refused}"
                problems.append(Problem(name, told, conseil=refused.conseil))
                break
    return problems


def _twice(codes: Iterable[str]) -> list[str]:
    seen = list(codes)
    return sorted({code for code in seen if seen.count(code) > 1})
