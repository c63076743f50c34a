"""A composite index of social needs: a way to read several indicators at once, not a measure of its own.

Each indicator becomes a standard score over a base of communes (Île-de-France communes over 5,000 inhabitants, or
those of the département), signed so that high means more needs, clipped at ±3. A domain is the mean of its
indicators, the index the weighted mean of its domains: 0 is the average commune of the base. A domain with less than
half of its indicators, or an index without all its weighted domains, is missing, never 0.

A rank depends on the weights chosen. It is only given with an interval: a thousand sets of weights are drawn around
the chosen ones (Dirichlet law of mean w, concentration = number of domains; uniform over all possible weights when
they are equal), and nine ranks in ten fall in the interval. The seed is fixed: the same choice gives the same figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from observatoire import formats
from observatoire.selections import BESOINS

# Scores are cut at three standard deviations: one extreme figure must not outweigh a whole domain.
ECRETAGE = 3.0
# Enough for the fifth and ninety-fifth hundredths of a rank to be stable to one place.
TIRAGES = 1_000
GRAINE = 93


@dataclass(frozen=True)
class Domaine:
    """A domain and its indicators: code → +1 when high means more needs, −1 when high means fewer."""

    code: str
    nom: str
    indicateurs: Mapping[str, int]


DOMAINES = tuple(Domaine(**row) for row in BESOINS)


def compose(chosen: Mapping[str, Sequence[str]], sens: Mapping[str, int]) -> tuple[Domaine, ...]:
    """The domains made of the indicators chosen (domain code → codes); a domain left empty is no part of the index.

    ``sens``: indicator → +1 when high means more needs, −1 when high means fewer; a domain's own signs come first.
    Raises KeyError for an indicator without a direction.
    """
    made = (
        Domaine(d.code, d.nom, {c: d.indicateurs.get(c) or sens[c] for c in chosen.get(d.code, ())}) for d in DOMAINES
    )
    return tuple(domain for domain in made if domain.indicateurs)


def domain_scores(
    values: pd.DataFrame, base: Sequence[str], domains: Sequence[Domaine] = DOMAINES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of each commune: (one column a domain, one column an indicator).

    ``values``: one row a commune (index: code), one column an indicator. ``base``: the communes over which means and
    standard deviations are taken.
    """
    reference = values.loc[[c for c in base if c in values.index]].astype(float)
    deviation = reference.std(ddof=0)
    flat = deviation < 1e-12 * (1 + reference.abs().max())
    scores = ((values.astype(float) - reference.mean()) / deviation.mask(flat)).clip(-ECRETAGE, ECRETAGE)
    columns = {}
    signed = {}
    for domain in domains:
        own = pd.DataFrame({c: scores[c] * sign for c, sign in domain.indicateurs.items() if c in scores})
        own = own.reindex(values.index)
        enough = own.notna().sum(axis=1) * 2 >= len(domain.indicateurs)
        columns[domain.code] = own.mean(axis=1).where(enough)
        signed |= dict(own.items())
    return pd.DataFrame(columns, index=values.index), pd.DataFrame(signed, index=values.index)


def index_values(scores: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """The index: weighted mean of the domains (columns of ``scores``). Missing as soon as a weighted domain is.

    Raises ValueError when all weights are 0.
    """
    shares = _shares(scores.columns, weights)
    weighted = scores.loc[:, shares > 0]
    return (weighted * shares[shares > 0]).sum(axis=1, skipna=False).rename("indice")


def contributions(scores: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """What each domain adds to the index; the sum of a row is the index."""
    return scores * _shares(scores.columns, weights)


def ranks(values: pd.Series) -> pd.Series:
    """1 for the most needs; ties share the best rank; missing stay missing."""
    return values.round(12).rank(ascending=False, method="min")


def rank_intervals(
    scores: pd.DataFrame, weights: Mapping[str, float], draws: int = TIRAGES, seed: int = GRAINE, part: float = 0.9
) -> pd.DataFrame:
    """Ranks over draws of the weights, among the rows of ``scores``: columns ``rang``, ``bas``, ``haut``.

    ``bas`` and ``haut`` bound the central ``part`` of the ranks drawn. A domain of weight 0 is never drawn.
    """
    shares = _shares(scores.columns, weights)
    used = shares > 0
    known = scores.loc[:, used].dropna()
    rank = ranks(index_values(scores, weights))
    if known.empty:
        return pd.DataFrame({"rang": rank, "bas": np.nan, "haut": np.nan}, index=scores.index)
    generator = np.random.default_rng(seed)
    drawn = generator.dirichlet(shares[used] * used.sum(), size=draws)
    values = np.round(known.to_numpy() @ drawn.T, 12)
    places = 1 + (values[None, :, :] > values[:, None, :]).sum(axis=1)
    tail = (1 - part) / 2
    low = np.quantile(places, tail, axis=1, method="lower")
    high = np.quantile(places, 1 - tail, axis=1, method="higher")
    bounds = pd.DataFrame({"bas": low, "haut": high}, index=known.index).reindex(scores.index)
    # The chosen weights are one of the possible choices: their rank is always in the interval.
    return pd.DataFrame({"rang": rank, "bas": bounds["bas"].clip(upper=rank), "haut": bounds["haut"].clip(lower=rank)})


def _shares(columns: Iterable[str], weights: Mapping[str, float]) -> np.ndarray:
    given = np.array([max(float(weights.get(c, 0)), 0) for c in columns])
    if not given.sum():
        raise ValueError("au moins un domaine doit avoir un poids")
    return given / given.sum()


def rank_interval_words(rang: float, bas: float, haut: float, communes: int) -> str:
    """« du 3ᵉ au 9ᵉ rang sur 39 selon les poids »; never a rank alone."""
    if np.isnan(rang):
        return "indice non calculable"
    low, high = formats.ordinal(int(bas), feminin=False), formats.ordinal(int(haut), feminin=False)
    if bas == haut:
        return f"{low} rang sur {communes}, quels que soient les poids"
    return f"du {low} au {high} rang sur {communes} selon les poids"
