"""The catalogue as it is read: search, cards, what each indicator covers, how sources group."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

import pandas as pd

from etl.findings import first_gaps, gap_words, scope_words
from observatoire import formats
from observatoire.methods.labels import Meanings
from observatoire.methods.search import find
from observatoire.methods.words import plain

Card = dict[str, Any]
SENS = {
    "favorable": "plus élevé est plus favorable",
    "defavorable": "plus élevé est moins favorable",
    "neutre": "ni favorable ni défavorable",
}
NIVEAUX_DE_FICHE = {
    "commune": "Commune et au-dessus",
    "departement": "Département seulement",
    "iris": "IRIS",
    "qpv": "Quartier prioritaire (QPV)",
}
ETATS = {"disponible": "Disponible", "en_attente": "En attente"}
AGREGATIONS = {
    "somme": "Somme : le chiffre d’un EPT ou du département est la somme de ceux de ses communes.",
    "ratio": "Rapport : Σ des numérateurs ÷ Σ des dénominateurs, à chaque niveau. Jamais une moyenne de taux.",
    "approchee": "Valeur approchée au-dessus de la commune : moyenne pondérée, ou dénominateur estimé ; marquée « ≈ ».",
    "aucune": "Ne s’additionne pas (médiane, décile, indice) : donné seulement là où le producteur le publie.",
}


def search(
    found: Iterable[Card], words: str, niveau: str = "", etat: str = "", meanings: Meanings | None = None
) -> list[Card]:
    """The cards whose label answers some words (see methods.search.find), then those that hold every one of them,
    whatever accents and capitals, in their code, texts or producer's columns.

    ``niveau`` (a key of NIVEAUX_DE_FICHE) and ``etat`` (a key of ETATS) keep the cards of that level and state, all by
    default.
    """
    known = [card for card in found if niveau in ("", card["niveau"]) and etat in ("", card["etat"])]
    by_code = {card["code"]: card for card in known}
    named = {code: [card["libelle"], code] for code, card in by_code.items()}
    first = find(words, named, meanings or Meanings(), mend=False)
    return [by_code[code] for code in first] + [card for card in _holding(known, words) if card["code"] not in first]


def _holding(known: Iterable[Card], words: str) -> list[Card]:
    wanted = plain(words).split()
    keys = (
        *("code", "libelle", "definition", "theme_nom", "numerateur", "denominateur", "numerateur_libelle", "unite"),
        "sens_pourquoi",
    )
    return [card for card in known if _holds(" ".join(str(card[key] or "") for key in keys), wanted)]


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


def coverage_within_words(counts: Iterable[dict[str, Any]]) -> list[list[str]]:
    """The coverage of IRIS or QPV (see warehouse.catalogue.coverage_counts) in words, one row a year, latest first:
    année, IRIS or QPV with a figure, the others by reason."""
    rows = []
    for annee, group in groupby(counts, key=lambda r: r["annee"]):
        own = list(group)
        why = [f"{r['n']} : {_reason(r)}" for r in own if r["avec"] == 0]
        total = sum(r["n"] for r in own)
        rows.append([str(annee), f"{sum(r['avec'] for r in own)} sur {total}", " ; ".join(why) or "aucun"])
    return rows


def gaps_of(check: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, list[str]]:
    """What a check found, as its count and its gaps one by one, the indicators by their labels.

    ``check``: a row of table ``controle``. ``names``: code → label.
    """
    gaps = check["ecarts"]
    scope = scope_words(len(gaps), check["examines"], check["objet"])
    return scope, first_gaps(gaps, lambda gap: gap_words(gap["texte"], gap["indicateurs"], names))


def _reason(row: dict[str, Any]) -> str:
    """Why figures are missing: the reason where one is known, else the status."""
    return formats.MOTIFS.get(row["motif"], formats.STATUTS[row["statut"]])


def _holds(text: str, wanted: list[str]) -> bool:
    found = plain(text)
    return all(any(form in found for form in _forms(word)) for word in wanted)


def _forms(word: str) -> list[str]:
    """A word, and what it is in a formula if two of its digits are a vintage: p22 → paa, of « P{aa}_POP »."""
    return [word, *(f"{word[: m.start()]} aa {word[m.start() + 2 :]}".strip() for m in re.finditer(r"(?=\d\d)", word))]


def _names(names: pd.Series, most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} et {len(names) - most} autres"


@dataclass(frozen=True)
class Cause:
    """Figures or words put right for one reason: the indicators, why, and one row a figure (indicateur, territoire,
    année, avant, après)."""

    libelles: str
    pourquoi: str
    lignes: list[list[str]]


def corrections(rows: Iterable[dict[str, Any]], cards: Mapping[str, dict[str, Any]]) -> list[tuple[date, list[Cause]]]:
    """What was put right (rows of warehouse.catalogue.corrected): by day, the latest first, then by cause.

    ``cards``: the rows of ``indicateur`` by code.
    """
    days = []
    for day, own in groupby(rows, key=lambda row: row["date"]):
        causes = []
        for reason, group in groupby(own, key=lambda row: row["pourquoi"]):
            found = list(group)
            codes = dict.fromkeys(code for row in found for code in row["indicateurs"])
            lines = [_corrected(row, cards[row["indicateurs"][0]]) for row in found if row["avant"] is not None]
            causes.append(Cause(" ; ".join(f"{cards[code]['libelle']} ({code})" for code in codes), reason, lines))
        days.append((day, causes))
    return days


def _corrected(row: dict[str, Any], card: dict[str, Any]) -> list[str]:
    read = partial(formats.chiffre, unite=card["unite"], decimales=card["decimales"])
    after = "n’est plus montré" if row["apres"] is None else read(row["apres"])
    return [card["libelle"], formats.typographie(row["nom"]), str(row["annee"]), read(row["avant"]), after]
