"""Charts written straight as Vega-Lite, a word at a time: ``chart(rows).mark("bar").encode(x=field("valeur:Q"))``.

The words are Altair's. Altair itself checks, wraps and copies every piece of a chart several times over: at a change of
indicator, that took longer than all the rest of a page. Here a chart is a dictionary that each word completes, and
nothing is checked but by the tests (``to_dict(validate=True)``). Options are those of Vega-Lite, as dictionaries.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from observatoire.charts.theme import CONFIG

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
_TYPES = {"Q": "quantitative", "N": "nominal", "O": "ordinal"}
# The channels whose type is that of another one: Vega-Lite wants none.
_SECOND = ("x2", "y2")


@dataclass(frozen=True)
class Chart:
    """A chart, or layers of charts. Each word gives another one, which shares with it what it does not change."""

    spec: Mapping[str, Any]

    def mark(self, kind: str, **options: Any) -> Chart:
        """What is drawn: « bar », « circle », « line »…"""
        return self.properties(mark={"type": kind, **options})

    def encode(self, **channels: Any) -> Chart:
        """What each channel shows: a field, a ``value``, a list of fields, or a field alone written « nom:N »."""
        shown = {name: _channel(name, asked) for name, asked in channels.items()}
        return self.properties(encoding={**self.spec.get("encoding", {}), **shown})

    def properties(self, **parts: Any) -> Chart:
        """Any other part of the document: height, name, projection…"""
        return Chart({**self.spec, **parts})

    def transform_filter(self, test: str) -> Chart:
        """Only the rows that pass a test, in Vega's expressions."""
        return self._transform({"filter": test})

    def transform_calculate(self, **fields: str) -> Chart:
        """Fields made of others, in Vega's expressions."""
        return self._transform(*({"calculate": made, "as": name} for name, made in fields.items()))

    def _transform(self, *steps: Mapping[str, str]) -> Chart:
        return self.properties(transform=[*self.spec.get("transform", ()), *steps])

    def facet(self, facet: Mapping[str, Any], columns: int) -> Chart:
        """One small chart a value of a field, on as many columns."""
        small = {name: part for name, part in self.spec.items() if name != "data"}
        return Chart({"data": self.spec["data"], "facet": facet, "spec": small, "columns": columns})

    def to_dict(self, validate: bool = False) -> dict[str, Any]:
        """The document, with the look of every chart: a new one, but for its rows, which nobody changes.

        ``validate``: checked against the schema of Vega-Lite. Raises altair.SchemaValidationError.
        """
        spec = {"$schema": SCHEMA, "config": copy.deepcopy(CONFIG), **_copied(self.spec)}
        if validate:
            import altair  # the only thing asked of it

            altair.Chart.from_dict(json.loads(json.dumps(spec)), validate=True)
        return spec


def chart(data: Mapping[str, Any] | None = None) -> Chart:
    """A chart of some rows (``theme.rows``); those of the layers around it when none are given."""
    return Chart({} if data is None else {"data": data})


def layer(*charts: Chart, data: Mapping[str, Any] | None = None) -> Chart:
    """Charts one over the other; the rows that they all share are written once."""
    shared = charts[0].spec.get("data") if data is None else data
    if data is None and any(drawn.spec.get("data") is not shared for drawn in charts):
        shared = None
    if shared is None:
        return Chart({"layer": [drawn.spec for drawn in charts]})
    bare = [{name: part for name, part in drawn.spec.items() if name != "data"} for drawn in charts]
    return Chart({"data": shared, "layer": bare})


def field(shorthand: str, **options: Any) -> dict[str, Any]:
    """A field with its type and its options: ``field("sum(valeur):Q", title="habitants")``."""
    name, _, letter = shorthand.rpartition(":")
    made = {"type": _TYPES[letter]}
    if name.endswith(")"):
        made["aggregate"], _, name = name[:-1].partition("(")
    return {"field": name, **made, **options}


def value(constant: Any) -> dict[str, Any]:
    """The same for all marks, whatever the rows."""
    return {"value": constant}


def condition(test: str, yes: Mapping[str, Any], no: Mapping[str, Any]) -> dict[str, Any]:
    """One value or the other, by a test in Vega's expressions."""
    return {"condition": {"test": test, **yes}, **no}


def _channel(name: str, asked: Any) -> Any:
    found = field(asked) if isinstance(asked, str) else asked
    return {key: part for key, part in found.items() if key != "type"} if name in _SECOND else found


def _copied(part: Any) -> Any:
    """A part of a document, its rows shared."""
    if isinstance(part, Mapping):
        return {name: inner if name == "data" else _copied(inner) for name, inner in part.items()}
    return [_copied(inner) for inner in part] if isinstance(part, list | tuple) else part
