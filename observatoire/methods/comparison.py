"""A figure against a reference: better, similar, worse, or simply higher and lower where nothing is judged.

The gap is measured in standard deviations of the communes of the département, so that indicators of different
units can be compared; under a quarter of one, two figures are said to be close. This describes, it does not
test: the statistical significance of a gap is another question.
"""

from __future__ import annotations

from observatoire.formats import is_missing, round_half_up

PROCHE = 0.25


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


def same_reading(valeur: float, reference: float, decimales: int) -> bool:
    """True when both read the same once rounded as they are shown."""
    return round_half_up(valeur, decimales) == round_half_up(reference, decimales)
