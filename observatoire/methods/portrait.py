"""What a portrait says of a territory, from the rows of Warehouse.profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.formats import is_missing
from observatoire.mesures import Mesure
from observatoire.methods.comparison import (
    NET,
    coarser,
    gap_size,
    margin,
    may_be_chance,
    position,
    standard_gap,
)
from observatoire.methods.phrases import sentence, turn_words
from observatoire.methods.spine import spine_geometry
from observatoire.methods.trend_test import peak
from observatoire.methods.versus import NON_SIGNIFICATIF
from observatoire.positions import POSITIONS
from observatoire.records import DEPARTEMENT, FRANCE, METROPOLE, REGION, Indicateur, Territoire

# The levels a figure is compared with, nearest first: prefix of the columns of the profile → territory.
_LEVELS = {"dep": "département", "reg": IDENTITE.region.nom, "fra": "France"}
REFERENCES = {"dep": DEPARTEMENT, "reg": REGION, "fra": FRANCE}
SEMBLABLES, TENDANCE = "sem", "tendance"
# An indicator of a territory beside its references: the names of Warehouse.profile.
Row = dict[str, Any]


def with_gaps(profile: Sequence[Row], cards: Mapping[str, Mesure]) -> list[Row]:
    """The profile and, for each row, ``ecart``: gap to the nearest level of the same year, in standard deviations.

    Also ``niveau``: which level that is (dep, reg, fra), None when no level has a figure for that year, or when
    the figure is a number of people: Bondy's births are not compared with the département's; and ``sens``.
    """
    rows = []
    for row in profile:
        card = cards[row["indicateur"]]
        level, gap = (None, None) if card.effectif else _nearest(row)
        rows.append({**row, "niveau": level, "ecart": gap, "sens": card.sens})
    return rows


def _nearest(row: Row) -> tuple[str | None, float | None]:
    for level in REFERENCES:
        if row[f"annee_{level}"] == row["annee"] and not is_missing(row[f"valeur_{level}"]):
            return level, standard_gap(row["valeur"], row[f"valeur_{level}"], row["ecart_type"])
    return None, None


def with_similar(
    gaps: Sequence[Row], group: Mapping[tuple[str, int], Mapping[str, float]], cards: Mapping[str, Mesure]
) -> list[Row]:
    """The profile beside the similar communes taken as one territory: ``valeur_sem``, ``statut_sem``, ``annee_sem``
    (the figure's own year), ``arrondi_sem``, ``marge_sem``, ``borne_basse_sem``, ``borne_haute_sem``, and
    ``ecart_sem``, the gap in standard deviations.

    ``group``: what groups.pooled answers (by indicator and year). A number of people has no reference.
    """
    rows = []
    for row in gaps:
        key = (row["indicateur"], int(row["annee"]))
        beside = {} if cards[row["indicateur"]].effectif else group.get(key, {})
        value = beside.get("valeur")
        known = not is_missing(value)
        censored = row["statut"] == "censure"
        rows.append(
            {
                **row,
                "valeur_sem": value,
                "statut_sem": "calcule" if known else "non_calculable",
                "annee_sem": row["annee"] if known else None,
                **{f"{name}_sem": beside.get(name) for name in ("arrondi", "marge", "borne_basse", "borne_haute")},
                "ecart_sem": None if censored else standard_gap(row["valeur"], value, row["ecart_type"]),
            }
        )
    return rows


def row_sentence(
    row: Mapping[str, Any], territoire: Territoire, card: Mesure, territoires: Mapping[str, Territoire]
) -> str | None:
    """The sentence of one row of ``with_gaps``; None when there is no figure."""
    if is_missing(row["valeur"]):
        return None
    reference: tuple[Territoire | str, float, str] | None = None
    level = row["niveau"]
    if not is_missing(level):
        place = row["code_fra"] if level == "fra" else REFERENCES[level]
        reference = (territoires[place], row[f"valeur_{level}"], row[f"statut_{level}"])
    steps, blurs = ((row.get(name), row.get(f"{name}_{level}")) for name in ("arrondi", "marge"))
    year, spread = int(row["annee"]), row.get("ecart_type")
    return sentence(territoire, card, row["valeur"], year, reference, row["statut"], spread, steps, blurs)


def holds(row: Mapping[str, Any], level: str) -> bool:
    """True when the gap to a level (``sem``, ``dep``, ``reg``…) may be chance, given the uncertainty of the figure and
    of the level. False without an interval: nothing is tested."""
    value, reference = row.get("valeur"), row.get(f"valeur_{level}")
    if row.get("statut") == "censure" or is_missing(value) or is_missing(reference):
        return False
    own, other = _bounds(row, ""), _bounds(row, f"_{level}")
    return may_be_chance(value, own, reference, other, exacte=level != SEMBLABLES) is True  # type: ignore[arg-type]


def _bounds(row: Mapping[str, Any], of: str) -> tuple[float, float] | None:
    low, high = row.get(f"borne_basse{of}"), row.get(f"borne_haute{of}")
    return None if is_missing(low) or is_missing(high) else (low, high)  # type: ignore[return-value]


def _gap_size(row: Mapping[str, Any], level: str, card: Mesure) -> str:
    """How the gap to a level is graded; see comparison.gap_size."""
    blur = margin(row.get("marge"), row.get(f"marge_{level}"))
    return gap_size(row["valeur"], row[f"valeur_{level}"], card, row.get("ecart_type"), blur)


def _position(row: Mapping[str, Any], level: str, card: Mesure) -> str | None:
    """The position beside a level; « proche » when the gap may be chance, or is too small to be said."""
    place = position(row["valeur"], row[f"valeur_{level}"], row["ecart_type"], card.sens)
    return "proche" if place and (holds(row, level) or _gap_size(row, level, card) == "proche") else place


def place_beside(row: Mapping[str, Any], card: Mesure) -> str | None:
    """The position (key of POSITIONS) beside the row's own level; None where nothing is compared: a number of people, a
    bound, no reference of the same year. What reads like its reference is « proche »."""
    level = row["niveau"]
    if card.effectif or is_missing(row["valeur"]) or is_missing(level) or row["statut"] == "censure":
        return None
    step = coarser(row.get("arrondi"), row.get(f"arrondi_{level}"))
    alike = formats.difference(row["valeur"], row[f"valeur_{level}"], card.decimales, step) == 0
    return "proche" if alike else _position(row, level, card)


def stands(row: Mapping[str, Any], card: Mesure) -> bool:
    """True when the figure is not « proche » of its reference."""
    return place_beside(row, card) not in (None, "proche")


def stands_out(row: Mapping[str, Any], card: Mesure) -> bool:
    """True when it is far from it too: half a standard deviation at least, and more than slightly."""
    return stands_out_at(row, card, place_beside(row, card))


def stands_out_at(row: Mapping[str, Any], card: Mesure, place: str | None) -> bool:
    """``stands_out`` where its place (``place_beside``) is already known."""
    far = place not in (None, "proche") and not is_missing(row["ecart"]) and abs(row["ecart"]) >= NET
    return far and _gap_size(row, row["niveau"], card) == "net"


def theme_sentence(
    gaps: Sequence[Row], territoire: Territoire, cards: Mapping[str, Indicateur], territoires: Mapping[str, Territoire]
) -> str:
    """What a theme says: the most distinctive of its key figures (judged ones first), or that there is none."""
    known = [row for row in gaps if not is_missing(row["valeur"])]
    if not known:
        return f"Aucun chiffre de ce thème n’est disponible {territoire.lieu}."

    def place(row: Row) -> tuple[bool, bool, float]:
        force = -1.0 if is_missing(row["ecart"]) else abs(row["ecart"])
        return cards[row["indicateur"]].phare, row["sens"] != "neutre", force

    first = max(known, key=place)
    return row_sentence(first, territoire, cards[first["indicateur"]], territoires) or ""


def spine_rows(gaps: Sequence[Row], cards: Mapping[str, Mesure], spine: str = "dep") -> pd.DataFrame:
    """The lines of the spine chart (see charts.spine): the indicators that have a figure, a reference, a spread.

    ``spine``: which level stands at zero, the département, or the région for the département itself.
    """
    lines = []
    for row in gaps:
        card = cards[row["indicateur"]]
        same_year = row[f"annee_{spine}"] == row["annee"]
        geometry = None
        if same_year and not card.effectif and row["statut"] != "censure":
            geometry = spine_geometry({**row, "reference": row[f"valeur_{spine}"]})
        place = _position(row, spine, card)
        if geometry is None or place is None:
            continue
        band = row.get("arrondi_bande") or None
        lowest = card.format(row["minimum"], "censure" if row["borne"] else "publie", band)
        detail = [f"{_LEVELS[spine]} {reference_text(row, spine, card)}"]
        detail += [f"communes de {lowest} à {card.format(row['maximum'], arrondi=band)}"]
        if not is_missing(row.get("valeur_sem")):
            alike = card.format(row["valeur_sem"], arrondi=row.get("arrondi_sem"))
            detail.insert(1, f"communes semblables {alike}")
        lines.append(
            {
                "libelle": card.libelle,
                "texte": f"{_reading(row, card)} ({card.periode(row['annee'])})",
                "position": place,
                "detail": " ; ".join(detail),
                **geometry,
            }
        )
    return pd.DataFrame(lines)


def theme_rows(
    gaps: Sequence[Row],
    cards: Mapping[str, Mesure],
    levels: Mapping[str, str],
    places: Mapping[str, str] | None = None,
) -> tuple[list[str], list[list[str]]]:
    """The table of a theme in words: columns, rows.

    ``levels``: prefix of the profile's columns (sem, ept, dep, reg, fra) → header. A reference of another year than the
    figure is written with its year, an approximate one with « ≈ », one of the mainland only with « métropole ».
    ``places``: indicator → its place among the communes in words (ranks.place_words).
    """
    trend = ["Tendance"] if gaps and TENDANCE in gaps[0] else []
    columns = ["Indicateur", "Année", "Valeur", *trend, *levels.values(), "Position", "Rang"]
    rows = [_theme_row(row, cards[row["indicateur"]], levels, places or {}) for row in gaps]
    return columns, rows


def _theme_row(row: Mapping[str, Any], card: Mesure, levels: Mapping[str, str], places: Mapping[str, str]) -> list[str]:
    references = [reference_text(row, level, card) for level in levels]
    words = "–"
    if not card.effectif and not is_missing(row["niveau"]) and row["statut"] != "censure":
        place = _position(row, row["niveau"], card)
        if place:
            word = NON_SIGNIFICATIF if holds(row, row["niveau"]) else POSITIONS[place][2]
            words = f"{POSITIONS[place][1]} {word}"
    unit = "" if formats.unite_courte(card.unite) or card.unite in card.libelle else f" ({card.unite})"
    value = card.format(row["valeur"], row["statut"], row.get("arrondi")) + formats.signe(row["statut"])
    trend = [row[TENDANCE].mots if not is_missing(row["valeur"]) else "–"] if TENDANCE in row else []
    return [
        *(card.libelle + unit, card.periode(row["annee"]), value, *trend, *references, words),
        "–" if is_missing(row["valeur"]) else places.get(card.code, "–"),
    ]


def reference_text(row: Mapping[str, Any], level: str, card: Mesure) -> str:
    """« 28,0 % », « 24,5 % ≈ », « n. calc. », « 14,6 % (métropole, 2020) »: a reference, and how it differs."""
    if level == SEMBLABLES and card.effectif:
        return "–"
    status = "manquant" if is_missing(row[f"statut_{level}"]) else row[f"statut_{level}"]
    text = card.format(row[f"valeur_{level}"], status, row.get(f"arrondi_{level}"))
    if is_missing(row[f"valeur_{level}"]):
        return text
    notes = ["métropole"] if level == "fra" and row["code_fra"] == METROPOLE else []
    if row[f"annee_{level}"] != row["annee"]:
        notes.append(card.periode(row[f"annee_{level}"]))
    return text + formats.signe(status) + (f" ({', '.join(notes)})" if notes else "")


def trend_words(frame: pd.DataFrame, card: Mesure) -> str:
    """The trend of the first series in words: first and last figures since the latest break, the peak or the
    trough between them."""
    names = [name for name in ("annee", "valeur", "statut", "arrondi") if name in frame]
    name, *_ = frame["serie"]
    columns = [frame[column].tolist() for column in ("serie", *names)]
    rows = [dict(zip(names, row, strict=True)) for serie, *row in zip(*columns, strict=True) if serie == name]
    known = [row for row in rows if not is_missing(row["valeur"])]
    if not known:
        return f"Aucun chiffre pour {name}."
    since = card.debut(max(int(row["annee"]) for row in known))
    own = [row for row in known if row["annee"] >= since]
    first, last = own[0], own[-1]
    if len(own) == 1:
        why = f" ({card.rupture(int(last['annee']))} : pas d’évolution)" if len(known) > 1 else ""
        return f"{name} : {_point(first, card)}{why}."
    turn = None
    if all(row["statut"] != "censure" for row in own):
        turn = peak([(int(row["annee"]), float(row["valeur"])) for row in own])
    return f"{name} : de {_point(first, card)} à {turn_words(card, turn)}{_point(last, card)}."


def _point(row: Row, card: Mesure) -> str:
    """« 24 % en 2021 »."""
    return f"{_reading(row, card)} {card.en(row['annee'])}"


def _reading(row: Row, card: Mesure) -> str:
    """A figure with its own decimals and its unit."""
    return card.format(row["valeur"], row["statut"], row.get("arrondi"))
