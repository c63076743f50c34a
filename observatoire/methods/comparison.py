"""A figure against a reference: better, similar, worse, or simply higher and lower where nothing is judged.

The gap is measured in standard deviations of the communes of the département, so that indicators of different
units can be compared; under a quarter of one, two figures are said to be close. This describes, it does not
test: the statistical significance of a gap is another question.
"""

from __future__ import annotations

import math

from observatoire.formats import is_missing, round_half_up

PROCHE = 0.25
Bornes = tuple[float, float]


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
