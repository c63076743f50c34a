"""Where a figure comes from: the producer's figures it rests on, and one SQL query that recomputes it.

The query reads table ``fait`` (figures as published, at the geography of their file) and follows the road of
etl/transform: the territory's own figures when the producer gives them, else the sum over the former communes of a
merged one, else over the communes of an EPT or of a département; Σ numerators / Σ denominators.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from etl.formulas import Facteur, Terme, fill_vintage, parse_formula
from observatoire.warehouse import Warehouse
from observatoire.warehouse.provenance_sql import (
    Partie,
    Releve,
    literal,
    number,
    several_lines,
    write_ratio,
    write_weighted,
)

Facts = dict[tuple[str, str, int], list[tuple[str, float | None, str]]]


@dataclass(frozen=True)
class Trace:
    """The origin of a figure.

    ``ligne``: its row of ``observation``; ``fiche``: its row of ``indicateur``; ``formules``: (part, words, formula
    with its vintage filled in), the « effectif minimal » without which there is no value among them; ``sources``: the
    codes of the files read; ``requete``: the SQL query, which gives one row and one column ``valeur`` when the figure
    has a value, else the figures that explain its absence.
    """

    ligne: dict[str, Any]
    fiche: dict[str, Any]
    formules: tuple[tuple[str, str, str], ...]
    sources: tuple[str, ...]
    requete: str

    @property
    def a_une_valeur(self) -> bool:
        """True when the query gives the figure itself."""
        return self.ligne["valeur"] is not None


def trace(warehouse: Warehouse, territoire: str, indicateur: str, annee: int) -> Trace | None:
    """The origin of a figure; None when the warehouse has no row for it (not even an absence)."""
    rows = warehouse.rows(
        "SELECT * FROM observation WHERE territoire = $t AND indicateur = $i AND annee = $a",
        {"t": territoire, "i": indicateur, "a": annee},
    )
    if not rows:
        return None
    row = rows[0]
    card = warehouse.rows("SELECT * FROM indicateur WHERE code = $i", {"i": indicateur})[0]
    reader = _Reader(warehouse, row, card)
    query = reader.query() if row["valeur"] is not None else reader.query_of_absence()
    sources = {str(row["source"]), *reader.used_sources()} | ({str(d)} if (d := row["source_denominateur"]) else set())
    return Trace(row, card, _formulas(card, row), tuple(sorted(sources)), query)


def recompute(warehouse: Warehouse, found: Trace) -> float | None:
    """What the printed query answers; None for an absence."""
    return float(warehouse.rows(found.requete)[0]["valeur"]) if found.a_une_valeur else None


def dated_formula(texte: str, annee: int) -> str:
    """A formula with its vintage filled in, offsets included: ``P{aa}_POP[-6]`` of 2022 → ``P16_POP``.

    A name without vintage keeps its year in brackets: ``insee_etat_civil.naissances[2021]``.
    """

    def fill(match: re.Match[str]) -> str:
        name, year = match[1], annee + int(match[2])
        return fill_vintage(name, year) if "{aa" in name else f"{name}[{year}]"

    return fill_vintage(re.sub(r"([\w.{}]+)\[(-?\d+)\]", fill, texte), annee)


def _below_year(row: dict[str, Any]) -> int:
    """The year of the denominator or of the weight."""
    return row["annee"] if row["annee_denominateur"] is None else row["annee_denominateur"]


def _formulas(card: dict[str, Any], row: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """The parts of the formula: name, words, and the formula as the producer writes it for its year."""
    year, below = row["annee"], _below_year(row)
    found = []
    for name, key, of in (("numérateur", "numerateur", year), ("dénominateur", "denominateur", below)):
        if card[key]:
            found.append((name, str(card[f"{key}_libelle"] or ""), dated_formula(str(card[key]), of)))
    if card["poids"]:
        found.append(("poids", str(card["poids_libelle"] or ""), dated_formula(str(card["poids"]), below)))
    found = found if len(found) > 1 else [("valeur", words, formula) for _, words, formula in found]
    if card["base"]:
        found.append(("effectif minimal", str(card["base_libelle"]), dated_formula(str(card["base"]), year)))
    return tuple(found)


class _Reader:
    """Finds which figures of ``fait`` a row of ``observation`` rests on, and writes the query."""

    def __init__(self, warehouse: Warehouse, row: dict[str, Any], card: dict[str, Any]) -> None:
        self.row, self.card = row, card
        self.code, self.annee, self.below = str(row["territoire"]), int(row["annee"]), _below_year(row)
        self.above = parse_formula(str(card["numerateur"]))
        under = card["denominateur"] or card["poids"]
        self.under = parse_formula(str(under)) if under else ()
        self.base = parse_formula(str(card["base"])) if card["base"] else ()
        self.tree = _family(warehouse, self.code)
        preferred = [s for s in (row["source"], row["source_denominateur"]) if s]
        self.codes = sorted({self.code, *(child for children in self.tree.values() for child in children)})
        self.facts = _facts(warehouse, self._needs(), self.codes, [str(s) for s in preferred])

    def _needs(self) -> set[tuple[str, int]]:
        pairs = {(f.variable, self.annee + f.decalage) for t in (*self.above, *self.base) for f in t.facteurs}
        return pairs | {(f.variable, self.below + f.decalage) for t in self.under for f in t.facteurs}

    def used_sources(self) -> set[str]:
        """The files that the figures were read in."""
        return {r.source for part in self._parts() for terms in part.releves.values() for t in terms for r in t}

    def query(self) -> str:
        """The query that recomputes the figure."""
        factor = number(float(self.card["facteur"]))
        if self.card["poids"] and (weighted := self._weighted()):
            return write_weighted(*weighted, factor)
        parts = self._parts()
        return write_ratio(parts, factor, self.card["duree"] if self.card["forme"] == "evolution" else None)

    def query_of_absence(self) -> str:
        """The figures that explain why there is no value: their status, and their value where there is one."""
        pairs = ",\n    ".join(f"({literal(v)}, {y})" for v, y in sorted(self._needs()))
        return (
            f"WITH lu (variable, annee) AS (VALUES\n    {pairs}\n)\n"
            "SELECT f.territoire, t.nom, f.variable, f.annee, f.valeur, f.statut, f.source\n"
            "FROM lu JOIN fait AS f USING (variable, annee)\nJOIN territoire AS t ON t.code = f.territoire\n"
            f"WHERE f.territoire IN ({several_lines(self.codes)})\nORDER BY f.variable, f.annee, f.territoire"
        )

    def _parts(self) -> list[Partie]:
        """Numerator and denominator, each over the territories it was added from."""
        single = bool(self.card["poids"]) or not self.under
        above = self._resolve("numérateur", self.above, self.annee, self.code)
        if single:
            return [above] if above else []
        under = self._resolve("dénominateur", self.under, self.below, self.code)
        return [part for part in (above, under) if part]

    def _weighted(self) -> tuple[Partie, list[tuple[str, str]], Partie] | None:
        """Values, (member, territory its weight is read on), weights; None when the value is the producer's own."""
        if self._direct(self.above, self.annee, self.code):
            return None
        weigh = partial(self._resolve, "poids", self.under, self.below)
        leaves = self._leaves(self.code, lambda c: bool(self._direct(self.above, self.annee, c)) and bool(weigh(c)))
        values = {leaf: self._direct(self.above, self.annee, leaf) or () for leaf in leaves}
        weights = {leaf: part for leaf in leaves if (part := weigh(leaf))}
        places = [(leaf, place) for leaf, part in weights.items() for place in part.releves]
        merged = {place: terms for part in weights.values() for place, terms in part.releves.items()}
        return Partie("valeur", self.above, values), places, Partie("poids", self.under, merged)

    def _resolve(self, name: str, terms: tuple[Terme, ...], year: int, code: str) -> Partie | None:
        leaves = self._leaves(code, lambda c: self._direct(terms, year, c) is not None)
        if not leaves:
            return None
        return Partie(name, terms, {leaf: self._direct(terms, year, leaf) or () for leaf in leaves})

    def _leaves(self, code: str, known: Callable[[str], bool]) -> list[str]:
        """The territory itself when ``known``, else those of its children that are, in the order of the codes."""
        if known(code):
            return [code]
        return [leaf for child in self.tree.get(code, ()) for leaf in self._leaves(child, known)]

    def _direct(self, terms: tuple[Terme, ...], year: int, code: str) -> tuple[tuple[Releve, ...], ...] | None:
        """The figures of each term on this very territory; None when one is absent or has no value."""
        found = []
        for term in terms:
            factors = [self._best(code, factor, year) for factor in term.facteurs]
            if any(f is None for f in factors):
                return None
            found.append(tuple(f for f in factors if f))
        return tuple(found)

    def _best(self, code: str, factor: Facteur, year: int) -> Releve | None:
        at = year + factor.decalage
        known = [s for s, value, _ in self.facts.get((code, factor.variable, at), []) if value is not None]
        return Releve(code, factor.variable, at, known[0]) if known else None


def _family(warehouse: Warehouse, code: str) -> dict[str, list[str]]:
    """What a territory is the sum of, and what each of these is the sum of."""
    kept, waiting = {}, [code]
    while waiting:
        current = waiting.pop()
        if current in warehouse.members:
            kept[current] = warehouse.members[current]
            waiting += kept[current]
    return kept


def _facts(warehouse: Warehouse, needs: set[tuple[str, int]], codes: list[str], preferred: list[str]) -> Facts:
    """The producers' figures for these variables and years on these territories, the source to prefer first."""
    rows = warehouse.rows(
        """
        SELECT f.territoire, f.variable, f.annee, f.source, f.valeur, f.statut FROM fait AS f
        WHERE f.variable IN (SELECT unnest($variables)) AND f.annee IN (SELECT unnest($annees))
          AND f.territoire IN (SELECT unnest($territoires))
        ORDER BY coalesce(list_position($preferees, f.source), 99), f.source
        """,
        {
            "variables": sorted({variable for variable, _ in needs}),
            "annees": sorted({year for _, year in needs}),
            "territoires": codes,
            "preferees": preferred,
        },
    )
    facts: Facts = {}
    for row in rows:
        read = facts.setdefault((row["territoire"], row["variable"], row["annee"]), [])
        read.append((row["source"], row["valeur"], row["statut"]))
    return facts
