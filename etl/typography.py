"""French spaces and numbers, the same in the messages of the ETL and in what the application shows.

The application may know the ETL, which knows nothing of it: what both write is here, and ``observatoire.formats`` adds
what only readers see (units, absences, gaps, dates). Cards are typed with plain spaces.
"""

from __future__ import annotations

import math
import re
import unicodedata

INSECABLE, FINE = "\u00a0", "\u202f"
# How Python writes a number → how the French do.
_FRANCAIS = str.maketrans({",": FINE, ".": ",", "-": "−"})

_RULES = (
    # Not after a year: « en 2021 614 IRIS » is no number of seven figures.
    (re.compile(r"(?<=\d)(?<!\d{4}) (?=\d{3}(?!\d))"), FINE),
    (re.compile(r" (?=[;!?])"), FINE),
    (re.compile(r" (?=[:»%€≈])|(?<=«) "), INSECABLE),
    (re.compile(r"\b1er\b"), "1ᵉʳ"),
)


def insecables(texte: str) -> str:
    """« pour 1 000 habitants : 12 % » with its no-break spaces; a text already set is left as it is."""
    for pattern, space in _RULES:
        texte = pattern.sub(space, texte)
    return texte


def round_half_up(value: float, decimals: int) -> float:
    """Commercial rounding, the one readers check by hand (12,25 → 12,3), immune to binary representation."""
    scale = 10.0**decimals
    rounded = math.floor(abs(value) * scale + 0.5 + 1e-9) / scale
    return math.copysign(rounded, value) if rounded else 0.0


def number(value: float, decimals: int = 0, signed: bool = False) -> str:
    """``1234.5`` → « 1 234,5 », with a fine no-break space and a true minus sign; rounded as ``round_half_up`` does."""
    rounded = round_half_up(value, decimals) if math.isfinite(value) else value
    return f"{rounded:{'+' if signed else ''},.{max(decimals, 0)}f}".translate(_FRANCAIS)


def exact(value: float) -> str:
    """``2089.0`` → « 2 089 », ``0.25`` → « 0,25 »: the decimals that the value has, and no other."""
    return number(value, len(f"{value:.6f}".rstrip("0").partition(".")[2]))


def majuscule(texte: str) -> str:
    """First letter in capital, the rest untouched."""
    return texte[:1].upper() + texte[1:]


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
