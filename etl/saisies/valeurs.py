"""One answer: from what a cell, a CSV or a form holds to a value or a text, and back. Nothing is guessed."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time

from etl.errors import shown
from etl.saisies.modeles import NOMBRES, Choix, Genre, Rubrique
from etl.saisies.personnelles import MESSAGERIES
from etl.tableur import Unreadable, read_number
from etl.typography import exact, fold, number
from registre.records import Statut

STATUTS = {
    Statut.RENSEIGNE: "renseigné",
    Statut.NON_CONCERNE: "non concerné",
    Statut.NON_SUIVI: "non suivi",
    Statut.A_VENIR: "à venir",
}
LONGUEURS = {Genre.TEXTE: 300, Genre.TEXTE_LONG: 5_000, Genre.IDENTITE: 300}
NOTE = 1_000
# Far above any account of a CCAS in euros, far below what a number in a spreadsheet keeps exactly.
PLUS_GRAND = 1e12
GENRES = {
    Genre.ENTIER: "nombre entier",
    Genre.DECIMAL: "nombre",
    Genre.MONTANT: "montant en euros",
    Genre.POURCENTAGE: "pourcentage",
    Genre.DATE: "date",
    Genre.OUI_NON: "oui ou non",
    Genre.CHOIX: "choix",
    Genre.CHOIX_MULTIPLE: "plusieurs choix",
    Genre.TEXTE: "texte court",
    Genre.TEXTE_LONG: "texte",
    Genre.FICHIER: "pièce jointe",
    Genre.IDENTITE: "identité professionnelle",
    Genre.TABLEAU: "tableau",
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FRENCH_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_PERCENT = re.compile(r"(.*[0-9])\s*%")
_YEARS = (1900, 2100)


@dataclass(frozen=True)
class Illisible(ValueError):
    """Why a cell is no answer to a line: what was found, what was expected, what to do (texts in French)."""

    trouve: str
    attendu: str
    conseil: str


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read_value(line: Rubrique, cell: object, percent: bool = False) -> tuple[float | None, str | None]:
    """The value or the text of a cell that is not blank; ``percent``: the cell is formatted in %. Raises Illisible."""
    if isinstance(cell, str):
        cell = clean_text(cell)
        if cell.startswith("#") and cell.rstrip("!?").isupper() and len(cell) < 10:
            raise _unreadable(cell, line, "corriger la formule, puis écrire sa valeur")
    if line.genre in NOMBRES:
        return _read_number(line, cell, percent), None
    if line.genre is Genre.DATE:
        return None, _read_date(line, cell)
    if line.genre is Genre.OUI_NON:
        return _read_yes(line, cell), None
    if not isinstance(cell, str):
        raise _unreadable(_said(cell), line, "écrire un texte : mettre la case au format « Texte »")
    if line.genre is Genre.CHOIX:
        return None, read_choice(cell, line.choix, "un choix de la liste")
    if line.genre is Genre.CHOIX_MULTIPLE:
        codes = [read_choice(one, line.choix, "des choix de la liste, séparés par « ; »") for one in _parts(cell)]
        if len(set(codes)) < len(codes):
            raise Illisible(f"« {shown(cell)} » : un choix y est deux fois", "chaque choix une fois", "en retirer un")
        return None, " ; ".join(codes)
    return None, _read_text(line, cell)


def write_value(line: Rubrique, valeur: float | None, texte: str | None) -> str:
    """An answer as a person reads and types it: « 1234,5 », « 12/03/2025 », « oui », the words of a choice."""
    if valeur is not None:
        if line.genre is Genre.OUI_NON:
            return "oui" if valeur else "non"
        return f"{valeur:.10f}".rstrip("0").rstrip(".").replace(".", ",")
    if texte is None:
        return ""
    if line.genre is Genre.DATE:
        year, month, day = texte.split("-")
        return f"{day}/{month}/{year}"
    if line.genre in (Genre.CHOIX, Genre.CHOIX_MULTIPLE):
        words = {one.code: one.libelle for one in line.choix}
        return " ; ".join(words.get(code.strip(), code.strip()) for code in texte.split(";"))
    return texte


def read_choice(text: str, choices: tuple[Choix, ...], wanted: str) -> str:
    """The code of the choice that has these words or this code. Raises Illisible."""
    cleaned = clean_text(text)
    for one in choices:
        if cleaned == one.code or fold(cleaned) == fold(one.libelle):
            return one.code
    offered = ", ".join(f"« {one.libelle} »" for one in choices)
    raise Illisible(f"« {shown(cleaned)} »", wanted, f"choisir parmi {offered}")


def read_status(text: str) -> Statut:
    """The status that has these words. Raises Illisible."""
    for status, words in STATUTS.items():
        if fold(text).replace("_", " ") in (fold(words), status.value.replace("_", " ")):
            return status
    offered = ", ".join(f"« {words} »" for words in list(STATUTS.values())[1:])
    raise Illisible(f"« {shown(text)} »", "une situation de la liste", f"choisir parmi {offered}, ou laisser vide")


def read_note(cell: object) -> str:
    """A note. Raises Illisible."""
    if not isinstance(cell, str):
        raise Illisible(_said(cell), "un texte", "écrire la note en mots")
    text = clean_text(cell)
    if len(text) > NOTE:
        raise Illisible(f"une note de {number(len(text))} caractères", f"au plus {number(NOTE)}", "la raccourcir")
    return text


def clean_text(text: str) -> str:
    """A text without the spaces around it, its ends of line as « \\n ». Raises Illisible at a control character."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\n\t":
            raise Illisible(f"un caractère illisible (U+{ord(char):04X})", "un texte", "l’effacer et le retaper")
    return text


def _parts(text: str) -> list[str]:
    return [one for one in text.split(";") if one.strip()] or [text]


def _said(cell: object) -> str:
    """What a cell shows, as a person reads it."""
    if isinstance(cell, bool):
        return "vrai" if cell else "faux"
    if isinstance(cell, (int, float)):
        return exact(cell) if abs(cell) < 1e15 else f"{cell:g}"
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)


def _unreadable(found: str, line: Rubrique, advice: str) -> Illisible:
    return Illisible(f"« {shown(found)} »", GENRES[line.genre], advice)


def _read_number(line: Rubrique, cell: object, percent: bool) -> float:
    if isinstance(cell, (bool, date, time)) or not isinstance(cell, (int, float, str)):
        raise _unreadable(_said(cell), line, "écrire un nombre, et mettre la case au format « Nombre »")
    rate = line.genre is Genre.POURCENTAGE
    if isinstance(cell, str):
        value = _typed_number(line, cell, rate)
    elif rate:
        if not percent:
            told = f"« {_said(cell)} », sans le format « Pourcentage »"
            raise Illisible(told, "pourcentage", "écrire 12,5 % (avec le signe), la case au format « Pourcentage »")
        value = round(float(cell) * 100, 10)
    elif percent:
        told = f"« {_said(cell * 100)} % »"
        raise Illisible(told, GENRES[line.genre], "écrire le nombre sans %, la case au format « Nombre »")
    else:
        value = float(cell)
    if not math.isfinite(value) or abs(value) > PLUS_GRAND:
        raise _unreadable(_said(cell), line, "vérifier le nombre : il est plus grand que tout ce qui se compte ici")
    if line.genre is Genre.ENTIER and not value.is_integer():
        raise _unreadable(_said(cell), line, "écrire un nombre sans décimales")
    return value + 0.0  # « -0 » is 0


def _typed_number(line: Rubrique, text: str, rate: bool) -> float:
    """A number written as a text; a percentage then shows its sign."""
    signed = _PERCENT.fullmatch(text)
    if bool(signed) != rate:
        advice = "écrire 12,5 % (avec le signe)" if rate else "écrire le nombre seul, sans %"
        raise _unreadable(text, line, advice)
    try:
        return float(read_number(signed[1].strip() if signed else text, commas=False))
    except Unreadable as error:
        raise _unreadable(text, line, "écrire un nombre comme 7700 ou 7700,5, sans unité") from error


def _read_date(line: Rubrique, cell: object) -> str:
    advice = "écrire une date comme 31/12/2025, la case au format « Date »"
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, str):
        french, iso = _FRENCH_DATE.fullmatch(cell), _ISO_DATE.fullmatch(cell)
        parts = [int(part) for part in (french.groups()[::-1] if french else iso.groups() if iso else ())]
        try:
            cell = date(*parts)
        except (TypeError, ValueError) as error:
            raise _unreadable(str(cell), line, advice) from error
    if isinstance(cell, datetime) or not isinstance(cell, date):
        raise _unreadable(_said(cell), line, advice)
    if not _YEARS[0] <= cell.year <= _YEARS[1]:
        raise _unreadable(_said(cell), line, "vérifier l’année")
    return cell.isoformat()


def _read_yes(line: Rubrique, cell: object) -> float:
    if isinstance(cell, bool):
        return float(cell)
    words = {"oui": 1.0, "non": 0.0}
    if isinstance(cell, str) and fold(cell) in words:
        return words[fold(cell)]
    raise _unreadable(_said(cell), line, "choisir oui ou non dans la liste")


def _read_text(line: Rubrique, text: str) -> str:
    if line.genre is Genre.TABLEAU:
        raise _unreadable(text, line, "remplir les lignes du tableau")
    if line.genre is Genre.FICHIER:
        if not _SHA256.fullmatch(text):
            wanted = "l’empreinte d’une pièce déjà jointe (64 caractères)"
            raise Illisible(f"« {shown(text)} »", wanted, "joindre la pièce dans le formulaire, et laisser cette case")
        return text
    longest = LONGUEURS[line.genre]
    if len(text) > longest:
        raise Illisible(f"{number(len(text))} caractères", f"au plus {number(longest)}", "raccourcir ce texte")
    if line.genre is not Genre.TEXTE_LONG and ("\n" in text or "\t" in text):
        raise _unreadable(text, line, "l’écrire sur une seule ligne, sans tabulation")
    return _read_identity(text) if line.genre is Genre.IDENTITE else text


def _read_identity(text: str) -> str:
    """« Fonction ; Prénom Nom ; courriel », the e-mail being that of the work."""
    wanted = "fonction ; prénom et nom ; courriel professionnel"
    parts = [part.strip() for part in text.split(";")]
    if len(parts) != 3 or not all(parts):
        raise Illisible(f"« {shown(text)} »", wanted, "écrire les trois, séparés par « ; »")
    function, name, mail = parts
    if not _MAIL.fullmatch(mail):
        raise Illisible(f"« {shown(mail)} »", wanted, "écrire un courriel complet, en troisième")
    if mail.rpartition("@")[2].lower() in MESSAGERIES:
        told = f"« {shown(mail)} », une messagerie personnelle"
        raise Illisible(told, wanted, "donner l’adresse professionnelle")
    return f"{function} ; {name} ; {mail}"
