"""Figures of several years made comparable: index 100 from a common year, two years side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from observatoire.formats import lue
from observatoire.frames import rows_where
from observatoire.mesures import Mesure
from observatoire.methods.rounding import steps
from observatoire.records import Territoire


def latest_series(frame: pd.DataFrame, card: Mesure) -> pd.DataFrame:
    """The rows of the latest series that has a value: what comes before its break does not compare with it."""
    known = frame.loc[frame["valeur"].notna(), "annee"]
    return frame if known.empty else rows_where(frame, frame["annee"] >= card.debut(int(known.max())))


def pairs_of_years(card: Mesure) -> dict[int, list[int]]:
    """The years from which an evolution can be read → the later ones of the same series."""
    pairs = {y: [z for z in card.annees if z > y and card.debut(z) == card.debut(y)] for y in card.annees}
    return {year: later for year, later in pairs.items() if later}


def base_100(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Series divided by their figure of the first year that most of them share, times 100; that year.

    ``frame``: serie, annee, valeur, statut. A bound is no base and is left out, as is a series that has no positive
    figure that year: an index on nothing says nothing.
    """
    exact = frame.assign(valeur=frame["valeur"].where(frame["statut"] != "censure"))
    known = exact[exact["valeur"] > 0]
    if known.empty:
        return exact.iloc[:0], 0
    counts = known.groupby("annee")["serie"].nunique()
    first = int(counts[counts == counts.max()].index.min())
    base = known[known["annee"] == first].set_index("serie")["valeur"]
    kept = exact[exact["serie"].isin(base.index) & (exact["annee"] >= first)]
    index = kept.assign(valeur=kept["valeur"] / kept["serie"].map(base) * 100)
    return index.drop(columns="arrondi", errors="ignore").reset_index(drop=True), first


def two_years(
    figures: pd.DataFrame, card: Mesure, territoires: Sequence[Territoire], first: int, last: int
) -> tuple[pd.DataFrame, list[str]]:
    """Territories with an exact figure at both years (code, nom, avant, apres, texte_avant, texte_apres), and the
    names of the others: a bound hides the change, an absence too."""
    exact = figures[(figures["statut"] != "censure") & figures["valeur"].notna()]
    columns = (exact["territoire"], exact["annee"], exact["valeur"], steps(exact))
    known = {(code, int(year)): (value, step) for code, year, value, step in zip(*columns, strict=True)}
    rows, absent = [], []
    for territoire in territoires:
        ends = [known.get((territoire.code, year)) for year in (first, last)]
        if None in ends:
            absent.append(territoire.nom)
        else:
            pair, own = zip(*(end for end in ends if end is not None), strict=True)
            texts = [card.format(value, arrondi=step) for value, step in zip(pair, own, strict=True)]
            rows.append((territoire.code, territoire.nom, *map(lue, pair, own), *texts))
    columns = ["code", "nom", "avant", "apres", "texte_avant", "texte_apres"]
    return pd.DataFrame(rows, columns=columns), absent
