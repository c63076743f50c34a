"""French spaces, put once in what readers will see: cards are typed with plain spaces."""

from __future__ import annotations

import re
import unicodedata

INSECABLE, FINE = "\u00a0", "\u202f"

_RULES = (
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), FINE),
    (re.compile(r" (?=[;!?])"), FINE),
    (re.compile(r" (?=[:»%€])|(?<=«) "), INSECABLE),
)


def typeset(texte: str) -> str:
    """« pour 1 000 habitants : 12 % » with its no-break spaces; a text already set is left as it is."""
    for pattern, space in _RULES:
        texte = pattern.sub(space, texte)
    return texte


def number(value: float, decimals: int = 0, signed: bool = False) -> str:
    """``1234.5`` → « 1 234,5 », with a fine no-break space and a true minus sign."""
    text = f"{value:{'+' if signed else ''},.{decimals}f}"
    return text.replace(",", FINE).replace(".", ",").replace("-", "−")


def exact(value: float) -> str:
    """``2089.0`` → « 2 089 », ``0.25`` → « 0,25 »: the decimals that the value has, and no other."""
    return number(value, len(f"{value:.6f}".rstrip("0").partition(".")[2]))


def count(quantity: int, noun: str) -> str:
    """« 1 écart », « 1 234 écarts »: the first word of the noun agrees."""
    first, *rest = noun.split(" ")
    plural = first if quantity < 2 else first + "s"
    return f"{number(quantity)}{INSECABLE}{' '.join([plural, *rest])}"


def fold(texte: str) -> str:
    """« L’Île-Saint-Denis » → « l ile saint denis »: how names are compared, however they were typed.

    Neither case, nor accents, nor hyphens and apostrophes count; « st » and « ste » are « saint » and « sainte ».
    """
    bare = unicodedata.normalize("NFD", texte.lower().replace("œ", "oe"))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    words = re.sub(r"[\s'’`\-‐‑–]+", " ", letters).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)
