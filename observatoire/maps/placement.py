"""Where names and values are written on a map of a fixed frame: inside their territory where they hold, else in the
empty parts of the frame, at the end of a line that leads to it. Lengths in units of the drawing, down is positive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely

Box = tuple[float, float, float, float]  # left, top, right, bottom
INTERLIGNE = 1.08
VALEUR = "\x00"  # one character of a value not known yet
# Widths of the letters of Source Sans in semi-bold, in hundredths of their height.
_WIDTHS = {
    letter: hundredths
    for hundredths, letters in (
        (20, " \u00a0\u202f"), (28, "ijl’.,IÎî"), (34, "f-"), (37, "trs"), (46, "cçszx–v"), (52, "aàâgkyeéèêëJLYF"),
        (52, f"0123456789<{VALEUR}"), (55, "ESVXZÉToTbdhnpquAôûü"), (60, "CPRBK"), (64, "DGU"), (67, "HNOQ"),
        (80, "MwW"), (84, "m%"),
    )
    for letter in letters
}  # fmt: skip
_ORDINARY, _MARGIN = 56, 1.06
# A line is as costly as its length; one that crosses another line, or words, as so many units more.
_CROSSED_LINE, _CROSSED_WORDS = 900.0, 140.0


@dataclass(frozen=True)
class Place:
    """A territory to name: its outline, and the point where it is best written (both in the drawing).

    ``inside``: what may be written in it, lines of text, the best first; ``outside``: what is written apart when none
    of them holds, nothing by default.
    """

    code: str
    outline: shapely.Geometry
    x: float
    y: float
    inside: tuple[tuple[str, ...], ...]
    outside: str = ""


@dataclass(frozen=True)
class Label:
    """Words placed: the box they hold in (left, top, right, bottom), and the line that leads from them, if any.

    ``on_disk``: they are written on a disk rather than on their territory.
    """

    code: str
    lines: tuple[str, ...]
    box: Box
    lead: Box | None = None
    on_disk: bool = False


@cache
def width_of(text: str, size: float) -> float:
    """How wide a text is, rather more than less."""
    return sum(_WIDTHS.get(letter, _ORDINARY) for letter in text) / 100 * size * _MARGIN


def size_of(lines: Sequence[str], size: float) -> tuple[float, float]:
    """Width and height of some lines of text."""
    return max(width_of(line, size) for line in lines), (len(lines) - 1) * size * INTERLIGNE + size


def inside(place: Place, size: float, taken: Sequence[Box]) -> Label | None:
    """The best text that holds in a territory, as near as possible to its best point; None when none does."""
    outline = shapely.buffer(place.outline, size * 0.12, quad_segs=16)
    shapely.prepare(outline)
    left, top, right, bottom = outline.bounds
    across = np.concatenate([[place.x], np.arange(left, right, size * 0.6)])
    down = np.concatenate([[place.y], np.arange(top, bottom, size * 0.4)])
    spots = _grid(across, down)
    spots = spots[shapely.contains_xy(outline, spots)]
    spots = spots[np.argsort(np.hypot(spots[:, 0] - place.x, spots[:, 1] - place.y), kind="stable")]
    for lines in place.inside:
        width, height = size_of(lines, size)
        if width > right - left or height > bottom - top:
            continue
        bounds = _bounds(spots, width, height)
        bounds = bounds[_clear(bounds, taken)]
        held = np.flatnonzero(shapely.contains(outline, shapely.box(*bounds.T)))
        if len(held):
            return Label(place.code, lines, _box(bounds[held[0]]))
    return None


def near(
    code: str,
    text: str,
    size: float,
    goal: shapely.Geometry,
    ground: shapely.Geometry,
    frame: Box,
    taken: Sequence[Box],
    leads: Sequence[shapely.LineString] = (),
    led: bool = True,
) -> Label | None:
    """A text written off the ``ground``, in the frame, as near as possible to ``goal``; None without any room.

    ``taken``: what must not be covered; ``leads``: the lines already drawn, that a new one should not cross.
    ``led``: a line leads from the text to the goal.
    """
    width, height = size_of((text,), size)
    left, top, right, bottom = frame
    shapely.prepare(ground)
    xs = np.arange(left + width / 2, right - width / 2 + 1, size * 0.5)
    ys = np.arange(top + height / 2, bottom - height / 2 + 1, size * 0.3)
    bounds = _bounds(_grid(xs, ys), width, height)
    x, y = shapely.get_coordinates(shapely.centroid(goal))[0]
    rough = np.hypot(
        np.maximum(np.maximum(bounds[:, 0] - x, x - bounds[:, 2]), 0),
        np.maximum(np.maximum(bounds[:, 1] - y, y - bounds[:, 3]), 0),
    )
    bounds = _first_free(bounds[np.argsort(rough, kind="stable")], taken, [ground, *leads])
    if not len(bounds):
        return None
    lines = shapely.shortest_line(shapely.box(*bounds.T), goal)
    costs = shapely.length(lines)
    if led:
        for weight, others in ((_CROSSED_LINE, list(leads)), (_CROSSED_WORDS, [shapely.box(*box) for box in taken])):
            for other in others:
                costs = costs + weight * shapely.intersects(other, lines)
    best = int(np.argmin(costs))
    ends = shapely.get_coordinates(lines[best])
    lead = (float(ends[0][0]), float(ends[0][1]), float(ends[1][0]), float(ends[1][1])) if led else None
    return Label(code, (text,), _box(bounds[best]), lead)


def split(name: str) -> tuple[tuple[str, ...], ...]:
    """A name in one line, then in two, then in three, cut after a space or a hyphen: « Noisy- », « le-Sec »."""
    parts = name.replace("-", "-\n").replace(" ", " \n").split("\n")
    found: list[tuple[str, ...]] = [(name,)]
    for count in (2, 3):
        cuts = _partitions(parts, count)
        if cuts:
            found.append(min(cuts, key=lambda lines: max(map(len, lines))))
    return tuple(found)


def _partitions(parts: Sequence[str], count: int) -> list[tuple[str, ...]]:
    if count == 1:
        return [("".join(parts).strip(),)]
    return [
        ("".join(parts[:n]).strip(), *rest) for n in range(1, len(parts)) for rest in _partitions(parts[n:], count - 1)
    ]


def _grid(across: np.ndarray, down: np.ndarray) -> np.ndarray:
    return np.column_stack([axis.ravel() for axis in np.meshgrid(across, down)])


def _bounds(spots: np.ndarray, width: float, height: float) -> np.ndarray:
    """The boxes of these sizes centred on spots, a row each: left, top, right, bottom."""
    x, y = spots[:, 0], spots[:, 1]
    return np.column_stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2])


def _clear(bounds: np.ndarray, taken: Sequence[Box]) -> np.ndarray:
    """Which of the boxes cover nothing that is taken."""
    clear = np.ones(len(bounds), dtype=bool)
    for left, top, right, bottom in taken:
        apart = (bounds[:, 2] <= left) | (bounds[:, 0] >= right) | (bounds[:, 3] <= top) | (bounds[:, 1] >= bottom)
        clear &= apart
    return clear


def _first_free(
    bounds: np.ndarray, taken: Sequence[Box], covered: Sequence[shapely.Geometry], wanted: int = 100
) -> np.ndarray:
    """The first of these boxes that touch nothing of what is taken nor covered."""
    found: list[np.ndarray] = []
    for start in range(0, len(bounds), 500):
        some = bounds[start : start + 500]
        some = some[_clear(some, taken)]
        boxes = shapely.box(*some.T)
        free = np.ones(len(some), dtype=bool)
        for other in covered:
            free[free] = ~shapely.intersects(other, boxes[free])
        found.append(some[free])
        if sum(map(len, found)) >= wanted:
            break
    return np.concatenate(found)[:wanted] if found else bounds


def _box(row: np.ndarray) -> Box:
    left, top, right, bottom = map(float, row)
    return left, top, right, bottom
