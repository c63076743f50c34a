"""Maps on screen (pydeck): boundaries come from our own address, colours and labels travel in a small message.

The browser fetches ``/api/v1/geo/…`` once and keeps it; the colour of a territory is looked up by its position ``i``
in that file, so a change of indicator resends no boundary. No background, no third party, unless the administrator
gives the address of a map style.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import pydeck as pdk
import shapely
from pydeck.types import String

from observatoire.maps.view import NOMS_EPT, Spot, View, fitting_labels, holds
from observatoire.methods.cartography import MapContent
from observatoire.palettes import ACCENT, DISQUE, ENCRE, HACHURE, ink_on, rgba
from observatoire.records import Territoire
from observatoire.views.carte.landmarks import KINDS, Landmark

DEHORS = "#f4f2ed"  # territories outside the EPT looked at
_FICHIERS = {"commune": "communes", "ept": "ept", "iris": "iris"}
_FULL_TURN = 360
RAYON_REPERE = 8  # pixels


@dataclass(frozen=True)
class Panel:
    """One of the maps side by side (or the only one): what it draws, and its name above it."""

    content: MapContent
    titre: str = ""


@dataclass(frozen=True)
class Frame:
    """What all the panels share.

    ``epts``: the EPT to name; ``ept``: the one looked at, None for all; ``lit``: codes outlined in the accent;
    ``base``: path of the application; ``fond``: address of a map style, if any; ``taille``: of the words, in pixels;
    ``empile``: two maps one above the other (a phone). ``communes``: those that stand over smaller territories, in the
    order of their boundaries, ``noms`` their names. ``lieux``: places laid over.
    """

    view: View
    spots: Sequence[Spot]
    epts: Sequence[Territoire]
    niveau: str = "commune"
    ept: str | None = None
    lit: Collection[str] = ()
    base: str = ""
    fond: str | None = None
    taille: int = 13
    empile: bool = False
    communes: Sequence[Spot] = ()
    noms: Sequence[str] = ()
    lieux: Sequence[Landmark] = ()


def draw_deck(panels: Sequence[Panel], frame: Frame) -> pdk.Deck:
    """One map, or two side by side that move together.

    Two maps are two views of the same camera: the second one looks at the same places a full turn further east,
    where only its own layers are (pydeck has no filter of layers by view).
    """
    layers = [layer for n, panel in enumerate(panels) for layer in _layers(panel, frame, n)]
    state = pdk.ViewState(
        longitude=frame.view.lon,
        latitude=frame.view.lat,
        zoom=frame.view.zoom,
        min_zoom=7,
        max_zoom=15,
    )
    options: dict[str, Any] = {"map_provider": None, "tooltip": _tooltip(panels, frame)}
    if frame.fond:
        options |= {"map_provider": "carto", "map_style": frame.fond}
    if len(panels) > 1:
        options["views"] = [_view(n, len(panels), frame.empile) for n in range(len(panels))]
    return pdk.Deck(layers=layers, initial_view_state=state, **options)


def _view(position: int, panels: int, stacked: bool) -> pdk.View:
    """One of the views of the camera, as many whole turns away as its position."""
    share = 100 / panels
    place = {"y" if stacked else "x": f"{position * share}%", "height" if stacked else "width": f"{share}%"}
    return pdk.View("MapView", id=f"vue-{position}", controller=True, world_offset=-position, **place)


def _layers(panel: Panel, frame: Frame, position: int) -> list[pdk.Layer]:
    content, name = panel.content, f"-{position}" if position else ""
    places = content.lieux
    outside = [frame.ept is not None and code != frame.ept for code in places["code_ept"]]
    layers = [_fills(places, outside, frame, name, position)]
    if bool(places["absent"].any()):
        marks = [a and not o for a, o in zip(places["absent"], outside, strict=True)]
        layers.append(
            _lines(f"hachures{name}", f"hachures-{_FICHIERS[frame.niveau]}", marks, HACHURE, 1, frame, position)
        )
    if frame.communes:
        layers.append(_outline("communes", ENCRE, 0.9, frame, name, position))
    if frame.niveau != "ept":
        layers.append(_outline("ept", ENCRE, 2.5, frame, name, position))
    if content.as_disks:
        layers.append(_disks(places, frame.spots, outside, name, position))
    codes, file = (
        ([spot.code for spot in frame.communes], "communes")
        if frame.communes
        else (list(places["code"]), _FICHIERS[frame.niveau])
    )
    lit = [code in frame.lit for code in codes]
    if any(lit):
        layers.append(_lines(f"choix{name}", file, lit, ACCENT, 4, frame, position))
    if frame.communes:
        layers.append(_commune_names(frame, name, position))
    else:
        layers.append(_labels(content, outside, frame, name, position))
    layers.append(_names(frame, name, position))
    return layers + (_landmarks(frame, name, position) if frame.lieux else [])


def _fills(places: pd.DataFrame, outside: list[bool], frame: Frame, name: str, position: int) -> pdk.Layer:
    shown = [DEHORS if o else c for c, o in zip(places["couleur"], outside, strict=True)]
    return pdk.Layer(
        "GeoJsonLayer",
        id=f"territoires{name}",
        data=_address(frame, _FICHIERS[frame.niveau]),
        get_fill_color=_lookup(shown, 205 if frame.fond else 255),
        get_line_color=[255, 255, 255],
        # Hundreds of outlines cost a second at each movement of the pointer where there is no graphics card.
        stroked=frame.niveau != "iris",
        line_width_min_pixels=1,
        pickable=True,
        auto_highlight=True,
        highlight_color=rgba(ACCENT, 90),
        # What ui/carte.js needs to fit the map to a box whose width is not known here.
        bornes=list(frame.view.bornes),
        model_matrix=_shifted(position),
    )


def _lines(
    name: str, file: str, marked: Sequence[bool], color: str, width: float, frame: Frame, position: int
) -> pdk.Layer:
    """The outlines (or hatching) of some territories only."""
    table = "".join("1" if mark else "0" for mark in marked)
    return pdk.Layer(
        "GeoJsonLayer",
        id=name,
        data=_address(frame, file),
        filled=False,
        get_line_color=f"([[0,0,0,0],{rgba(color)}])[('{table}')[properties.i]]",
        line_width_min_pixels=width,
        model_matrix=_shifted(position),
    )


def _outline(file: str, color: str, width: float, frame: Frame, name: str, position: int) -> pdk.Layer:
    return pdk.Layer(
        "GeoJsonLayer",
        id=f"{file}{name}",
        data=_address(frame, file),
        filled=False,
        get_line_color=rgba(color),
        line_width_min_pixels=width,
        model_matrix=_shifted(position),
    )


def _disks(places: pd.DataFrame, spots: Sequence[Spot], outside: list[bool], name: str, position: int) -> pdk.Layer:
    rows = [
        {"p": [spot.lon + position * _FULL_TURN, spot.lat], "r": radius}
        for spot, radius, out in zip(spots, places["rayon"], outside, strict=True)
        if radius and not out
    ]
    return pdk.Layer(
        "ScatterplotLayer",
        id=f"disques{name}",
        data=sorted(rows, key=lambda row: -row["r"]),
        get_position="p",
        get_radius="r",
        radius_units=String("pixels"),
        get_fill_color=rgba(DISQUE, 205),
        stroked=True,
        get_line_color=[255, 255, 255],
        line_width_min_pixels=1,
    )


def _labels(content: MapContent, outside: list[bool], frame: Frame, name: str, position: int) -> pdk.Layer:
    """Values (and names where the map is close enough) that fit their territory; the others are read by pointing."""
    places = content.lieux
    texts = [[] if out else _texts(row, frame) for row, out in zip(places.to_dict("records"), outside, strict=True)]
    if content.as_disks:
        texts = [[t for t in few if holds(r, t, frame.taille)] for few, r in zip(texts, places["rayon"], strict=True)]
    rows = [
        {
            "t": text,
            "p": [spot.lon + position * _FULL_TURN, spot.lat],
            "c": rgba(ink_on(DISQUE if content.as_disks else color)),
        }
        for text, spot, color in zip(
            fitting_labels(frame.spots, texts, frame.view, frame.taille, taken=_obstacles(frame)),
            frame.spots,
            places["couleur"],
            strict=True,
        )
        if text
    ]
    return _text_layer(f"valeurs{name}", rows, frame.taille, frame.view, get_color="c", font_weight=600)


def _texts(row: dict, frame: Frame) -> list[str]:
    """What may be written on a territory, longest first: its name too when one EPT is looked at."""
    if frame.niveau == "iris":
        return []
    if frame.niveau == "commune" and frame.ept is None:
        return [row["etiquette"]]
    return [f"{row['nom']}\n{row['etiquette']}", row["etiquette"]]


def _names(frame: Frame, name: str, position: int) -> pdk.Layer:
    rows = [
        {"t": ept.nom, "p": [NOMS_EPT[ept.code][0] + position * _FULL_TURN, NOMS_EPT[ept.code][1]]}
        for ept in frame.epts
        if frame.niveau != "ept" and ept.code in NOMS_EPT and frame.ept in (None, ept.code)
    ]
    return _text_layer(
        f"noms{name}",
        rows,
        frame.taille + 1,
        frame.view,
        get_color=rgba(ENCRE),
        font_weight=700,
        background=True,
        get_background_color=[255, 255, 255, 225],
        background_padding=[4, 1],
    )


def _landmarks(frame: Frame, name: str, position: int) -> list[pdk.Layer]:
    """A disk and a letter a place: read without its colour."""
    rows = [
        {
            "p": [place.lon + position * _FULL_TURN, place.lat],
            "t": KINDS[place.type].lettre,
            "c": rgba(KINDS[place.type].couleur),
            "nom": escape(place.texte),
        }
        for place in frame.lieux
    ]
    disks = pdk.Layer(
        "ScatterplotLayer",
        id=f"reperes{name}",
        data=rows,
        get_position="p",
        get_radius=RAYON_REPERE,
        radius_units=String("pixels"),
        get_fill_color="c",
        stroked=True,
        get_line_color=[255, 255, 255],
        line_width_min_pixels=1.5,
        pickable=True,
    )
    letters = [{"p": row["p"], "t": row["t"]} for row in rows]
    return [disks, _text_layer(f"lettres{name}", letters, 11, get_color=[255, 255, 255], font_weight=700)]


def _commune_names(frame: Frame, name: str, position: int) -> pdk.Layer:
    """The names that fit their commune, on a veil: smaller territories lie under them."""
    texts = fitting_labels(
        frame.communes, [[n] for n in frame.noms], frame.view, frame.taille - 1, 0.7, _obstacles(frame)
    )
    rows = [
        {"t": text, "p": [spot.lon + position * _FULL_TURN, spot.lat]}
        for text, spot in zip(texts, frame.communes, strict=True)
        if text
    ]
    return _text_layer(
        f"communes-noms{name}",
        rows,
        frame.taille - 1,
        frame.view,
        get_color=rgba(ENCRE),
        font_weight=600,
        background=True,
        get_background_color=[255, 255, 255, 190],
        background_padding=[3, 0],
    )


def _obstacles(frame: Frame) -> list[shapely.Geometry]:
    """What labels must not cover: the marks of the places laid over."""
    width, height = frame.view.degrees(2 * RAYON_REPERE, 2 * RAYON_REPERE)
    return [
        shapely.box(p.lon - width / 2, p.lat - height / 2, p.lon + width / 2, p.lat + height / 2) for p in frame.lieux
    ]


def _text_layer(name: str, rows: list[dict], size: int, view: View | None = None, **options: object) -> pdk.Layer:
    """Words of ``size`` pixels, always; or, given the view they were laid out for, at its zoom.

    The latter shrink with a map that a narrower box makes smaller, and so still fit their places; they never grow.
    """
    if view is None:
        sizes = {"get_size": size}
    else:
        units = String("common")
        # In deck.gl's common units a pixel at zoom z is 2⁻ᶻ.
        sizes = {"get_size": size / 2**view.zoom, "size_units": units, "size_min_pixels": 8, "size_max_pixels": size}
    return pdk.Layer(
        "TextLayer",
        id=name,
        data=rows,
        get_position="p",
        get_text="t",
        **sizes,
        line_height=1.05,
        font_family=String("Source Sans, sans-serif"),
        character_set=String("auto"),
        get_text_anchor=String("middle"),
        get_alignment_baseline=String("center"),
        **options,
    )


def _lookup(colors: Sequence[str], alpha: int) -> str:
    """The expression that gives a feature its colour from its position: a short palette and a digit a territory."""
    palette = list(dict.fromkeys(colors))
    table = [palette.index(color) for color in colors]
    index = f"'{''.join(map(str, table))}'" if len(palette) <= 10 else str(table)
    return f"({[rgba(color, alpha) for color in palette]})[({index})[properties.i]]".replace(" ", "")


def _shifted(position: int) -> list[float]:
    """A matrix that moves a layer by whole turns of longitude."""
    return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, position * _FULL_TURN, 0, 0, 1]


def _address(frame: Frame, file: str) -> str:
    return f"{frame.base}/api/v1/geo/{file}.geojson"


def _tooltip(panels: Sequence[Panel], frame: Frame) -> dict:
    """Name and values: the feature only knows its name and position, the values are written by a style sheet."""
    rules, lines = [], []
    for n, panel in enumerate(panels):
        for i, text in enumerate(panel.content.lieux["texte"]):
            words = str(text).replace("\\", "").replace('"', "").replace("<", "‹")
            rules.append(f'.obs-v{n}-{i}::after{{content:"{words}"}}')
        title = f"{escape(panel.titre)}\u00a0: " if panel.titre else ""
        lines.append(f"<div>{title}<b class='obs-v{n}-{{i}}'></b></div>")
    where = "<div>{commune}</div>" if frame.communes else ""
    style = {
        "backgroundColor": "#16294a",
        "color": "#ffffff",
        "fontSize": "0.9rem",
        "borderRadius": "4px",
        "zIndex": "9",
    }
    return {"html": f"<style>{''.join(rules)}</style>{{nom}}{where}{''.join(lines)}", "style": style}
