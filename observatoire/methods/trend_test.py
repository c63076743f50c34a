"""Is an evolution more than chance? A χ² test for trend on counts, over the latest five periods that can be compared.

Test of Fingertips (OHID, England): χ² for linear trend on proportions (Cochran, 1954; Armitage, 1955, Tests for linear
trends in proportions and frequencies, Biometrics 11, p. 375-386) or on rates and numbers of events (same statistic,
Poisson law), one degree of freedom, at 99.8 %; and the trend must keep its direction when any one of the five periods
is left out. What cannot be tested is not said to rise nor to fall: fewer than five periods, periods that share
surveys, an amount that is no count, a conclusion that would depend on which census the denominators come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from observatoire.formats import is_missing
from observatoire.warehouse import Regle

PERIODES = 5
SEUIL = 9.5495  # χ², one degree of freedom, 99.8 %
FENETRE_RP = 5  # years of surveys in a census
HAUSSE, BAISSE, STABLE, NON_TESTEE = "hausse", "baisse", "stable", "non_testee"
MOTS = {HAUSSE: "↗ en hausse", BAISSE: "↘ en baisse", STABLE: "→ stable", NON_TESTEE: "non testée"}
LOI_PROPORTION, LOI_FAITS = "proportion", "faits"


@dataclass(frozen=True)
class Tendance:
    """The answer of the test: ``sens`` (a key of MOTS), the years compared, the first and last value among them.

    ``raison``: why it was not tested, in French, empty when it was.
    """

    sens: str
    annees: tuple[int, ...] = ()
    premiere: float | None = None
    derniere: float | None = None
    raison: str = ""

    @property
    def bouge(self) -> bool:
        """True when the figure rises or falls beyond chance."""
        return self.sens in (HAUSSE, BAISSE)

    @property
    def mots(self) -> str:
        """« ↗ en hausse (2019–2023) », « non testée »: a shape and a word, never a colour alone."""
        return f"{MOTS[self.sens]} ({self.annees[0]}–{self.annees[-1]})" if self.annees else MOTS[self.sens]


def linear_trend(
    scores: Sequence[float], counts: Sequence[float], totals: Sequence[float], loi: str = LOI_PROPORTION
) -> tuple[float, float]:
    """T = Σ x (k − n p̄), whose sign is the direction, and χ² = T² ÷ ( v × (Σ n x² − (Σ n x)² ÷ Σ n) ).

    ``scores``: x, the periods; ``counts``: k; ``totals``: n (1 for a number of events). p̄ = Σ k ÷ Σ n; v is p̄ (1 − p̄)
    for a proportion, p̄ for events. χ² is 0 where nothing varies. Raises ValueError for a negative count, a total that
    is not positive or, for a proportion, a count above its total.
    """
    x, k, n = (np.asarray(values, dtype=float) for values in (scores, counts, totals))
    x = x - x.mean()  # years are large numbers: the same answer, without losing digits
    if (k < 0).any() or (n <= 0).any() or (loi == LOI_PROPORTION and (k > n).any()):
        raise ValueError("un compte est négatif, dépasse son total, ou n’a pas de total")
    mean = k.sum() / n.sum()
    gap = float((x * (k - n * mean)).sum())
    spread = mean * (1 - mean) if loi == LOI_PROPORTION else mean
    variance = spread * float((n * x**2).sum() - (n * x).sum() ** 2 / n.sum())
    return gap, gap**2 / variance if variance > 0 else 0.0


def direction(scores: Sequence[float], counts: Sequence[float], totals: Sequence[float], loi: str) -> str:
    """HAUSSE or BAISSE when χ² passes the threshold and no single period makes the direction; else STABLE."""
    gap, chi2 = linear_trend(scores, counts, totals, loi)
    if chi2 <= SEUIL:
        return STABLE
    for left_out in range(len(scores)):
        kept = [n for n in range(len(scores)) if n != left_out]
        parts = [[float(values[n]) for n in kept] for values in (scores, counts, totals)]
        other, _ = linear_trend(parts[0], parts[1], parts[2], loi)
        if np.sign(other) != np.sign(gap):
            return STABLE
    return HAUSSE if gap > 0 else BAISSE


def independent(years: Sequence[int], width: int) -> list[int]:
    """The years whose windows of ``width`` years do not overlap, the latest kept first, in ascending order."""
    kept: list[int] = []
    for year in sorted(set(years), reverse=True):
        if not kept or kept[-1] - year >= width:
            kept.append(year)
    return kept[::-1]


def assess(rows: Sequence[Mapping[str, Any]], regle: Regle) -> Tendance:
    """Test the series of one territory and indicator.

    ``rows``: its rows of ``observation`` (annee, valeur, statut, numerateur, denominateur, annee_denominateur).
    """
    census = regle.incertitude == "wilson_rp"
    if not regle.tendance and not census:
        return Tendance(NON_TESTEE, raison="ce chiffre n’est pas un compte annuel de personnes, de foyers ou de faits")
    exact = _since_break(_exact(rows, regle), regle)
    years = independent([period.annee for period in exact], FENETRE_RP if census else 1)[-PERIODES:]
    if len(years) < PERIODES:
        return Tendance(NON_TESTEE, raison=_too_few(len(years), census))
    used = [period for period in exact if period.annee in years]
    sample = 0.4 / 0.6 / regle.effet_plan if census else 1.0  # how many were really asked: see 05_intervalles.sql
    counts, totals = [p.compte * sample for p in used], [p.total * sample for p in used]
    loi = regle.tendance or LOI_PROPORTION
    try:
        moved = None if census else _between_censuses(exact, used)
        found = {direction(years, counts, n, loi) for n in (totals, moved) if n is not None}
    except ValueError as error:
        return Tendance(NON_TESTEE, raison=str(error))
    if len(found) > 1:
        return Tendance(NON_TESTEE, raison="la conclusion dépend du recensement pris pour dénominateur")
    return Tendance(found.pop(), tuple(years), used[0].valeur, used[-1].valeur)


@dataclass(frozen=True)
class _Periode:
    annee: int
    valeur: float
    compte: float
    total: float
    annee_total: int


def _exact(rows: Sequence[Mapping[str, Any]], regle: Regle) -> list[_Periode]:
    """The periods that have a count and its total, in order; a number of events is over 1."""
    found = []
    for row in rows:
        if row["statut"] not in ("publie", "calcule") or is_missing(row["valeur"]):
            continue
        year, value = int(row["annee"]), float(row["valeur"])
        if regle.agregation == "somme":
            found.append(_Periode(year, value, value, 1.0, year))
        elif not is_missing(row["numerateur"]) and not is_missing(row["denominateur"]):
            at = row["annee_denominateur"]
            below = year if is_missing(at) else int(at)
            found.append(_Periode(year, value, float(row["numerateur"]), float(row["denominateur"]), below))
    return sorted(found, key=lambda period: period.annee)


def _since_break(exact: list[_Periode], regle: Regle) -> list[_Periode]:
    """The periods since the latest break that the card declares."""
    last = exact[-1].annee if exact else 0
    since = max((year for year, _ in regle.ruptures if year <= last), default=0)
    return [period for period in exact if period.annee >= since]


def _too_few(count: int, census: bool) -> str:
    if census:
        return f"recensement : {count} période{'s' if count > 1 else ''} sans enquête commune, il en faut {PERIODES}"
    return f"{count} période{'s' if count > 1 else ''} comparable{'s' if count > 1 else ''}, il en faut {PERIODES}"


def _between_censuses(exact: list[_Periode], used: list[_Periode]) -> list[float] | None:
    """The denominators as they would move from one census to the next, on a straight line; None when all are of their
    own year. Raises ValueError when a single census serves all the years."""
    if all(period.annee_total == period.annee for period in used):
        return None
    levels = sorted({period.annee_total: period.total for period in exact}.items())
    if len(levels) < 2:
        raise ValueError("le dénominateur est d’une seule année")
    return [_on_line(levels, period.annee) for period in used]


def _on_line(levels: list[tuple[int, float]], year: int) -> float:
    """The level of a year between the two known ones around it, or beyond, along the two nearest."""
    position = next((n for n, (known, _) in enumerate(levels) if known >= year), len(levels) - 1)
    (before, low), (after, high) = levels[max(position, 1) - 1], levels[max(position, 1)]
    return low + (year - before) * (high - low) / (after - before)


def breaks(rows: Sequence[Mapping[str, Any]], regle: Regle) -> list[tuple[int, str]]:
    """The breaks of a series: (first year after it, why), those the card declares and those of its denominator.

    ``rows``: see ``assess``. A denominator that comes from the nearest census steps when another one becomes the
    nearest.
    """
    known = sorted((row for row in rows if not is_missing(row["valeur"])), key=lambda row: row["annee"])
    if not known:
        return []
    first, last = int(known[0]["annee"]), int(known[-1]["annee"])
    found = [(year, why) for year, why in regle.ruptures if first < year <= last]
    pairs = [(int(r["annee"]), int(r["annee_denominateur"])) for r in known if not is_missing(r["annee_denominateur"])]
    for (before, old), (year, new) in pairwise(pairs):
        if new != old and (old != before or new != year):
            found.append((year, f"dénominateur de {new}"))
    return sorted(found)
