"""The formulas of the catalogue, written in the producers' own column names.

Grammar: sums and differences of terms; a term is a product of numbers and of at most two variables,
divided by numbers only; parentheses; a year offset in brackets, ``insee_etat_civil.naissances[-1]``.
``P{aa}_POP`` is one variable whose vintage is a parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<nombre>\d+(?:\.\d+)?)|(?P<nom>[A-Za-z_][A-Za-z0-9_.{}]*)(?:\[(?P<decalage>-?\d+)\])?|(?P<signe>[-+*/()]))"
)


class InvalidFormula(ValueError):
    """The formula does not follow the grammar; the message is in French."""


@dataclass(frozen=True)
class Facteur:
    """A variable of a formula, read ``decalage`` years away from the indicator's year (0 or negative)."""

    variable: str
    decalage: int = 0


@dataclass(frozen=True)
class Terme:
    """``coefficient`` × the product of one or two variables."""

    coefficient: float
    facteurs: tuple[Facteur, ...]


def parse_formula(texte: str) -> tuple[Terme, ...]:
    """Expand a formula into its terms, in reading order. Raises InvalidFormula."""
    tokens = _tokenize(texte)
    terms, rest = _read_sum(tokens, 0)
    if rest != len(tokens):
        raise InvalidFormula(f"« {texte} » : « {tokens[rest][1]} » n’est pas attendu ici")
    for term in terms:
        if not term.facteurs:
            raise InvalidFormula(f"« {texte} » : une constante seule n’est pas un terme")
        if len(term.facteurs) > 2:
            raise InvalidFormula(f"« {texte} » : un terme multiplie au plus deux variables")
    return tuple(terms)


def variables_of(texte: str) -> set[str]:
    """The names of the variables of a formula."""
    return {factor.variable for term in parse_formula(texte) for factor in term.facteurs}


def fill_vintage(texte: str, annee: int) -> str:
    """The formula as the producer writes it for one year: ``P{aa}_POP`` → ``P22_POP``."""
    return texte.replace("{aa}", f"{annee % 100:02d}").replace("{aaaa}", str(annee))


def _tokenize(texte: str) -> list[tuple[str, str, int]]:
    tokens, position, stripped = [], 0, texte.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise InvalidFormula(f"« {texte} » : caractère inattendu « {stripped[position:].strip()[:1]} »")
        kind = str(match.lastgroup) if match.lastgroup != "decalage" else "nom"
        tokens.append((kind, match.group(kind), int(match.group("decalage") or 0)))
        position = match.end()
    if not tokens:
        raise InvalidFormula("formule vide")
    return tokens


def _read_sum(tokens: list[tuple[str, str, int]], at: int) -> tuple[list[Terme], int]:
    terms, at = _read_product(tokens, at)
    while at < len(tokens) and tokens[at][1] in "+-":
        sign = -1.0 if tokens[at][1] == "-" else 1.0
        more, at = _read_product(tokens, at + 1)
        terms = terms + [Terme(sign * t.coefficient, t.facteurs) for t in more]
    return terms, at


def _read_product(tokens: list[tuple[str, str, int]], at: int) -> tuple[list[Terme], int]:
    terms, at = _read_atom(tokens, at)
    while at < len(tokens) and tokens[at][1] in "*/":
        divide = tokens[at][1] == "/"
        others, at = _read_atom(tokens, at + 1)
        if divide:
            if len(others) != 1 or others[0].facteurs or others[0].coefficient == 0:
                raise InvalidFormula("on ne divise que par un nombre non nul")
            others = [Terme(1 / others[0].coefficient, ())]
        terms = [Terme(a.coefficient * b.coefficient, a.facteurs + b.facteurs) for a in terms for b in others]
    return terms, at


def _read_atom(tokens: list[tuple[str, str, int]], at: int) -> tuple[list[Terme], int]:
    if at >= len(tokens):
        raise InvalidFormula("la formule s’arrête trop tôt")
    kind, text, offset = tokens[at]
    if kind == "nombre":
        return [Terme(float(text), ())], at + 1
    if kind == "nom":
        return [Terme(1.0, (Facteur(text, offset),))], at + 1
    if text == "-":
        terms, at = _read_atom(tokens, at + 1)
        return [Terme(-t.coefficient, t.facteurs) for t in terms], at
    if text == "(":
        terms, at = _read_sum(tokens, at + 1)
        if at >= len(tokens) or tokens[at][1] != ")":
            raise InvalidFormula("parenthèse non fermée")
        return terms, at + 1
    raise InvalidFormula(f"« {text} » n’est pas attendu ici")
