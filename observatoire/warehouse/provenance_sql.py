"""The SQL that recomputes a figure from the producers' figures of table ``fait``, written to be read."""

from __future__ import annotations

from dataclasses import dataclass

from etl.formulas import Terme


@dataclass(frozen=True)
class Releve:
    """A producer's figure that was read: ``source`` is the code of a row of table ``source``."""

    territoire: str
    variable: str
    annee: int
    source: str


@dataclass(frozen=True)
class Partie:
    """One side of a formula over territories: ``releves[territoire]`` holds a tuple of factors for each term."""

    nom: str
    termes: tuple[Terme, ...]
    releves: dict[str, tuple[tuple[Releve, ...], ...]]


def write_ratio(parts: list[Partie], factor: str, years: object = None) -> str:
    """Σ numerator / Σ denominator × factor; a sum alone; or the mean yearly growth over ``years``."""
    times = "" if factor == "1" else f"{factor} * "
    if len(parts) == 1:
        return f"SELECT {times}valeur AS valeur FROM (\n{_indented(_sum(parts[0]))}\n)"
    above, under = (_indented(_sum(part)) for part in parts)
    growth = f"{times}(pow(n.valeur / d.valeur, 1.0 / {years}) - 1)"
    result = growth if years else f"{times}n.valeur / d.valeur"
    return (
        f"WITH numerateur AS (\n{above}\n), denominateur AS (\n{under}\n)\n"
        f"SELECT {result} AS valeur FROM numerateur AS n CROSS JOIN denominateur AS d"
    )


def write_weighted(values: Partie, places: list[tuple[str, str]], weights: Partie, factor: str) -> str:
    """Σ value × weight / Σ weight, over the territories where the producer publishes the value.

    ``places``: (territory of the value, territory its weight is read on); they differ for a merged commune whose
    weight is older than the merger.
    """
    times = "" if factor == "1" else f"{factor} * "
    parts = [f"publie AS (\n{_indented(_sum(values, True))}\n)"]
    if all(member == place for member, place in places):
        parts.append(f"poids AS (\n{_indented(_sum(weights, True))}\n)")
    else:
        parts.append(f"lieu (membre, territoire) AS (VALUES\n    {_wrapped_pairs(places)}\n)")
        parts.append(f"pese AS (\n{_indented(_sum(weights, True))}\n)")
        parts.append(
            "poids AS (\n    SELECT lieu.membre AS territoire, sum(pese.valeur) AS valeur\n"
            "    FROM lieu JOIN pese USING (territoire) GROUP BY ALL\n)"
        )
    return (
        f"WITH {', '.join(parts)}\nSELECT {times}sum(v.valeur * p.valeur) / sum(p.valeur) AS valeur\n"
        "FROM publie AS v JOIN poids AS p USING (territoire)"
    )


def _sum(part: Partie, by_territory: bool = False) -> str:
    """The sum of a part's terms over its territories: one SELECT for each set of files read."""
    groups: dict[tuple[tuple[Releve, ...], ...], list[str]] = {}
    for code, terms in part.releves.items():
        nowhere = tuple(tuple(Releve("", r.variable, r.annee, r.source) for r in term) for term in terms)
        groups.setdefault(nowhere, []).append(code)
    selects = [_select(part.termes, read, codes, by_territory) for read, codes in groups.items()]
    if len(selects) == 1:
        return selects[0]
    union = "\nUNION ALL\n".join(selects)
    return union if by_territory else f"SELECT sum(valeur) AS valeur FROM (\n{_indented(union)}\n)"


def _select(
    terms: tuple[Terme, ...], read: tuple[tuple[Releve, ...], ...], codes: list[str], by_territory: bool
) -> str:
    wide = any(len(factors) > 1 for factors in read)
    names = ["coefficient", "variable", "annee", "source"] + (["variable2", "annee2", "source2"] if wide else [])
    rows = []
    for term, factors in zip(terms, read, strict=True):
        cells = [number(term.coefficient)]
        cells += [cell for f in factors for cell in (literal(f.variable), str(f.annee), literal(f.source))]
        rows.append(f"({', '.join(cells + ['NULL'] * (len(names) - len(cells)))})")
    listed = ",\n    ".join(rows)
    head, tail = ("f.territoire, ", "\nGROUP BY f.territoire") if by_territory else ("", "")
    where = f"= {literal(codes[0])}" if len(codes) == 1 else f"IN ({several_lines(codes)})"
    return (
        f"SELECT {head}sum(t.coefficient * f.valeur{_PRODUCT if wide else ''}) AS valeur\n"
        f"FROM (VALUES\n    {listed}\n) AS t ({', '.join(names)})\n"
        f"JOIN fait AS f USING (variable, annee, source){_SECOND if wide else ''}\nWHERE f.territoire {where}{tail}"
    )


_PRODUCT = " * CASE WHEN t.variable2 IS NULL THEN 1 ELSE g.valeur END"
_SECOND = """
LEFT JOIN fait AS g ON (g.variable, g.annee, g.source) = (t.variable2, t.annee2, t.source2)
    AND g.territoire = f.territoire"""


def literal(value: str) -> str:
    """A text as a literal of SQL; its quotes are doubled."""
    return "'" + value.replace("'", "''") + "'"


def number(value: float) -> str:
    """A number as SQL writes it, whole when it is."""
    return repr(int(value)) if value == int(value) else repr(value)


def several_lines(codes: list[str], width: int = 8) -> str:
    """Codes as literals, a few a line."""
    literals = [literal(code) for code in codes]
    lines = [", ".join(literals[n : n + width]) for n in range(0, len(literals), width)]
    return lines[0] if len(lines) == 1 else "\n    " + ",\n    ".join(lines) + "\n"


def _wrapped_pairs(pairs: list[tuple[str, str]], width: int = 3) -> str:
    literals = [f"({literal(a)}, {literal(b)})" for a, b in pairs]
    return ",\n    ".join(", ".join(literals[n : n + width]) for n in range(0, len(literals), width))


def _indented(sql: str) -> str:
    return "\n".join("    " + line for line in sql.splitlines())
