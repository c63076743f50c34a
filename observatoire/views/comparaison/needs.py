"""The composite index of needs made ready from the warehouse, for the page, the workbook and whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from etl.identite import IDENTITE
from observatoire.methods.needs_index import (
    DOMAINES,
    Domaine,
    compose,
    contributions,
    domain_scores,
    index_values,
    rank_intervals,
)
from observatoire.methods.relation import Relation, spearman
from observatoire.methods.similarity import values_table
from observatoire.records import DEPARTEMENT
from observatoire.warehouse import Warehouse

BASES = {
    "idf": f"Communes {IDENTITE.region.de} de plus de 5 000 habitants",
    DEPARTEMENT: "Communes du département",
}
# Published figures that are not in the index by default: does it say what they say?
TEMOINS = ("REV01", "EDU03", "SAN04")
# An indicator is used in the latest year in which this part of the base has a figure.
PART = 0.75
# Domain → the indicators that it takes.
Retenus = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Choices:
    """What a reader may change: the base, the weight of each domain, the indicators of each domain."""

    base: str = "idf"
    poids: tuple[tuple[str, float], ...] = tuple((domain.code, 1.0) for domain in DOMAINES)
    indicateurs: Retenus = tuple((d.code, tuple(d.indicateurs)) for d in DOMAINES)


@dataclass(frozen=True)
class Needs:
    """The communes of the département: ``indice``, ``scores`` and ``parts`` by domain, ``rangs``; indicators' years."""

    indice: pd.Series
    scores: pd.DataFrame
    parts: pd.DataFrame
    rangs: pd.DataFrame
    annees: dict[str, int]
    temoins: dict[str, Relation]
    domaines: tuple[Domaine, ...]
    base: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The indicators of the index that have figures."""
        return tuple(dict.fromkeys(c for d in self.domaines for c in d.indicateurs if c in self.annees))


def directions(warehouse: Warehouse) -> dict[str, int]:
    """Indicators that say a need by themselves: +1 when high means more needs, −1 when high means fewer."""
    signs = {"defavorable": 1, "favorable": -1}
    return {c.code: signs[c.sens] for c in warehouse.indicateurs.values() if c.sens in signs and not c.effectif}


def options(warehouse: Warehouse, domain: Domaine) -> list[str]:
    """The indicators that a domain may take: its own first."""
    return list(dict.fromkeys((*domain.indicateurs, *directions(warehouse))))


def make_needs(warehouse: Warehouse, choices: Choices) -> Needs:
    """Compute the index. When the domains that remain all weigh 0, they weigh the same."""
    domains = compose(dict(choices.indicateurs), directions(warehouse))
    values, years, scores = warehouse.kept(_scored, choices.base, choices.indicateurs)
    communes, wanted = list(warehouse.communes), {c for domain in domains for c in domain.indicateurs}
    weights = _weights(domains, dict(choices.poids))
    index = index_values(scores, weights)
    witnesses = {c: spearman(index, values.loc[communes, c]) for c in TEMOINS if c in years and c not in wanted}
    return Needs(
        index,
        scores,
        contributions(scores, weights),
        rank_intervals(scores, weights),
        years,
        witnesses,
        domains,
        choices.base,
    )


def _scored(
    warehouse: Warehouse, base: str, indicateurs: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[pd.DataFrame, dict[str, int], pd.DataFrame]:
    """What does not depend on the weights: the figures, their years, the scores of the domains."""
    codes = list(warehouse.region_communes if base == "idf" else warehouse.communes)
    domains = compose(dict(indicateurs), directions(warehouse))
    wanted = tuple(dict.fromkeys(c for domain in domains for c in domain.indicateurs))
    values, years = values_table(warehouse.covered((*wanted, *TEMOINS), codes, PART), codes, PART)
    scores = domain_scores(values[[c for c in wanted if c in years]], codes, domains)[0]
    return values, years, scores.loc[list(warehouse.communes)]


def _weights(domains: Sequence[Domaine], given: Mapping[str, float]) -> dict[str, float]:
    found = {domain.code: given[domain.code] for domain in domains}
    return found if any(found.values()) else dict.fromkeys(found, 1.0)
