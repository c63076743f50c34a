"""A figure against a reference: better, similar, worse, or simply higher and lower where nothing is judged.

The gap is measured in standard deviations of the communes of the département, so that indicators of different
units can be compared; under a quarter of one, two figures are said to be close. This describes, it does not
test: the statistical significance of a gap is another question.
"""

from __future__ import annotations

import math

from etl.typography import round_half_up
from observatoire import formats
from observatoire.formats import is_missing
from observatoire.mesures import Mesure

Bornes = tuple[float, float]
# A quarter of a standard deviation: the gap between two communes taken in the middle of the ranking.
PROCHE = 0.25
# A gap under half a standard deviation of the communes does not stand out.
NET = 0.5
# Two shares are also close, whatever the spread, when Cohen's h = 2 asin √p − 2 asin √q is small (Cohen 1988,
# chap. 6). It treats a share and its complement alike (94.4 % in school is 5.6 % out of it), which a ratio does not,
# and weighs a point more at the ends of the scale than in the middle. 0.06 is three points at 50 %, one point at 95 %
# or 5 %, half a point at 1 %: less is not what a reader would call a difference, though 39 towns that are all alike
# may be spread over less. 0.08, four points at 50 %, bounds « slightly ». Cohen's own « small » effect is 0.2.
PROCHE_H, LEGER_H = 0.06, 0.08
# A ratio says as much for what has a true zero and is not a share: within 3 % close, within 7 % slight.
PROCHE_RAPPORT, LEGER_RAPPORT = 0.03, 0.07
# A gap is said « environ » when its rounding takes a decimal off those of the card (8 points between two rates
# published in whole points are 7 to 9), or from a rounding margin of one thirtieth of it: under, no reader would have
# kept another figure in mind.
ENVIRON = 1 / 30


def standard_gap(valeur: float | None, reference: float | None, ecart_type: float | None) -> float | None:
    """(value − reference) / standard deviation; None when one is missing or the communes are all alike."""
    if is_missing(valeur) or is_missing(reference) or is_missing(ecart_type) or ecart_type == 0:
        return None
    return (valeur - reference) / ecart_type  # type: ignore[operator]


def position(valeur: float | None, reference: float | None, ecart_type: float | None, sens: str) -> str | None:
    """Key of charts.theme.POSITIONS: favorable, proche, defavorable (judged), plus_haut, plus_bas (neutral)."""
    gap = standard_gap(valeur, reference, ecart_type)
    if gap is None:
        return None
    if abs(gap) < PROCHE:
        return "proche"
    if sens == "neutre":
        return "plus_haut" if gap > 0 else "plus_bas"
    return "favorable" if (gap > 0) == (sens == "favorable") else "defavorable"


def may_be_chance(
    valeur: float, bornes: Bornes | None, reference: float, bornes_reference: Bornes | None, exacte: bool = True
) -> bool | None:
    """True when a gap may be chance, at 95 %: it is within the uncertainties of both figures. None: not known.

    The margin is √(a² + b²), where a and b are the distances of the two figures to their bounds on the side that faces
    the other (« square and add » of Zou and Donner, 2008). ``exacte``: a reference without bounds is so large that its
    error is nothing beside the other (Île-de-France, France); when False its error is unknown, and the figure's own
    margin can only say that a gap may be chance.
    """
    if bornes is None:
        return None
    up = reference > valeur
    own = bornes[1] - valeur if up else valeur - bornes[0]
    other = 0.0
    if bornes_reference is not None:
        other = reference - bornes_reference[0] if up else bornes_reference[1] - reference
    held = abs(reference - valeur) <= math.hypot(own, other)
    return None if not held and bornes_reference is None and not exacte else held


def same_reading(valeur: float, reference: float, decimales: int) -> bool:
    """True when both read the same once rounded as they are shown."""
    return round_half_up(valeur, decimales) == round_half_up(reference, decimales)


def margin(*marges: float | None) -> float:
    """The rounding margin of a difference: the sum of those of its figures (interval arithmetic); none is 0."""
    return sum(float(m) for m in marges if m is not None and not is_missing(m))


def coarser(*arrondis: float | None) -> float | None:
    """The coarser of several roundings; None when none is known."""
    return max((float(a) for a in arrondis if a is not None and not is_missing(a)), default=None)


def effect(valeur: float, reference: float) -> float | None:
    """Cohen's h of two shares in per cent; None outside 0–100, where there is no share."""
    if not (0 <= valeur <= 100 and 0 <= reference <= 100):
        return None
    return 2 * (math.asin(math.sqrt(valeur / 100)) - math.asin(math.sqrt(reference / 100)))


def gap_size(valeur: float, reference: float, card: Mesure, ecart_type: float | None = None, marge: float = 0) -> str:
    """« proche », « leger » or « net »: how a gap between two figures of an indicator is graded.

    Shares by Cohen's h, and close too within a quarter of the spread of the communes, as in the tables; an interval
    scale (no zero) by that spread alone, never slight; the others by their ratio. Whatever the kind, a gap that the
    rounding of the two figures explains (``marge``) is close.
    """
    if abs(valeur - reference) <= marge:
        return "proche"
    if card.en_rapport:
        change = round(valeur / reference - 1, 12) if reference > 0 and valeur >= 0 else math.inf
        close, slight = (-bound <= change < bound for bound in (PROCHE_RAPPORT, LEGER_RAPPORT))
    else:
        gap, h = standard_gap(valeur, reference, ecart_type), None
        if card.echelle != "intervalle":
            h = effect(valeur, reference)
        close = (gap is not None and abs(gap) < PROCHE) or (h is not None and abs(h) < PROCHE_H)
        slight = h is not None and abs(h) < LEGER_H
    return "proche" if close else "leger" if slight else "net"


def gap_words(valeur: float, reference: float, card: Mesure, arrondi: float | None = None, marge: float = 0) -> str:
    """« +8 points environ », « −2,3 points »: the difference of the two figures as both are shown.

    ``arrondi``: the coarser rounding of the two; ``marge``: the sum of their margins.
    """
    text = formats.ecart(valeur, reference, card.unite_ecart, card.decimales, arrondi)
    cut = formats.decimales_lues(card.decimales, arrondi) < card.decimales
    return f"{text} environ" if marge > 0 and (cut or marge >= ENVIRON * abs(valeur - reference)) else text
