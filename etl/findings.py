"""What a check of the warehouse finds: how many figures it looked at, and the gaps, told with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from etl.typography import INSECABLE, count

# More would scroll out of a terminal: the count says how many there are.
SHOWN = 20


@dataclass(frozen=True)
class Gap:
    """A gap: the codes of the indicators it is about, if it is about some, and what is said of them in French."""

    texte: str
    indicateurs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return gap_words(self.texte, self.indicateurs)


@dataclass(frozen=True)
class Finding:
    """What a check looked at, and the gaps it found."""

    code: str
    libelle: str
    gravite: str
    examines: int
    objet: str
    ecarts: list[Gap]

    @property
    def detail(self) -> str:
        """« 2 écarts sur 1 234 chiffres : … ; … »."""
        scope = scope_words(len(self.ecarts), self.examines, self.objet)
        return f"{scope}{INSECABLE}: {' ; '.join(first_gaps(self.ecarts, str))}" if self.ecarts else scope


def examine(
    con: duckdb.DuckDBPyConnection, sql: str, wrong: str, order: str, parameters: Mapping[str, Any] | None = None
) -> tuple[int, list[tuple]]:
    """How many rows ``sql`` gives, and those that are ``wrong``, in ``order``: the others never leave the database."""
    rows = con.execute(
        f"""
        WITH vu AS MATERIALIZED ({sql}), faux AS (SELECT *, TRUE AS trouve FROM vu WHERE {wrong})
        SELECT n, faux.* FROM (SELECT count(*) AS n FROM vu) LEFT JOIN faux ON TRUE ORDER BY {order}
        """,
        parameters or {},
    ).fetchall()
    return rows[0][0], [row[1:-1] for row in rows if row[-1]]


Check = Callable[[duckdb.DuckDBPyConnection, str], Finding]


def scope_words(gaps: int, examined: int, unit: str) -> str:
    """« 2 écarts sur 1 234 chiffres », « aucun écart sur 12 sommes »."""
    return f"{count(gaps, 'écart') if gaps else 'aucun écart'} sur {count(examined, unit)}"


def gap_words(text: str, indicators: Sequence[str], names: Mapping[str, str] | None = None) -> str:
    """« REV02 2021 : 0 commune »; with ``names`` (code → label), « Taux de pauvreté (REV02) 2021 : 0 commune »."""
    known = names or {}
    subject = " et ".join(f"{known[code]} ({code})" if code in known else code for code in indicators)
    if not subject or not text:
        return subject or text
    return f"{subject}{INSECABLE if text.startswith(':') else ' '}{text}"


def first_gaps(gaps: Sequence[Any], words: Callable[[Any], str]) -> list[str]:
    """The first gaps in words, and how many others there are."""
    rest = [f"et {count(len(gaps) - SHOWN, 'autre')}"] if len(gaps) > SHOWN else []
    return [words(gap) for gap in gaps[:SHOWN]] + rest
