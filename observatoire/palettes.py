"""Colours: those of the charts, then those of maps (one hue for magnitude, two for a gap to a reference, a square for
two indicators).

The hue says how the indicator is judged: ochre where more is unfavourable, blue where more is favourable, plum where
nothing is judged. Lightness falls evenly from class to class, so that a map reads in grey print and for colour-blind
readers; hues are mixed in OKLab, where equal steps look equal.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from etl.identite import IDENTITE

ACCENT = "#c63a55"
BLEU = "#2f6fb7"
GRIS = "#7d8794"
GRIS_CLAIR = "#b9c0ca"
ENCRE = "#16294a"

EPT_COULEURS = IDENTITE.couleurs
# Series that are not EPT: apart from the EPT's colours and from each other, also by dash and label.
SERIES = (ACCENT, "#6a7888", "#917221", "#0f819c", "#ae5897", "#5e8125", "#b85d31", "#5f71c2")

ENCRE_SOMBRE, ENCRE_CLAIRE = "#000000", "#ffffff"
SANS_VALEUR = "#e4e1d9"
HACHURE = "#8b8675"
FOND_EFFECTIF = "#efece4"
DISQUE = "#2f6fb7"

# From the lightest to the darkest class.
_SEQUENTIELLES = {
    "defavorable": ("#fbe9d2", "#e59a4f", "#6b2a06"),
    "favorable": ("#e2edf8", "#6ea6d6", "#143a6e"),
    "neutre": ("#efe8f3", "#a98bbd", "#45215c"),
}
# (far below, close, far above) a reference: blue is always the favourable side, ochre the other.
_DIVERGENTES = {
    "defavorable": ("#184f94", "#f1efe9", "#9a4a06"),
    "favorable": ("#9a4a06", "#f1efe9", "#184f94"),
    "neutre": ("#136f6b", "#f1efe9", "#5d2c7a"),
}
# [third of the second indicator][third of the first]: low to high, right and up.
CROISEE = (
    ("#ece9e4", "#e8b989", "#d9812c"),
    ("#b3c6dd", "#a59a9d", "#98683f"),
    ("#4f8ac4", "#4d6691", "#3f3350"),
)


@cache
def sequential(sens: str, count: int) -> tuple[str, ...]:
    """``count`` colours from light to dark, in the hue of a direction (favorable, defavorable, neutre)."""
    anchors = _SEQUENTIELLES[sens]
    if count == 1:
        return (anchors[1],)
    return tuple(_ramp(anchors, n / (count - 1)) for n in range(count))


@cache
def diverging(sens: str, below: int, middle: bool, above: int) -> tuple[str, ...]:
    """Colours of ``below`` classes under a reference, one around it if ``middle``, ``above`` classes over it."""
    low, centre, high = _DIVERGENTES[sens]
    under = tuple(_ramp((low, centre), n / (below + 0.6)) for n in range(below))
    over = tuple(_ramp((high, centre), n / (above + 0.6)) for n in reversed(range(above)))
    return (*under, *((centre,) if middle else ()), *over)


def ink_on(color: str) -> str:
    """The ink that reads best on a fill: black or white, whichever has the higher contrast."""
    return max((ENCRE_SOMBRE, ENCRE_CLAIRE), key=lambda ink: contrast(ink, color))


def contrast(first: str, second: str) -> float:
    """Contrast of two colours by the WCAG formula, from 1 to 21."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    """Relative luminance of a colour (WCAG), from 0 (black) to 1 (white)."""
    return float(np.dot(_linear(color), (0.2126, 0.7152, 0.0722)))


def rgba(color: str, alpha: int = 255) -> list[int]:
    """« #rrggbb » as the list that deck.gl wants."""
    return [int(color[n : n + 2], 16) for n in (1, 3, 5)] + [alpha]


# OKLab (Björn Ottosson, 2020): linear sRGB → cone responses → lightness and two colour axes.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_AXES = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _ramp(anchors: tuple[str, ...], place: float) -> str:
    """The colour at ``place`` (0 to 1) along the anchors."""
    at = place * (len(anchors) - 1)
    first = min(int(at), len(anchors) - 2)
    start, end = _oklab(anchors[first]), _oklab(anchors[first + 1])
    return _hex(start + (end - start) * (at - first))


def _linear(color: str) -> np.ndarray:
    values = np.array(rgba(color)[:3]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _oklab(color: str) -> np.ndarray:
    return _AXES @ np.cbrt(_CONES @ _linear(color))


def _hex(lab: np.ndarray) -> str:
    linear = np.clip(np.linalg.inv(_CONES) @ (np.linalg.inv(_AXES) @ lab) ** 3, 0, 1)
    values = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(v) * 255):02x}" for v in values)
