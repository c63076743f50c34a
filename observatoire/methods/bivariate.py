"""Two indicators on one map: each territory in a third of the first and a third of the second."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from observatoire import formats
from observatoire.mesures import Mesure
from observatoire.methods.cartography import LegendItem, MapContent, interval_words
from observatoire.methods.classes import Classes, make_classes
from observatoire.methods.rounding import steps
from observatoire.palettes import CROISEE, SANS_VALEUR

COLONNES, RANGS = "ABC", "123"
TIERS = ("bas", "moyen", "élevé")


@dataclass(frozen=True)
class Crossing:
    """A crossed map. ``nombres[rang][colonne]``: territories of each case, lowest third first.

    ``colonnes`` and ``rangs``: the thirds of the first and of the second indicator in words.
    """

    content: MapContent
    nombres: tuple[tuple[int, ...], ...]
    colonnes: tuple[str, ...]
    rangs: tuple[str, ...]
    phrase: str


def cross(
    first: pd.DataFrame, second: pd.DataFrame, card: Mesure, other: Mesure, what: str = "communes"
) -> Crossing | None:
    """Cross two indicators; ``first`` and ``second`` are rows of Warehouse.map_figures of the same territories.

    ``what``: what these territories are, in the plural.

    A territory that lacks one of the values is in no case. None when an indicator does not make three classes.
    """
    first, second = (frame.assign(arrondi=steps(frame)) for frame in (first, second))
    joined = first.merge(second[["code", "valeur", "statut", "arrondi"]], on="code", suffixes=("", "_2"))
    card, other = card.lisible(first["arrondi"]), other.lisible(second["arrondi"])
    across, up = _thirds(joined["valeur"], card), _thirds(joined["valeur_2"], other)
    if across is None or up is None:
        return None
    rows = [_place(row, across, up, card, other) for row in joined.to_dict("records")]
    frame = joined.assign(**{name: [row[name] for row in rows] for name in rows[0]})
    counts = tuple(
        tuple(int((frame["etiquette"] == f"{COLONNES[c]}{RANGS[r]}").sum()) for c in range(3)) for r in range(3)
    )
    missing = int(frame["absent"].sum())
    legend = (LegendItem(SANS_VALEUR, "une des deux valeurs manque", missing, True),) if missing else ()
    return Crossing(
        MapContent(frame, legend),
        counts,
        tuple(interval_words(low, high, card) for low, high in across.intervals()),
        tuple(interval_words(low, high, other) for low, high in up.intervals()),
        crossing_sentence(frame, card, other, what),
    )


def _thirds(values: pd.Series, card: Mesure) -> Classes | None:
    classes = make_classes(list(values), 3, "quantiles", card.rang)
    return classes if classes is not None and len(classes) == 3 else None


def _place(row: dict, across: Classes, up: Classes, card: Mesure, other: Mesure) -> dict:
    texts = (
        card.format(row["valeur"], row["statut"], row["arrondi"]),
        other.format(row["valeur_2"], row["statut_2"], row["arrondi_2"]),
    )
    absent = formats.is_missing(row["valeur"]) or formats.is_missing(row["valeur_2"])
    column, rank = (0, 0) if absent else (across.index(row["valeur"]), up.index(row["valeur_2"]))
    return {
        "absent": absent,
        "texte": " · ".join(texts),
        "etiquette": "–" if absent else f"{COLONNES[column]}{RANGS[rank]}",
        "couleur": SANS_VALEUR if absent else CROISEE[rank][column],
    }


def case_words(case: str) -> str:
    """« premier élevé, second bas » for « C1 », « les deux élevés » for « C3 »."""
    first, second = TIERS[COLONNES.index(case[0])], TIERS[RANGS.index(case[1])]
    if first != second:
        return f"premier {first}, second {second}"
    return f"les deux {first if first == 'bas' else f'{first}s'}"


def crossing_sentence(frame: pd.DataFrame, card: Mesure, other: Mesure, what: str = "communes") -> str:
    """Which territories are high, or low, on both; and how far the two ranks go together (Spearman)."""
    known = frame[~frame["absent"]]
    rho = float(known["valeur"].rank().corr(known["valeur_2"].rank()))
    high, low = known[known["etiquette"] == "C3"], known[known["etiquette"] == "A1"]
    parts = [
        f"{_count(high, what)} dans le tiers le plus élevé des deux indicateurs{_listed(high)}.",
        f"{_count(low, what)} dans le tiers le plus bas des deux{_listed(low)}.",
        f"« {card.libelle} » et « {other.libelle} » {_relation(rho)} (corrélation des rangs de "
        f"{formats.nombre(rho, 2)}, {len(known)} {what}) ; cela ne dit pas que l’un cause l’autre.",
    ]
    return " ".join(parts)


def _relation(rho: float) -> str:
    if abs(rho) < 0.3:
        return "ne vont guère ensemble"
    force = "nettement" if abs(rho) >= 0.6 else "en partie"
    return f"vont {force} {'dans le même sens' if rho > 0 else 'en sens contraire'}"


def _count(group: pd.DataFrame, what: str) -> str:
    words = {0: "Aucune commune n’est", 1: "Une commune est"}
    if what != "communes":
        words = {0: f"Aucun {what} n’est", 1: f"Un {what} est"}
    return words.get(len(group), f"{len(group)} {what} sont")


def _listed(group: pd.DataFrame) -> str:
    names = [formats.typographie(str(name)) for name in group["nom"]]
    return f" ({', '.join(names)})" if 0 < len(names) <= 8 else ""
