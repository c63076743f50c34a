"""Where each thing of a model stands in its workbook: the one plan that the writer fills and the reader compares.

Sheets: a cover, one per chapter followed by its repeatable tables, the checks, and a hidden one that says again which
deposit it is and holds the lists. Nothing is merged, nothing stands outside the plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from etl.saisies.modeles import Chapitre, Choix, Genre, Modele, Rubrique
from etl.saisies.valeurs import GENRES, STATUTS, write_value
from etl.typography import fold
from registre.records import Cle, Reponse, Statut

COUVERTURE, CONTROLES, CACHEE = "À lire", "Contrôles", "_observatoire"
PROPRIETES = ("modele", "version", "territoire", "exercice")
# Where the cover says which deposit it is, one below the other.
IDENTITE_LIGNE, IDENTITE_COLONNE = 4, 2
COLONNES = (
    ("Code", 10),
    ("Rubrique", 38),
    ("Définition et façon de compter", 56),
    ("Unité", 16),
    ("Réponse", 18),
    ("Situation", 16),
    ("Unité choisie", 16),
    ("Compté comment", 18),
    ("Note", 34),
    ("L’an dernier", 16),
)
REPONSE, SITUATION, UNITE, METHODE, NOTE, AVANT = 5, 6, 7, 8, 9, 10
PREMIERE = 5  # the first line of a chapter's sheet
TABLEAU_PREMIERE = 6  # the first row of a table's sheet
LISTES = 4  # in the hidden sheet, the first column of the lists
OUI_NON = (Choix("oui", "oui"), Choix("non", "non"))
_DESCRIPTION = 9  # the row of the cover where the description begins
_FIRST_WAVE = "Première vague, en gras dans les feuilles : à remplir d’abord."
_LABELS = {"modele": "Modèle", "version": "Version", "territoire": "Territoire", "exercice": "Exercice"}
_HELP = (
    "Remplir les cases claires des feuilles qui suivent ; les autres sont protégées, et comparées au modèle.",
    "Une case vide n’est pas un zéro : sans réponse, choisir dans « Situation » non concerné, non suivi ou à venir.",
    "Écrire des valeurs, pas des formules ; ne pas insérer, déplacer ni fusionner de cases.",
    "Aucune donnée sur une personne aidée : ni nom, ni numéro, ni adresse, ni date de naissance.",
    "La feuille « Contrôles » montre ce qui manque ; le contrôle complet se fait au dépôt.",
    "Une note explique ce qui surprend : un saut depuis l’an dernier, un chiffre hors de proportion.",
)


@dataclass(frozen=True)
class Case:
    """A cell of the plan: a fixed text, a formula (``formule``), or a place to answer (``role``).

    ``role``: « reponse », « statut », « unite », « methode », « note ». ``choix``: what its list offers.
    """

    texte: str = ""
    role: str = ""
    rubrique: Rubrique | None = None
    rang: int = 0
    choix: tuple[str, ...] = ()
    formule: str = ""


@dataclass
class Feuille:
    """A sheet of the plan: its cells by (row, column) from 1, its widths, the row of its headers."""

    nom: str
    genre: str
    cases: dict[tuple[int, int], Case] = field(default_factory=dict)
    largeurs: tuple[int, ...] = ()
    entetes: int = 0
    lignes: dict[str, int] = field(default_factory=dict)

    def put(self, row: int, column: int, text: str) -> None:
        """A fixed text, when there is one."""
        if text:
            self.cases[row, column] = Case(text)


def address(row: int, column: int) -> str:
    """« E7 »."""
    return f"{get_column_letter(column)}{row}"


def make_plan(modele: Modele, cle: Cle, nom: str, before: Mapping[str, str]) -> list[Feuille]:
    """The sheets of the workbook of a deposit. ``nom``: of the territory; ``before``: last year's words by line."""
    taken = {fold(one) for one in (COUVERTURE, CONTROLES, CACHEE)}
    chapters = [_chapter(modele, one, _sheet_name(one.libelle, taken), before) for one in modele.chapitres]
    tables = [
        _table(line, _sheet_name(line.libelle, taken)) for line in modele.rubriques if line.genre is Genre.TABLEAU
    ]
    _name_tables(chapters, tables)
    cover = _cover(modele, cle, nom)
    # The tables of a chapter come right after it.
    filled = [sheet for one in chapters for sheet in (one, *(t for t in tables if set(t.lignes) & set(one.lignes)))]
    sheets = [cover, *filled, _checks(modele, chapters, tables)]
    return [*sheets, _hidden(modele, cle, nom, before, lists_of(sheets))]


def lists_of(sheets: Sequence[Feuille]) -> dict[tuple[str, ...], int]:
    """The lists of the cells, and the column of the hidden sheet where each one stands."""
    lists = dict.fromkeys(case.choix for sheet in sheets for case in sheet.cases.values() if case.choix)
    return {words: column for column, words in enumerate(lists, start=LISTES)}


def words_before(modele: Modele, answers: Sequence[Reponse]) -> dict[str, str]:
    """Last year's answers by line, as its workbook shows them; identities and tables left out."""
    words = {}
    for answer in answers:
        line = modele.rubrique(answer.rubrique)
        if line is None or answer.rang > 0 or line.genre in (Genre.IDENTITE, Genre.TABLEAU, Genre.FICHIER):
            continue
        unit = next((f" {one.libelle}" for one in line.unites if one.code == answer.unite), "")
        percent = " %" if line.genre is Genre.POURCENTAGE else ""
        said = write_value(line, answer.valeur, answer.texte)
        words[line.code] = f"{said}{percent}{unit}" if said else STATUTS[answer.statut]
    return words


def _sheet_name(words: str, taken: set[str]) -> str:
    """A name that a spreadsheet accepts, and that no other sheet has."""
    clean = " ".join(re.sub(r"[\[\]:*?/\\']", " ", words).split())[:28].strip() or "Feuille"
    name, n = clean, 1
    while fold(name) in taken:
        n += 1
        name = f"{clean} {n}"
    taken.add(fold(name))
    return name


def _cover(modele: Modele, cle: Cle, nom: str) -> Feuille:
    sheet = Feuille(COUVERTURE, "couverture", largeurs=(28, 100))
    sheet.put(1, 1, modele.libelle)
    sheet.put(2, 1, nom)
    for offset, (name, value) in enumerate(identity(modele.version, cle).items()):
        sheet.put(IDENTITE_LIGNE + offset, 1, _LABELS[name])
        sheet.put(IDENTITE_LIGNE + offset, IDENTITE_COLONNE, value)
    told = [(words, "") for words in (*_sentences(modele.description), "", *_HELP)]
    first = {line.chapitre for line in modele.rubriques if line.niveau == "premiere"}
    if first:
        told += [("", ""), (_FIRST_WAVE, "")]
        told += [(one.libelle, _first_wave(modele, one)) for one in modele.chapitres if one.code in first]
    for row, (left, right) in enumerate(told, start=_DESCRIPTION):
        sheet.put(row, 1, left)
        sheet.put(row, IDENTITE_COLONNE, right)
    return sheet


def _first_wave(modele: Modele, chapter: Chapitre) -> str:
    return ", ".join(
        line.code for line in modele.rubriques if line.chapitre == chapter.code and line.niveau == "premiere"
    )


def _sentences(text: str) -> list[str]:
    """A text parted after each full stop: a row of a sheet holds one line."""
    return re.split(r"(?<=\.)\s+(?=[A-ZÀ-Ý])", text)


def identity(version: int, cle: Cle) -> dict[str, str]:
    """What the workbook says of itself in three places, by the names of ``PROPRIETES``."""
    values = (cle.modele, str(version), cle.territoire, str(cle.exercice))
    return dict(zip(PROPRIETES, values, strict=True))


def definition_of(line: Rubrique) -> str:
    """The definition, how to count, and the legal reference when it was read."""
    nature = {"flux": "Sur l’année.", "stock": "À la fin de l’année."}.get(line.nature or "", "")
    source = f"Référence : {line.reference}." if line.reference and line.reference_sure else ""
    return " ".join(part for part in (line.definition, line.regle or "", nature, source) if part)


def unit_of(line: Rubrique) -> str:
    """« euros », « % », or what there is to choose."""
    if line.unites:
        return "à choisir"
    natural = {Genre.MONTANT: "euros", Genre.POURCENTAGE: "%"}.get(line.genre, "")
    return line.unite or natural or GENRES[line.genre]


def _chapter(modele: Modele, chapter: Chapitre, name: str, before: Mapping[str, str]) -> Feuille:
    sheet = Feuille(name, "chapitre", largeurs=tuple(width for _, width in COLONNES), entetes=PREMIERE - 1)
    sheet.put(1, 1, chapter.libelle)
    first, *others = _sentences(chapter.introduction)
    sheet.put(2, 1, first)
    sheet.put(3, 1, " ".join(others))
    for column, (words, _) in enumerate(COLONNES, start=1):
        sheet.put(PREMIERE - 1, column, words)
    lines = [line for line in modele.rubriques if line.chapitre == chapter.code]
    for row, line in enumerate(lines, start=PREMIERE):
        sheet.lignes[line.code] = row
        for column, words in enumerate((line.code, line.libelle, definition_of(line), unit_of(line)), start=1):
            sheet.put(row, column, words)
        if line.genre is not Genre.TABLEAU:
            sheet.cases[row, REPONSE] = Case(role="reponse", rubrique=line, choix=_offered(line))
        if line.statuts:
            offered = tuple(STATUTS[Statut(one)] for one in line.statuts)
            sheet.cases[row, SITUATION] = Case(role="statut", rubrique=line, choix=offered)
        for column, role, choices in ((UNITE, "unite", line.unites), (METHODE, "methode", line.methodes)):
            if choices:
                offered = tuple(one.libelle for one in choices)
                sheet.cases[row, column] = Case(role=role, rubrique=line, choix=offered)
        sheet.cases[row, NOTE] = Case(role="note", rubrique=line)
        sheet.put(row, AVANT, before.get(line.code, ""))
    return sheet


def _offered(line: Rubrique) -> tuple[str, ...]:
    """What the list of a cell offers; a cell of several choices has none, which only takes one."""
    if line.genre is Genre.OUI_NON:
        return tuple(one.libelle for one in OUI_NON)
    return tuple(one.libelle for one in line.choix) if line.genre is Genre.CHOIX else ()


_WIDTHS = {Genre.TEXTE: 30, Genre.CHOIX: 30, Genre.CHOIX_MULTIPLE: 40, Genre.TEXTE_LONG: 50}


def _table(line: Rubrique, name: str) -> Feuille:
    widths = (8, *(_WIDTHS.get(column.genre, 20) for column in line.colonnes))
    sheet = Feuille(name, "tableau", largeurs=widths, entetes=TABLEAU_PREMIERE - 2)
    sheet.lignes[line.code] = 0
    sheet.put(1, 1, line.libelle)
    sheet.put(2, 1, definition_of(line))
    sheet.put(TABLEAU_PREMIERE - 3, 1, line.code)
    sheet.put(TABLEAU_PREMIERE - 2, 1, "Ligne")
    for number, column in enumerate(line.colonnes, start=2):
        sheet.put(TABLEAU_PREMIERE - 3, number, column.code)
        sheet.put(TABLEAU_PREMIERE - 2, number, column.libelle)
        sheet.put(TABLEAU_PREMIERE - 1, number, f"{definition_of(column)} ({unit_of(column)})")
    for rank in range(1, line.lignes + 1):
        row = TABLEAU_PREMIERE + rank - 1
        sheet.put(row, 1, str(rank))
        for number, column in enumerate(line.colonnes, start=2):
            sheet.cases[row, number] = Case(role="reponse", rubrique=column, rang=rank, choix=_offered(column))
    return sheet


def _name_tables(chapters: Sequence[Feuille], tables: Sequence[Feuille]) -> None:
    """On the line of a table, where its rows are."""
    for table in tables:
        (code,) = table.lignes
        for chapter in chapters:
            if code in chapter.lignes:
                chapter.put(chapter.lignes[code], REPONSE, f"voir la feuille « {table.nom} »")


def _checks(modele: Modele, chapters: Sequence[Feuille], tables: Sequence[Feuille]) -> Feuille:
    sheet = Feuille(CONTROLES, "controles", largeurs=(30, 30, 60, 28), entetes=3)
    sheet.put(1, 1, "Ce qui manque ou se contredit, tel que le tableur le voit ; aucun chiffre n’est lu ici.")
    for column, words in enumerate(("Feuille", "Code", "Rubrique", "État"), start=1):
        sheet.put(3, column, words)
    row = 4
    for chapter in chapters:
        for code, at in chapter.lignes.items():
            line = modele.rubrique(code)
            if line is None or line.genre is Genre.TABLEAU:
                continue
            answer, status = (f"'{chapter.nom}'!{address(at, column)}" for column in (REPONSE, SITUATION))
            both = f'IF(AND({answer}<>"",{status}<>""),"réponse et situation : choisir",'
            formula = f'={both}IF(AND({answer}="",{status}=""),"sans réponse","rempli"))'
            for column, words in enumerate((chapter.nom, code, line.libelle), start=1):
                sheet.put(row, column, words)
            sheet.cases[row, 4] = Case(formule=formula)
            row += 1
    for table in tables:
        (code,) = table.lignes
        line = modele.rubrique(code)
        if line is None:
            continue
        last = address(TABLEAU_PREMIERE + line.lignes - 1, 2)
        for column, words in enumerate((table.nom, code, "Lignes commencées"), start=1):
            sheet.put(row, column, words)
        formula = f"=COUNTA('{table.nom}'!{address(TABLEAU_PREMIERE, 2)}:{last})"
        sheet.cases[row, 4] = Case(formule=formula)
        row += 1
    for rule in modele.regles:
        for column, words in enumerate(("Règle", rule.code, rule.message, "vérifiée au dépôt"), start=1):
            sheet.put(row, column, words)
        row += 1
    return sheet


def _hidden(
    modele: Modele, cle: Cle, nom: str, before: Mapping[str, str], lists: Mapping[tuple[str, ...], int]
) -> Feuille:
    """Which deposit it is, the name of the territory, last year's words: what the reader needs to draw this plan."""
    sheet = Feuille(CACHEE, "cachee", largeurs=(20, 40))
    values = identity(modele.version, cle) | {"nom": nom}
    for row, (name, value) in enumerate([*values.items(), *before.items()], start=1):
        sheet.put(row, 1, name)
        sheet.put(row, 2, value)
    for words, column in lists.items():
        for row, text in enumerate(words, start=1):
            sheet.put(row, column, text)
    return sheet
