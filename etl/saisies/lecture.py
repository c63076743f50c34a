"""Reads a workbook that came back: compared cell by cell with the plan it was written from, then checked as a whole.

Nothing is dropped in silence: what is not at a place to answer must be what was written there, and the receipt says of
every sheet what became of it. No figure comes from a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from etl.errors import DataError, Problem, shown
from etl.saisies.controles import Contexte, check_answers
from etl.saisies.fichier import Contenu, Page, open_workbook
from etl.saisies.modeles import MODELES, Modele, Rubrique, load_model
from etl.saisies.personnelles import in_file_name
from etl.saisies.plan import (
    CACHEE,
    COUVERTURE,
    IDENTITE_COLONNE,
    IDENTITE_LIGNE,
    PROPRIETES,
    Case,
    Feuille,
    address,
    make_plan,
)
from etl.saisies.saisie import ERREUR, Constat, Partie, Saisie, make_saisie
from etl.saisies.valeurs import GENRES, Illisible, clean_text, is_blank, read_choice, read_note, read_status, read_value
from etl.typography import count
from registre.records import Cle, Diffusion, Reponse, Statut

# Of a sheet that was moved, the first cells tell enough.
SHOWN = 8
_AGAIN = "reprendre le classeur de l’observatoire, et y reporter les réponses"
_RESTORE = "y remettre ce qui était écrit, ou " + _AGAIN
# Of the hidden sheet: how far it may say last year's answers.
_HIDDEN_ROWS = 2_000


def read_workbook(
    path: Path,
    attendu: Cle | None = None,
    contexte: Contexte | Callable[[Cle], Contexte] | None = None,
    folder: Path = MODELES,
) -> Saisie:
    """The deposit that a workbook holds, with every problem and the receipt of every sheet.

    ``attendu``: the deposit it must be for; ``contexte``: what its answers are compared with, or how to find it once
    the workbook has said which deposit it is. Raises DataError when the file is no workbook of a known model:
    nothing in it can then be read.
    """
    content = open_workbook(path)
    cle, version = _identify(content)
    try:
        modele = load_model(cle.modele, version, folder)
    except DataError as error:
        raise DataError([replace(one, fichier=content.nom) for one in error.problems]) from error
    problems = list(_check_name(content.nom)) + list(_check_wanted(cle, attendu))
    name, before = _hidden(content)
    reading = _Reading(modele)
    plan = make_plan(modele, cle, name, before)
    for sheet in plan:
        reading.read(sheet, content.pages.get(sheet.nom))
    known = {sheet.nom for sheet in plan}
    for page in content.pages.values():
        if page.nom not in known:
            reading.read_unknown(page)
    known_of = contexte(cle) if callable(contexte) else contexte
    found = check_answers(modele, cle, reading.answers, known_of)
    problems += reading.problems + [reading.placed(one) for one in found]
    return make_saisie(cle, version, reading.answers, problems, reading.receipt)


def model_of(path: Path) -> str:
    """The code of the model that a workbook says it is of. Raises DataError when the file is no such workbook."""
    return _identify(open_workbook(path))[0].modele


def _identify(content: Contenu) -> tuple[Cle, int]:
    """Which deposit a workbook is, as its property, its hidden sheet and its cover all say. Raises DataError."""
    hidden, cover = content.pages.get(CACHEE), content.pages.get(COUVERTURE)
    places = {
        "la propriété du fichier": content.proprietes,
        f"la feuille cachée « {CACHEE} »": _pairs(hidden) if hidden else {},
        f"la feuille « {COUVERTURE} »": {
            name: _text(cover.cell(IDENTITE_LIGNE + offset, IDENTITE_COLONNE)) if cover else ""
            for offset, name in enumerate(PROPRIETES)
        },
    }
    problems = []
    for name in PROPRIETES:
        said = {place: values.get(name, "") for place, values in places.items()}
        missing = [place for place, value in said.items() if not value]
        if missing:
            problems.append(Problem(content.nom, f"« {name} » manque dans {' et '.join(missing)}", conseil=_AGAIN))
        elif len(set(said.values())) > 1:
            told = " ; ".join(f"« {shown(value)} » dans {place}" for place, value in said.items())
            problems.append(Problem(content.nom, f"« {name} » n’est pas le même partout : {told}", conseil=_AGAIN))
    values = {name: content.proprietes.get(name, "") for name in PROPRIETES}
    for name in ("version", "exercice"):
        if values[name] and not (values[name].isascii() and values[name].isdecimal() and len(values[name]) < 5):
            told = f"« {name} » est « {shown(values[name])} », non un nombre"
            problems.append(Problem(content.nom, told, conseil=_AGAIN))
    if problems:
        raise DataError(problems)
    cle = Cle(values["modele"], values["territoire"], int(values["exercice"]))
    return cle, int(values["version"])


def _pairs(page: Page) -> dict[str, str]:
    rows = range(1, min(len(page.valeurs), _HIDDEN_ROWS) + 1)
    return {_text(page.cell(row, 1)): _text(page.cell(row, 2)) for row in rows if _text(page.cell(row, 1))}


def _hidden(content: Contenu) -> tuple[str, dict[str, str]]:
    """The name of the territory, and last year's words by line."""
    values = {name: value for name, value in _pairs(content.pages[CACHEE]).items() if name not in PROPRIETES}
    return values.pop("nom", ""), values


def _text(value: Any) -> str:
    """A cell of the plan as a text; « 2025 », which a spreadsheet may hold as a number, is « 2025 »."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, (date, datetime)):
        value = value.isoformat()
    return " ".join(str(value).split())


def _check_name(name: str) -> Iterator[Constat]:
    for found in {one.nature for one in in_file_name(name)}:
        told = f"{found} dans le nom du fichier"
        yield Constat(ERREUR, told, "un nom sans donnée personnelle", "renommer le fichier")


def _check_wanted(cle: Cle, wanted: Cle | None) -> Iterator[Constat]:
    if wanted is None:
        return
    for what, found, expected in (
        ("modèle", cle.modele, wanted.modele),
        ("territoire", cle.territoire, wanted.territoire),
        ("exercice", str(cle.exercice), str(wanted.exercice)),
    ):
        if found != expected:
            told = f"un classeur pour le {what} « {shown(found)} »".replace("le exercice", "l’exercice")
            advice = "déposer le bon classeur, ou changer de dépôt"
            yield Constat(ERREUR, told, f"« {shown(expected)} »", advice)


@dataclass
class _Draft:
    """What the cells of a line say, until all have been read."""

    line: Rubrique
    rang: int
    valeur: float | None = None
    texte: str | None = None
    statut: Statut | None = None
    note: str | None = None
    unite: str | None = None
    methode: str | None = None
    wrong: bool = False
    said: bool = False

    def answer(self) -> Reponse:
        """The answer, status included."""
        public = self.line.diffusion == "public" or self.line.publique_par_la_loi
        return Reponse(
            rubrique=self.line.code,
            rang=self.rang,
            valeur=self.valeur,
            texte=self.texte,
            statut=self.statut or Statut.RENSEIGNE,
            note=self.note,
            unite=self.unite,
            methode=self.methode,
            diffusion=Diffusion.PUBLIC if public else Diffusion.RESEAU,
        )


@dataclass
class _Reading:
    """The sheets read so far: answers, problems, receipt, and where each answer is written."""

    modele: Modele
    answers: list[Reponse] = field(default_factory=list)
    problems: list[Constat] = field(default_factory=list)
    receipt: list[Partie] = field(default_factory=list)
    places: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)

    def read(self, sheet: Feuille, page: Page | None) -> None:
        """Compare a sheet with its plan, and take its answers."""
        if page is None:
            told = f"il n’y a pas de feuille « {sheet.nom} »"
            self.problems.append(Constat(ERREUR, told, "toutes les feuilles du classeur", _AGAIN, sheet.nom))
            self.receipt.append(Partie(sheet.nom, "non comprise", precision="absente"))
            return
        moved = list(_moved(sheet, page))
        self.problems += moved[:SHOWN]
        if len(moved) > SHOWN:
            told = f"{count(len(moved) - SHOWN, 'autre case')} changées : la feuille a sans doute été déplacée"
            self.problems.append(Constat(ERREUR, told, "la feuille telle qu’elle a été remise", _AGAIN, sheet.nom))
        drafts: dict[tuple[str, int], _Draft] = {}
        for (row, column), case in sheet.cases.items():
            if not case.role or case.rubrique is None:
                continue
            key = (case.rubrique.code, case.rang)
            draft = drafts.setdefault(key, _Draft(case.rubrique, case.rang))
            if case.role == "reponse" or key not in self.places:
                self.places[key] = (sheet.nom, address(row, column))
            cell = page.cell(row, column)
            if (row, column) in page.formules:
                formula = shown(page.formules[row, column], 40)
                told = f"une formule ({formula})" if formula else "une formule"
                advice = "la remplacer par sa valeur : copier, puis collage spécial, valeurs"
                self.problems.append(Constat(ERREUR, told, "une valeur", advice, sheet.nom, address(row, column), *key))
                draft.wrong = draft.said = True
            elif page.is_lost(row, column):
                told, wanted = "une erreur de formule, ou une valeur illisible", GENRES[case.rubrique.genre]
                advice = "l’effacer, et écrire la valeur"
                self.problems.append(Constat(ERREUR, told, wanted, advice, sheet.nom, address(row, column), *key))
                draft.wrong = draft.said = True
            elif is_blank(cell):
                continue
            else:
                draft.said = True
                self._take(sheet.nom, (row, column), case, cell, (row, column) in page.pourcents, draft)
        understood = [draft for draft in drafts.values() if draft.said and not draft.wrong]
        wrong = sum(draft.wrong for draft in drafts.values())
        empty = [draft.line for draft in drafts.values() if not draft.said and draft.rang == 0]
        self.answers += _closed_up([draft.answer() for draft in understood])
        self._say(sheet, len(understood), empty, wrong + len(moved))

    def read_unknown(self, page: Page) -> None:
        """A sheet that the workbook did not have."""
        filled = [
            (row, column)
            for row, line in enumerate(page.valeurs, start=1)
            for column, cell in enumerate(line, start=1)
            if not is_blank(cell)
        ]
        filled += [at for at in sorted(page.remplies) if page.is_lost(*at)]
        if not filled and not page.formules:
            self.receipt.append(Partie(page.nom, "vide", precision="feuille ajoutée"))
            return
        told = f"une feuille ajoutée, {count(len(filled) or len(page.formules), 'case remplie')}"
        advice = "reporter ce qu’elle dit dans les réponses ou les notes, puis la supprimer"
        self.problems.append(Constat(ERREUR, told, "les seules feuilles du classeur", advice, page.nom))
        self.receipt.append(Partie(page.nom, "non comprise", non_comprises=len(filled), precision="feuille ajoutée"))

    def placed(self, one: Constat) -> Constat:
        """A problem of an answer, with the sheet and the cell where it is written."""
        key = (one.rubrique or "", one.rang)
        sheet, cell = self.places.get(key, (None, None))
        if sheet is None and one.rang > 0:
            owned = [
                place for (code, rank), place in self.places.items() if rank == one.rang and _in(code, one.rubrique)
            ]
            sheet, cell = owned[0] if owned else (None, None)
        return replace(one, feuille=sheet, cellule=cell)

    def _take(self, name: str, at: tuple[int, int], case: Case, cell: Any, percent: bool, draft: _Draft) -> None:
        line = draft.line
        try:
            if case.role == "reponse":
                draft.valeur, draft.texte = read_value(line, cell, percent)
            elif case.role == "note":
                draft.note = read_note(cell)
            elif not isinstance(cell, str):
                raise Illisible(f"« {_text(cell)} »", "un choix de la liste", "choisir dans la liste")
            elif case.role == "statut":
                draft.statut = read_status(clean_text(cell))
            elif case.role == "unite":
                draft.unite = read_choice(cell, line.unites, "une unité de la liste")
            else:
                draft.methode = read_choice(cell, line.methodes, "une façon de compter de la liste")
        except Illisible as error:
            draft.wrong = True
            found, wanted, advice = error.trouve, error.attendu, error.conseil
            self.problems.append(Constat(ERREUR, found, wanted, advice, name, address(*at), line.code, draft.rang))

    def _say(self, sheet: Feuille, understood: int, empty: list[Rubrique], wrong: int) -> None:
        if wrong:
            state = "non comprise"
        elif sheet.genre in ("chapitre", "tableau"):
            state = "lue" if understood else "vide"
        else:
            state = "lue"
        words = {"couverture": "pour information", "controles": "aucune réponse n’y est prise", "cachee": "repères"}
        asked = [line.code for line in empty if line.niveau == "premiere"]
        precision = words.get(sheet.genre, f"première vague sans réponse : {', '.join(asked)}" if asked else "")
        self.receipt.append(Partie(sheet.nom, state, understood, len(empty), wrong, precision))


def _in(code: str, table: str | None) -> bool:
    return code.partition(".")[0] == table


def _closed_up(answers: list[Reponse]) -> list[Reponse]:
    """The rows of a table counted from 1, those left blank between two others not counted."""
    ranks = sorted({answer.rang for answer in answers if answer.rang > 0})
    place = {rank: position for position, rank in enumerate(ranks, start=1)} | {0: 0}
    return [replace(answer, rang=place[answer.rang]) for answer in answers]


def _moved(sheet: Feuille, page: Page) -> Iterator[Constat]:
    """What is not as the plan says, out of the places to answer."""
    for zone in page.fusions:
        told = "des cases fusionnées"
        yield Constat(ERREUR, told, "aucune fusion", "annuler la fusion", sheet.nom, zone)
    for at, case in sheet.cases.items():
        if case.role:
            continue
        cell, where = page.cell(*at), address(*at)
        if case.formule:
            # Its value is never read; a text typed over it would be lost.
            if at not in page.formules and not is_blank(cell):
                told = f"« {shown(_text(cell))} » à la place d’une formule"
                yield Constat(ERREUR, told, "la formule de la feuille", _RESTORE, sheet.nom, where)
        elif at in page.formules:
            yield Constat(ERREUR, "une formule", f"« {shown(case.texte)} »", _RESTORE, sheet.nom, where)
        elif _text(cell) != _text(case.texte):
            told = f"« {shown(_text(cell))} »" if _text(cell) else "une case vide"
            yield Constat(ERREUR, told, f"« {shown(case.texte)} »", _RESTORE, sheet.nom, where)
    for row, line in enumerate(page.valeurs, start=1):
        for column, cell in enumerate(line, start=1):
            if not is_blank(cell) and (row, column) not in sheet.cases:
                advice = "l’effacer, ou le reporter dans la réponse ou la note d’une rubrique"
                told = f"« {shown(_text(cell))} », hors des cases prévues"
                yield Constat(ERREUR, told, "une case vide", advice, sheet.nom, address(row, column))
    for at in sorted({*page.formules, *(at for at in page.remplies if page.is_lost(*at))}):
        if at not in sheet.cases and is_blank(page.cell(*at)):
            told = "une formule ou une erreur, hors des cases prévues"
            yield Constat(ERREUR, told, "une case vide", "l’effacer", sheet.nom, address(*at))
