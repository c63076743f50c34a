"""What a map shows, said in a few sentences a person would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from observatoire import formats
from observatoire.frames import cells
from observatoire.mesures import Mesure
from observatoire.methods.phrases import reference_name, subject
from observatoire.methods.rounding import steps
from observatoire.records import Territoire

# Ratios worth saying: under, there is hardly a gap; over, the lowest is next to nothing and the ratio means little.
RAPPORTS = (1.5, 20.0)
# Fewer territories have no middle half, fewer IRIS no gap, worth saying.
MILIEU_MIN, IRIS_MIN = 12, 4


def map_sentence(
    places: pd.DataFrame,
    card: Mesure,
    annee: int,
    epts: Mapping[str, Territoire],
    levels: Mapping[str, float],
    department: float | None = None,
) -> str:
    """Highest, lowest, how far apart; the highest and lowest EPT; what the communes of an EPT have in common.

    ``places``: nom, code_ept, valeur, arrondi, statut, texte. ``levels``: value of each EPT of that year (empty to say
    nothing of them). ``department``: the département's value.
    """
    known = places[places["valeur"].notna()]
    card = card.lisible(steps(known))
    sentences = [extremes(places, card, annee)]
    if not card.effectif and not known.empty:
        sentences += _middle(known, card)
        sentences += _between_epts(card, epts, levels)
        if department is not None:
            sentences += _in_common(known, epts, department, card)
    return " ".join(sentences)


def iris_sentence(places: pd.DataFrame, card: Mesure, annee: int, department: float | None = None) -> str:
    """Highest and lowest IRIS, with their commune; those above the département; the commune of the widest gap.

    ``places``: as in ``map_sentence``, and commune. ``department``: the département's value of the same thing.
    """
    where = list(map(_iris_name, *cells(places, "nom", "commune")))
    known = places[places["valeur"].notna()]
    card = card.lisible(steps(known))
    sentences = [extremes(places.assign(nom=where), card, annee, "IRIS")]
    if card.effectif or known.empty:
        return sentences[0]
    if department is not None:
        above = int((known["valeur"] > department).sum())
        sentences.append(
            f"{above} des {len(known)} IRIS qui ont une valeur dépassent le département ({card.format(department)})."
        )
    inside: dict[str, list[tuple[float, str]]] = {}
    for commune, *figure in zip(*cells(known, "commune", "valeur", "texte"), strict=True):
        inside.setdefault(str(commune), []).append((float(figure[0]), figure[1]))
    spans = {name: found for name, found in sorted(inside.items()) if len(found) >= IRIS_MIN}
    if len(spans) > 1:
        name = max(spans, key=lambda of: max(spans[of])[0] - min(spans[of])[0])
        # pandas' own order: see ``extremes``
        order = np.argsort(np.array([value for value, _ in spans[name]]))
        sentences.append(
            f"La commune où les IRIS diffèrent le plus est {formats.typographie(name)} : "
            f"de {spans[name][order[0]][1]} à {spans[name][order[-1]][1]}."
        )
    return " ".join(sentences)


def extremes(places: pd.DataFrame, card: Mesure, annee: int, what: str = "communes") -> str:
    """The highest and the lowest, by name, and how far apart they are. ``places`` as in ``map_sentence``.

    ``what``: what the territories are, in the plural, when too many share a value to be named.
    """
    columns = cells(places, "valeur", "texte", "statut", "nom")
    rows = [row for row in zip(*columns, strict=True) if not formats.is_missing(row[0])]
    if not rows:
        return f"Aucune valeur de « {card.libelle} » n’est connue pour {card.periode(annee)}."
    # pandas' own order: equal values that are not written alike would otherwise change places
    known = [rows[n] for n in np.argsort(np.array([row[0] for row in rows], dtype=float))]
    (lowest, least, status, _), (highest, most, *_) = known[0], known[-1]
    who, when = subject(card), formats.majuscule(card.en(annee))
    if least == most:
        return f"{when}, {who or f'« {card.libelle} »'} : {least} partout où la valeur est connue."
    text = f"{when}, {f'{who} va' if who else f'« {card.libelle} » :'} de {least} ({_names(known, least, what)})"
    text += f" à {most} ({_names(known, most, what)})"
    if status != "censure" and not card.effectif and lowest > 0:
        ratio = highest / lowest
        if RAPPORTS[0] <= ratio <= RAPPORTS[1]:
            text += f", un rapport de 1 à {formats.nombre(ratio, 1)}"
    return text + "."


def _middle(known: pd.DataFrame, card: Mesure) -> list[str]:
    """The quartiles between which half of the territories lie, unless the first one is only a bound."""
    if len(known) < MILIEU_MIN or float((known["statut"] == "censure").mean()) >= 0.25:
        return []
    low, high = (card.format(float(known["valeur"].quantile(share))) for share in (0.25, 0.75))
    return [f"La moitié des communes se situent entre {low} et {high}."] if low != high else []


def _between_epts(card: Mesure, epts: Mapping[str, Territoire], levels: Mapping[str, float]) -> list[str]:
    ranked = sorted(levels.items(), key=lambda item: item[1])
    if len(ranked) < 2:
        return []
    (last, low), (first, high) = ranked[0], ranked[-1]
    return [
        f"Parmi les EPT, la valeur la plus élevée est celle {reference_name(epts[first])} ({card.format(high)}), "
        f"la plus basse celle {reference_name(epts[last])} ({card.format(low)})."
    ]


def _in_common(known: pd.DataFrame, epts: Mapping[str, Territoire], level: float, card: Mesure) -> list[str]:
    """The EPT whose communes are all, or all but one, on the same side of the département."""
    found = []
    for code, ept in epts.items():
        values = [value for value, of in zip(known["valeur"], known["code_ept"], strict=True) if of == code]
        if len(values) < 3:
            continue
        over, under = sum(value > level for value in values), sum(value < level for value in values)
        for side, count in (("au-dessus", over), ("en dessous", under)):
            if count == len(values):
                found.append(f"les {count} communes {reference_name(ept)} sont toutes {side}")
            elif count == len(values) - 1 and len(values) > 4:
                found.append(f"{count} des {len(values)} communes {reference_name(ept)} sont {side}")
    if not found:
        return []
    return [f"Par rapport au département ({card.format(level)}), {', '.join(found)}."]


def _names(known: Sequence[tuple[Any, ...]], texte: str, what: str) -> str:
    """The territories (valeur, texte, statut, nom) whose value reads ``texte``: three are named, more are counted."""
    names = [formats.typographie(nom) for _, text, _, nom in known if text == texte]
    return f"{len(names)} {what}" if len(names) > 3 else (", " if what == "communes" else " ; ").join(names)


def _iris_name(name: str, commune: str) -> str:
    """« Pleyel 1, à Saint-Denis »; a commune that is an IRIS by itself is only named."""
    return commune if name == commune else f"{name}, {formats.lieu(commune)}"
