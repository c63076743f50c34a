"""Does a series rise or fall, and is it more than chance and yearly shocks? Two tests on its comparable periods.

« En hausse », « en baisse » describe: the χ² for linear trend on proportions or on numbers (Cochran, 1954; Armitage,
1955, Tests for linear trends in proportions and frequencies, Biometrics 11, p. 375-386), one degree of freedom, at
99.8 % as in Fingertips (OHID, England), says that the counts move more than independent counts do by chance; the
direction must stay when any one period is left out, and be that of the last figure beside the first.

« Significative » is said on top of it only when ``robust`` holds: counts of people who stay (benefit households, job
seekers) and even events share yearly shocks, which add up from one year to the next, and which χ² does not know. The
change must be beyond, at 99 %, what explain together the chance of counting and (1) shocks of 3 % a year that add up
(a random walk), then (2) the irregularity that the series itself shows, with Student's t of its few years. Size and
power are simulated in benchmarks/tendances.md.

What cannot be tested is not said to rise nor to fall: fewer than five periods, periods that share surveys, an amount
that is no count, a conclusion that would depend on which census the denominators come from. A break is never crossed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from observatoire.formats import is_missing
from observatoire.records import RegleEvolution

PERIODES, PERIODES_MAX = 5, 10  # five to be tested; the latest ten are looked at
SEUIL = 9.5495  # χ², one degree of freedom, 99.8 %
CHOC = 0.03  # a shock of a year, part of the level, that « significative » must exceed even when shocks add up
NORMALE_99 = 2.5758293035489004  # normal law, two-sided 99 %
# Student's t, two-sided 99 %, by degrees of freedom: two less than the periods.
STUDENT_99 = {3: 5.8409, 4: 4.6041, 5: 4.0321, 6: 3.7074, 7: 3.4995, 8: 3.3554}
NOTABLE = 0.03  # a change, or a peak above both ends, worth a word: under it two figures read « proche » (phrases)
FENETRE_RP = 5  # years of surveys in a census
HAUSSE, BAISSE, STABLE, NON_TESTEE = "hausse", "baisse", "stable", "non_testee"
MOTS = {HAUSSE: "↗ en hausse", BAISSE: "↘ en baisse", STABLE: "→ sans tendance nette", NON_TESTEE: "non testée"}
LOI_PROPORTION, LOI_NOMBRES = "proportion", "nombres"


class NotTestable(ValueError):
    """Why a series cannot be tested, in French: it is shown as it is."""


@dataclass(frozen=True)
class Sommet:
    """The highest or lowest figure of a series, when it is neither its first nor its last (``haut``: the highest)."""

    annee: int
    valeur: float
    haut: bool


@dataclass(frozen=True)
class Parts:
    """What moved in a ratio from the first to the last period: relative changes of its two counts (0.05: +5 %).

    ``annees``: the years of the two denominators, which may be those of other censuses.
    """

    numerateur: float
    denominateur: float
    annees: tuple[int, int]


@dataclass(frozen=True)
class Tendance:
    """The answer of the tests: ``sens`` (a key of MOTS), the years compared, the first and last value among them.

    ``raison``: why it was not tested, in French, empty when it was. ``significative``: the change is beyond chance and
    yearly shocks; « en hausse » without it only describes. ``sommet``, ``parts``: what the two values alone would hide.
    """

    sens: str
    annees: tuple[int, ...] = ()
    premiere: float | None = None
    derniere: float | None = None
    raison: str = ""
    significative: bool = False
    sommet: Sommet | None = None
    parts: Parts | None = None

    @property
    def bouge(self) -> bool:
        """True when the figure rises or falls more than independent counts do by chance."""
        return self.sens in (HAUSSE, BAISSE)

    @property
    def mots(self) -> str:
        """« ↗ en hausse significative (2014–2023) », « non testée »: a shape and a word, never a colour alone."""
        words = MOTS[self.sens] + (" significative" if self.significative else "")
        return f"{words} ({self.annees[0]}–{self.annees[-1]})" if self.annees else words


def linear_trend(
    scores: Sequence[float], counts: Sequence[float], totals: Sequence[float], loi: str = LOI_PROPORTION
) -> tuple[float, float]:
    """T = Σ x (k − n p̄), whose sign is the direction, and χ² = T² ÷ ( v × (Σ n x² − (Σ n x)² ÷ Σ n) ).

    ``scores``: x, the periods; ``counts``: k; ``totals``: n (1 for a number of events). p̄ = Σ k ÷ Σ n; v is p̄ (1 − p̄)
    for a proportion, p̄ for events. χ² is 0 where nothing varies. Raises NotTestable for a negative count, a total that
    is not positive or, for a proportion, a count above its total.
    """
    x, k, n = (np.asarray(values, dtype=float) for values in (scores, counts, totals))
    x = x - x.mean()  # years are large numbers: the same answer, without losing digits
    if (k < 0).any() or (n <= 0).any() or (loi == LOI_PROPORTION and (k > n).any()):
        raise NotTestable("un compte est négatif, dépasse son total, ou n’a pas de total")
    mean = k.sum() / n.sum()
    gap = float((x * (k - n * mean)).sum())
    spread = mean * (1 - mean) if loi == LOI_PROPORTION else mean
    variance = spread * float((n * x**2).sum() - (n * x).sum() ** 2 / n.sum())
    return gap, gap**2 / variance if variance > 0 else 0.0


def direction(scores: Sequence[float], counts: Sequence[float], totals: Sequence[float], loi: str) -> str:
    """HAUSSE or BAISSE when χ² passes the threshold, no single period makes the direction, and the last figure is on
    that side of the first; else STABLE."""
    gap, chi2 = linear_trend(scores, counts, totals, loi)
    change = counts[-1] / totals[-1] - counts[0] / totals[0]
    if chi2 <= SEUIL or np.sign(change) != np.sign(gap):
        return STABLE
    for left_out in range(len(scores)):
        kept = [n for n in range(len(scores)) if n != left_out]
        parts = [[float(values[n]) for n in kept] for values in (scores, counts, totals)]
        other, _ = linear_trend(parts[0], parts[1], parts[2], loi)
        if np.sign(other) != np.sign(gap):
            return STABLE
    return HAUSSE if gap > 0 else BAISSE


def robust(scores: Sequence[float], counts: Sequence[float], totals: Sequence[float], loi: str) -> bool:
    """True when the change from the first to the last period is beyond chance and yearly shocks that add up, at 99 %.

    With r = k ÷ n, D = r_last − r_first over T years, m steps, p̄ and v as in ``linear_trend``, and the variance of
    counting C = v (1/n_first + 1/n_last): D² must exceed NORMALE_99² × (T (CHOC p̄)² + C) and t² × (T s² + C), where t
    is STUDENT_99 of m − 1 degrees of freedom and s² the variance of the yearly steps around their mean D ÷ T, less
    that of counting in them, never under zero. Steps of several years weigh by their length.
    """
    x, k, n = (np.asarray(values, dtype=float) for values in (scores, counts, totals))
    rates, mean = k / n, k.sum() / n.sum()
    spread = mean * (1 - mean) if loi == LOI_PROPORTION else mean
    span, change = x[-1] - x[0], rates[-1] - rates[0]
    counting = spread * (1 / n[0] + 1 / n[-1])
    steps, lengths = np.diff(rates), np.diff(x)
    count = len(steps)
    seen = float((((steps - change / span * lengths) ** 2) / lengths).sum()) / (count - 1)
    by_chance = float((spread * (1 / n[1:] + 1 / n[:-1]) / lengths).mean()) * (count + 1) / count
    shocks, observed = span * (CHOC * mean) ** 2, span * max(0.0, seen - by_chance)
    needed = max(NORMALE_99**2 * (shocks + counting), STUDENT_99[count - 1] ** 2 * (observed + counting))
    return bool(change**2 > needed)


def independent(years: Sequence[int], width: int) -> list[int]:
    """The years whose windows of ``width`` years do not overlap, the latest kept first, in ascending order."""
    kept: list[int] = []
    for year in sorted(set(years), reverse=True):
        if not kept or kept[-1] - year >= width:
            kept.append(year)
    return kept[::-1]


def assess(rows: Sequence[Mapping[str, Any]], regle: RegleEvolution) -> Tendance:
    """Test the series of one territory and indicator.

    ``rows``: its rows of ``observation`` (annee, valeur, statut, numerateur, denominateur, annee_denominateur).
    """
    census = regle.incertitude == "wilson_rp"
    if not regle.tendance and not census:
        return Tendance(NON_TESTEE, raison="ce chiffre n’est pas un compte annuel de personnes, de foyers ou de faits")
    exact = _since_break(_exact(rows, regle), regle)
    years = independent([period.annee for period in exact], FENETRE_RP if census else 1)[-PERIODES_MAX:]
    if len(years) < PERIODES:
        return Tendance(NON_TESTEE, raison=_too_few(len(years), census))
    used = [period for period in exact if period.annee in years]
    sample = 0.4 / 0.6 / regle.effet_plan if census else 1.0  # how many were really asked: see 05_intervalles.sql
    counts, totals = [p.compte * sample for p in used], [p.total * sample for p in used]
    loi = regle.tendance or LOI_PROPORTION
    try:
        moved = None if census else _between_censuses(exact, used)
        below = [n for n in (totals, moved) if n is not None]
        found = {direction(years, counts, n, loi) for n in below}
    except NotTestable as error:
        return Tendance(NON_TESTEE, raison=str(error))
    if len(found) > 1:
        return Tendance(NON_TESTEE, raison="la conclusion dépend du recensement pris pour dénominateur")
    sens = found.pop()
    certain = sens != STABLE and all(robust(years, counts, n, loi) for n in below)
    return Tendance(
        sens,
        tuple(years),
        used[0].valeur,
        used[-1].valeur,
        significative=certain,
        sommet=peak([(period.annee, period.valeur) for period in used]),
        parts=_parts(used, regle),
    )


def peak(points: Sequence[tuple[int, float]]) -> Sommet | None:
    """The highest (or lowest) figure of a series (year, value) that rose then fell, or fell then rose.

    It stands above (under) both its first and last figures by NOTABLE of the nearer at least; of a peak and a trough,
    the farther one; None when there is none, or when a figure is not positive (its part of the level means nothing).
    """
    if len(points) < 3 or min(value for _, value in points) <= 0:
        return None
    ends, inside = (points[0][1], points[-1][1]), points[1:-1]
    high, low = max(inside, key=lambda p: p[1]), min(inside, key=lambda p: p[1])
    above, under = high[1] / max(ends) - 1, min(ends) / low[1] - 1
    if max(above, under) < NOTABLE:
        return None
    return Sommet(*high, haut=True) if above >= under else Sommet(*low, haut=False)


def _parts(used: Sequence[_Periode], regle: RegleEvolution) -> Parts | None:
    """How the two counts of a ratio moved; None for a number, or when the first count is zero."""
    first, last = used[0], used[-1]
    if regle.agregation == "somme" or not first.compte:
        return None
    below = last.total / first.total - 1
    return Parts(last.compte / first.compte - 1, below, (first.annee_total, last.annee_total))


@dataclass(frozen=True)
class _Periode:
    annee: int
    valeur: float
    compte: float
    total: float
    annee_total: int


def _exact(rows: Sequence[Mapping[str, Any]], regle: RegleEvolution) -> list[_Periode]:
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


def _since_break(exact: list[_Periode], regle: RegleEvolution) -> list[_Periode]:
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
    own year. Raises NotTestable when a single census serves all the years."""
    if all(period.annee_total == period.annee for period in used):
        return None
    levels = sorted({period.annee_total: period.total for period in exact}.items())
    if len(levels) < 2:
        raise NotTestable("le dénominateur est d’une seule année")
    return [_on_line(levels, period.annee) for period in used]


def _on_line(levels: list[tuple[int, float]], year: int) -> float:
    """The level of a year between the two known ones around it, or beyond, along the two nearest."""
    position = next((n for n, (known, _) in enumerate(levels) if known >= year), len(levels) - 1)
    (before, low), (after, high) = levels[max(position, 1) - 1], levels[max(position, 1)]
    return low + (year - before) * (high - low) / (after - before)


def breaks(rows: Sequence[Mapping[str, Any]], regle: RegleEvolution) -> list[tuple[int, str]]:
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
