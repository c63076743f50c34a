"""Tables of territories side by side: what is read (texts) and what is downloaded (values), from the same rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from observatoire.formats import STATUTS, is_missing, lue, signe
from observatoire.mesures import Mesure
from observatoire.methods.rounding import as_read, steps
from observatoire.records import FRANCE, METROPOLE, Territoire

# How many years one goes back to find a year that the reference has too.
ANCIENNETE = 3


@dataclass(frozen=True)
class SideBySide:
    """``columns`` and ``rows`` are texts to show; ``data`` is a tidy frame to download."""

    columns: list[str]
    rows: list[list[str]]
    data: pd.DataFrame


def side_by_side(figures: pd.DataFrame, cards: Sequence[Mesure], territoires: Sequence[Territoire]) -> SideBySide:
    """One row an indicator, one column a territory, all of the same year: the latest that most of them have.

    ``figures``: rows of ``observation`` (territoire, indicateur, annee, valeur, statut, arrondi).
    """
    rows, tidy = [], []
    for card in cards:
        year = common_year(figures, card, [t.code for t in territoires])
        found = figures[(figures["indicateur"] == card.code) & (figures["annee"] == year)].set_index("territoire")
        texts = []
        for territoire in territoires:
            known = territoire.code in found.index
            value = found["valeur"].get(territoire.code) if known else None
            status = str(found["statut"].get(territoire.code)) if known else "manquant"
            step = steps(found).get(territoire.code)
            texts.append(card.format(value, status, step) + signe(status))
            read = None if is_missing(value) else lue(float(value), step)  # type: ignore[arg-type]
            tidy.append((card.code, card.libelle, card.unite, card.datee(year), territoire.nom, read, STATUTS[status]))
        rows.append([card.libelle, card.periode(year), *texts])
    columns = ["Indicateur", "Année", *(t.nom for t in territoires)]
    names = ["Code", "Indicateur", "Unité", "Année", "Territoire", "Valeur", "Statut"]
    return SideBySide(columns, rows, pd.DataFrame(tidy, columns=names).astype({"Valeur": float}))


def common_year(figures: pd.DataFrame, card: Mesure, codes: Sequence[str], reference: str | None = None) -> int:
    """The latest year for which as many as possible of the territories ``codes`` have a figure.

    With a ``reference``, a year it has too is preferred, within ``ANCIENNETE`` years of the latest: figures are only
    compared within a year, but a figure of today is worth more than the comparison of an old one.
    """
    own = figures.loc[figures["indicateur"] == card.code, ["territoire", "annee", "valeur"]].dropna()
    return shared_year(zip(own["territoire"], own["annee"], strict=True), card, codes, reference)


def shared_year(
    known: Iterable[tuple[str, int]], card: Mesure, codes: Sequence[str], reference: str | None = None
) -> int:
    """The same from the places and years where the indicator has a figure."""
    places: dict[int, set[str]] = {}
    for territoire, annee in known:
        places.setdefault(int(annee), set()).add(territoire)
    wanted = set(codes)
    counts = {year: len(there & wanted) for year, there in places.items() if there & wanted}
    if not counts:
        return card.derniere
    best = [year for year, count in counts.items() if count == max(counts.values())]
    shared = [year for year in best if reference in places[year] and year >= max(best) - ANCIENNETE]
    return max(shared or best)


def series(figures: pd.DataFrame | Mapping[str, Sequence[Any]], territoires: Sequence[Territoire]) -> pd.DataFrame:
    """One row a territory and year of the figures, in the order of ``territoires``: serie, annee, valeur, statut,
    arrondi.

    ``figures``: the columns territoire, annee, valeur, statut and, where it is known, arrondi, of ``observation``.
    France is « France », or « France métropolitaine » for an indicator the producer gives for the mainland only: the
    two are never joined in one line.
    """
    places, years, values, statuses = (list(figures[name]) for name in ("territoire", "annee", "valeur", "statut"))
    roundings = list(figures["arrondi"]) if "arrondi" in figures else [None] * len(places)
    names = {t.code: t.nom for t in territoires}
    if FRANCE in names and all(is_missing(v) for code, v in zip(places, values, strict=True) if code == FRANCE):
        names[METROPOLE] = "France métropolitaine"
    order = {code: n for n, code in enumerate(names)}
    kept = sorted(
        (n for n, code in enumerate(places) if code in order), key=lambda n: (order[places[n]], int(years[n]))
    )
    return pd.DataFrame(
        {
            "serie": pd.Series([names[places[n]] for n in kept], dtype=str),
            "annee": np.array([years[n] for n in kept], dtype="int32"),
            "valeur": np.array([_number(values[n]) for n in kept], dtype=float),
            "statut": pd.Series([statuses[n] for n in kept], dtype=str),
            "arrondi": np.array([_number(roundings[n]) for n in kept], dtype=float),
        }
    )


def _number(value: Any) -> float:
    return math.nan if is_missing(value) else float(value)


def trend_table(frame: pd.DataFrame, unite: str) -> pd.DataFrame:
    """The frame of ``series`` as readers take it away: columns Territoire, Année, the unit, Statut (in words)."""
    return pd.DataFrame(
        {
            "Territoire": frame["serie"],
            "Année": frame["annee"],
            unite: np.array(as_read(frame), dtype=float),
            "Statut": [STATUTS[status] for status in frame["statut"]],
        }
    )
