"""A portrait made ready: a territory's figures beside its references and similar communes, and how they evolve."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from observatoire.comparisons import similarity_values
from observatoire.methods.groups import ENSEMBLE, Reference, reference_rows
from observatoire.methods.portrait import with_gaps, with_similar
from observatoire.methods.similarity import Voisin, find_similar
from observatoire.methods.trend_test import Tendance, assess
from observatoire.warehouse import Warehouse


def make_portrait(house: Warehouse, code: str, membres: Sequence[str] = ()) -> pd.DataFrame:
    """Every indicator of a territory: the frame of portrait.with_gaps, with_similar when ``membres`` (the codes
    of similar communes) are given, and ``tendance`` (a trend_test.Tendance)."""
    cards = house.indicateurs
    gaps = with_gaps(house.profile(code, list(cards)), cards)
    if membres:
        rates = {c: card for c, card in cards.items() if not card.effectif}
        figures = house.figures(rates, membres).merge(gaps[["indicateur", "annee"]], on=["indicateur", "annee"])
        gaps = with_similar(gaps, reference_rows(figures, rates, Reference(ENSEMBLE, "", tuple(membres)), []), cards)
    trends = tendances(house, code)
    return gaps.assign(tendance=[trends[indicateur] for indicateur in gaps["indicateur"]])


def tendances(house: Warehouse, code: str) -> dict[str, Tendance]:
    """The trend of each indicator of a territory, tested where it can be."""
    regles = house.regles
    testable = [c for c in house.indicateurs if regles[c].tendance or regles[c].incertitude == "wilson_rp"]
    rows: dict[str, list[dict]] = {}
    for row in house.figures(testable, [code]).to_dict("records"):
        rows.setdefault(row["indicateur"], []).append(row)
    return {c: assess(rows.get(c, []), regles[c]) for c in house.indicateurs}


def similar_to(house: Warehouse, code: str) -> list[Voisin]:
    """The communes of the département most like one, all characteristics weighing the same; none for an EPT."""
    return find_similar(similarity_values(house, "93")[0], code) if code in house.communes else []
