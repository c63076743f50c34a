"""What may be laid over a map: town halls, France services. Each kind has its letter, its colour and its caution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from observatoire import formats
from observatoire.figures import cite_rows
from observatoire.warehouse import Warehouse


@dataclass(frozen=True)
class Kind:
    """A kind of place: the letter and colour of its mark, its name and what must be known of it."""

    lettre: str
    couleur: str
    nom: str
    aide: str = ""


KINDS = {
    "mairie": Kind("M", "#16294a", "Mairies", "à défaut de l’adresse du CCAS, qu’aucun fichier public ne donne"),
    "france_services": Kind("F", "#0b6b57", "France services"),
}
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


def load_landmarks(house: Warehouse, types: Sequence[str], ept: str | None = None) -> Landmarks:
    """The places of these kinds, all of them or those of one EPT, and the words of their legend."""
    if not types:
        return Landmarks()
    frame = house.places(types)
    frame = frame if ept is None else frame[frame["code_ept"] == ept]
    placed = frame[frame["motif"].isna()]
    found = tuple(
        Landmark(str(row["type"]), _words(row), float(row["lon"]), float(row["lat"]))
        for row in placed.to_dict("records")
    )
    return Landmarks(found, tuple((kind, _note(house, frame[frame["type"] == kind], kind)) for kind in types))


def _words(row: dict) -> str:
    name = f"Mairie {formats.de(row['commune'])}" if row["type"] == "mairie" else formats.typographie(row["nom"])
    return f"{name}, {formats.typographie(row['adresse'])}" if row["adresse"] else name


def _note(house: Warehouse, frame: pd.DataFrame, kind: str) -> str:
    """« France services : 24 lieux. Non placés : 8 bus, sans lieux fixes. Source : … »."""
    count = int(frame["motif"].isna().sum())
    parts = [f"{KINDS[kind].nom} ({count})" + (f" : {KINDS[kind].aide}" if KINDS[kind].aide else "")]
    absent = [
        f"{len(group)} {_ABSENCES[str(reason)][len(group) > 1]} ({_where(group)})"
        for reason, group in frame.dropna(subset=["motif"]).groupby("motif")
    ]
    if absent:
        parts.append(f"Non placés : {' ; '.join(absent)}")
    parts.append(cite_rows(house, frame["source"]))
    return ". ".join(parts) + "."


def _where(group: pd.DataFrame) -> str:
    return ", ".join(sorted({formats.typographie(str(name)) for name in group["commune"]}))
