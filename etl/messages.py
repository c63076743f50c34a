"""What the catalogue's refusals say: the words of tomllib and of pydantic, in French, with the field and the value."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from etl.errors import Problem
from etl.typography import count, exact

# What to look at, by the words that tomllib begins with.
_TOML = (
    (
        ("Unterminated string", "Illegal character", "Expected '\"'"),
        'un texte commence et finit par un guillemet droit (")',
    ),
    (("Expected ']]'", "Expected ']'"), "un bloc s’ouvre par deux crochets et se ferme de même : [[bloc]]"),
    (("Expected '='",), "un champ s’écrit « nom = valeur », son nom sans espace ni accent"),
    (
        ("Expected newline",),
        'un champ par ligne, un nombre avec un point ; dans un texte, écrire « » et non des guillemets droits (")',
    ),
    (("Unclosed array",), "une liste se ferme par un crochet, ses valeurs séparées par des virgules"),
    (("Unescaped", "Invalid hex", "Escaped"), "dans un texte, doubler la barre oblique inverse"),
    (("Cannot", "Duplicate"), "ce champ ou ce bloc est écrit deux fois : n’en garder qu’un"),
    (
        ("Invalid value", "Invalid date"),
        'un texte se met entre guillemets droits ("), un nombre s’écrit avec un point, une date AAAA-MM-JJ',
    ),
    (
        ("Invalid statement", "Invalid initial"),
        "une ligne est un [[bloc]], un champ « nom = valeur » ou un commentaire qui commence par #",
    ),
)

# What a field's text must look like, where it must.
_FORMES = {
    "code": "trois majuscules puis deux ou trois chiffres, comme « EMP01 »",
    "equivalent": "trois majuscules puis deux ou trois chiffres, comme « EMP01 »",
    "sha256": "64 caractères, chiffres ou lettres de a à f",
    "si": "un signe, une espace, un nombre, comme « <= 5 »",
}


def _at_least(unit: str, key: str = "min_length") -> Callable[[str, dict[str, Any]], str]:
    return lambda told, ctx: f"{told} est trop court, au moins {count(ctx[key], unit)}"


def _at_most(unit: str, key: str = "max_length") -> Callable[[str, dict[str, Any]], str]:
    return lambda told, ctx: f"{told} est trop long, au plus {count(ctx[key], unit)}"


def _not(what: str) -> Callable[[str, dict[str, Any]], str]:
    return lambda told, ctx: f"{told} n’est pas {what}"


_ENTIER, _NOMBRE = "un nombre entier", "un nombre (écrit sans guillemets, avec un point)"
_TEXTE, _OUI_NON = 'un texte (entre guillemets droits ")', "« true » ou « false »"
_LISTE, _BLOC, _DATE = "une liste (entre crochets)", "un bloc de champs", "une date (AAAA-MM-JJ, sans guillemets)"

# One sentence for each type of error of pydantic that a card can meet.
SENTENCES: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "missing": lambda told, ctx: "champ obligatoire absent",
    "extra_forbidden": lambda told, ctx: "champ inconnu",
    "value_error": lambda told, ctx: str(ctx["error"]),
    "literal_error": lambda told, ctx: f"{told} est hors de la liste permise ({_choices(ctx['expected'])})",
    "string_pattern_mismatch": lambda told, ctx: f"{told} n’a pas la forme attendue",
    "string_too_short": _at_least("caractère"),
    "string_too_long": _at_most("caractère"),
    "too_short": lambda told, ctx: f"liste trop courte, au moins {count(ctx['min_length'], 'valeur')}",
    "greater_than_equal": lambda told, ctx: f"{told} est trop petit, le minimum est {exact(ctx['ge'])}",
    "less_than_equal": lambda told, ctx: f"{told} est trop grand, le maximum est {exact(ctx['le'])}",
    "int_type": _not(_ENTIER),
    "int_parsing": _not(_ENTIER),
    "int_parsing_size": _not(_ENTIER),
    "int_from_float": _not(_ENTIER),
    "finite_number": _not(_ENTIER),
    "float_type": _not(_NOMBRE),
    "float_parsing": _not(_NOMBRE),
    "bool_type": _not(_OUI_NON),
    "bool_parsing": _not(_OUI_NON),
    "string_type": _not(_TEXTE),
    "list_type": _not(_LISTE),
    "dict_type": _not(_BLOC),
    "model_type": _not(_BLOC),
    "date_type": _not(_DATE),
    "date_parsing": _not(_DATE),
    "date_from_datetime_parsing": _not(_DATE),
    "date_from_datetime_inexact": _not(_DATE),
}


def toml_problem(name: str, error: tomllib.TOMLDecodeError) -> Problem:
    """Where a file of the catalogue stops being TOML, and what to look at there."""
    said = str(error)
    at = re.search(r"at line (\d+), column (\d+)", said)
    place = f"ligne {at[1]}, colonne {at[2]}" if at else "à la fin du fichier"
    advice = next((hint for starts, hint in _TOML if said.startswith(starts)), None)
    return Problem(
        name,
        f"TOML illisible, {place}",
        conseil=advice or "vérifier les guillemets, les crochets et les signes égal à cet endroit et juste avant",
    )


def in_french(error: ValidationError, fields: Iterable[str] = ()) -> str:
    """Everything that is wrong in a card; ``fields`` are those it may have, to suggest the one that was meant."""
    return " ; ".join(f"{_where(item)} : {_sentence(item, list(fields))}" for item in error.errors())


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like ``name``, if one does."""
    return next(iter(difflib.get_close_matches(name, list(known), 1)), None)


def _where(item: Mapping[str, Any]) -> str:
    """« ruptures n° 1, mot »: the field, and the one inside it."""
    path = ""
    for part in item["loc"]:
        path += f" n° {part + 1}" if isinstance(part, int) else f"{', ' if path else ''}{part}"
    return path or "fiche"


def _sentence(item: Mapping[str, Any], fields: list[str]) -> str:
    kind, field = item["type"], item["loc"][-1] if item["loc"] else ""
    write = SENTENCES.get(kind)
    said = write(_value(item["input"]), item.get("ctx", {})) if write else f"{_value(item['input'])} est refusé"
    if kind == "extra_forbidden" and len(item["loc"]) == 1 and (meant := nearest(str(field), fields)):
        said += f" (peut-être « {meant} »)"
    if kind == "string_pattern_mismatch" and field in _FORMES:
        said += f" ({_FORMES[str(field)]})"
    return said


def _value(value: object) -> str:
    """A value as it is typed in the file, cut when it is long; a list or a block is only named."""
    if isinstance(value, (list, dict)):
        return "une liste" if isinstance(value, list) else "un bloc"
    text = (
        str(value).lower() if isinstance(value, bool) else value.isoformat() if isinstance(value, date) else str(value)
    )
    return f"« {text if len(text) <= 40 else text[:40] + '…'} »"


def _choices(expected: str) -> str:
    return ", ".join(f"« {choice} »" for choice in re.findall(r"'([^']*)'", expected) if choice)
