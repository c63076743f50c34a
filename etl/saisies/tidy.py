"""Answers as a tidy CSV, one line each: « rubrique;rang;valeur;statut;note;unite;methode », read as Excel writes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from etl.errors import Problem, shown
from etl.saisies.controles import Contexte, check_answers
from etl.saisies.modeles import NOMBRES, Genre, Modele, Rubrique
from etl.saisies.personnelles import in_file_name
from etl.saisies.saisie import ERREUR, Constat, Partie, Saisie, make_saisie
from etl.saisies.valeurs import Illisible, read_note, read_status, read_value
from etl.tableur import read_rows
from registre.records import Cle, Diffusion, Reponse, Statut

COLONNES = ("rubrique", "rang", "valeur", "statut", "note", "unite", "methode")
# What a spreadsheet would take for a formula: kept as a text by an apostrophe, which reading takes off.
_FORMULA = ("=", "+", "-", "@")


def write_tidy(modele: Modele, answers: Sequence[Reponse]) -> str:
    """The answers in the order of the model, as text: numbers with a comma, choices and statuses by their codes."""
    order = {line.code: place for place, line in enumerate(modele.rubriques)}
    output = io.StringIO()
    writer = csv.writer(output, delimiter=";", lineterminator="\n")
    writer.writerow(COLONNES)
    for answer in sorted(answers, key=lambda one: (order.get(one.rubrique.partition(".")[0], len(order)), one.rang)):
        line = modele.rubrique(answer.rubrique)
        value = _escape(answer.texte or "") if answer.valeur is None else _number(line, answer.valeur)
        cells = (value, answer.statut.value, _escape(answer.note or ""), answer.unite or "", answer.methode or "")
        writer.writerow((answer.rubrique, answer.rang or "", *cells))
    return output.getvalue()


def read_tidy(path: Path, modele: Modele, cle: Cle, contexte: Contexte | None = None) -> Saisie:
    """The deposit that a tidy CSV holds, with every problem. Raises DataError when the file is no such table."""
    answers: list[Reponse] = []
    problems = [
        Constat(ERREUR, f"{kind} dans le nom du fichier", "un nom sans donnée personnelle", "renommer le fichier")
        for kind in {one.nature for one in in_file_name(path.name)}
    ]

    def tell(problem: Problem) -> None:
        problems.append(Constat(ERREUR, problem.message, "", problem.conseil or "", cellule=f"ligne {problem.ligne}"))

    misread = len(problems)
    for number, cells, _ in read_rows(path, COLONNES, tell):
        try:
            answers.append(_answer(modele, cells))
        except Illisible as error:
            place = f"ligne {number}"
            found, wanted, advice = error.trouve, error.attendu, error.conseil
            problems.append(Constat(ERREUR, found, wanted, advice, cellule=place, rubrique=shown(cells["rubrique"])))
    wrong = len(problems) - misread
    state = "non comprise" if wrong else "lue" if answers else "vide"
    receipt = [Partie(path.name, state, len(answers), 0, wrong)]
    return make_saisie(cle, modele.version, answers, problems + check_answers(modele, cle, answers, contexte), receipt)


def _number(line: Rubrique | None, value: float) -> str:
    if line is not None and line.genre is Genre.OUI_NON:
        return "oui" if value else "non"
    return f"{value:.10f}".rstrip("0").rstrip(".").replace(".", ",")


def _escape(text: str) -> str:
    written = text.replace("\\", "\\\\").replace("\n", "\\n")
    return f"'{written}" if written.startswith((*_FORMULA, "'")) else written


def _unescape(text: str) -> str:
    plain = text.removeprefix("'")
    return plain.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")


def _answer(modele: Modele, cells: dict[str, str]) -> Reponse:
    code, rank = cells["rubrique"], cells["rang"] or "0"
    line = modele.rubrique(code)
    if line is None:
        wanted = f"une rubrique de « {modele.libelle} »"
        raise Illisible(f"rubrique « {shown(code)} »", wanted, "corriger le code, ou retirer cette ligne")
    if not (rank.isascii() and rank.isdecimal() and len(rank) < 6):
        raise Illisible(f"rang « {shown(rank)} »", "un nombre entier, ou rien", "corriger le rang")
    value, text = None, None
    if cells["valeur"]:
        written = _unescape(cells["valeur"]) if line.genre not in NOMBRES else cells["valeur"]
        if line.genre is Genre.POURCENTAGE and not written.endswith("%"):
            written += " %"
        value, text = read_value(line, written)
    public = line.diffusion == "public" or line.publique_par_la_loi
    return Reponse(
        rubrique=code,
        rang=int(rank),
        valeur=value,
        texte=text,
        statut=read_status(cells["statut"]) if cells["statut"] else Statut.RENSEIGNE,
        note=read_note(_unescape(cells["note"])) if cells["note"] else None,
        unite=cells["unite"] or None,
        methode=cells["methode"] or None,
        diffusion=Diffusion.PUBLIC if public else Diffusion.RESEAU,
    )
