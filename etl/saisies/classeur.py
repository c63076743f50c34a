"""Writes the workbook of a deposit: what there is to answer, beside each cell what it means and last year's answer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from etl.errors import system_told
from etl.saisies.modeles import NOMBRES, Genre, Modele, Rubrique
from etl.saisies.plan import (
    AVANT,
    CACHEE,
    METHODE,
    UNITE,
    Case,
    Feuille,
    address,
    identity,
    lists_of,
    make_plan,
    unit_of,
    words_before,
)
from etl.saisies.valeurs import STATUTS, write_value
from registre.records import Cle, Reponse, Statut

PROPRIETE = "observatoire_"
_FORMATS = {
    Genre.ENTIER: "#,##0",
    Genre.DECIMAL: "#,##0.######",
    Genre.MONTANT: "#,##0.00",
    Genre.POURCENTAGE: "0.00##%",
    Genre.DATE: "DD/MM/YYYY",
}
_INPUT, _HEAD = PatternFill("solid", fgColor="FFF7E0"), PatternFill("solid", fgColor="E4EAF2")
_BOLD, _TITLE = Font(name="Calibri", bold=True), Font(name="Calibri", bold=True, size=14)
_SMALL = Font(name="Calibri", color="7A8494", size=9)
_TOP, _WRAPPED = Alignment(vertical="top"), Alignment(wrap_text=True, vertical="top")
_OPEN = Protection(locked=False)
_THIN = Side(style="thin", color="B8C0CC")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_RULED = Border(bottom=Side(style="hair", color="B8C0CC"))


def write_workbook(
    path: Path,
    modele: Modele,
    cle: Cle,
    nom: str,
    avant: Sequence[Reponse] = (),
    reponses: Sequence[Reponse] = (),
) -> None:
    """Write the workbook (.xlsx) of a deposit at ``path``, whole or not at all.

    ``nom``: of the territory. ``avant``: last year's answers, shown; ``reponses``: those already known, filled in.
    Raises DataError when the place cannot be written.
    """
    book = make_workbook(modele, cle, nom, avant, reponses)
    with system_told(path):
        handle, aside = tempfile.mkstemp(suffix=".xlsx", dir=path.parent)
        os.close(handle)
        try:
            book.save(aside)
            os.chmod(aside, 0o644)
            os.replace(aside, path)
        finally:
            Path(aside).unlink(missing_ok=True)


def make_workbook(
    modele: Modele, cle: Cle, nom: str, avant: Sequence[Reponse] = (), reponses: Sequence[Reponse] = ()
) -> Workbook:
    """The workbook of a deposit; see write_workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    plan = make_plan(modele, cle, nom, words_before(modele, avant))
    known = {(answer.rubrique, answer.rang): answer for answer in reponses}
    lists = {words: _range(words, column) for words, column in lists_of(plan).items()}
    for sheet in plan:
        _write_sheet(book.create_sheet(sheet.nom), sheet, known, lists)
    book[CACHEE].sheet_state = "hidden"
    for name, value in identity(modele.version, cle).items():
        book.custom_doc_props.append(StringProperty(name=PROPRIETE + name, value=value))  # type: ignore[attr-defined]
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.title = modele.libelle
    book.properties.creator = "Observatoire social"
    return book


def _range(words: tuple[str, ...], column: int) -> str:
    """Where a list stands in the hidden sheet."""
    letter = get_column_letter(column)
    return f"'{CACHEE}'!${letter}$1:${letter}${len(words)}"


def _write_sheet(
    page: Worksheet, sheet: Feuille, known: dict[tuple[str, int], Reponse], lists: dict[tuple[str, ...], str]
) -> None:
    rules: dict[tuple, DataValidation] = {}
    for (row, column), case in sheet.cases.items():
        if case.formule:
            page.cell(row, column, case.formule)
        elif case.role and case.rubrique is not None:
            _write_input(page, row, column, case, known.get((case.rubrique.code, case.rang)))
            rule = _validation(case, lists)
            if rule is not None:
                rules.setdefault(_likeness(rule), rule).add(address(row, column))
        else:
            _put(page, row, column, case.texte)
    for rule in rules.values():
        page.add_data_validation(rule)
    _dress(page, sheet)


def _put(page: Worksheet, row: int, column: int, text: str) -> None:
    """A text, never taken for a formula."""
    cell = page.cell(row, column, text)
    cell.data_type = "s"


def _write_input(page: Worksheet, row: int, column: int, case: Case, answer: Reponse | None) -> None:
    cell, line = page.cell(row, column), case.rubrique
    cell.protection, cell.fill, cell.border = _OPEN, _INPUT, _BOX
    cell.alignment = _WRAPPED if case.role != "reponse" or _wordy(line) else _TOP
    if line is not None and case.role == "reponse":
        cell.number_format = _FORMATS.get(line.genre, "@")
    else:
        cell.number_format = "@"
    if answer is None or line is None:
        return
    if case.role == "reponse" and answer.valeur is not None and line.genre in NOMBRES:
        rate = line.genre is Genre.POURCENTAGE
        page.cell(row, column, round(answer.valeur / 100, 12) if rate else answer.valeur)
    elif case.role == "reponse" and line.genre is Genre.DATE and answer.texte:
        page.cell(row, column, date.fromisoformat(answer.texte))
        cell.number_format = _FORMATS[Genre.DATE]
    else:
        text = _words_of(case.role, line, answer)
        if text:
            _put(page, row, column, text)


def _words_of(role: str, line: Rubrique, answer: Reponse) -> str:
    if role == "statut":
        return "" if answer.statut is Statut.RENSEIGNE else STATUTS[answer.statut]
    if role == "note":
        return answer.note or ""
    if role == "unite":
        return next((one.libelle for one in line.unites if one.code == answer.unite), "")
    if role == "methode":
        return next((one.libelle for one in line.methodes if one.code == answer.methode), "")
    return write_value(line, answer.valeur, answer.texte)


def _wordy(line: Rubrique | None) -> bool:
    worded = (Genre.TEXTE, Genre.TEXTE_LONG, Genre.IDENTITE, Genre.CHOIX, Genre.CHOIX_MULTIPLE)
    return line is not None and line.genre in worded


_SAID = {
    Genre.CHOIX_MULTIPLE: "Un ou plusieurs choix, séparés par « ; » : ",
    Genre.FICHIER: "Joindre la pièce dans le formulaire de l’observatoire, et laisser cette case.",
    Genre.IDENTITE: "Fonction ; prénom et nom ; courriel professionnel. Réservé au réseau.",
    Genre.POURCENTAGE: "Un pourcentage, avec son signe : 12,5 %",
    Genre.DATE: "Une date : 31/12/2025",
}


def _validation(case: Case, lists: dict[tuple[str, ...], str]) -> DataValidation | None:
    """What the spreadsheet itself refuses or says; the reader checks everything again."""
    line = case.rubrique
    if case.choix:
        rule = DataValidation(type="list", formula1=lists[case.choix], allow_blank=True)
        rule.error = "Choisir dans la liste."
    elif line is None or case.role != "reponse":
        return None
    elif line.genre in NOMBRES:
        negative = line.bornes[0] is not None and line.bornes[0] < 0
        kind = "whole" if line.genre is Genre.ENTIER else "decimal"
        rule = DataValidation(type=kind, operator="greaterThanOrEqual", formula1="-1E12" if negative else "0")
        rule.error = "Écrire un nombre" + ("." if negative else " positif ou nul.")
        rule.prompt = _SAID.get(line.genre, f"Unité : {unit_of(line)}")
    elif line.genre is Genre.DATE:
        rule = DataValidation(type="date", operator="greaterThanOrEqual", formula1="1")
        rule.error, rule.prompt = "Écrire une date.", _SAID[Genre.DATE]
    elif line.genre in _SAID:
        rule = DataValidation()
        offered = " ; ".join(one.libelle for one in line.choix)
        rule.prompt = (_SAID[line.genre] + offered)[:250]
    else:
        return None
    rule.allow_blank, rule.showErrorMessage, rule.errorTitle = True, True, "Réponse"
    rule.showInputMessage = bool(rule.prompt)
    return rule


def _likeness(rule: DataValidation) -> tuple:
    return rule.type, rule.formula1, rule.prompt, rule.error


_LINE = 15  # points: the height of a line of text
_LONG = 5  # lines of room where a long text is to be written


def _lines(sheet: Feuille) -> dict[int, int]:
    """How many lines of text the rows that wrap take: no spreadsheet works it out for a file that it did not write."""
    rows: dict[int, int] = {}
    for (row, column), case in sheet.cases.items():
        if row >= sheet.entetes > 0:
            width = max(1, int(sheet.largeurs[column - 1] * 0.95))
            wide = case.role == "reponse" and case.rubrique is not None and case.rubrique.genre is Genre.TEXTE_LONG
            room = _LONG if wide else 1
            rows[row] = max(rows.get(row, 1), room, -(-len(case.texte) // width))
    return rows


def _dress(page: Worksheet, sheet: Feuille) -> None:
    for column, width in enumerate(sheet.largeurs, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    wrapped = sheet.genre not in ("couverture", "cachee")
    for at, case in sheet.cases.items():
        row, cell = at[0], page.cell(*at)
        if row == 1:
            cell.font = _TITLE
        elif row == sheet.entetes:
            cell.font, cell.fill, cell.border = _BOLD, _HEAD, _BOX
            cell.alignment = _WRAPPED
        elif row > sheet.entetes and wrapped and not case.role:
            cell.alignment, cell.border = _WRAPPED, _RULED
        elif row < sheet.entetes and row > 2 and sheet.genre == "tableau":
            cell.font = _SMALL
    _embolden(page, sheet)
    for row, lines in _lines(sheet).items():
        page.row_dimensions[row].height = _LINE * lines + 3
    if sheet.entetes:
        page.freeze_panes = address(sheet.entetes + 1, 3 if sheet.genre == "chapitre" else 1)
    if sheet.genre == "chapitre":
        _hide_idle_columns(page, sheet)
    _set_print(page, sheet)
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False
    page.sheet_view.showGridLines = sheet.genre == "cachee"


def _embolden(page: Worksheet, sheet: Feuille) -> None:
    """The code and the title of the lines of the first wave, as the cover says."""
    for (row, _), case in sheet.cases.items():
        if case.role == "note" and case.rubrique is not None and case.rubrique.niveau == "premiere":
            page.cell(row, 1).font = page.cell(row, 2).font = _BOLD


def _hide_idle_columns(page: Worksheet, sheet: Feuille) -> None:
    """The columns of a chapter where no line has anything to choose, nor anything from last year."""
    used = {column for row, column in sheet.cases if row > sheet.entetes}
    for column in (UNITE, METHODE, AVANT):
        page.column_dimensions[get_column_letter(column)].hidden = column not in used


def _set_print(page: Worksheet, sheet: Feuille) -> None:
    """A4, as wide as the page, headers on each page, the name of the sheet at its foot."""
    page.page_setup.orientation = "portrait" if sheet.genre == "controles" else "landscape"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
    foot = page.oddFooter
    if foot is not None and foot.left is not None and foot.right is not None:
        foot.left.text, foot.right.text = "&A", "&P / &N"
    if sheet.entetes:
        page.print_title_rows = f"{sheet.entetes}:{sheet.entetes}"
