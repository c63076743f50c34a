"""What a map of coverage says: for each commune, whether there is a figure, and why not. No drawing here."""

from __future__ import annotations

import pandas as pd

from observatoire import formats
from observatoire.frames import named_rows
from observatoire.methods.cartography import LegendItem, MapContent
from observatoire.palettes import SANS_VALEUR

TOUT, MOITIE, PEU, HORS = "#1f4f87", "#6ea3d8", "#c3d9f0", "#f4f2ed"
# Status → its colour and the sign written on the commune; hatched without a value.
SIGNES = {
    "publie": (TOUT, ""),
    "calcule": (MOITIE, "÷"),
    "approche": (PEU, "≈"),
    "censure": ("#e8cf9a", "<"),
    "secret": (SANS_VALEUR, "s"),
    "non_calculable": (SANS_VALEUR, "n.c."),
    "manquant": (SANS_VALEUR, "n.d."),
}

# Share of what has a figure → colour and sign.
PARTS = {"tout": (TOUT, ""), "moitie": (MOITIE, ""), "peu": (PEU, ""), "rien": (SANS_VALEUR, "0"), "hors": (HORS, "")}


def status_content(frame: pd.DataFrame, places: pd.DataFrame) -> MapContent:
    """The status of each commune's figure in one year.

    ``frame``: code, statut, a row a commune. ``places``: code, nom, code_ept, lon, lat, as Warehouse.geometries.
    """
    status = dict(zip(frame["code"], frame["statut"], strict=True))
    found = [status.get(code, "manquant") for code in places["code"]]
    words = {name: _with_sign(formats.STATUTS[name], sign) for name, (_, sign) in SIGNES.items()}
    return _content(places, found, SIGNES, words)


def years_content(frame: pd.DataFrame, places: pd.DataFrame) -> MapContent:
    """For how many years each commune has a figure. ``frame``: code, annee, statut, a row a commune and year."""
    absent = frame["statut"].isin(list(formats.ABSENCES_LONGUES))
    counts = frame.assign(avec=~absent).groupby("code")["avec"].sum()
    total = int(frame["annee"].nunique())
    own = [int(counts.get(code, 0)) for code in places["code"]]
    labels = ["" if n == total else str(n) for n in own]
    words = {
        "tout": "toutes les années" if total > 1 else "l’année publiée",
        "moitie": f"la moitié des {total} années ou plus (le nombre est écrit)",
        "peu": "moins de la moitié (le nombre est écrit)",
        "rien": "aucune année (0)",
    }
    return _content(places, [share(n, total) for n in own], PARTS, words, labels)


def share_content(frame: pd.DataFrame, places: pd.DataFrame, noms: str, aucun: str) -> MapContent:
    """How many IRIS or QPV of each commune have a figure in one year.

    ``frame``: code, avec, total, a row a commune that has some. ``noms``: « IRIS », « quartiers » ; ``aucun``: how a
    commune that has none of them is called, « sans quartier prioritaire ».
    """
    counts = {row.code: (int(row.avec), int(row.total)) for row in named_rows(frame)}
    own = [counts.get(code) for code in places["code"]]
    labels = [f"{pair[0]}/{pair[1]}" if pair else "" for pair in own]
    words = {
        "tout": f"tous les {noms} ont un chiffre",
        "moitie": f"la moitié des {noms} ou plus",
        "peu": f"moins de la moitié des {noms}",
        "rien": f"aucun des {noms}",
        "hors": aucun,
    }
    return _content(places, [share(*pair) if pair else "hors" for pair in own], PARTS, words, labels)


def share(own: int, total: int) -> str:
    """The key of PARTS for ``own`` of ``total``."""
    if own == 0:
        return "rien"
    return "tout" if own == total else "moitie" if 2 * own >= total else "peu"


def _with_sign(words: str, sign: str) -> str:
    return f"{sign} : {words}" if sign else words


def _content(
    places: pd.DataFrame,
    kinds: list[str],
    looks: dict[str, tuple[str, str]],
    words: dict[str, str],
    labels: list[str] | None = None,
) -> MapContent:
    """``kinds``: of each place; ``looks``: kind → colour, sign; ``words``: kind → its line of the legend."""
    read = places.assign(
        couleur=[looks[kind][0] for kind in kinds],
        etiquette=labels if labels is not None else [looks[kind][1] for kind in kinds],
        texte=[words[kind] for kind in kinds],
        absent=[looks[kind][0] == SANS_VALEUR for kind in kinds],
    )
    legend = [
        LegendItem(color, words[kind], kinds.count(kind), color == SANS_VALEUR)
        for kind, (color, _) in looks.items()
        if kind in kinds
    ]
    return MapContent(read, tuple(legend))
