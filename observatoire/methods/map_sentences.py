"""What a map shows, said in a few sentences a person would write."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from observatoire import formats
from observatoire.methods.phrases import reference_name, subject
from observatoire.warehouse import Indicateur, Territoire

# Ratios worth saying: under, there is hardly a gap; over, the lowest is next to nothing and the ratio means little.
RAPPORTS = (1.5, 20.0)


def map_sentence(
    places: pd.DataFrame,
    card: Indicateur,
    annee: int,
    epts: Mapping[str, Territoire],
    levels: Mapping[str, float],
    department: float | None = None,
) -> str:
    """Highest, lowest, how far apart; the highest and lowest EPT; what the communes of an EPT have in common.

    ``places``: nom, code_ept, valeur, statut, texte. ``levels``: value of each EPT of that year (empty to say nothing
    of them). ``department``: the département's value.
    """
    known = places[places["valeur"].notna()]
    sentences = [extremes(places, card, annee)]
    if not card.effectif and not known.empty:
        sentences += _between_epts(card, epts, levels)
        if department is not None:
            sentences += _in_common(known, epts, department, card)
    return " ".join(sentences)


def extremes(places: pd.DataFrame, card: Indicateur, annee: int) -> str:
    """The highest and the lowest, by name, and how far apart they are. ``places`` as in ``map_sentence``."""
    known = places[places["valeur"].notna()].sort_values("valeur")
    if known.empty:
        return f"Aucune valeur de « {card.libelle} » n’est connue pour {annee}."
    low, high = known.iloc[0], known.iloc[-1]
    who = subject(card) or f"« {card.libelle} »"
    if low["texte"] == high["texte"]:
        return f"En {annee}, {who} : {low['texte']} partout où la valeur est connue."
    text = f"En {annee}, {who} va de {low['texte']} ({_names(known, low)}) à {high['texte']} ({_names(known, high)})"
    if low["statut"] != "censure" and not card.effectif and low["valeur"] > 0:
        ratio = high["valeur"] / low["valeur"]
        if RAPPORTS[0] <= ratio <= RAPPORTS[1]:
            text += f", un rapport de 1 à {formats.nombre(ratio, 1)}"
    return text + "."


def _between_epts(card: Indicateur, epts: Mapping[str, Territoire], levels: Mapping[str, float]) -> list[str]:
    ranked = sorted(levels.items(), key=lambda item: item[1])
    if len(ranked) < 2:
        return []
    (last, low), (first, high) = ranked[0], ranked[-1]
    return [
        f"Parmi les EPT, la valeur la plus élevée est celle {reference_name(epts[first])} ({card.format(high)}), "
        f"la plus basse celle {reference_name(epts[last])} ({card.format(low)})."
    ]


def _in_common(known: pd.DataFrame, epts: Mapping[str, Territoire], level: float, card: Indicateur) -> list[str]:
    """The EPT whose communes are all, or all but one, on the same side of the département."""
    found = []
    for code, ept in epts.items():
        values = known.loc[known["code_ept"] == code, "valeur"]
        if len(values) < 3:
            continue
        for side, count in (("au-dessus", int((values > level).sum())), ("en dessous", int((values < level).sum()))):
            if count == len(values):
                found.append(f"les {count} communes {reference_name(ept)} sont toutes {side}")
            elif count == len(values) - 1 and len(values) > 4:
                found.append(f"{count} des {len(values)} communes {reference_name(ept)} sont {side}")
    if not found:
        return []
    return [f"Par rapport au département ({card.format(level)}), {', '.join(found)}."]


def _names(known: pd.DataFrame, row: pd.Series) -> str:
    """The territories that share a value: named up to three, counted beyond."""
    names = [formats.typographie(n) for n in known.loc[known["texte"] == row["texte"], "nom"]]
    return f"{len(names)} communes" if len(names) > 3 else ", ".join(names)
