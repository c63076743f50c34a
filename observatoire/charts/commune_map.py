"""A map as one SVG: a link a territory, names and values written, no script; it fits any box by its viewBox.

Two sets of words lie in the same drawing, one for a wide box, one for a narrow one (a phone, a zoom of 200 %): the
style sheet shows one of them by the width of the box, and cuts the margins of the drawing in a narrow one
(``preserveAspectRatio="… slice"``). Geometry and words are placed once (``lay_out``), then coloured (``draw``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import shapely

from observatoire import formats
from observatoire.charts.theme import FONT
from observatoire.frames import records
from observatoire.maps.placement import INTERLIGNE, VALEUR, Box, Label, Place, inside, near, size_of, split
from observatoire.maps.view import mercator, middles, rings
from observatoire.methods.cartography import MapContent
from observatoire.palettes import ACCENT, DISQUE, ENCRE, HACHURE, ink_on

# Units of the drawing: the territories hold in COEUR, words also in the margins on both sides.
COEUR, MARGE, BORD = 1200, 180, 14
HAUTEUR_MAX = 1300
LARGEUR = COEUR + 2 * MARGE
FINESSE = 1.2
# Height of the letters in a wide and in a narrow box.
LETTRES = {"large": 27, "etroit": 36}
NOM_EPT = 1.15  # height of the names of the EPT, beside the others
DEHORS = "#f4f2ed"
ECHELLE_DISQUE = COEUR / 600  # the radii of a MapContent are pixels of a map 600 pixels wide
REPERE = 17
_HATCH = (
    '<defs><pattern id="obs-hachures" width="14" height="14" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><path d="M0 0V14" stroke="{HACHURE}" stroke-width="3.4"/></pattern></defs>'
)


@dataclass(frozen=True)
class Mark:
    """A place laid over the map: a letter on a disk, and what it is in words."""

    lettre: str
    couleur: str
    texte: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Shape:
    """A territory placed on the drawing. ``seen``: it is in what is looked at; ``x``, ``y``: where it is written."""

    code: str
    nom: str
    path: str
    x: float
    y: float
    seen: bool


@dataclass(frozen=True)
class Layout:
    """All that does not hang on the figures: territories, outlines of the EPT, words and where they stand.

    ``labels`` and ``noms``: words of the territories and of the EPT, by width of the box (keys of LETTRES);
    ``scale`` and ``origin``: from web Mercator (radians) to the drawing.
    """

    shapes: tuple[Shape, ...]
    epts: str
    labels: Mapping[str, tuple[Label, ...]]
    noms: Mapping[str, tuple[Label, ...]]
    height: float
    scale: float
    origin: tuple[float, float]

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """A point of the globe on the drawing."""
        return (math.radians(lon) - self.origin[0]) * self.scale, (self.origin[1] - mercator(lat)) * self.scale


@dataclass(frozen=True)
class Drawing:
    """How a map is to be seen: its text alternative, the address that each territory opens, those outlined, the places
    laid over, the rank of each territory in words."""

    alt: str
    links: Mapping[str, str]
    lit: Collection[str] = ()
    marks: Sequence[Mark] = ()
    ranks: Mapping[str, str] = field(default_factory=dict)


def lay_out(
    boundaries: pd.DataFrame,
    epts: Mapping[str, str],
    ept: str | None = None,
    values: Sequence[int] | None = None,
    disks: Sequence[float] | None = None,
    marks: Sequence[Mark] = (),
) -> Layout:
    """Place territories and words.

    ``boundaries``: code, nom, code_ept, geojson. ``epts``: names of the EPT to write, by code; ``ept``: the one looked
    at, all by default. ``values``: how many characters the value of each territory has, in the order of the boundaries;
    names alone are written without them. ``disks``: the radius in pixels of each, when numbers are disks. ``marks``:
    what words must not cover.
    """
    return write_words(survey(boundaries, epts, ept, marks), values, disks)


@dataclass(frozen=True)
class Ground:
    """What a layout owes to the territories alone, whatever is written on them: it is made once for all indicators.

    ``layout``: without the words of the territories; ``outlines``: those of its shapes; ``whole``: what is looked at,
    that words written beside must not touch; ``taken``: the boxes that they must not cover, by width of the box.
    """

    layout: Layout
    outlines: np.ndarray
    whole: shapely.Geometry
    taken: Mapping[str, list[Box]]


def survey(
    boundaries: pd.DataFrame, epts: Mapping[str, str], ept: str | None = None, marks: Sequence[Mark] = ()
) -> Ground:
    """The ground of a layout; arguments as in ``lay_out``."""
    shapes = shapely.from_geojson(boundaries["geojson"].astype(str).to_numpy())
    merc = shapely.transform(shapes, _to_mercator)
    codes, groups = [str(c) for c in boundaries["code"]], list(boundaries["code_ept"])
    seen = [ept is None or group == ept for group in groups]
    west, south, east, north = shapely.total_bounds(merc[np.array(seen)])
    scale = min((COEUR - 2 * BORD) / (east - west), (HAUTEUR_MAX - 2 * BORD) / (north - south))
    height = math.ceil((north - south) * scale + 2 * BORD)
    origin = ((west + east) / 2 - LARGEUR / 2 / scale, north + BORD / scale)
    drawn = shapely.transform(merc, lambda xy: (xy - origin) * [scale, -scale])
    drawn = shapely.coverage_simplify(drawn, FINESSE)
    near_by = shapely.intersects(drawn, shapely.box(0, 0, LARGEUR, height))  # the others are neither drawn nor sent
    spots = middles(drawn, 1)
    names = [formats.typographie(str(n)) for n in boundaries["nom"]]
    placed = [
        Shape(code, name, _path(outline) if n else "", x, y, own)
        for code, name, outline, (x, y), own, n in zip(codes, names, drawn, spots, seen, near_by, strict=True)
    ]
    of_epts = {g: shapely.union_all(drawn[np.array([o == g for o in groups])]) for g in dict.fromkeys(groups) if g}
    layout = Layout(tuple(placed), "".join(map(_path, of_epts.values())), {}, {}, height, scale, origin)
    ground = shapely.buffer(shapely.union_all(drawn[np.array(seen)]), 8)
    noms, around = {}, {}
    for width, size in LETTRES.items():
        frame = _frame(width, height)
        obstacles = [_around(*layout.place(m.lon, m.lat), REPERE + 4) for m in marks]
        own = of_epts if ept is None else {}
        beside: list[Label] = []
        for code, outline in own.items():
            taken = [*obstacles, *(label.box for label in beside)]
            name = epts.get(code, "")
            label = near(code, name, size * NOM_EPT, outline, ground, frame, taken, led=False) if name else None
            beside += [label] if label else []
        noms[width] = tuple(beside)
        around[width] = [*obstacles, *(label.box for label in noms[width])]
    return Ground(replace(layout, noms=noms), drawn, ground, around)


def write_words(ground: Ground, values: Sequence[int] | None = None, disks: Sequence[float] | None = None) -> Layout:
    """The layout of a ground; arguments as in ``lay_out``."""
    layout = ground.layout
    lengths = [VALEUR * n for n in values] if values is not None else [""] * len(layout.shapes)
    labels = {}
    for width in LETTRES:
        frame, taken = _frame(width, layout.height), ground.taken[width]
        labels[width] = _labels(layout.shapes, ground.outlines, width, lengths, disks, frame, ground.whole, taken)
    return replace(layout, labels=labels)


def _frame(width: str, height: float) -> Box:
    """Where words hold in the drawing."""
    margin = 0 if width == "large" else MARGE
    return (margin + 4, 4, LARGEUR - margin - 4, height - 4)


def _labels(
    shapes: Sequence[Shape],
    outlines: np.ndarray,
    width: str,
    values: Sequence[str],
    disks: Sequence[float] | None,
    frame: tuple[float, float, float, float],
    ground: shapely.Geometry,
    taken: list[Box],
) -> tuple[Label, ...]:
    """The words of each territory seen, those of the smallest first: they have the least room."""
    size = LETTRES[width]
    found: list[Label] = []
    if disks is not None:
        found = _in_disks(shapes, disks, values, size)
        radii = zip(shapes, disks, strict=True)
        taken = taken + [_around(s.x, s.y, r * ECHELLE_DISQUE * 0.85 + 3) for s, r in radii if r and s.seen]
    written = {label.code for label in found}
    left: list[Place] = []
    for n in sorted((n for n, s in enumerate(shapes) if s.seen), key=lambda n: outlines[n].area):
        shape = shapes[n]
        own = "" if shape.code in written else values[n]
        texts = [(*lines, own) if own else lines for lines in split(shape.nom)]
        outside = f"{shape.nom} {own}".strip()
        if width == "etroit":
            # On a phone a name that does not hold is left to the finger; a value that does not is led to, but not
            # forty numbers of people, that their disks show.
            texts += [(own,)] if own else []
            outside = outside if own and disks is None else ""
        place = Place(shape.code, outlines[n], shape.x, shape.y, tuple(texts), outside)
        label = inside(place, size, taken)
        if label is None:
            left.append(place)
            continue
        found.append(label)
        taken = [*taken, label.box]
    leads: list[shapely.LineString] = []
    coast = shapely.boundary(ground)
    for place in sorted(left, key=lambda p: shapely.distance(shapely.Point(p.x, p.y), coast)):
        goal = shapely.Point(place.x, place.y)
        label = near(place.code, place.outside, size, goal, ground, frame, taken, leads) if place.outside else None
        if label is None:
            continue
        found.append(label)
        taken = [*taken, label.box]
        leads += [shapely.LineString([label.lead[:2], label.lead[2:]])] if label.lead else []
    return tuple(found)


def _in_disks(shapes: Sequence[Shape], disks: Sequence[float], values: Sequence[str], size: float) -> list[Label]:
    """The values that hold in their disk."""
    found = []
    for shape, radius, value in zip(shapes, disks, values, strict=True):
        width, height = size_of((value,), size)
        if value and shape.seen and math.hypot(width / 2, height / 2 * 0.7) < radius * ECHELLE_DISQUE:
            box = (shape.x - width / 2, shape.y - height / 2, shape.x + width / 2, shape.y + height / 2)
            found.append(Label(shape.code, (value,), box, on_disk=True))
    return found


def _around(x: float, y: float, radius: float) -> Box:
    return (x - radius, y - radius, x + radius, y + radius)


def draw(layout: Layout, content: MapContent, drawing: Drawing) -> str:
    """The map in its box, in one line of HTML. ``content``: its territories are found by their code."""
    rows = {str(row["code"]): row for row in records(content.lieux)}
    links = "".join(_territory(shape, rows[shape.code], drawing) for shape in layout.shapes)
    hatched = "".join(s.path for s in layout.shapes if s.seen and rows[s.code]["absent"])
    lit = "".join(s.path for s in layout.shapes if s.seen and s.code in drawing.lit)
    height = _height(layout, content)
    parts = [
        _HATCH,
        f'<g stroke="#ffffff" stroke-width="2.4" stroke-linejoin="round">{links}</g>',
        '<g fill="none" stroke-linejoin="round" pointer-events="none">',
        f'<path class="obs-hachures" d="{hatched}" fill="url(#obs-hachures)"/>' if hatched else "",
        f'<path d="{layout.epts}" stroke="#ffffff" stroke-width="9"/>',
        f'<path class="obs-epts" d="{layout.epts}" stroke="{ENCRE}" stroke-width="5"/>',
        f'<path d="{lit}" stroke="#ffffff" stroke-width="15"/>' if lit else "",
        f'<path class="obs-choix" d="{lit}" stroke="{ACCENT}" stroke-width="9"/>' if lit else "",
        "</g>",
        _disks(layout, rows, content) if content.as_disks else "",
        # The territory pointed at, over its neighbours: ui/carte.js gives it its outline.
        f'<path class="obs-survol" d="" fill="none" stroke="{ACCENT}" stroke-width="9" pointer-events="none"/>',
        *(_words(layout, rows, width, content.disques) for width in LETTRES),
        _marks(layout, drawing.marks),
    ]
    style = f"--large:{LARGEUR / height:.4f};--etroit:{COEUR / height:.4f}"
    return (
        f'<div class="obs-carte-boite" style="{style}">'
        f'<svg xmlns="http://www.w3.org/2000/svg" class="obs-svg" viewBox="0 0 {LARGEUR} {height:.0f}" '
        f'preserveAspectRatio="xMidYMid slice" role="group" aria-label="{escape(drawing.alt)}" '
        f'font-family="{escape(FONT)}" font-weight="600">{"".join(parts)}</svg></div>'
    )


def _territory(shape: Shape, row: Mapping[str, Any], drawing: Drawing) -> str:
    if not shape.path:
        return ""
    if not shape.seen:
        return f'<path d="{shape.path}" fill="{DEHORS}"/>'
    said = f"{shape.nom}, {row['texte']}"
    rank = drawing.ranks.get(shape.code, "")
    label = escape(formats.insecables(", ".join(filter(None, (said, rank)))))
    return (
        f'<a class="obs-lieu" href="{escape(drawing.links[shape.code])}" target="_self" data-code="{shape.code}" '
        f'data-nom="{escape(shape.nom)}" data-dit="{escape(formats.insecables(said))}" aria-label="{label}">'
        f'<path d="{shape.path}" fill="{row["couleur"]}"/></a>'
    )


def _disks(layout: Layout, rows: Mapping[str, Mapping[str, Any]], content: MapContent) -> str:
    found = [(rows[s.code]["rayon"], s) for s in layout.shapes if s.seen and rows[s.code]["rayon"]]
    placed = [(s.x, s.y, radius * ECHELLE_DISQUE) for radius, s in sorted(found, key=lambda pair: -pair[0])]
    placed += _legend_disks(layout, content.disques)
    circles = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.1f}"/>' for x, y, radius in placed)
    return (
        f'<g class="obs-disques" fill="{DISQUE}" fill-opacity=".82" stroke="#ffffff" stroke-width="2.4" '
        f'pointer-events="none">{circles}</g>'
    )


def _words(
    layout: Layout, rows: Mapping[str, Mapping[str, Any]], width: str, disks: Sequence[tuple[float, str]]
) -> str:
    size = LETTRES[width]
    lines, words = [], []
    for label in layout.labels[width]:
        value = str(rows[label.code]["etiquette"])
        texts = [re.sub(f"{VALEUR}+", value, line) for line in label.lines]
        if label.lead:
            x1, y1, x2, y2 = label.lead
            lines.append(f'<path d="M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}"/><circle cx="{x2:.0f}" cy="{y2:.0f}" r="5"/>')
            words.append(_text(label, texts, size, "currentColor"))
        else:
            ground = DISQUE if label.on_disk else str(rows[label.code]["couleur"])
            halo = "" if label.on_disk else f' stroke="{ground}" stroke-width="{size * 0.2:.0f}"'
            words.append(_text(label, texts, size, ink_on(ground), halo))
    words += [
        _text(label, label.lines, size * NOM_EPT, "currentColor", ' font-weight="700" font-style="italic"')
        for label in layout.noms[width]
    ]
    words += [
        f'<text x="{x + radius + 14:.0f}" y="{y + size * 0.35:.0f}" fill="currentColor" text-anchor="start">'
        f"{escape(w)}</text>"
        for (x, y, radius), (_, w) in zip(_legend_disks(layout, disks), disks, strict=True)
    ]
    return (
        f'<g class="obs-mots obs-mots-{width}" font-size="{size}" text-anchor="middle" paint-order="stroke" '
        'stroke-linejoin="round" pointer-events="none" aria-hidden="true">'
        f'<g stroke="#ffffff" fill="#ffffff" stroke-width="6">{"".join(lines)}</g>'
        f'<g stroke="{ENCRE}" fill="{ENCRE}" stroke-width="2.2">{"".join(lines)}</g>{"".join(words)}</g>'
    )


def _text(label: Label, lines: Sequence[str], size: float, ink: str, look: str = "") -> str:
    """Lines of text in their box; those at the end of a line begin, or end, where it starts."""
    left, top, right, _ = label.box
    x, anchor = (left + right) / 2, ""
    if label.lead and label.lead[0] <= left + 1:
        x, anchor = left, ' text-anchor="start"'
    elif label.lead and label.lead[0] >= right - 1:
        x, anchor = right, ' text-anchor="end"'
    first = top + size * 0.82
    spans = "".join(
        f'<tspan x="{x:.0f}" y="{first + n * size * INTERLIGNE:.0f}">{escape(line)}</tspan>'
        for n, line in enumerate(lines)
    )
    letters = f' font-size="{size:.0f}"' if size not in LETTRES.values() else ""
    return f'<text fill="{ink}"{anchor}{letters}{look}>{spans}</text>'


def _marks(layout: Layout, marks: Sequence[Mark]) -> str:
    drawn = []
    for mark in marks:
        x, y = layout.place(mark.lon, mark.lat)
        said = escape(formats.insecables(mark.texte))
        drawn.append(
            f'<g class="obs-point" role="img" data-dit="{said}" aria-label="{said}">'
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{REPERE}" fill="{mark.couleur}" stroke="#ffffff" stroke-width="3"/>'
            f'<text x="{x:.0f}" y="{y + 8:.0f}" font-size="23" font-weight="700" fill="#ffffff" '
            f'text-anchor="middle" pointer-events="none">{escape(mark.lettre)}</text></g>'
        )
    return "".join(drawn)


def _legend_disks(layout: Layout, disks: Sequence[tuple[float, str]]) -> list[tuple[float, float, float]]:
    """Centre and radius of the disks of the legend, under the map: on it, they are of its scale at any width."""
    radii = [radius * ECHELLE_DISQUE for radius, _ in disks]
    y = layout.height + max(radii, default=0) + BORD
    return [(MARGE + 90 + n * 390, y, radius) for n, radius in enumerate(radii)]


def _height(layout: Layout, content: MapContent) -> float:
    """Of the whole drawing, the legend of its disks included."""
    top = max((radius for radius, _ in content.disques), default=0)
    return layout.height + (2 * top * ECHELLE_DISQUE + 2 * BORD if top else 0)


def _to_mercator(points: np.ndarray) -> np.ndarray:
    return np.column_stack([np.radians(points[:, 0]), [mercator(lat) for lat in points[:, 1]]])


def _path(outline: shapely.Geometry) -> str:
    """The rings of an outline to the unit, each point told from the one before: half the length."""
    texts = []
    for ring in rings(outline):
        points = np.rint(ring).astype(int)
        steps = "".join(
            f"{dx}{dy:+d}" if not n else f"{dx:+d}{dy:+d}" for n, (dx, dy) in enumerate(np.diff(points[:-1], axis=0))
        )
        texts.append(f"M{points[0][0]} {points[0][1]}l{steps}z")
    return "".join(texts)
