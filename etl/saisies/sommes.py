"""The sums between lines of a model that its readers know, since its rules say them: what secrecy must not forget."""

from __future__ import annotations

import re

from etl.saisies.modeles import Modele
from etl.saisies.secret import Relation

_SIDE = r"\s*([A-Z][A-Z0-9_]*(?:\s*\+\s*[A-Z][A-Z0-9_]*)*)\s*"
_RULE = re.compile(rf"{_SIDE}(=|>=|<=){_SIDE}")


def known_sums(modele: Modele) -> tuple[Relation, ...]:
    """« A = B + C », « A >= B » (« dont ») between counts of people, among the rules that stop a deposit: those hold in
    all that is published. A rule that only asks for a note may be broken."""
    found = []
    for rule in modele.regles:
        read = _RULE.fullmatch(rule.expression)
        if read is None or rule.gravite != "erreur":
            continue
        left, sign, right = _codes(read[1]), read[2], _codes(read[3])
        total, parts = (right, left) if sign == "<=" or (sign == "=" and len(right) == 1) else (left, right)
        lines = [modele.rubrique(code) for code in (*total, *parts)]
        if len(total) == 1 and all(line is not None and line.compte_de_personnes for line in lines):
            found.append(Relation(total[0], parts, sign == "="))
    return tuple(found)


def _codes(side: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in side.split("+"))
