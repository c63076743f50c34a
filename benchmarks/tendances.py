"""``python -m benchmarks.tendances``: size and power of the tests of trends, simulated; writes benchmarks/tendances.md.

Series are made by the law of each case and judged by the very functions of the product (methods.trend_test). Size: how
often a series without trend is said to move; power: how often a true drift is said significant. Same seed, same file.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.browser import RACINE
from observatoire.formats import nombre
from observatoire.methods.trend_test import CHOC, LOI_NOMBRES, PERIODES, PERIODES_MAX, STABLE, direction, robust

RESULTATS = RACINE / "benchmarks" / "tendances.md"
GRAINE = 93
NOMBRES = (1_000, 5_000, 20_000, 85_000)
FENETRES = tuple(range(PERIODES, PERIODES_MAX + 1))
DERIVES = (0.03, 0.05, 0.08)
CIBLE = 0.01

Series = np.ndarray
Law = Callable[[np.random.Generator, float, int, int, float], Series]


@dataclass(frozen=True)
class Cas:
    """A kind of noise. ``law`` makes series (draws × periods) of a level with a drift a year; ``couvert``: the words
    of the product claim to hold under it."""

    nom: str
    law: Law
    couvert: bool = True


def _of_year(shock: float) -> Law:
    """Shocks proper to each year: they do not stay."""
    return lambda rng, level, periods, draws, drift: _counted(rng, level, drift, rng.normal(0, shock, (draws, periods)))


def _walk(shock: float, echo: float = 0.0) -> Law:
    """Shocks that add up; ``echo``: the part of a shock that the next one repeats (same standard deviation)."""

    def law(rng: np.random.Generator, level: float, periods: int, draws: int, drift: float) -> Series:
        steps = rng.normal(0, shock, (draws, periods))
        for year in range(1, periods):
            steps[:, year] = echo * steps[:, year - 1] + (1 - echo**2) ** 0.5 * steps[:, year]
        return _counted(rng, level, drift, np.cumsum(steps, axis=1))

    return law


def _counted(rng: np.random.Generator, level: float, drift: float, noise: Series) -> Series:
    years = np.arange(noise.shape[1]) - (noise.shape[1] - 1) / 2
    return rng.poisson(level * np.exp(drift * years + noise)).astype(float)


def _stock(leaving: float) -> Law:
    """A stock at rest: each year a part leaves, as many arrive, at random; a drift moves the arrivals and the stock."""

    def law(rng: np.random.Generator, level: float, periods: int, draws: int, drift: float) -> Series:
        people = np.empty((draws, periods))
        people[:, 0] = rng.poisson(level, draws)
        for year in range(1, periods):
            kept = rng.binomial(people[:, year - 1].astype(int), 1 - leaving)
            arrivals = level * np.exp(drift * (year - 1)) * (np.exp(drift) - 1 + leaving)
            people[:, year] = kept + rng.poisson(max(0.0, arrivals), draws)
        return people

    return law


CAS = (
    Cas("hasard du comptage seul (Poisson)", _of_year(0)),
    Cas("stock dont 25 % se renouvelle chaque année", _stock(0.25)),
    Cas("chocs de 2 % propres à chaque année", _of_year(0.02)),
    Cas("chocs de 3 % propres à chaque année", _of_year(0.03)),
    Cas("chocs de 2 % qui s’ajoutent (marche aléatoire)", _walk(0.02)),
    Cas("chocs de 3 % qui s’ajoutent (marche aléatoire)", _walk(0.03)),
    Cas("chocs de 5 % qui s’ajoutent", _walk(0.05), couvert=False),
    Cas("chocs de 3 % qui s’ajoutent et se répètent à moitié", _walk(0.03, 0.5), couvert=False),
)
PUISSANCE = (CAS[0], CAS[1], CAS[2], CAS[4])


def judge(series: Series) -> tuple[float, float]:
    """The parts of the series that are said to move (χ² and its conditions), and to move significantly."""
    years, ones = list(range(series.shape[1])), [1.0] * series.shape[1]
    moving = significant = 0
    for row in series:
        counts = list(row)
        if direction(years, counts, ones, LOI_NOMBRES) != STABLE:
            moving += 1
            significant += robust(years, counts, ones, LOI_NOMBRES)
    return moving / len(series), significant / len(series)


def measure(cas: Cas, level: int, drift: float, windows: Sequence[int], draws: int) -> list[tuple[float, float]]:
    """``judge`` for each window."""
    return [
        judge(
            cas.law(np.random.default_rng([GRAINE, level, periods, round(1000 * drift)]), level, periods, draws, drift)
        )
        for periods in windows
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate and report; return 1 when a kind of noise that the words claim to cover goes beyond the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tirages", type=int, default=2000)
    draws = parser.parse_args(arguments).tirages
    sizes = {(cas.nom, level): measure(cas, level, 0, FENETRES, draws) for cas in CAS for level in NOMBRES}
    powers = {
        (drift, cas.nom, level): measure(cas, level, drift, (5, 7, 10), draws // 4)
        for drift in DERIVES
        for cas in PUISSANCE
        for level in NOMBRES
    }
    worst = max(share for cas in CAS if cas.couvert for level in NOMBRES for _, share in sizes[cas.nom, level])
    text = write(sizes, powers, worst, draws)
    RESULTATS.write_text(text, encoding="utf-8")
    print(f"{text}\nÉcrit dans {RESULTATS.relative_to(RACINE)}")
    return int(worst > CIBLE)


def write(sizes: dict, powers: dict, worst: float, draws: int) -> str:
    """The report."""
    lines = [
        "# Les tests de tendance, simulés",
        "",
        f"`python -m benchmarks.tendances` (graine {GRAINE}, {nombre(draws)} tirages par case). Les séries sont jugées",
        "par les fonctions du produit. La méthode est dans [docs/methodes.md](../docs/methodes.md), « Les tendances ».",
        "",
        "## Fausses tendances",
        "",
        "Séries sans tendance, en % des tirages : dites « en hausse » ou « en baisse » (χ², qui ne fait que décrire) /",
        "dites « significatives ». Le nombre est celui des personnes, foyers ou faits d’une année.",
        "",
        "| Ce qui fait varier la série | Nombre | " + " | ".join(f"{n} périodes" for n in FENETRES) + " |",
        "|---|--:|" + "--:|" * len(FENETRES),
    ]
    for cas in CAS:
        for level in NOMBRES:
            name = cas.nom if cas.couvert else f"*{cas.nom} (non couvert)*"
            cells = " | ".join(f"{_percent(a)} / **{_percent(b, 2)}**" for a, b in sizes[cas.nom, level])
            lines.append(f"| {name} | {nombre(level)} | {cells} |")
    lines += [
        "",
        f"Au pire, parmi ce que le mot « significative » prétend couvrir : **{_percent(worst, 2)} %** (visé : "
        f"{_percent(CIBLE)} % au plus, sous des chocs de {_percent(CHOC)} %).",
        "Des chocs plus forts, ou qui en entraînent d’autres du même sens, ne sont pas couverts : la page des méthodes",
        "le dit. Le χ² seul, lui, se trompe d’autant plus que les nombres sont grands et les chocs durables.",
        "",
        "## Puissance",
        "",
        "Séries qui dérivent vraiment, en % des tirages : dites en hausse / dites « significatives ».",
        "",
        "| Dérive par an | Ce qui fait varier la série | Nombre | 5 périodes | 7 périodes | 10 périodes |",
        "|--:|---|--:|--:|--:|--:|",
    ]
    for (drift, name, level), found in powers.items():
        cells = " | ".join(f"{_percent(a)} / **{_percent(b)}**" for a, b in found)
        lines.append(f"| {_percent(drift)} % | {name} | {nombre(level)} | {cells} |")
    lines += [
        "",
        "Avec cinq périodes, une tendance réelle n’est le plus souvent que décrite : c’est le prix d’un test qui ne se",
        "trompe pas. Avec dix, une dérive de 5 % par an est reconnue dans la plupart des cas.",
        "",
    ]
    return "\n".join(lines)


def _percent(share: float, decimals: int = 0) -> str:
    return nombre(100 * share, decimals)


if __name__ == "__main__":
    raise SystemExit(main())
