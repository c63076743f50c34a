"""From a request to a map: the figures asked of the warehouse, coloured, and all that is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pandas as pd

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.charts.maps import draw_map
from observatoire.charts.strip import draw_strip
from observatoire.figures import Figure, cite, cite_rows, traced, traced_within
from observatoire.frames import cells, rows_where
from observatoire.maps.view import NOMS_EPT, View, corners, fit
from observatoire.methods.bivariate import Crossing, cross
from observatoire.methods.cartography import NIVEAUX_DE_CARTE, MapContent, MapRequest, draw_content
from observatoire.methods.map_sentences import iris_sentence, map_sentence
from observatoire.methods.rounding import steps
from observatoire.palettes import DISQUE
from observatoire.records import DEPARTEMENT, FRANCE, METROPOLE, REGION, Territoire
from observatoire.warehouse import Warehouse


def load_content(warehouse: Warehouse, request: MapRequest) -> MapContent:
    """The territories of a level coloured as asked, in the order of their boundaries."""
    card = warehouse.card(request.indicateur)
    pooled = warehouse.all_years(card.code, request.niveau) if request.echelle_commune else None
    figures = warehouse.map_figures(card.code, request.annee, request.niveau).sort_values("code", ignore_index=True)
    return draw_content(figures, card, request, pooled, centre(warehouse, request))


def centre(warehouse: Warehouse, request: MapRequest) -> tuple[Territoire, float] | None:
    """The reference of the centred method and its value of that year; None when it has none (or is not asked)."""
    if request.methode != "centrees":
        return None
    codes = (request.centre, METROPOLE) if request.centre == FRANCE else (request.centre,)
    found = level_values(warehouse, request, codes)
    return next(((warehouse.territoires[code], found[code]) for code in codes if code in found), None)


def level_values(warehouse: Warehouse, request: MapRequest, codes: tuple[str, ...]) -> dict[str, float]:
    """The values of other territories (EPT, département…) for the indicator and year of a map.

    Beside IRIS they are those of the communes' indicator that says the same; without one, there are none.
    """
    card = warehouse.at_level(warehouse.card(request.indicateur), "departement")
    if card is None:
        return {}
    found = warehouse.kept(level_rows, card.code, request.annee)
    return {code: found[code]["valeur"] for code in codes if code in found and found[code]["valeur"] is not None}


def level_rows(warehouse: Warehouse, indicateur: str, annee: int) -> dict[str, dict[str, Any]]:
    """The figures of the EPT and of the levels above for an indicator and year (see Warehouse.counts), by territory."""
    levels = [*warehouse.epts, DEPARTEMENT, REGION, FRANCE, METROPOLE]
    return {row["territoire"]: row for row in warehouse.counts([indicateur], levels, [annee])}


def shown(content: MapContent, request: MapRequest) -> pd.DataFrame:
    """The territories of the EPT looked at, all of them without one."""
    return content.lieux if request.ept is None else rows_where(content.lieux, content.lieux["code_ept"] == request.ept)


def sentence(warehouse: Warehouse, request: MapRequest, content: MapContent) -> str:
    """What the map says (methods.map_sentences), of the whole département or of one EPT."""
    card, epts = warehouse.card(request.indicateur), warehouse.epts
    values = level_values(warehouse, request, (*epts, DEPARTEMENT))
    department = values.pop(DEPARTEMENT, None)
    if request.niveau == "iris":
        return iris_sentence(shown(content, request), card, request.annee, department)
    if request.ept is not None:
        epts, values = {request.ept: warehouse.epts[request.ept]}, {}
    if request.niveau != "commune":
        department, values = None, {}
    return map_sentence(shown(content, request), card, request.annee, epts, values, department)


def describe(
    warehouse: Warehouse,
    request: MapRequest,
    content: MapContent,
    reopen: Callable[[], Warehouse] | None = None,
    said: str = "",
) -> Figure:
    """The map as a figure: what it is in words, its data, its printable version.

    ``said``: its ``sentence``, where it is already made. ``reopen`` gives the warehouse where the map is printed later:
    a figure that is kept does not hold ``warehouse``.
    """
    card = warehouse.card(request.indicateur)
    where = _where(request)
    if request.ept is not None:
        where += f", {warehouse.epts[request.ept].nom}"
    commune = {"commune": "Commune"} if request.niveau == "iris" else {}
    columns = {"code": "Code", "nom": "Territoire", **commune}
    columns |= {"valeur": card.unite, "texte": "Lecture", "statut": "Statut"}
    table = shown(content, request).sort_values("valeur", ascending=False, na_position="last", kind="stable")
    table = table.assign(valeur=table["lue"], statut=table["statut"].map(formats.STATUTS))
    said = said or sentence(warehouse, request, content)
    return Figure(
        titre=f"{card.libelle}, {where}",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periode(request.annee)}",
        source=cite_rows(warehouse, content.lieux["source"]),
        alt=f"Carte des {len(content.lieux)} {NIVEAUX_DE_CARTE[request.niveau]} {IDENTITE.departement.de}. {said}",
        table=table[list(columns)].rename(columns=columns),
        fichier=formats.nom_de_fichier("carte", card.libelle, *_suffixes(warehouse, request), str(request.annee)),
        printable=partial(_print, reopen or partial(_same, warehouse), request, content),
        trace=_trace(warehouse, request, table),
    )


def _trace(warehouse: Warehouse, request: MapRequest, ordered: pd.DataFrame) -> dict[str, str]:
    """The figure that « D’où vient ce chiffre ? » opens: the EPT's or the département's; on IRIS, the highest."""
    if request.niveau != "iris":
        above = warehouse.at_level(warehouse.card(request.indicateur), "departement")
        return traced(request.ept or DEPARTEMENT, above.code, request.annee) if above else {}
    return trace_of_iris(warehouse, request.indicateur, request.annee, ordered["code"])


def trace_of_iris(warehouse: Warehouse, indicateur: str, annee: int, codes: Iterable[str]) -> dict[str, str]:
    """The figure of the first of these IRIS that the producer knows."""
    communes = {iris: commune for commune, places in warehouse.quartiers["iris"].items() for iris in places}
    first = next((code for code in codes if code in communes), None)
    place = {"territoire": communes[first], "quartier": first} if first else {}
    return traced_within("iris", indicateur, annee, **place)


def strip(warehouse: Warehouse, request: MapRequest, content: MapContent, lit: str = "") -> dict[str, Any]:
    """The distribution beside a map, as Vega-Lite. ``lit``: the commune to see; marks of IRIS say and choose theirs."""
    card = warehouse.card(request.indicateur).lisible(steps(content.lieux.dropna(subset=["valeur"])))
    names = {code: f"{ept.code_court} {ept.nom}" for code, ept in warehouse.epts.items()}
    places = shown(content, request)
    iris = request.niveau == "iris"
    places = rows_where(places, places["valeur"].notna())
    codes, noms, epts = cells(places, "code_commune" if iris else "code", "nom", "code_ept")
    noms = list(map(formats.typographie, noms))
    if iris:
        towns = map(formats.typographie, cells(places, "commune")[0])
        noms = [f"{nom}, {town}" for nom, town in zip(noms, towns, strict=True)]
    frame = pd.DataFrame(
        {
            "code": codes,
            "nom": noms,
            "ept": [names.get(code) for code in epts],
            "valeur": places["valeur"].to_numpy(),
            "texte": places["texte"].to_numpy(),
            "couleur": DISQUE if content.as_disks else places["couleur"].to_numpy(),
            "lit": [code == lit for code in codes],
        }
    )
    level = level_values(warehouse, request, (DEPARTEMENT,)).get(DEPARTEMENT)
    reference = (
        None if level is None or card.effectif else (f"{IDENTITE.departement.nom} : {card.format(level)}", level)
    )
    chart = draw_strip(frame, card, reference, iris)
    return chart.to_dict()


def view_of(warehouse: Warehouse, ept: str | None, width: int, height: int) -> View:
    """The view that holds the whole département and the names of its EPT, or one EPT, in these pixels."""
    boundaries = warehouse.geometries("ept")
    if ept is not None:
        return fit(corners(boundaries[boundaries["code"] == ept]), width, height, margin=0.1)
    return fit([*corners(boundaries), *NOMS_EPT.values()], width, height, margin=0.06)


def _where(request: MapRequest) -> str:
    """« par commune », « par IRIS »."""
    return f"par {'commune' if request.niveau == 'commune' else NIVEAUX_DE_CARTE[request.niveau]}"


def _suffixes(warehouse: Warehouse, request: MapRequest) -> list[str]:
    ept = [] if request.ept is None else [warehouse.epts[request.ept].nom]
    return ([] if request.niveau == "commune" else [request.niveau]) + ept


def load_crossing(warehouse: Warehouse, request: MapRequest, other: str, annee: int) -> Crossing | None:
    """Two indicators crossed by commune, each at its year; None when one of them does not make three classes."""
    first = warehouse.map_figures(request.indicateur, request.annee, request.niveau).sort_values(
        "code", ignore_index=True
    )
    second = warehouse.map_figures(other, annee, request.niveau).sort_values("code", ignore_index=True)
    return cross(
        first, second, warehouse.card(request.indicateur), warehouse.card(other), NIVEAUX_DE_CARTE[request.niveau]
    )


def describe_crossing(
    warehouse: Warehouse,
    request: MapRequest,
    other: str,
    annee: int,
    crossing: Crossing,
    reopen: Callable[[], Warehouse] | None = None,
) -> Figure:
    """The crossed map as a figure; ``reopen``: see describe."""
    card, second = warehouse.card(request.indicateur), warehouse.card(other)
    frame = crossing.content.lieux
    rows = warehouse.map_figures(other, annee, request.niveau)["source"]
    table = pd.DataFrame(
        {
            "Code": frame["code"],
            "Territoire": frame["nom"],
            f"{card.libelle} ({card.unite}, {card.periode(request.annee)})": list(
                map(formats.lue, frame["valeur"], frame["arrondi"])
            ),
            f"{second.libelle} ({second.unite}, {second.periode(annee)})": list(
                map(formats.lue, frame["valeur_2"], frame["arrondi_2"])
            ),
            "Case": frame["etiquette"],
        }
    )
    return Figure(
        titre=f"{card.libelle} et {second.libelle[0].lower()}{second.libelle[1:]}, {_where(request)}",
        sous_titre=f"Tiers de chaque indicateur, {card.periode(request.annee)} et {second.periode(annee)}"
        if card.periode(request.annee) != second.periode(annee)
        else f"Tiers de chaque indicateur, {card.periode(annee)}",
        source=cite(warehouse.sources[c] for c in sorted({*frame["source"].dropna(), *rows.dropna()})),
        alt=f"Carte croisée des {len(frame)} {NIVEAUX_DE_CARTE[request.niveau]}. {crossing.phrase}",
        table=table,
        fichier=formats.nom_de_fichier("carte-croisee", card.libelle, second.libelle, str(request.annee)),
        printable=partial(_print, reopen or partial(_same, warehouse), request, crossing.content, crossing),
    )


def _same(warehouse: Warehouse) -> Warehouse:
    return warehouse


def _print(reopen: Callable[[], Warehouse], *drawn: Any):
    return printable(reopen(), *drawn)


def printable(warehouse: Warehouse, request: MapRequest, content: MapContent, crossing: Crossing | None = None):
    """The map for documents (Vega-Lite), legend included."""
    boundaries = warehouse.geometries(request.niveau).set_index("code")["geojson"]
    places = content.lieux.assign(
        geojson=content.lieux["code"].map(boundaries),
        eteint=False if request.ept is None else content.lieux["code_ept"] != request.ept,
    )
    communes = warehouse.geometries("commune") if request.niveau == "iris" else None
    return draw_map(places, warehouse.geometries("ept"), content, request.ept, crossing, communes)
