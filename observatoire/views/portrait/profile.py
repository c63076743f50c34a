"""A portrait made ready: a territory's figures beside its references and similar communes, and how they evolve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from observatoire.methods import portrait
from observatoire.methods.groups import ENSEMBLE, Reference, reference_rows
from observatoire.methods.overview import KeyFigure, key_figure
from observatoire.methods.portrait import with_gaps, with_similar
from observatoire.methods.ranks import Rank, rank_communes
from observatoire.methods.similarity import Voisin, find_similar
from observatoire.methods.trend_test import Tendance, assess
from observatoire.records import DEPARTEMENT
from observatoire.views.comparaison.comparison import similarity_scores
from observatoire.warehouse import Warehouse

_BORNES = ("borne_basse", "borne_haute")


def make_portrait(house: Warehouse, code: str, membres: Sequence[str] = ()) -> pd.DataFrame:
    """Every indicator of a territory: the frame of portrait.with_gaps, with_similar when ``membres`` (the codes
    of similar communes) are given, and ``tendance`` (a trend_test.Tendance)."""
    cards = house.indicateurs
    gaps = with_gaps(house.profile(code, list(cards)), cards)
    if membres:
        rates = {c: card for c, card in cards.items() if not card.effectif}
        years = dict(zip(gaps["indicateur"], gaps["annee"], strict=True))
        found = house.counts(rates, membres, set(years.values()))
        rows = [row for row in found if row["annee"] == years.get(row["indicateur"])]
        group = reference_rows(_frame(rows), rates, Reference(ENSEMBLE, "", tuple(membres)), [])
        gaps = with_similar(gaps, group, cards)
    trends = tendances(house, code)
    gaps = gaps.assign(tendance=[trends[indicateur] for indicateur in gaps["indicateur"]])
    return gaps.copy()  # its columns gathered: each later choice of rows then costs a tenth


def _frame(rows: list[dict]) -> pd.DataFrame:
    numbers = dict.fromkeys(("valeur", "numerateur", "denominateur", "arrondi", "marge", *_BORNES), "float64")
    columns = ["territoire", "indicateur", "annee", "statut", *numbers]
    return pd.DataFrame(rows, columns=columns).astype(numbers)


def tendances(house: Warehouse, code: str) -> dict[str, Tendance]:
    """The trend of each indicator of a territory, tested where it can be."""
    regles = house.regles
    testable = [c for c in house.indicateurs if regles[c].tendance or regles[c].incertitude == "wilson_rp"]
    rows: dict[str, list[dict]] = {}
    for row in house.counts(testable, [code]):
        rows.setdefault(row["indicateur"], []).append(row)
    return {c: assess(rows.get(c, []), regles[c]) for c in house.indicateurs}


def similar_to(house: Warehouse, code: str) -> list[Voisin]:
    """The communes of the département most like one, all characteristics weighing the same; none for an EPT."""
    return find_similar(similarity_scores(house, DEPARTEMENT)[0], code) if code in house.communes else []


def ranks(house: Warehouse, indicateur: str, annee: int) -> dict[str, Rank]:
    """The ranks of the communes of the département: code → rank (see ranks.rank_communes)."""
    rows = house.figures([indicateur], house.communes, [annee])
    return rank_communes(rows, house.indicateurs[indicateur].sens)


def key_figures(house: Warehouse, territoire: str, indicateurs: tuple[str, ...]) -> list[KeyFigure]:
    """Those of these indicators that have a figure for a territory, ready to be shown."""
    own, cards = house.figures(indicateurs, (territoire,)), house.indicateurs
    return [found for code in indicateurs if (found := key_figure(own, cards[code]))]


def highlights(house: Warehouse, territoire: str, membres: tuple[str, ...]) -> list[dict[str, Any]]:
    """What stands out of a territory (see methods.portrait.highlights), as rows."""
    gaps = house.kept(make_portrait, territoire, membres)
    return portrait.highlights(gaps, house.indicateurs).to_dict("records")
