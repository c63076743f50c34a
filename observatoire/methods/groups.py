"""Groups of communes, and what a group says as a reference: its median, itself as one territory, itself without one.

A group taken as one territory is Σ numerators / Σ denominators, never a mean of rates; it is refused as soon as the
figure of a member is missing, secret or a bound. The median is that of the members that have a figure: the middle
commune, not a mean of medians.

Where the members' figures have bounds the reference has its own: five communes are surveyed as one is, only more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from observatoire import formats
from observatoire.frames import only
from observatoire.mesures import Mesure
from observatoire.methods.rounding import steps

MEDIANE, ENSEMBLE, AUTRES = "mediane", "ensemble", "autres"
STATISTIQUES = (MEDIANE, ENSEMBLE, AUTRES)
MINIMUM_MEDIANE = 3
_BORNES = ("borne_basse", "borne_haute")
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
    if reference.code == MEDIANE:
        frames = [medians(own).assign(territoire=MEDIANE)]
    else:
        codes = list(territoires) if reference.code == AUTRES else []
        parts = _parts(own, cards)
        frames = [pooled(parts, cards, reference.membres).assign(territoire=reference.code)]
        frames += [pooled(parts, cards, reference.membres, c).assign(territoire=reference.row_code(c)) for c in codes]
    found = pd.concat(frames, ignore_index=True)
    return only(found.assign(statut=np.where(found["valeur"].isna(), "non_calculable", "calcule")), columns)


def medians(own: pd.DataFrame) -> pd.DataFrame:
    """The median by indicator and year (columns indicateur, annee, valeur, arrondi, marge, borne_basse, borne_haute).

    NaN under three figures, or when the median falls on a bound: what lies under it is not known. It is the figure
    of a member, or the middle of two: it is known no better than the coarsest of them. Its own bounds are the medians
    of the members' bounds: where each true figure is within its bounds, the true median is within them.
    """
    keys = ["indicateur", "annee"]
    found = own.groupby(keys)["valeur"].agg(["count", "median"])
    bound = own[own["statut"] == "censure"].groupby(keys)["valeur"].max().reindex(found.index)
    sure = (found["count"] >= MINIMUM_MEDIANE) & ~(found["median"] <= bound)
    blur = _with_rounding(own).groupby(keys)[["arrondi", "marge"]].max()
    level = found["median"].where(sure).rename("valeur").to_frame().join(blur)
    if "borne_basse" not in own:
        return level.assign(borne_basse=np.nan, borne_haute=np.nan).reset_index()
    known = own[own["valeur"].notna()]
    sides = known.groupby(keys)[["borne_basse", "borne_haute"]]
    all_bounded = sides.count().eq(found["count"], axis=0).all(axis=1) & sure
    return level.join(sides.median().where(all_bounded)).reset_index()


def pooled(
    parts: pd.DataFrame, cards: Mapping[str, Mesure], membres: Sequence[str], without: str | None = None
) -> pd.DataFrame:
    """The members as one territory, by indicator and year: Σ numerators / Σ denominators × factor.

    Columns indicateur, annee, valeur, arrondi, marge, borne_basse, borne_haute; NaN when the indicator does not add up
    (medians, deciles, indices, weighted approximations) or when a member has no figure. ``without``: a member left out.
    ``parts``: see ``_parts``. Bounds: members are surveyed apart, so the margin on a side is √Σ (wᵢ × marginᵢ)², where
    wᵢ is the member's part of the denominators.
    """
    kept = parts if without is None else parts[parts["territoire"] != without]
    expected = len(set(membres) - {without})
    amounts = ["haut", "bas", "sur", "flou", "dessous", "dessus"]
    found = kept.groupby(["indicateur", "annee"])[amounts].sum(skipna=False).reset_index()
    known = parts[["indicateur", "annee"]].drop_duplicates().merge(found, how="left", on=["indicateur", "annee"])
    whole = (known["sur"] == expected) & (expected > 0) & (known["bas"] > 0)
    ratio = (known["haut"] / known["bas"]).where(whole)
    card = known["indicateur"].map(cards)
    evolution = card.map(lambda c: c.forme == "evolution").astype(bool)
    growth = ratio ** (1 / card.map(lambda c: float(c.duree or 1))) - 1
    value = ratio.where(~evolution, growth) * card.map(lambda c: c.facteur)
    total = card.map(lambda c: c.agregation == "somme").astype(bool)
    below, above = (np.sqrt(known[side]) / known["bas"].where(~total, 1.0) for side in ("dessous", "dessus"))
    level = value.where(~total, known["haut"].where(whole))
    blur = (known["flou"] / known["bas"].where(~total, 1.0)).where(whole & (known["flou"] > 0))
    return known[["indicateur", "annee"]].assign(
        valeur=level,
        arrondi=[formats.rang_lisible(blurred) for blurred in blur],
        marge=blur,
        borne_basse=(level - below).where(~evolution),
        borne_haute=(level + above).where(~evolution),
    )


def _parts(own: pd.DataFrame, cards: Mapping[str, Mesure]) -> pd.DataFrame:
    """What each member brings: ``haut`` over ``bas`` (1 for a sum), and ``sur``, 1 when it can be added, else 0.

    ``flou``: its rounding margin × ``bas``; Σ flou / Σ bas is the margin of the whole (each margin is a / bas, where
    a is the error of the numerator). ``dessous``, ``dessus``: the squares of its margins times ``bas``, NaN without
    bounds.
    """
    rule = own["indicateur"].map(lambda code: cards[code].agregation)
    total = rule == "somme"
    top, bottom = own["numerateur"].where(~total, own["valeur"]), own["denominateur"].where(~total, 1.0)
    sure = own["valeur"].notna() & (own["statut"] != "censure") & top.notna() & bottom.notna()
    sure &= rule.isin(["somme", "ratio"])
    blur = (_with_rounding(own)["marge"] * bottom).fillna(0.0)
    return own[["territoire", "indicateur", "annee"]].assign(
        haut=top.where(sure, 0.0),
        bas=bottom.where(sure, 0.0),
        sur=sure.astype(int),
        flou=blur.where(sure, 0.0),
        dessous=((own["valeur"] - own["borne_basse"]) * bottom) ** 2 if "borne_basse" in own else np.nan,
        dessus=((own["borne_haute"] - own["valeur"]) * bottom) ** 2 if "borne_haute" in own else np.nan,
    )


def _with_rounding(own: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``arrondi`` and ``marge`` as numbers, unknown where they carry none."""
    return own.assign(arrondi=steps(own), marge=steps(own, "marge"))
