"""The one look of every chart: colours, French locale, quiet axes.

On screen Streamlit adds the text colours of the light or dark theme; ``for_export`` writes those of paper.
Colours keep a contrast of 3:1 or more on both backgrounds and stay apart for colour-blind readers.
"""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd

from observatoire.palettes import ENCRE

LOCALE = {
    "number": {
        "decimal": ",",
        "thousands": "\u202f",
        "grouping": [3],
        "currency": ["", "\u00a0€"],
        "percent": "\u00a0%",
        "minus": "−",
    },
    "time": {
        "dateTime": "%A %e %B %Y à %X",
        "date": "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
        "shortDays": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
        "months": [
            "janvier", "février", "mars", "avril", "mai", "juin",
            "juillet", "août", "septembre", "octobre", "novembre", "décembre",
        ],
        "shortMonths": [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
        ],
    },
}  # fmt: skip

# A legend above the chart: one name a line where the plot is narrow, two on a phone, four elsewhere.
NARROW_COLUMNS = {"expr": "width < 260 ? 1 : width < 500 ? 2 : 4"}

# Quoted: an unquoted name that ends in a figure is no font name, and an image then loses all its words.
FONT = "'Source Sans', 'Source Sans Pro', 'Source Sans 3', 'DejaVu Sans', sans-serif"


# What every chart is written with (see vega).
CONFIG: dict[str, Any] = {
    # A screen reader hears the chart's own description and has its table, not each mark nor English axes.
    # « aria » alone leaves each mark a role without a name: it is said of the marks too.
    "aria": False,
    "mark": {"aria": False},
    "locale": LOCALE,
    "font": FONT,
    "view": {"stroke": "transparent"},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "tickSize": 0,
        "domain": False,
        "gridOpacity": 0.5,
        "labelLimit": 220,
    },
    "legend": {"labelLimit": 240, "labelFontSize": 12, "titleFontSize": 12, "orient": "top", "title": None},
    "line": {"strokeWidth": 2},
    "point": {"size": 45, "filled": True},
    "bar": {"cornerRadiusEnd": 1},
}


def rows(frame: pd.DataFrame) -> dict[str, Any]:
    """The rows of a frame for the layers of a chart to share: written once, missing values as null."""
    columns = [_plain(frame[name]) for name in frame.columns]
    names = [str(name) for name in frame.columns]
    return {"values": [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]}


def _plain(column: pd.Series) -> list[Any]:
    """The values of a column as plain Python ones, an absence as None."""
    values = column.to_numpy(dtype=object).tolist()
    if not (absent := column.isna().to_numpy()).any():
        return values
    return [None if none else value for value, none in zip(values, absent.tolist(), strict=True)]


def share_data(spec: dict[str, Any]) -> dict[str, Any]:
    """A layered Vega-Lite document whose layers hold the same rows, with these rows written once.

    They are put on a layer around the layers: Streamlit would turn those of the document itself into another format.
    """
    layers = spec.get("layer", [])
    shared = next((layer["data"] for layer in layers if "data" in layer), None)
    if shared is None or sum(layer.get("data") == shared for layer in layers) < 2:
        return spec
    bare = [
        {key: value for key, value in layer.items() if key != "data" or value != shared} if "data" in layer else layer
        for layer in layers
    ]
    return {**spec, "layer": [{"data": shared, "layer": bare}]}


def for_export(spec: dict[str, Any], titre: str, sous_titre: str, source: str) -> dict[str, Any]:
    """A chart (Vega-Lite) as a document of its own: title, unit and year above, source below, ink on white.

    Returns another Vega-Lite specification, ready for vl-convert; ``spec`` is used up.
    """
    if spec.get("width") in (None, "container"):
        spec["width"] = 640
    width = spec["width"]
    spec["background"] = "white"
    spec["padding"] = 16
    spec["title"] = {
        "text": _wrapped(titre, width, 8.4),
        "subtitle": _wrapped(sous_titre, width, 6.2),
        "anchor": "start",
        "frame": "group",
        "fontSize": 17,
        "subtitleFontSize": 13,
        "color": ENCRE,
        "subtitleColor": "#4a5568",
        "offset": 14,
    }
    config = spec.setdefault("config", {})
    for part in ("axis", "legend", "header"):
        config.setdefault(part, {}).update({"labelColor": ENCRE, "titleColor": ENCRE})
    config["axis"]["gridColor"] = "#e3e0d8"
    config["text"] = {"color": ENCRE}
    lines = _wrapped(source, width, 5.4)
    footer = {
        "data": {"values": [{}]},
        "mark": {"type": "text", "align": "left", "x": 0, "fontSize": 11, "color": "#4a5568", "baseline": "top"},
        "encoding": {"text": {"value": lines}},
        "height": 15 * max(1, len(lines)),
        "width": width,
        "view": {"stroke": None},
    }
    outer = ("$schema", "config", "background", "padding", "title")
    inner = {k: v for k, v in spec.items() if k not in (*outer, "datasets")}
    return {
        **{k: spec[k] for k in outer if k in spec},
        "datasets": spec.get("datasets", {}),
        "vconcat": [inner, footer],
        "spacing": 12,
        "resolve": {"scale": dict.fromkeys(("x", "y", "color", "shape", "size", "strokeDash"), "independent")},
    }


def _wrapped(text: str, width: float, letter: float) -> list[str]:
    """A text in lines of ``width`` pixels, for letters of ``letter`` pixels on average; never under forty letters."""
    return textwrap.wrap(text, max(40, int(width / letter)), break_long_words=False) or [""]
