"""What changed in the figures shown, for readers: docs/corrections.md, made from data/catalogue/rectificatifs.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from babel.dates import format_date

from etl.cards import FicheIndicateur, Rectificatif
from etl.catalogue import Catalogue
from etl.typography import INSECABLE, number

CORRECTIONS = Path(__file__).resolve().parent.parent / "docs" / "corrections.md"

_INTRO = """# Corrections

Chiffres et mots qui ont été montrés et qui étaient faux, du plus récent au plus ancien. Cette page est faite de
`data/catalogue/rectificatifs.toml` par `python -m etl corrections` ; la page Sources et méthode, partie Corrections,
montre la même liste.
"""


def markdown(catalogue: Catalogue, names: Mapping[str, str]) -> str:
    """The whole page. ``names``: the name of each territory, by code."""
    cards = {card.code: card for card in catalogue.indicateurs}
    parts = [_INTRO]
    for day, found in groupby(catalogue.rectificatifs, key=lambda one: one.date):
        parts.append(f"## {format_date(day, format='d MMMM y', locale='fr_FR')}\n")
        for reason, group in groupby(found, key=lambda one: one.pourquoi):
            parts.append(_cause(reason, list(group), cards, names))
    return "\n".join(parts)


def _cause(
    reason: str, group: list[Rectificatif], cards: Mapping[str, FicheIndicateur], names: Mapping[str, str]
) -> str:
    """One cause: the words, then the figures it made wrong, in a table when there are some."""
    codes = dict.fromkeys(code for one in group for code in one.indicateurs)
    text = f"**{' ; '.join(f'{cards[code].libelle} ({code})' for code in codes)}.** {reason}\n"
    rows = [_row(one, cards[one.indicateurs[0]], names) for one in group if one.avant is not None]
    if not rows:
        return text
    head = ["| Indicateur | Territoire | Année | Avant | Après |", "|---|---|---|---|---|"]
    return "\n".join([text, *head, *(f"| {' | '.join(row)} |" for row in rows), ""])


def _row(one: Rectificatif, card: FicheIndicateur, names: Mapping[str, str]) -> Iterable[str]:
    unit = f"{INSECABLE}{card.unite}" if card.unite in ("%", "€") else ""
    before, after = (
        "n’est plus montré" if value is None else number(value, card.decimales) + unit
        for value in (one.avant, one.apres)
    )
    place = names.get(one.territoire, one.territoire).replace("'", "’")
    return card.code, place, str(one.annee), before, after
