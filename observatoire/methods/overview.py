"""Key figures: the latest value, its evolution in words, beside a reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from etl.typography import round_half_up
from observatoire import formats
from observatoire.mesures import Mesure
from observatoire.methods.comparison import coarser, gap_words, margin, same_reading
from observatoire.methods.phrases import blur_words, reading
from observatoire.methods.trend_test import FENETRE_RP, independent


@dataclass(frozen=True)
class KeyFigure:
    """A figure large enough to stand alone. ``serie``: (year, value) of the years that compare with it, ascending.

    ``marge``: its rounding margin in words, when it is worth saying.
    """

    card: Mesure
    texte: str
    annee: int
    statut: str
    evolution: str
    serie: tuple[tuple[int, float], ...]
    marge: str = ""


def key_figure(figures: Iterable[Mapping[str, Any]], card: Mesure) -> KeyFigure | None:
    """The key figure of one territory from its rows of ``observation`` (annee, valeur, statut, motif, arrondi, marge),
    those of other indicators left out.

    Without any value, the reason stands in its place (« n. calc. »); None when there is no row at all. Bounds
    (« moins de 5 % ») are no part of the trend: one does not subtract from a bound. Nor are the years before a break
    of the series, nor, for a census, those that share surveys with a later one.
    """
    rows = sorted((row for row in figures if row["indicateur"] == card.code), key=lambda row: row["annee"])
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
    years = {annee for annee, _ in serie}
    exact = [row for row in known if row["statut"] != "censure" and row["annee"] in years]
    ends = exact[:1] + exact[-1:]
    step, blur = coarser(*(row.get("arrondi") for row in ends)), margin(*(row.get("marge") for row in ends))
    change = evolution_words(card, serie, step, blur)
    if len(serie) == 1 < before and card.debut(year):
        change = card.rupture(year)
    text, blurred = reading(card, last["valeur"], status, last.get("arrondi")), ""
    if status != "publie":
        blurred = blur_words(card, last.get("arrondi"), last.get("marge"))
    return KeyFigure(card, text, year, status, change, serie, blurred)


def _comparable(card: Mesure, serie: tuple[tuple[int, float], ...], year: int) -> tuple[tuple[int, float], ...]:
    """The years of a series that compare with ``year``."""
    kept = [annee for annee, _ in serie if annee >= card.debut(year)]
    if card.incertitude == "wilson_rp":
        kept = independent(kept, FENETRE_RP)
    return tuple((annee, value) for annee, value in serie if annee in kept)


def evolution_words(
    card: Mesure, serie: tuple[tuple[int, float], ...], arrondi: float | None = None, marge: float = 0
) -> str:
    """« +0,4 point depuis 2020 », « +3,6 % depuis 2019 » for counts and euros, « stable depuis 2018 », or nothing.

    ``arrondi``, ``marge``: the coarser rounding of the first and last figures, the sum of their margins. A change that
    their rounding explains is « stable ».
    """
    if len(serie) < 2:
        return ""
    (first_year, first), (_, last) = serie[0], serie[-1]
    if card.effectif or card.unite.startswith("€"):
        if first <= 0:
            return ""
        change, blur = (last / first - 1) * 100, marge / first * 100
        step = formats.rang_lisible(blur)
        text = formats.ecart(change, 0, "", 1, step) + f"{formats.INSECABLE}%"
        text += " environ" if formats.decimales_lues(1, step) < 1 else ""
        zero = abs(change) <= blur or round_half_up(change, 1) == 0
    else:
        text = gap_words(last, first, card, arrondi, marge)
        if not formats.en_points(card.unite_ecart) and card.unite not in card.libelle:
            text = formats.avec_unite(text, formats.accorder(card.unite, last - first))
        decimals = formats.decimales_lues(card.decimales, arrondi)
        zero = same_reading(formats.lue(last, arrondi), formats.lue(first, arrondi), decimals)
        zero = zero or abs(last - first) <= marge
    return f"stable depuis {first_year}" if zero else f"{text} depuis {first_year}"


def split_unit(text: str) -> tuple[str, str]:
    """The number, and the unit to be written smaller (% and € stay with the number)."""
    number, _, unit = text.partition(formats.INSECABLE)
    return (text, "") if unit in ("%", "€") else (number, f" {unit}" if unit else "")
