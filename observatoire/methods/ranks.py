"""The rank of a commune among those of its département, with the interval that the figures' own intervals allow."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from observatoire import formats
from observatoire.methods.rank_intervals import rank_intervals
from observatoire.methods.rounding import as_read

CONFIANCE = "avec 95 % de confiance pour l’ensemble des communes"
SANS_INTERVALLE = "Rang sans intervalle : entre deux communes qui se suivent, l’écart peut être mince."
_BORNES = ("borne_basse", "borne_haute")


@dataclass(frozen=True)
class Rank:
    """``rang`` among ``sur`` communes that have a figure, 1 the most favourable (the highest when neutral).

    ``egales``: how many others have the same figure. ``entre``: the first and last ranks that the intervals of the
    figures allow, with 95 % of confidence for all the communes together; None when the figure has no interval.
    """

    rang: int
    sur: int
    egales: int = 0
    entre: tuple[int, int] | None = None


def rank_communes(figures: pd.DataFrame, sens: str) -> dict[str, Rank]:
    """The ranks of one indicator and year: territoire → rank; those without a figure have none.

    ``figures``: rows of ``observation`` (territoire, valeur, arrondi, borne_basse, borne_haute). Two figures that read
    alike at their rounding have the same rank. A figure whose two bounds are not known is not assessed: it has no range
    and may be anywhere among the others (see rank_intervals).
    """
    known = figures.dropna(subset=["valeur"]).sort_values("territoire", ignore_index=True)
    values = [float(value) for value in known["valeur"]]
    bounded = known["borne_basse"].notna() & known["borne_haute"].notna()
    between: list[tuple[int, int] | None] = [None] * len(values)
    if bool(bounded.any()):
        low, high = ([None if pd.isna(v) else float(v) for v in known[c].where(bounded)] for c in _BORNES)
        between = rank_intervals(values, low, high, descending=sens != "defavorable")
    read = as_read(known)
    places = pd.Series(read, dtype=float).rank(method="min", ascending=sens == "defavorable").astype(int)
    return {
        code: Rank(place, len(values), read.count(value) - 1, interval)
        for code, place, value, interval in zip(known["territoire"], places, read, between, strict=True)
    }


def rank_sentence(rank: Rank, sens: str) -> str:
    """« 5ᵉ situation la plus favorable sur 39 communes, entre la 3ᵉ et la 8ᵉ avec 95 % de confiance pour l’ensemble des
    communes — indicatif »; no interval is said too."""
    words = place_words(rank.rang, rank.sur, sens)
    if rank.egales:
        words += f", à égalité avec {rank.egales} autre{'s' if rank.egales > 1 else ''}"
    if rank.entre is None:
        return f"{words}. {SANS_INTERVALLE}"
    first, last = (formats.ordinal(place) for place in rank.entre)
    between = f"entre la {first} et la {last}" if first != last else "rang assuré"
    return formats.insecables(f"{words}, {between} {CONFIANCE} — indicatif")


def place_words(rang: int, sur: int, sens: str) -> str:
    """« 3ᵉ situation la plus favorable sur 39 communes », the direction of the indicator respected."""
    order = "valeur la plus élevée" if sens == "neutre" else "situation la plus favorable"
    return f"{order} des {sur} communes" if rang == 1 else f"{formats.ordinal(rang)} {order} sur {sur} communes"
