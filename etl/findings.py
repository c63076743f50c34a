"""What a check of the warehouse finds: how many figures it looked at, and the gaps, told with their numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from etl.typography import count

# More would scroll out of a terminal: the count says how many there are.
SHOWN = 20
SEPARATOR = " ; "


@dataclass(frozen=True)
class Finding:
    """What a check looked at, and the gaps it found, each told in French with its numbers."""

    code: str
    libelle: str
    gravite: str
    examines: int
    objet: str
    ecarts: list[str]

    @property
    def detail(self) -> str:
        """« 2 écarts sur 1 234 chiffres : … ; … »."""
        scope = f"sur {count(self.examines, self.objet)}"
        if not self.ecarts:
            return f"aucun écart {scope}"
        shown = self.ecarts[:SHOWN]
        rest = [f"et {count(len(self.ecarts) - SHOWN, 'autre')}"] if len(self.ecarts) > SHOWN else []
        return f"{count(len(self.ecarts), 'écart')} {scope}\u00a0: " + SEPARATOR.join(shown + rest)


Check = Callable[[duckdb.DuckDBPyConnection, str], Finding]
