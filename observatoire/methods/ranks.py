"""The place of a commune among those of its département, in words, with what the figures' own intervals allow.

One way everywhere: by the value (« élevé », « bas »), never by what is favourable, so that a page that draws a map and
one that judges say the same of the same figure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from observatoire import formats
from observatoire.frames import rows_where
from observatoire.mesures import Mesure
from observatoire.methods.phrases import feminine
from observatoire.methods.rank_intervals import rank_intervals
from observatoire.methods.rounding import as_read, as_shown

CONFIANCE = "avec 95 % de confiance pour l’ensemble des communes"
SANS_INTERVALLE = "Sans intervalle : entre deux communes qui se suivent, l’écart peut être mince."
_BORNES = ("borne_basse", "borne_haute")
# Equals named up to three, counted beyond: a list of names is no longer read.
NOMMEES = 3
# An interval over one eighth of the communes (five of 39) no longer says a place, only a part of the list: the third
# that is the highest or the lowest, a half, the half of the middle; beyond, the place is not known.
ETROIT, TIERS, MOITIE, QUART = 1 / 8, 1 / 3, 1 / 2, 1 / 4


@dataclass(frozen=True)
class Rank:
    """``rang`` among ``sur`` communes that have a figure, 1 the most favourable (the highest when neutral).

    ``egales``: how many others have the same figure, ``avec`` their codes. ``entre``: the first and last ranks that the
    intervals of the figures allow, with 95 % of confidence for all the communes together; None when the figure has no
    interval.
    """

    rang: int
    sur: int
    egales: int = 0
    entre: tuple[int, int] | None = None
    avec: tuple[str, ...] = field(default=(), compare=False)

    def places(self, sens: str) -> tuple[int, int]:
        """The place counted from the highest value, and from the lowest: equals share the first one."""
        other = self.sur - self.rang - self.egales + 1
        return (other, self.rang) if sens == "defavorable" else (self.rang, other)

    def between(self, sens: str) -> tuple[int, int] | None:
        """``entre`` counted from the highest value."""
        if self.entre is None or sens != "defavorable":
            return self.entre
        first, last = self.entre
        return self.sur + 1 - last, self.sur + 1 - first


def rank_communes(figures: pd.DataFrame, sens: str, decimales: int | None = None) -> dict[str, Rank]:
    """The ranks of one indicator and year: territoire → rank; those without a figure have none.

    ``figures``: rows of ``observation`` (territoire, valeur, arrondi, borne_basse, borne_haute). Two figures that read
    alike at their rounding have the same rank; with ``decimales`` (those of the card), two figures that are written
    alike. A figure whose two bounds are not known is not assessed: it has no range and may be anywhere among the others
    (see rank_intervals).
    """
    known = figures.dropna(subset=["valeur"]).sort_values("territoire", ignore_index=True)
    values = [float(value) for value in known["valeur"]]
    bounded = known["borne_basse"].notna() & known["borne_haute"].notna()
    between: list[tuple[int, int] | None] = [None] * len(values)
    if bool(bounded.any()):
        low, high = ([None if pd.isna(v) else float(v) for v in known[c].where(bounded)] for c in _BORNES)
        between = rank_intervals(values, low, high, descending=sens != "defavorable")
    read = as_read(known) if decimales is None else as_shown(known, decimales)
    places = pd.Series(read, dtype=float).rank(method="min", ascending=sens == "defavorable").astype(int)
    alike: dict[float, list[str]] = {}
    for code, value in zip(known["territoire"], read, strict=True):
        alike.setdefault(value, []).append(code)
    return {
        code: Rank(place, len(values), len(alike[v]) - 1, interval, tuple(c for c in alike[v] if c != code))
        for code, place, v, interval in zip(known["territoire"], places, read, between, strict=True)
    }


def place_words(
    rank: Rank,
    card: Mesure,
    names: Mapping[str, str],
    total: int | None = None,
    quoi: str = "communes",
    ou: str = "du département",
) -> str:
    """« le plus élevé du département, à égalité avec Aubervilliers et La Courneuve », « la 3ᵉ plus élevée des 39
    communes (1ʳᵉ à 5ᵉ) », « au milieu des 39 communes (12ᵉ à 28ᵉ) ».

    ``names``: code → name of the equals; ``total``: how many territories there are, with or without a figure, all of
    them by default; ``quoi``: what they are, ``ou``: of what they are the whole, when that says
    more than their number.
    """
    say = _Accord(feminine(card))
    among = f"des {rank.sur} {quoi}"
    whole = (ou or among) if total in (None, rank.sur) else f"{among} dont le chiffre est connu"
    if rank.sur == 1:
        return f"{say.the} seul{say.e} connu{say.e}"
    if rank.egales == rank.sur - 1:
        return f"{say.the} même dans les {rank.sur} {quoi}"
    interval = rank.between(card.sens)
    if interval is not None and interval[1] - interval[0] + 1 > max(1, ETROIT * rank.sur):
        return _part(interval, rank.sur, among, quoi, say)
    span = "" if interval is None or interval[0] == interval[1] else _span(interval, rank, card.sens, say)
    return f"{_observed(rank, card.sens, among, whole, say)}{span}{_equals(rank, names)}"


def place_short(rank: Rank, card: Mesure) -> str:
    """The observed place alone, for a column under « Place »: « le plus élevé », « 3ᵉ plus bas, à égalité »."""
    say = _Accord(feminine(card))
    high, low = rank.places(card.sens)
    if rank.sur == 1 or rank.egales == rank.sur - 1:
        return "–" if rank.sur == 1 else "à égalité"
    place, word = _nearest_end(high, low, say)
    text = f"{say.the} {word}" if place == 1 else f"{formats.ordinal(place)} {word}"
    text = "au milieu" if high == low else text
    return f"{text}, à égalité" if rank.egales else text


def place_column(places: pd.DataFrame, card: Mesure) -> list[str]:
    """``place_short`` of each row of a map (code, valeur, statut, arrondi); a dash without a figure."""
    absent = places["valeur"].isna()
    read = as_shown(rows_where(places, ~absent), card.decimales)
    ordered, alike = sorted(read), Counter(read)
    places_of = {}
    for value, equals in alike.items():
        under = bisect_left(ordered, value)
        rank = under + 1 if card.sens == "defavorable" else len(read) - under - equals + 1
        places_of[value] = place_short(Rank(rank, len(read), equals - 1), card)
    found = iter(read)
    return ["–" if none else places_of[next(found)] for none in absent.tolist()]


def interval_words(rank: Rank, card: Mesure) -> str:
    """The places that the intervals allow, from the end they are nearest to: « 1ᵉʳ à 4ᵉ plus élevé »; a dash without
    an interval."""
    interval = rank.between(card.sens)
    if interval is None:
        return "–"
    say = _Accord(feminine(card))
    first, last = interval
    low = first - 1 > rank.sur - last
    first, last = (rank.sur + 1 - last, rank.sur + 1 - first) if low else interval
    return f"{say.span(first, last)} {say.bas if low else say.eleve}"


def rank_sentence(rank: Rank, card: Mesure, names: Mapping[str, str], total: int | None = None) -> str:
    """The place in words and what it is worth: with what confidence its interval holds, or that it has none."""
    words = place_words(rank, card, names, total)
    if rank.entre is None:
        return f"{words}. {SANS_INTERVALLE}"
    if rank.entre[0] == rank.entre[1]:
        return formats.insecables(f"{words}, place assurée {CONFIANCE} (indicatif)")
    return formats.insecables(f"{words}, {CONFIANCE} (indicatif)")


@dataclass(frozen=True)
class _Accord:
    """The words of a place, in the gender of what is placed."""

    feminin: bool

    @property
    def e(self) -> str:
        return "e" if self.feminin else ""

    @property
    def the(self) -> str:
        return "la" if self.feminin else "le"

    @property
    def eleve(self) -> str:
        return f"plus élevé{self.e}"

    @property
    def bas(self) -> str:
        return "plus basse" if self.feminin else "plus bas"

    @property
    def ends(self) -> tuple[str, str]:
        """« plus élevés », « plus bas », in the plural."""
        return f"{self.eleve}s", "plus basses" if self.feminin else self.bas

    def span(self, first: int, last: int) -> str:
        """« 1ᵉʳ à 4ᵉ »."""
        ends = list(dict.fromkeys(formats.ordinal(place, self.feminin) for place in (first, last)))
        return " à ".join(ends)


def _nearest_end(high: int, low: int, say: _Accord) -> tuple[int, str]:
    return (high, say.eleve) if high <= low else (low, say.bas)


def _observed(rank: Rank, sens: str, among: str, whole: str, say: _Accord) -> str:
    high, low = rank.places(sens)
    if high == low:
        return f"au milieu {among} ({formats.ordinal(high, say.feminin)})"
    place, word = _nearest_end(high, low, say)
    if place == 1:
        return f"{say.the} {word} {whole}"
    return f"{say.the} {formats.ordinal(place)} {word} {among}"


def _span(interval: tuple[int, int], rank: Rank, sens: str, say: _Accord) -> str:
    """The narrow interval, counted as the place before it is."""
    high, low = rank.places(sens)
    first, last = interval
    if high > low:
        first, last = rank.sur + 1 - last, rank.sur + 1 - first
    return f" ({say.span(first, last)})"


def _part(interval: tuple[int, int], count: int, among: str, quoi: str, say: _Accord) -> str:
    """The part of the list where a wide interval lies; its places are counted from the highest, unless they are said
    to be from the lowest."""
    first, last = interval
    highest, lowest = say.ends
    up, down = say.span(first, last), f"{say.span(count + 1 - last, count + 1 - first)} {say.bas}"
    if last <= TIERS * count:
        return f"parmi les {highest} {among} ({up})"
    if first > count - TIERS * count:
        return f"parmi les {lowest} {among} ({down})"
    if last <= MOITIE * (count + 1):
        return f"dans la moitié la plus élevée {among} ({up})"
    if first >= MOITIE * (count + 1):
        return f"dans la moitié la plus basse {among} ({down})"
    if first > QUART * count and last <= count - QUART * count:
        return f"au milieu {among} ({up})"
    return f"place incertaine parmi les {count} {quoi} ({up})"


def _equals(rank: Rank, names: Mapping[str, str]) -> str:
    if not rank.egales:
        return ""
    found: Sequence[str] = [names[code] for code in rank.avec if code in names]
    if len(found) != rank.egales or rank.egales > NOMMEES:
        return f", à égalité avec {rank.egales} autre{'s' if rank.egales > 1 else ''}"
    listed = " et ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
    return f", à égalité avec {listed}"
