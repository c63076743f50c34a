"""What a French spreadsheet writes, read without guessing: separators, accents, numbers; refused where it is ambiguous.

French Excel separates by semicolons, writes « 7 700,5 » and « Année », and has a « CSV UTF-8 » whose name says commas
and which does not use them. All of that is plain. A number that can be read in two ways, or that Excel has rounded,
is not: it is refused with its cell and what to do in Excel.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from etl import guarded
from etl.errors import DataError, Problem, refusal, shown
from etl.typography import count, fold, number

MAX_BYTES = 64 << 20
# What a spreadsheet can hold: a longer file did not come from one.
MAX_LINES = 1_000_000
SEPARATORS = (";", "\t", ",")
SAVE = (
    "dans Excel : Fichier, Enregistrer sous, type « CSV UTF-8 (délimité par des virgules) » "
    "(Excel en français y met des points-virgules, et c’est lu ainsi)"
)
FORMAT = (
    "dans Excel, sélectionner la colonne, puis Format de cellule, Nombre, sans séparateur de milliers, "
    "et enregistrer de nouveau"
)
WRITE = "écrire un nombre comme 7700 ou 7700,5, sans unité ; « s » pour un secret, « nd » pour un chiffre manquant"

# What a line with nothing in it may still hold.
_BLANK = ' ;,\t"\r\n\ufeff\u00a0'
_SPACES = " \u00a0\u202f\u2009\u2007"
_GROUPED = re.compile(rf"-?[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+(?:[.,][0-9]+)?")
_PLAIN = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
# « 7,700 » is 7.7 in French and 7,700 in English, « 7.700 » the other way round, and French hands write it for 7 700
# whatever the file; « 0,700 » and « 7700,500 » are only one thing.
_THOUSAND_LIKE = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_SCIENTIFIC = re.compile(r"(-?[0-9](?:[.,]([0-9]+))?)[eE]\+?([0-9]{1,2})")
_WHOLE = re.compile(r"([0-9]+)[.,]0+")


class Unreadable(ValueError):
    """Why a cell is not a number, and what to do: two texts in French."""


def read_rows(
    path: Path, columns: tuple[str, ...], tell: Callable[[Problem], None]
) -> Iterator[tuple[int, dict[str, str], bool]]:
    """The rows of a table whose columns are among ``columns``, named whatever the case and the accents.

    Gives the line, the cells by column (stripped, « ="93066" » without its wrapping) and whether its separator is the
    comma. Blank lines are skipped; ``tell`` hears of each line that has not the right number of cells. Raises
    DataError when the file is not such a table.
    """
    text = _text(path)
    separator = _separator(text, columns)
    lines = _lines(path.name, text, separator)
    first, names = next((found for found in lines if not _before_names(found[1])), (1, []))
    header = [fold(name).replace(" ", "_") for name in _trimmed(names)]
    _check_header(path.name, header, names, first, columns)
    for line, row in lines:
        if line > MAX_LINES:
            told = f"plus de {number(MAX_LINES)} lignes"
            raise DataError([Problem(path.name, told, conseil="en faire plusieurs fichiers, un par jeu et par année")])
        cells = _trimmed(row)
        if not cells:
            continue
        if len(cells) > len(header) or len(row) < len(header):
            told = f"{count(max(len(cells), len(row)), 'colonne')} au lieu de {len(header)}"
            advice = "une case contient le séparateur, ou il en manque une : vérifier cette ligne"
            tell(Problem(path.name, told, ligne=line, conseil=advice))
            continue
        padded = cells + [""] * (len(header) - len(cells))
        yield line, {name: _unwrapped(cell) for name, cell in zip(header, padded, strict=True)}, separator == ","


def read_number(cell: str, commas: bool) -> str:
    """« 7 700,5 » → « 7700.5 ». ``commas``: the file's separator is the comma. Raises Unreadable."""
    text, told = cell.replace("\u2212", "-"), f"« {shown(cell)} »"
    if text.startswith("#"):
        raise Unreadable(f"{told} est une erreur de formule d’Excel", f"corriger la formule, ou {WRITE}")
    if _GROUPED.fullmatch(text):
        text = re.sub(f"[{_SPACES}]", "", text)
    elif _THOUSAND_LIKE.fullmatch(text) and (commas or text[-4] == "."):
        whole, part = text[:-4], text[-3:]
        both, mark = f"{whole},{part} ou {number(int(whole + part))}", "." if commas else ","
        raise Unreadable(f"{told} peut se lire {both}", f"écrire {whole}{part}, ou {whole}{mark}{part}0 : {FORMAT}")
    if scientific := _SCIENTIFIC.fullmatch(text):
        mantissa, decimals, exponent = scientific.groups()
        if len(decimals or "") < int(exponent):
            raise Unreadable(f"{told} est arrondi : les derniers chiffres manquent", FORMAT)
        return f"{Decimal(mantissa.replace(',', '.')).scaleb(int(exponent)):f}"
    if not _PLAIN.fullmatch(text):
        raise Unreadable(f"{told} n’est pas un nombre", WRITE)
    return text.replace(",", ".")


def read_code(cell: str) -> str:
    """« 93066.0 » and « 93066,0 », which a spreadsheet makes of 93066, → « 93066 »; any other text as it is."""
    whole = _WHOLE.fullmatch(cell)
    return whole[1] if whole else cell


def _text(path: Path) -> str:
    """The text of the file. Raises DataError when it cannot be read, or is not a text."""
    try:
        if path.is_dir():
            raise DataError([Problem(str(path), "c’est un dossier", conseil="donner le chemin d’un fichier CSV")])
        guarded.require_size(path, path.name, MAX_BYTES)
        content = path.read_bytes()
    except OSError as error:
        found = refusal(error)
        advice = "vérifier le chemin et les droits"
        raise DataError([Problem(str(path), f"impossible de lire : {found.message}", conseil=advice)]) from error
    kind = guarded.kind_of(content[:512])
    if kind in ("zip", "ole"):
        raise DataError([Problem(path.name, "c’est un classeur ou une archive, non un CSV", conseil=SAVE)])
    if kind not in (*guarded.TEXT, "vide"):
        raise DataError([Problem(path.name, f"c’est {guarded.words_of(kind)}, non un CSV", conseil=SAVE)])
    try:
        text = guarded.decode(content, path.name)
    except DataError as error:
        (problem,) = error.problems
        told = f"ce n’est pas un texte en UTF-8 ({problem.message})"
        raise DataError([Problem(path.name, told, ligne=problem.ligne, conseil=SAVE)]) from error
    if "\0" in text:
        line = text.partition("\0")[0].count("\n") + 1
        raise DataError([Problem(path.name, "octet nul : ce n’est pas un texte", ligne=line, conseil=SAVE)])
    return text


def _separator(text: str, columns: tuple[str, ...]) -> str:
    """The separator of the file: the one that parts the names that are expected.

    « sep=; » on the line before the names, which Excel obeys, is obeyed too.
    """
    filled = (line for line in io.StringIO(text, newline=None) if line.strip(_BLANK))
    line = next(filled, "")
    declared = re.fullmatch(r"sep=(.)\s*", line, re.IGNORECASE)
    if declared and declared[1] in SEPARATORS:
        return declared[1]

    def known(separator: str) -> int:
        return sum(fold(name.strip('" ')) in columns for name in line.split(separator))

    best = max(SEPARATORS, key=known)
    return best if known(best) > 1 else ","


def _before_names(row: list[str]) -> bool:
    """Whether a line comes before that of the names: a blank one, or « sep=; »."""
    cells = _trimmed(row)
    return not cells or cells[0].lower().startswith("sep=")


def _lines(name: str, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of the file, each with the number of its first line. Raises DataError at a misplaced quote."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for row in rows:
            if any("\n" in cell or "\r" in cell for cell in row):
                message = "une case court sur plusieurs lignes : un guillemet y est sans doute de trop"
                raise DataError([Problem(name, message, ligne=start, conseil="retirer les guillemets de cette ligne")])
            yield start, row
            start = rows.line_num + 1
    except csv.Error as error:
        words = {
            "unexpected end of data": "un guillemet est ouvert et jamais refermé",
            "field larger": f"une case compte plus de {number(csv.field_size_limit())} caractères",
        }
        message = next((french for english, french in words.items() if english in str(error)), "guillemet mal placé")
        advice = "vérifier les guillemets de cette ligne"
        raise DataError([Problem(name, message, ligne=start, conseil=advice)]) from error


def _trimmed(row: list[str]) -> list[str]:
    """The cells without the spaces around them, nor the empty ones that a spreadsheet leaves at the end."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _unwrapped(cell: str) -> str:
    """« ="93066" », by which some tools keep a spreadsheet from reading a number, → « 93066 »."""
    wrapped = re.fullmatch(r'="([^"]*)"', cell)
    return wrapped[1].strip() if wrapped else cell


def _check_header(name: str, header: list[str], written: list[str], line: int, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in header and column != "type"]
    unknown = [column for column in header if column not in columns]
    if not missing and not unknown and len(set(header)) == len(header):
        return
    found = f"trouvé : {shown(', '.join(cell.strip() for cell in written)) or 'rien'}"
    advice = f"première ligne attendue : {';'.join(columns)}"
    raise DataError([Problem(name, f"colonnes inattendues ({found})", ligne=line, conseil=advice)])
