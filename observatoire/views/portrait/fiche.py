"""The one-page sheet of a territory: what it holds, whatever the file it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from etl.identite import IDENTITE
from observatoire.figures import cite
from observatoire.methods import portrait
from observatoire.methods.overview import KeyFigure, key_figure
from observatoire.records import DEPARTEMENT, Territoire
from observatoire.selections import CLES
from observatoire.views.portrait.profile import make_portrait, similar_to
from observatoire.warehouse import Warehouse

LIGNES = 12


@dataclass(frozen=True)
class Phrase:
    """A sentence that stands out; ``atout``: a strength rather than a difficulty."""

    texte: str
    atout: bool


@dataclass(frozen=True)
class Fiche:
    """A sheet. ``positions``: lines of the spine chart (see charts.spine); ``reference``: what its spine is.

    ``semblables``: the names of the communes that resemble a commune, the nearest first.
    """

    territoire: Territoire
    identite: str
    communes: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    cles: tuple[KeyFigure, ...]
    positions: pd.DataFrame
    reference: str
    source: str
    construit_le: date
    semblables: tuple[str, ...] = ()


def make_fiche(house: Warehouse, code: str) -> Fiche:
    """Gather the sheet of a territory of the département. Raises KeyError for an unknown code."""
    territoire = {t.code: t for t in house.choices}[code]
    cards = house.indicateurs
    voisins = similar_to(house, code)
    gaps = make_portrait(house, code, [v.code for v in voisins])
    spine = "reg" if code == DEPARTEMENT else "dep"
    shown = gaps[gaps["indicateur"].isin(_spread(gaps, house, spine))]
    phrases = tuple(
        Phrase(portrait.row_sentence(row, territoire, cards[row["indicateur"]], house.territoires) or "", row["atout"])
        for row in portrait.highlights(gaps, cards).to_dict("records")
    )
    own = house.figures(CLES, [code])
    used = set(shown["source"].dropna()) | set(own["source"].dropna())
    return Fiche(
        territoire=territoire,
        identite=house.identity(territoire),
        communes=tuple(c.code for c in house.communes.values() if code in (c.code, c.code_ept)),
        phrases=phrases,
        cles=tuple(f for c in CLES if (f := key_figure(own, cards[c]))),
        positions=portrait.spine_rows(shown, cards, spine),
        reference=IDENTITE.region.avec_article if spine == "reg" else "le département",
        source=cite(house.sources[s] for s in sorted(used)),
        construit_le=house.built_on,
        semblables=tuple(house.territoires[v.code].nom for v in voisins),
    )


def _spread(gaps: pd.DataFrame, house: Warehouse, spine: str) -> list[str]:
    """Key indicators that can be drawn, taken in turn from each theme until the sheet is full."""
    cards = house.indicateurs
    drawable = gaps[
        gaps["valeur"].notna()
        & (gaps[f"annee_{spine}"] == gaps["annee"])
        & gaps["indicateur"].map(lambda c: cards[c].phare and not cards[c].effectif)
    ]
    themes = drawable["indicateur"].map(lambda c: cards[c].theme)
    turn = drawable.groupby(themes, sort=False).cumcount()
    return list(drawable.assign(tour=turn).sort_values("tour", kind="stable")["indicateur"].head(LIGNES))
