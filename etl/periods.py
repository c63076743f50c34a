"""Years and periods as a person writes them: « 2014 à 2016, 2018 et 2019 », « 2016–2022 »."""

from __future__ import annotations

from collections.abc import Iterable

# The communes of 1 January 2025: the last merger of the département, Pierrefitte into Saint-Denis.
GEOGRAPHIE = 2025


def list_years(years: Iterable[int]) -> str:
    """« 2023 », « 2018 et 2019 », « 2014 à 2016, 2018 et 2019 »: three years or more in a row are a range."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    parts = []
    for run in runs:
        parts += [f"{run[0]} à {run[-1]}"] if len(run) > 2 else [str(year) for year in run]
    return _joined(parts)


def period(year: int, span: int | None = None) -> str:
    """What a figure stamped ``year`` covers: the year, or « 2016–2022 » for an evolution over ``span`` years."""
    return f"{year - span}–{year}" if span else str(year)


def periods(years: Iterable[int], span: int | None) -> str:
    """The periods of an evolution: « 2007–2013, 2011–2017 et 2016–2022 »."""
    return _joined([period(year, span) for year in sorted(set(years))])


def _joined(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} et {parts[-1]}" if len(parts) > 1 else "".join(parts)
