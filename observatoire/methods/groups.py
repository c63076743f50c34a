"""Groups of communes, and what a group says as a reference: its median, itself as one territory, itself without one.

A group taken as one territory is Σ numerators / Σ denominators, never a mean of rates; it is refused as soon as the
figure of a member is missing, secret or a bound. The median is that of the members that have a figure: the middle
commune, not a mean of medians.

Where the members' figures have bounds the reference has its own: five communes are surveyed as one is, only more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from observatoire import formats
from observatoire.frames import only
from observatoire.mesures import Mesure

MEDIANE, ENSEMBLE, AUTRES = "mediane", "ensemble", "autres"
STATISTIQUES = (MEDIANE, ENSEMBLE, AUTRES)
# The median of two is their mean, which is no one’s figure.
MINIMUM_MEDIANE = 3
_BORNES = ("borne_basse", "borne_haute")
Columns = Mapping[str, Sequence[Any]]
_LUES = (
    "territoire",
    "indicateur",
    "annee",
    "valeur",
    "statut",
    "numerateur",
    "denominateur",
    "arrondi",
    "marge",
    *_BORNES,
)
_RIEN = dict.fromkeys(("valeur", "arrondi", "marge", *_BORNES), math.nan)
# Bands of population in which a commune finds others of its size; the last one is open.
TAILLES = (0, 15_000, 30_000, 50_000, 80_000)


@dataclass(frozen=True)
class Reference:
    """What figures are compared with: a territory, or a statistic of a group (``membres``: its communes' codes)."""

    code: str
    nom: str
    membres: tuple[str, ...] = ()

    @property
    def is_group(self) -> bool:
        """True for a statistic of a group of communes."""
        return self.code in STATISTIQUES

    @property
    def court(self) -> str:
        """A short name, for charts."""
        words = {MEDIANE: "Médiane du groupe", ENSEMBLE: "Ensemble du groupe", AUTRES: "Ensemble des autres"}
        return words.get(self.code, self.nom)

    def row_code(self, territoire: str) -> str:
        """Under which « territory » the reference of this territory is found in the rows of figures."""
        return f"{AUTRES}:{territoire}" if self.code == AUTRES else self.code


def size_band(population: float) -> tuple[int, int | None]:
    """The band of population of a commune: lower bound included, upper bound excluded (None: open)."""
    position = max(n for n, low in enumerate(TAILLES) if population >= low)
    return TAILLES[position], TAILLES[position + 1] if position + 1 < len(TAILLES) else None


def same_size(populations: Mapping[str, float], code: str) -> list[str]:
    """The communes of the same band of population as ``code``, itself included, in the order of ``populations``."""
    low, high = size_band(populations[code])
    return [c for c, people in populations.items() if people >= low and (high is None or people < high)]


def reference_rows(
    figures: pd.DataFrame, cards: Mapping[str, Mesure], reference: Reference, territoires: Sequence[str]
) -> pd.DataFrame:
    """The rows of figures of a group reference: territoire (see ``row_code``), indicateur, annee, valeur, statut,
    arrondi, marge (those that the members' own roundings leave), borne_basse, borne_haute (NaN unless every member has
    both).

    ``figures``: rows of ``observation`` of the members. ``territoires``: those that are compared (``autres`` has one
    reference for each of them). Empty for a territory: its rows are already among the figures.
    """
    columns = ["territoire", "indicateur", "annee", "valeur", "statut", "arrondi", "marge", *_BORNES]
    own = figures[figures["territoire"].isin(reference.membres) & figures["indicateur"].isin(list(cards))]
    if not reference.is_group or own.empty:
        return pd.DataFrame(columns=columns)
    frames = [_level(reference_figures(_columns(own), cards, reference), reference.code)]
    if reference.code == AUTRES:
        parts = gather(_columns(own), cards)
        frames += [_level(pooled(parts, cards, reference.membres, c), reference.row_code(c)) for c in territoires]
    found = pd.concat(frames, ignore_index=True)
    return only(found.assign(statut=np.where(found["valeur"].isna(), "non_calculable", "calcule")), columns)


def reference_figures(
    columns: Columns, cards: Mapping[str, Mesure], reference: Reference
) -> dict[tuple[str, int], dict[str, float]]:
    """What a group says, by indicator and year: its median, or all its members as one territory."""
    if reference.code == MEDIANE:
        return medians(columns)
    return pooled(gather(columns, cards), cards, reference.membres)


def _columns(own: pd.DataFrame) -> Columns:
    return {name: own[name].tolist() for name in _LUES if name in own}


def _level(whole: Mapping[tuple[str, int], Mapping[str, float]], code: str) -> pd.DataFrame:
    """The figures of ``pooled`` as rows, in the order of their keys."""
    rows = [{"territoire": code, "indicateur": key[0], "annee": key[1], **whole[key]} for key in sorted(whole)]
    return pd.DataFrame(rows)


def medians(columns: Columns) -> dict[tuple[str, int], dict[str, float]]:
    """The median by indicator and year: valeur, arrondi, marge, borne_basse, borne_haute.

    ``columns``: see ``gather``. NaN under three figures, or when the median falls on a bound: what lies under it is not
    known. It is the figure of a member, or the middle of two: it is known no better than the coarsest of them. Its own
    bounds are the medians of the members' bounds: where each true figure is within its bounds, the true median is
    within them.
    """
    groups: dict[tuple[str, int], list[int]] = {}
    for n, key in enumerate(zip(columns["indicateur"], map(int, columns["annee"]), strict=True)):
        groups.setdefault(key, []).append(n)
    amounts = {name: _numbers(columns, name) for name in _RIEN}
    bound = [statut == "censure" for statut in columns["statut"]]
    found = {}
    for key, members in groups.items():
        every = {name: [column[n] for n in members] for name, column in amounts.items()}
        known = [n for n in members if not math.isnan(amounts["valeur"][n])]
        level, held = math.nan, [amounts["valeur"][n] for n in known if bound[n]]
        if len(known) >= MINIMUM_MEDIANE:
            level = median(amounts["valeur"][n] for n in known)
        sure = not math.isnan(level) and not (held and level <= max(held))
        low, high = ([amounts[name][n] for n in known] for name in _BORNES)
        bounded = sure and not any(map(math.isnan, [*low, *high]))
        found[key] = {
            "valeur": level if sure else math.nan,
            "arrondi": _coarsest(every["arrondi"]),
            "marge": _coarsest(every["marge"]),
            "borne_basse": median(low) if bounded else math.nan,
            "borne_haute": median(high) if bounded else math.nan,
        }
    return found


def _coarsest(values: Sequence[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=math.nan)


def _numbers(columns: Columns, name: str) -> list[float]:
    """A column as numbers, an absence as NaN; all of it when it is not there."""
    if name not in columns:
        return [math.nan] * len(columns["indicateur"])
    return np.asarray(columns[name], dtype=float).tolist()


@dataclass(frozen=True)
class Parts:
    """What each member brings, as tables of one line a key (indicator, year) and one column a member; 0 without a row.

    ``haut`` over ``bas`` (1 for a sum), and ``sur``, 1 when it can be added, else 0. ``flou``: its rounding margin ×
    ``bas``; Σ flou / Σ bas is the margin of the whole (each margin is a / bas, where a is the error of the numerator).
    ``dessous``, ``dessus``: the squares of its margins times ``bas``, NaN without bounds.
    """

    cles: list[tuple[str, int]]
    territoires: list[str]
    haut: np.ndarray
    bas: np.ndarray
    sur: np.ndarray
    flou: np.ndarray
    dessous: np.ndarray
    dessus: np.ndarray


def pooled(
    parts: Parts, cards: Mapping[str, Mesure], membres: Sequence[str], without: str | None = None
) -> dict[tuple[str, int], dict[str, float]]:
    """The members as one territory, by indicator and year: Σ numerators / Σ denominators × factor.

    For each key: valeur, arrondi, marge, borne_basse, borne_haute; NaN when the indicator does not add up (medians,
    deciles, indices, weighted approximations) or when a member has no figure. ``without``: a member left out. Bounds:
    members are surveyed apart, so the margin on a side is √Σ (wᵢ × marginᵢ)², where wᵢ is the member's part of the
    denominators.
    """
    kept = np.array([code != without for code in parts.territoires], dtype=bool)
    haut, bas, sur, flou, dessous, dessus = (
        table[:, kept].sum(axis=1).tolist()
        for table in (parts.haut, parts.bas, parts.sur, parts.flou, parts.dessous, parts.dessus)
    )
    expected = len(set(membres) - {without})
    found = {}
    for n, (code, annee) in enumerate(parts.cles):
        whole = expected > 0 and sur[n] == expected and bas[n] > 0
        found[code, annee] = (
            _whole(cards[code], haut[n], bas[n], flou[n], (dessous[n], dessus[n])) if whole else dict(_RIEN)
        )
    return found


def _whole(card: Mesure, haut: float, bas: float, flou: float, squares: tuple[float, float]) -> dict[str, float]:
    """The figure of the whole from the sums of what the members bring."""
    over = 1.0 if card.agregation == "somme" else bas
    if card.agregation == "somme":
        level = haut
    elif card.forme == "evolution" and haut < 0:
        level = math.nan
    elif card.forme == "evolution":
        level = ((haut / bas) ** (1 / float(card.duree or 1)) - 1) * card.facteur
    else:
        level = haut / bas * card.facteur
    blur = flou / over if flou > 0 else math.nan
    bounded = card.forme != "evolution"
    below, above = (math.sqrt(square) / over if bounded else math.nan for square in squares)
    rounding = formats.rang_lisible(blur)
    return {
        "valeur": level,
        "arrondi": math.nan if rounding is None else rounding,
        "marge": blur,
        "borne_basse": level - below,
        "borne_haute": level + above,
    }


def gather(columns: Columns, cards: Mapping[str, Mesure]) -> Parts:
    """What each member brings, from the columns of rows of ``observation`` (territoire, indicateur, annee, valeur,
    statut, numerateur, denominateur, and where they are known marge, borne_basse, borne_haute); an absence is None or
    NaN."""
    keys = list(zip(columns["indicateur"], map(int, columns["annee"]), strict=True))
    cles, places = list(dict.fromkeys(keys)), list(dict.fromkeys(columns["territoire"]))
    lines, across = ({name: n for n, name in enumerate(names)} for names in (cles, places))
    at = (
        np.array([lines[key] for key in keys], dtype=int),
        np.array([across[place] for place in columns["territoire"]], dtype=int),
    )
    unknown = [None] * len(keys)
    value, top, bottom, blur, low, high = (
        np.array(columns.get(name, unknown), dtype=float)
        for name in ("valeur", "numerateur", "denominateur", "marge", "borne_basse", "borne_haute")
    )
    rules = [cards[code].agregation for code in columns["indicateur"]]
    total = np.array([rule == "somme" for rule in rules], dtype=bool)
    adds = np.array([rule in ("somme", "ratio") for rule in rules], dtype=bool)
    exact = np.array([statut != "censure" for statut in columns["statut"]], dtype=bool)
    top, bottom = np.where(total, value, top), np.where(total, 1.0, bottom)
    sure = adds & exact & ~np.isnan(value) & ~np.isnan(top) & ~np.isnan(bottom)

    def spread(amounts: np.ndarray) -> np.ndarray:
        table = np.zeros((len(cles), len(places)))
        table[at] = amounts
        return table

    return Parts(
        cles,
        places,
        haut=spread(np.where(sure, top, 0.0)),
        bas=spread(np.where(sure, bottom, 0.0)),
        sur=spread(sure.astype(float)),
        flou=spread(np.where(sure, np.nan_to_num(blur * bottom), 0.0)),
        dessous=spread(((value - low) * bottom) ** 2),
        dessus=spread(((high - value) * bottom) ** 2),
    )
