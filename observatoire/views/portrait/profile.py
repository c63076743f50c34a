"""A portrait made ready: a territory's figures beside its references and similar communes, and how they evolve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from observatoire.methods.groups import gather, pooled
from observatoire.methods.overview import KeyFigure, key_figure
from observatoire.methods.portrait import Row, with_gaps, with_similar
from observatoire.methods.ranks import Rank, place_words, rank_communes
from observatoire.methods.similarity import Voisin, find_similar
from observatoire.methods.trend_test import Tendance, assess
from observatoire.records import DEPARTEMENT, Indicateur
from observatoire.views.comparaison.comparison import similarity_scores
from observatoire.warehouse import Warehouse


def make_portrait(warehouse: Warehouse, code: str, membres: Sequence[str] = ()) -> list[Row]:
    """Every indicator of a territory: the rows of portrait.with_gaps, with_similar when ``membres`` (the codes
    of similar communes) are given, and ``tendance`` (a trend_test.Tendance)."""
    cards = warehouse.indicateurs
    gaps = with_gaps(warehouse.profile(code, cards), cards)
    if membres:
        gaps = with_similar(gaps, _together(warehouse, tuple(membres)), cards)
    trends = tendances(warehouse, code)
    return [{**row, "tendance": trends[row["indicateur"]]} for row in gaps]


def _together(warehouse: Warehouse, membres: tuple[str, ...]) -> dict[tuple[str, int], dict[str, float]]:
    """The rates of some communes taken as one territory, each in its latest year (see groups.pooled)."""
    own = set(membres) <= set(warehouse.communes)
    names, latest = warehouse.kept(_latest, tuple(warehouse.communes) if own else membres)
    columns = zip(*(row for commune in membres for row in latest.get(commune, ())), strict=True)
    parts = gather(dict(zip(names, columns, strict=False)), warehouse.indicateurs)
    return pooled(parts, warehouse.indicateurs, membres)


def _latest(warehouse: Warehouse, communes: tuple[str, ...]) -> tuple[list[str], dict[str, list[tuple[Any, ...]]]]:
    """The latest figures of rates, by commune: the names of the columns, the rows."""
    cards = {code: card for code, card in warehouse.indicateurs.items() if not card.effectif}
    found: dict[str, list[tuple[Any, ...]]] = {}
    names: list[str] = []
    for row in warehouse.counts(cards, communes, {card.derniere for card in cards.values()}):
        if row["annee"] == cards[row["indicateur"]].derniere:
            names = list(row)
            found.setdefault(row["territoire"], []).append(tuple(row.values()))
    return names, found


def tendances(warehouse: Warehouse, code: str) -> dict[str, Tendance]:
    """The trend of each indicator of a territory, tested where it can be."""
    regles = warehouse.regles
    testable = [c for c in warehouse.indicateurs if regles[c].tendance or regles[c].incertitude == "wilson_rp"]
    rows: dict[str, list[dict]] = {}
    for row in warehouse.counts(testable, [code]):
        rows.setdefault(row["indicateur"], []).append(row)
    return {c: assess(rows.get(c, []), regles[c]) for c in warehouse.indicateurs}


def similar_to(warehouse: Warehouse, code: str) -> list[Voisin]:
    """The communes of the département most like one, all characteristics weighing the same; none for an EPT."""
    return find_similar(similarity_scores(warehouse, DEPARTEMENT)[0], code) if code in warehouse.communes else []


def ranks(warehouse: Warehouse, indicateur: str, annee: int) -> dict[str, Rank]:
    """The ranks of the communes of the département: code → rank (see ranks.rank_communes)."""
    rows, card = warehouse.figures([indicateur], warehouse.communes, [annee]), warehouse.indicateurs[indicateur]
    return rank_communes(rows, card.sens, card.decimales)


def place_of(warehouse: Warehouse, territoire: str, card: Indicateur, annee: int) -> str:
    """The place of a commune in words (see ranks.place_words); a dash without a figure."""
    found = warehouse.kept(ranks, card.code, annee).get(territoire)
    return place_words(found, card, commune_names(warehouse), len(warehouse.communes)) if found else "–"


def commune_names(warehouse: Warehouse) -> dict[str, str]:
    """The communes of the département: code → name."""
    return {code: commune.nom for code, commune in warehouse.communes.items()}


def key_figures(warehouse: Warehouse, territoire: str, indicateurs: tuple[str, ...]) -> list[KeyFigure]:
    """Those of these indicators that have a figure for a territory, ready to be shown."""
    own, cards = warehouse.counts(indicateurs, (territoire,)), warehouse.indicateurs
    return [found for code in indicateurs if (found := key_figure(own, cards[code]))]
