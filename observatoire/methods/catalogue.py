"""The catalogue as it is read: search, cards, what each indicator covers, how sources group."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

import pandas as pd

from observatoire import formats
from observatoire.warehouse import DEPARTEMENT, Warehouse

Card = dict[str, Any]
SENS = {
    "favorable": "plus élevé est plus favorable",
    "defavorable": "plus élevé est moins favorable",
    "neutre": "ni favorable ni défavorable",
}
AGREGATIONS = {
    "somme": "Somme : le chiffre d’un EPT ou du département est la somme de ceux de ses communes.",
    "ratio": "Rapport : Σ des numérateurs ÷ Σ des dénominateurs, à chaque niveau. Jamais une moyenne de taux.",
    "approchee": "Valeur approchée au-dessus de la commune : moyenne pondérée, ou dénominateur estimé ; marquée « ≈ ».",
    "aucune": "Ne s’additionne pas (médiane, décile, indice) : donné seulement là où le producteur le publie.",
}


def cards(house: Warehouse) -> list[Card]:
    """The cards of communes and above, waiting ones included, in order, with the label of their theme (``theme_nom``).

    IRIS and QPV have no page yet: their figures are in the downloads and the API.
    """
    return house.rows(
        """
        SELECT i.*, t.libelle AS theme_nom FROM indicateur AS i JOIN theme AS t ON t.code = i.theme
        WHERE i.niveau = 'commune' ORDER BY i.ordre
        """
    )


def search(found: Iterable[Card], words: str) -> list[Card]:
    """The cards that hold every word, whatever accents and capitals, in their code, texts or producer's columns."""
    wanted = _plain(words).split()
    keys = ("code", "libelle", "definition", "theme_nom", "numerateur", "denominateur", "numerateur_libelle", "unite")
    return [card for card in found if _holds(" ".join(str(card[key] or "") for key in keys), wanted)]


def coverage(house: Warehouse, code: str) -> pd.DataFrame:
    """Which communes have a figure, each year: nom, annee, statut, one row a commune of the département and year."""
    frame = house.ask(
        """
        SELECT t.nom, o.annee, o.statut FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
        WHERE o.indicateur = $code AND t.type = 'commune' AND t.code_departement = $d
        ORDER BY t.nom COLLATE fr, o.annee
        """,
        {"code": code, "d": DEPARTEMENT},
    )
    return frame.assign(nom=[formats.typographie(nom) for nom in frame["nom"]])


def coverage_words(frame: pd.DataFrame) -> list[list[str]]:
    """The coverage, one row a year (latest first): année, communes with a figure, and the others by reason."""
    rows = []
    for annee, own in sorted(frame.groupby("annee"), reverse=True):
        absent = own[own["statut"].isin(list(formats.ABSENCES_LONGUES))]
        why = [
            f"{len(group)} {formats.ABSENCES_LONGUES[str(statut)]} ({_names(group['nom'])})"
            for statut, group in absent.groupby("statut")
        ]
        rows.append([str(annee), f"{len(own) - len(absent)} sur {len(own)}", " ; ".join(why) or "aucune"])
    return rows


def sources_of(house: Warehouse, code: str) -> list[str]:
    """The codes of the sources of an indicator's figures in the département, latest vintage first."""
    rows = house.rows(
        """
        SELECT DISTINCT s.code, s.millesime FROM source AS s
        JOIN (SELECT unnest([o.source, o.source_denominateur]) AS code
            FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
            WHERE o.indicateur = $code AND t.code_departement = $d AND t.type IN ('commune', 'ept', 'departement'))
            USING (code)
        ORDER BY s.millesime DESC, s.code
        """,
        {"code": code, "d": DEPARTEMENT},
    )
    return [row["code"] for row in rows]


def datasets(house: Warehouse) -> list[dict[str, Any]]:
    """Sources grouped by dataset: producteur, nom, licence, url, millesimes (list), publie_le, obtenu_le (latest)."""
    return house.rows(
        """
        SELECT producteur, nom, licence, any_value(url) AS url,
            list(DISTINCT millesime ORDER BY millesime) AS millesimes,
            list(DISTINCT geographie ORDER BY geographie) AS geographies, max(publie_le) AS publie_le,
            max(obtenu_le) AS obtenu_le, count(DISTINCT fichier) AS fichiers
        FROM source GROUP BY producteur, nom, licence ORDER BY producteur COLLATE fr, nom COLLATE fr
        """
    )


def _holds(text: str, wanted: list[str]) -> bool:
    plain = _plain(text)
    return all(word in plain for word in wanted)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text.replace("’", "'").lower()).encode("ascii", "ignore").decode()


def _names(names: pd.Series, most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} et {len(names) - most} autres"
