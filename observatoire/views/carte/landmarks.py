"""What may be laid over a map: town halls, France services, priority neighbourhoods (QPV).

Each kind has its letter, its colour and its caution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import shapely

from observatoire import formats
from observatoire.figures import cite_rows
from observatoire.maps.view import Spot, spots
from observatoire.warehouse import Warehouse


@dataclass(frozen=True)
class Kind:
    """A kind of place: the letter and colour of its mark, its name, what must be known of it, what its marks count."""

    lettre: str
    couleur: str
    nom: str
    aide: str = ""
    compte: str = ""


KINDS = {
    "mairie": Kind("M", "#16294a", "Mairies", "à défaut de l’adresse du CCAS, qu’aucun fichier public ne donne"),
    "france_services": Kind("F", "#0b6b57", "France services"),
    "qpv": Kind(
        "Q",
        "#7b2d8b",
        "Quartiers prioritaires (QPV)",
        "un repère par commune, ses quartiers quand on le pointe : aucun fichier de l’observatoire n’en a les contours",
        "communes",
    ),
}
LISTE_QPV = "anct_qpv_2024"
# Where the mark of a commune's QPV is tried, in degrees from the place of its value: what it would hide.
_ECARTS = ((0, 0.0065), (0, -0.0065), (0.01, 0), (-0.01, 0), (0, 0))
_ABSENCES = {
    "itinerant": ("bus, sans lieu fixe", "bus, sans lieux fixes"),
    "hors_commune": ("dont le point publié est hors de la commune", "dont les points publiés sont hors de la commune"),
}


@dataclass(frozen=True)
class Landmark:
    """A place drawn: its kind (a key of KINDS), its name with its address, its point."""

    type: str
    texte: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Landmarks:
    """``lieux``: those drawn. ``notes``: for each kind, (kind, words of the legend with what is not drawn and why)."""

    lieux: tuple[Landmark, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def load_landmarks(warehouse: Warehouse, types: Sequence[str], ept: str | None = None) -> Landmarks:
    """The places of these kinds, all of them or those of one EPT, and the words of their legend."""
    if not types:
        return Landmarks()
    frame = pd.concat([warehouse.places(types), *([_quarters(warehouse)] if "qpv" in types else [])], ignore_index=True)
    frame = frame if ept is None else frame[frame["code_ept"] == ept]
    placed = frame[frame["motif"].isna()]
    found = tuple(
        Landmark(str(row["type"]), _words(row), float(row["lon"]), float(row["lat"]))
        for row in placed.to_dict("records")
    )
    return Landmarks(found, tuple((kind, _note(warehouse, frame[frame["type"] == kind], kind)) for kind in types))


def _quarters(warehouse: Warehouse) -> pd.DataFrame:
    """The QPV of 2024, one row a commune that has some: the columns of ``Warehouse.places`` that are read here."""
    places = warehouse.inside(warehouse.communes, "qpv")
    names: dict[str, list[str]] = {}
    for name, communes in places.loc[places["valide_au"].isna(), ["nom", "communes"]].itertuples(index=False):
        for code in communes:
            names.setdefault(code, []).append(formats.typographie(name))
    rows = []
    for spot in spots(warehouse.geometries("commune")):
        commune = warehouse.communes[spot.code]
        if own := names.get(spot.code):
            lon, lat = _beside_the_value(spot)
            said = f"{len(own)} quartiers prioritaires" if len(own) > 1 else "1 quartier prioritaire"
            text = f"{commune.nom} : {said} ({' ; '.join(own)})"
            rows.append(("qpv", text, commune.nom, commune.code_ept, lon, lat))
    columns = ["type", "nom", "commune", "code_ept", "lon", "lat"]
    return pd.DataFrame(rows, columns=columns).assign(adresse="", source=LISTE_QPV, motif=None)


def _beside_the_value(spot: Spot) -> tuple[float, float]:
    """A point of a commune that does not hide the figure written on it, where it is large enough."""
    tried = [(spot.lon + dx, spot.lat + dy) for dx, dy in _ECARTS]
    return next((place for place in tried if shapely.contains_xy(spot.outline, *place)), tried[-1])


def _words(row: dict) -> str:
    name = f"Mairie {formats.de(row['commune'])}" if row["type"] == "mairie" else formats.typographie(row["nom"])
    return f"{name}, {formats.typographie(row['adresse'])}" if row["adresse"] else name


def _note(warehouse: Warehouse, frame: pd.DataFrame, kind: str) -> str:
    """« France services (24). Non placés : 8 bus, sans lieux fixes. Source : … »."""
    own = KINDS[kind]
    count = f"{int(frame['motif'].isna().sum())} {own.compte}".rstrip()
    parts = [f"{own.nom} ({count})" + (f" : {own.aide}" if own.aide else "")]
    absent = [
        f"{len(group)} {_ABSENCES[str(reason)][len(group) > 1]} ({_where(group)})"
        for reason, group in frame.dropna(subset=["motif"]).groupby("motif")
    ]
    if absent:
        parts.append(f"Non placés : {' ; '.join(absent)}")
    parts.append(cite_rows(warehouse, frame["source"]))
    return ". ".join(parts) + "."


def _where(group: pd.DataFrame) -> str:
    return ", ".join(sorted({formats.typographie(str(name)) for name in group["commune"]}))
