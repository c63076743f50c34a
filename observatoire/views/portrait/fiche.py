"""The one-page sheet of a territory: what it holds, whatever the file it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from etl.identite import IDENTITE
from observatoire.figures import cite
from observatoire.formats import is_missing
from observatoire.methods import portrait
from observatoire.methods.overview import KeyFigure, key_figure
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.selections import CLES
from observatoire.views.portrait.essentiel import Tete, head
from observatoire.views.portrait.profile import make_portrait, similar_to
from observatoire.warehouse import Warehouse

# What one page holds under the key figures.
LIGNES = 10


@dataclass(frozen=True)
class Fiche:
    """A sheet. ``positions``: lines of the spine chart (see charts.spine); ``reference``: what its spine is.

    ``semblables``: the names of the communes that resemble a commune, the nearest first.
    """

    territoire: Territoire
    identite: str
    communes: tuple[str, ...]
    tete: Tete
    cles: tuple[KeyFigure, ...]
    positions: pd.DataFrame
    reference: str
    source: str
    construit_le: date
    semblables: tuple[str, ...] = ()


def make_fiche(warehouse: Warehouse, code: str) -> Fiche:
    """Gather the sheet of a territory of the département. Raises KeyError for an unknown code."""
    territoire = {t.code: t for t in warehouse.choices}[code]
    cards = warehouse.indicateurs
    voisins = similar_to(warehouse, code)
    gaps = warehouse.kept(make_portrait, code, tuple(v.code for v in voisins))
    spine = "reg" if code == DEPARTEMENT else "dep"
    kept = _spread(gaps, cards, spine)
    shown = [row for row in gaps if row["indicateur"] in kept]
    tete = head(warehouse, code, tuple(v.code for v in voisins))
    told = {item.indicateur for item in (*tete.fragilites, *tete.atouts)}
    own = warehouse.counts(CLES, [code])
    stated = [row for row in gaps if row["indicateur"] in told | set(tete.faits)]
    used = {row["source"] for row in [*shown, *own, *stated] if row["source"]}
    return Fiche(
        territoire=territoire,
        identite=warehouse.identity(territoire),
        communes=tuple(c.code for c in warehouse.communes.values() if code in (c.code, c.code_ept)),
        tete=tete,
        cles=tuple(f for c in CLES if (f := key_figure(own, cards[c]))),
        positions=portrait.spine_rows(shown, cards, spine),
        reference=IDENTITE.region.avec_article if spine == "reg" else "le département",
        source=cite(warehouse.sources[s] for s in sorted(used)),
        construit_le=warehouse.built_on,
        semblables=tuple(warehouse.territoires[v.code].nom for v in voisins),
    )


def _spread(gaps: list[portrait.Row], cards: Mapping[str, Indicateur], spine: str) -> set[str]:
    """Key indicators that can be drawn, taken in turn from each theme until the sheet is full."""
    turns: dict[str, int] = {}
    drawable = []
    for row in gaps:
        card = cards[row["indicateur"]]
        known = not is_missing(row["valeur"]) and row[f"annee_{spine}"] == row["annee"]
        if known and card.phare and not card.effectif:
            turns[card.theme] = turns.get(card.theme, 0) + 1
            drawable.append((turns[card.theme], card.code))
    return {code for _, code in sorted(drawable, key=lambda found: found[0])[:LIGNES]}
