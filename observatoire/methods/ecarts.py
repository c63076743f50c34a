"""A gap to a reference in the fewest words: a ratio one can picture, points, a place among the communes.

« près d’une fois et demie le taux du département », « 4 points de plus que le département », « le taux le plus élevé du
département, à égalité avec Aubervilliers ». Everything is worked out from the figures as they are shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etl.identite import IDENTITE
from etl.typography import round_half_up
from observatoire import formats
from observatoire.formats import is_missing
from observatoire.mesures import Mesure
from observatoire.methods.comparison import coarser, gap_words, margin
from observatoire.records import METROPOLE

Row = Mapping[str, Any]
# A ratio is said plainly within 2 % of a simple one, « près de » down to 7 % under it, « plus de » up to 7 % over it
# and, over the double, until the next whole number is near.
JUSTE, PRES = 0.02, 0.07
# The simple ratios: words after nothing (« le double »), after « de » (« du double »), and what joins them to a noun.
_RAPPORTS = (
    (1 / 3, "le tiers", "du tiers", "de"),
    (1 / 2, "la moitié", "de la moitié", "de"),
    (2 / 3, "les deux tiers", "des deux tiers", "de"),
    (3 / 2, "une fois et demie", "d’une fois et demie", ""),
    (2.0, "le double", "du double", "de"),
    (3.0, "le triple", "du triple", "de"),
)
# So many communes with the same figure, and being the highest of them is no longer worth saying.
EGALES_MAX = 4
# The last places from an end that are « l’un des plus élevés ».
PREMIERES = 3


@dataclass(frozen=True)
class Reference:
    """What a figure is beside, as a sentence wants it: « le département », « du département », « dans le … »."""

    nom: str
    de: str
    dans: str


_REFERENCES = {
    "dep": Reference("le département", "du département", "dans le département"),
    "reg": Reference(IDENTITE.region.avec_article, IDENTITE.region.de_article, IDENTITE.region.dans),
    "fra": Reference("la France", "de la France", "en France"),
}
_METROPOLE = Reference("la France métropolitaine", "de la France métropolitaine", "en France métropolitaine")


@dataclass(frozen=True)
class Extreme:
    """A commune at an end of the others, as the figures read. ``haut``: among the highest; ``rang``: 1 at the very end;
    ``egales``: the names of those that read alike; ``assure``: no interval allows another place.
    """

    haut: bool
    rang: int
    egales: tuple[str, ...] = ()
    assure: bool = True

    @property
    def seule_au_bout(self) -> bool:
        """True when it is (or shares) the highest or the lowest figure, beyond the uncertainties that are known."""
        return self.rang == 1 and self.assure and len(self.egales) <= EGALES_MAX


def reference_of(row: Row) -> Reference:
    """The level that a row of portrait.with_gaps is compared with (``niveau``)."""
    mainland = row["niveau"] == "fra" and row["code_fra"] == METROPOLE
    return _METROPOLE if mainland else _REFERENCES[row["niveau"]]


def find_extreme(
    code: str, lectures: Mapping[str, float], noms: Mapping[str, str], assure: bool = True, bornes: bool = False
) -> Extreme | None:
    """Whether a commune is among the ``PREMIERES`` at an end of the communes, from what their figures read.

    ``bornes``: some are only known to be under a bound (« moins de 5 % »): none is then said to be the lowest.
    """
    if code not in lectures or len(set(lectures.values())) < 2 * PREMIERES:
        return None
    own = lectures[code]
    above = sum(value > own for value in lectures.values())
    below = sum(value < own for value in lectures.values())
    high = above <= below
    place = min(above, below) + 1
    if place > PREMIERES or (bornes and not high):
        return None
    alike = [noms[other] for other, value in lectures.items() if value == own and other != code]
    return Extreme(high, place, tuple(sorted(alike)), assure)


def nom_de(card: Mesure) -> tuple[str, bool]:
    """What a figure is called beside another: (« taux », False), (« part », True when feminine)."""
    first = card.libelle.split(" ", 1)[0]
    if first in ("Taux", "Niveau", "Indice", "Rapport"):
        return first.lower(), False
    if first == "Part":
        return "part", True
    return ("taux", False) if card.unite.startswith(("%", "pour ")) else ("niveau", False)


def extreme_words(extreme: Extreme, nom: str, feminin: bool) -> str:
    """« la part la plus élevée du département, à égalité avec Aubervilliers », « l’un des taux les plus bas du
    département » when it is not at the very end, or not for sure."""
    if extreme.seule_au_bout:
        article, word = ("la", "élevée" if extreme.haut else "basse") if feminin else ("le", "élevé")
        if not feminin and not extreme.haut:
            word = "bas"
        return f"{article} {nom} {article} plus {word} du département{_alike(extreme.egales)}"
    one, words = ("l’une des", "élevées" if extreme.haut else "basses") if feminin else ("l’un des", "élevés")
    if not feminin and not extreme.haut:
        words = "bas"
    plural = nom if nom.endswith(("x", "s")) else f"{nom}{'x' if nom.endswith('eau') else 's'}"
    return f"{one} {plural} les plus {words} du département"


def _alike(names: Sequence[str]) -> str:
    if not names:
        return ""
    if len(names) > 2:
        return f", à égalité avec {('trois', 'quatre')[len(names) - 3]} autres communes"
    return f", à égalité avec {' et '.join(names)}"


def ratio_words(valeur: float, reference: float, nom: str, feminin: bool, approche: bool = False) -> str | None:
    """« près d’une fois et demie le taux », « plus du double de la part », « la moitié du niveau »; None when no simple
    ratio is near. ``approche``: one of the two is only approximate, and « environ » stands for the finer words."""
    if valeur <= 0 or reference <= 0:
        return None
    ratio = valeur / reference
    thing, of_thing = (f"la {nom}", f"de la {nom}") if feminin else (f"le {nom}", f"du {nom}")
    whole = math.floor(ratio / (1 - PRES) + 1e-9)
    if whole > 3:
        prefix = _prefix(ratio / whole - 1, approche)
        return f"{prefix}{' de ' if prefix in ('près', 'plus') else ' ' if prefix else ''}{whole} fois {thing}"
    for simple, plain, after_de, link in _RAPPORTS:
        gap = ratio / simple - 1
        over = (simple + 1) * (1 - PRES) / simple - 1 - 1e-6 if simple >= 2 else PRES
        if -PRES - 1e-9 <= gap <= over + 1e-9:
            prefix = _prefix(gap, approche)
            prefix = "un peu plus" if prefix == "plus" and simple < 1 else prefix
            start = f"{prefix} {after_de}" if prefix.endswith(("près", "plus")) else f"{prefix} {plain}".strip()
            return f"{start} {of_thing if link else thing}"
    return None


def _prefix(gap: float, approche: bool) -> str:
    if approche:
        return "environ"
    return "" if abs(gap) <= JUSTE + 1e-9 else "près" if gap < 0 else "plus"


def difference_words(row: Row, card: Mesure) -> str:
    """« 4 points de plus que le département », « 6 090 € de moins que … », « environ 27 % de plus que … »: the
    difference of the two figures as both are shown; « zéro, contre 1,89 dans le département » where one is zero."""
    level = row["niveau"]
    value, other = float(row["valeur"]), float(row[f"valeur_{level}"])
    step, blur = (
        coarser(row.get("arrondi"), row.get(f"arrondi_{level}")),
        margin(row.get("marge"), row.get(f"marge_{level}")),
    )
    about = is_approximate(row)
    more = "plus" if value > other else "moins"
    if formats.en_points(card.unite_ecart) or card.unite.startswith("€"):
        words = gap_words(value, other, card, step, blur).lstrip("+−-")
        if words.endswith(" environ"):
            words, about = words.removesuffix(" environ"), True
    else:
        read, beside = displayed(row, card)
        if 0 in (read, beside):
            return (
                f"{'zéro' if read == 0 else card.format(value, arrondi=row.get('arrondi'))}, contre "
                + card.format(other, arrondi=row.get(f"arrondi_{level}"))
                + f" {reference_of(row).dans}"
            )
        change = abs(read / beside - 1) * 100
        words = f"{formats.nombre(round_half_up(change, 0))}{formats.INSECABLE}%"
        about = about or blur > 0
    return f"{'environ ' if about else ''}{words} de {more} que {reference_of(row).nom}"


def is_approximate(row: Row) -> bool:
    """True when the figure, or what it is beside, is a weighted mean."""
    return "approche" in (row["statut"], row[f"statut_{row['niveau']}"])


def displayed(row: Row, card: Mesure) -> tuple[float, float]:
    """The figure and its reference as numbers that read as they are shown."""
    level = row["niveau"]
    return reads(row["valeur"], row.get("arrondi"), card), reads(
        row[f"valeur_{level}"], row.get(f"arrondi_{level}"), card
    )


def reads(valeur: float, arrondi: float | None, card: Mesure) -> float:
    """A figure as it is shown: at its own rounding, with no more decimals than its card."""
    step = None if is_missing(arrondi) else arrondi
    return round_half_up(formats.lue(float(valeur), step), formats.decimales_lues(card.decimales, step))


def gap_constructions(row: Row, card: Mesure, extreme: Extreme | None) -> dict[str, str]:
    """Every way in which a gap may be said, the one that says most first: ``rang``, ``rapport``, ``ecart``.

    A ratio is only said of what has a true zero, and where the rounding of the two figures cannot change its words.
    """
    beside = reference_of(row)
    name, feminine = nom_de(card)
    found = {}
    if extreme is not None and extreme.seule_au_bout:
        found["rang"] = extreme_words(extreme, name, feminine)
    if ratio := sure_ratio(row, card, name, feminine):
        found["rapport"] = f"{ratio} {beside.de}"
    found["ecart"] = difference_words(row, card)
    return found


def sure_ratio(row: Row, card: Mesure, name: str, feminine: bool) -> str | None:
    """The words of ``ratio_words`` that the rounding of the two figures cannot change; None when it could."""
    if card.echelle != "rapport":
        return None
    own, other = displayed(row, card)
    own_blur, other_blur = (margin(row.get(key)) for key in ("marge", f"marge_{row['niveau']}"))
    said = {
        ratio_words(value, reference, name, feminine, is_approximate(row))
        for value, reference in (
            (own, other),
            (own - own_blur, other + other_blur),
            (own + own_blur, other - other_blur),
        )
    }
    return said.pop() if len(said) == 1 else None


def alternate(choices: Sequence[Mapping[str, str]]) -> list[str]:
    """One construction for each of several gaps told one after the other: the first that is not that of the gap just
    before, when there is another."""
    said, last = [], ""
    for found in choices:
        last = next((kind for kind in found if kind != last), last)
        said.append(found[last])
    return said
