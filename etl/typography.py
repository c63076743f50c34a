"""French spaces, put once in what readers will see: cards are typed with plain spaces."""

from __future__ import annotations

import re

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
