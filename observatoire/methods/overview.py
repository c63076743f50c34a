"""Key figures: the latest value, its evolution in words, beside a reference."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from observatoire import formats
from observatoire.methods.phrases import reading
from observatoire.methods.trend_test import FENETRE_RP, independent
from observatoire.warehouse import Indicateur


@dataclass(frozen=True)
class KeyFigure:
    """A figure large enough to stand alone. ``serie``: (year, value) of the years that compare with it, ascending."""

    card: Indicateur
    texte: str
    annee: int
    statut: str
    evolution: str
    serie: tuple[tuple[int, float], ...]


def key_figure(figures: pd.DataFrame, card: Indicateur) -> KeyFigure | None:
    """The key figure of one territory from its rows of ``observation`` for this indicator.

    Without any value, the reason stands in its place (« n. calc. »); None when there is no row at all. Bounds
    (« moins de 5 % ») are no part of the trend: one does not subtract from a bound. Nor are the years before a break
    of the series, nor, for a census, those that share surveys with a later one.
    """
    own = figures[figures["indicateur"] == card.code]
    rows = sorted(own[["annee", "valeur", "statut", "motif"]].to_dict("records"), key=lambda row: row["annee"])
    if not rows:
        return None
    known = [row for row in rows if not formats.is_missing(row["valeur"])]
    last = (known or rows)[-1]
    year, status = int(last["annee"]), str(last["statut"])
    if not known:
        why = formats.MOTIFS.get(str(last["motif"]), formats.STATUTS[status])
        return KeyFigure(card, card.format(None, status), year, status, why, ())
    serie = tuple((int(row["annee"]), float(row["valeur"])) for row in known if row["statut"] != "censure")
    if status == "censure":
        serie = ()
    before = len(serie)
    serie = _comparable(card, serie, year)
    words = evolution_words(card, serie)
    if len(serie) == 1 < before and card.debut(year):
        words = card.rupture(year)
    return KeyFigure(card, reading(card, last["valeur"], status), year, status, words, serie)


def _comparable(card: Indicateur, serie: tuple[tuple[int, float], ...], year: int) -> tuple[tuple[int, float], ...]:
    """The years of a series that compare with ``year``."""
    kept = [annee for annee, _ in serie if annee >= card.debut(year)]
    if card.incertitude == "wilson_rp":
        kept = independent(kept, FENETRE_RP)
    return tuple((annee, value) for annee, value in serie if annee in kept)


def evolution_words(card: Indicateur, serie: tuple[tuple[int, float], ...]) -> str:
    """« +0,4 point depuis 2020 », « +3,6 % depuis 2019 » for counts and euros, « stable depuis 2018 », or nothing."""
    if len(serie) < 2:
        return ""
    (first_year, first), (_, last) = serie[0], serie[-1]
    if card.effectif or card.unite.startswith("€"):
        if first <= 0:
            return ""
        text = formats.ecart((last / first - 1) * 100, 0, "", 1) + f"{formats.INSECABLE}%"
        zero = formats.round_half_up((last / first - 1) * 100, 1) == 0
    else:
        text = formats.ecart(last, first, card.unite, card.decimales)
        zero = formats.round_half_up(last, card.decimales) == formats.round_half_up(first, card.decimales)
    return f"stable depuis {first_year}" if zero else f"{text} depuis {first_year}"


def split_unit(text: str) -> tuple[str, str]:
    """The number, and the unit to be written smaller (% and € stay with the number)."""
    number, _, unit = text.partition(formats.INSECABLE)
    return (text, "") if unit in ("%", "€") else (number, f" {unit}" if unit else "")
