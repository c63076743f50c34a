"""The map of a level as SVG, from the warehouse: where things stand is kept, whatever the indicator."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from urllib.parse import urlencode

import pandas as pd

from observatoire import formats
from observatoire.charts.commune_map import Drawing, Ground, Layout, Mark, draw, survey, write_words
from observatoire.frames import records, rows_where
from observatoire.methods.bivariate import case_words
from observatoire.methods.cartography import MapContent, MapRequest
from observatoire.methods.ranks import place_column
from observatoire.views.carte.build import load_content, load_crossing, shown
from observatoire.views.carte.landmarks import KINDS, Landmark, load_landmarks
from observatoire.warehouse import Warehouse


def one_map(
    warehouse: Warehouse,
    request: MapRequest,
    alt: str,
    lit: tuple[str, ...] = (),
    types: tuple[str, ...] = (),
    page: str = "portrait",
) -> str:
    """The map of one indicator, in its box (HTML). ``lit``: codes outlined; ``types``: kinds of places laid over;
    ``page``: the page that a territory opens, portrait or comparer."""
    content = warehouse.kept(load_content, request)
    words = _places(warehouse, request, shown(content, request))
    return _drawn(warehouse, request, content, alt, lit, types, page, words)


def crossed_map(
    warehouse: Warehouse,
    request: MapRequest,
    other: str,
    annee: int,
    alt: str,
    lit: tuple[str, ...] = (),
    types: tuple[str, ...] = (),
) -> str:
    """The map of two indicators crossed, in its box (HTML): names are written, the case of each is told in words."""
    crossing = warehouse.kept(load_crossing, request, other, annee)
    if crossing is None:
        raise ValueError(f"{request.indicateur} et {other} ne font pas trois tiers chacun")
    lieux = crossing.content.lieux
    cases = zip(lieux["code"], lieux["etiquette"], lieux["absent"], strict=True)
    words = {str(code): case_words(case) for code, case, absent in cases if not absent}
    return _drawn(warehouse, request, crossing.content, alt, lit, types, "portrait", words, values=False)


def _drawn(
    warehouse: Warehouse,
    request: MapRequest,
    content: MapContent,
    alt: str,
    lit: tuple[str, ...],
    types: tuple[str, ...],
    page: str,
    words: Mapping[str, str],
    values: bool = True,
) -> str:
    disks = (
        tuple(zip(map(str, content.lieux["code"]), content.lieux["rayon"], strict=True)) if content.as_disks else None
    )
    layout = warehouse.kept(_layout, request.niveau, request.ept, _lengths(content) if values else None, disks, types)
    link = _compare if page == "comparer" else partial(_portrait, request.indicateur)
    drawing = Drawing(
        alt=alt,
        links={str(code): link(str(code)) for code in content.lieux["code"]},
        lit=lit,
        marks=_marks(warehouse.kept(load_landmarks, types, request.ept).lieux),
        ranks=words,
    )
    return draw(layout, content, drawing)


def _portrait(indicateur: str, code: str) -> str:
    return f"portrait?{urlencode({'territoire': code, 'indicateur': indicateur})}"


def _compare(code: str) -> str:
    return f"comparer?{urlencode({'territoires': code})}"


def own_sentence(warehouse: Warehouse, request: MapRequest, code: str) -> tuple[str, str] | None:
    """« Bondy », « : 34 %, 12ᵉ plus élevé, sur 39. »: a territory on a map; None when it is not there."""
    seen = shown(warehouse.kept(load_content, request), request)
    if request.niveau == "iris" or code not in set(seen["code"]):
        return None
    row = records(rows_where(seen, seen["code"] == code))[0]
    name = formats.typographie(str(row["nom"]))
    if row["absent"]:
        return name, f": {row['etiquette']}, {formats.ABSENCES_LONGUES[str(row['statut'])]}."
    return name, f": {row['texte']}, {_places(warehouse, request, seen)[code]}."


def _places(warehouse: Warehouse, request: MapRequest, seen: pd.DataFrame) -> dict[str, str]:
    """« 12ᵉ plus élevé, sur 39 » for each territory of a map that has a value."""
    known = seen[seen["valeur"].notna()]
    places = place_column(known, warehouse.card(request.indicateur))
    return {str(code): f"{place}, sur {len(known)}" for code, place in zip(known["code"], places, strict=True)}


def _lengths(content: MapContent) -> tuple[int, ...]:
    """How many characters the value of each territory takes: the longest of all for those that are known, so that most
    indicators have the same layout."""
    lieux = content.lieux
    longest = max(map(len, lieux.loc[~lieux["absent"], "etiquette"]), default=0)
    return tuple(
        max(longest, len(text)) if absent else longest
        for text, absent in zip(lieux["etiquette"], lieux["absent"], strict=True)
    )


def _layout(
    warehouse: Warehouse,
    niveau: str,
    ept: str | None,
    lengths: tuple[int, ...] | None,
    disks: tuple[tuple[str, float], ...] | None,
    types: tuple[str, ...],
) -> Layout:
    ground = warehouse.kept(_ground, niveau, ept, types)
    radii = dict(disks) if disks is not None else None
    return write_words(
        ground, lengths, [radii[shape.code] for shape in ground.layout.shapes] if radii is not None else None
    )


def _ground(warehouse: Warehouse, niveau: str, ept: str | None, types: tuple[str, ...]) -> Ground:
    names = {} if niveau == "ept" else {code: found.nom for code, found in warehouse.epts.items()}
    marks = _marks(warehouse.kept(load_landmarks, types, ept).lieux)
    return survey(warehouse.geometries(niveau), names, ept, marks)


def _marks(places: Collection[Landmark]) -> tuple[Mark, ...]:
    return tuple(Mark(KINDS[p.type].lettre, KINDS[p.type].couleur, p.texte, p.lon, p.lat) for p in places)
