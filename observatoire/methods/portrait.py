"""What a portrait says of a territory, from the frame of Warehouse.profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from observatoire import formats
from observatoire.charts.spine import spine_geometry
from observatoire.charts.theme import POSITIONS
from observatoire.formats import is_missing
from observatoire.methods.comparison import position, standard_gap
from observatoire.methods.phrases import sentence
from observatoire.warehouse import DEPARTEMENT, FRANCE, METROPOLE, REGION, Indicateur, Territoire

# The levels a figure is compared with, nearest first: prefix of the columns of the profile → territory.
_LEVELS = {"dep": "département", "reg": "Île-de-France", "fra": "France"}
REFERENCES = {"dep": DEPARTEMENT, "reg": REGION, "fra": FRANCE}


def with_gaps(profile: pd.DataFrame, cards: Mapping[str, Indicateur]) -> pd.DataFrame:
    """The profile and, for each row, ``ecart``: gap to the nearest level of the same year, in standard deviations.

    Also ``niveau``: which level that is (dep, reg, fra), None when no level has a figure for that year, or when
    the figure is a number of people: Bondy's births are not compared with the département's.
    """
    rows = [(None, None) if cards[row["indicateur"]].effectif else _nearest(row) for row in profile.to_dict("records")]
    levels = pd.DataFrame(rows, columns=["niveau", "ecart"], index=profile.index).astype({"ecart": "float64"})
    senses = profile["indicateur"].map(lambda code: cards[code].sens)
    return profile.assign(niveau=levels["niveau"], ecart=levels["ecart"], sens=senses)


def _nearest(row: dict[str, Any]) -> tuple[str | None, float | None]:
    for level in REFERENCES:
        if row[f"annee_{level}"] == row["annee"] and not is_missing(row[f"valeur_{level}"]):
            return level, standard_gap(row["valeur"], row[f"valeur_{level}"], row["ecart_type"])
    return None, None


def row_sentence(
    row: Mapping[str, Any], territoire: Territoire, card: Indicateur, territoires: Mapping[str, Territoire]
) -> str | None:
    """The sentence of one row of ``with_gaps``; None when there is no figure."""
    if is_missing(row["valeur"]):
        return None
    reference = None
    if not is_missing(level := row["niveau"]):
        place = row["code_fra"] if level == "fra" else REFERENCES[level]
        reference = (territoires[place], row[f"valeur_{level}"], row[f"statut_{level}"])
    return sentence(territoire, card, row["valeur"], int(row["annee"]), reference, row["statut"])


def theme_sentence(
    gaps: pd.DataFrame, territoire: Territoire, cards: Mapping[str, Indicateur], territoires: Mapping[str, Territoire]
) -> str:
    """What a theme says: the most distinctive of its key figures (judged ones first), or that there is none."""
    known = gaps[gaps["valeur"].notna()]
    if known.empty:
        return f"Aucun chiffre de ce thème n’est disponible {territoire.lieu}."
    order = known.assign(
        phare=known["indicateur"].map(lambda code: cards[code].phare),
        juge=known["sens"] != "neutre",
        force=known["ecart"].abs().fillna(-1),
    )
    first = order.sort_values(["phare", "juge", "force"], ascending=False, kind="stable").iloc[0].to_dict()
    return row_sentence(first, territoire, cards[first["indicateur"]], territoires) or ""


def highlights(gaps: pd.DataFrame, cards: Mapping[str, Indicateur], count: int = 5, per_theme: int = 1) -> pd.DataFrame:
    """The key figures that stand out: judged, half a standard deviation away at least, the largest of each theme.

    Two places at least go to strengths when there are some: a portrait is not a list of difficulties. A column
    ``atout`` says which are strengths.
    """
    key = gaps["indicateur"].map(lambda code: cards[code].phare)
    judged = gaps[key & (gaps["sens"] != "neutre") & (gaps["ecart"].abs() >= 0.5)]
    judged = judged.assign(
        atout=(judged["ecart"] > 0) == (judged["sens"] == "favorable"),
        theme=judged["indicateur"].map(lambda code: cards[code].theme),
        force=judged["ecart"].abs(),
    ).sort_values("force", ascending=False, kind="stable")
    by_theme = judged.groupby(["theme", "atout"], sort=False).head(per_theme)
    strengths = by_theme[by_theme["atout"]].head(2)
    others = by_theme.drop(strengths.index).head(count - len(strengths))
    return pd.concat([others, strengths]).sort_values("force", ascending=False, kind="stable")


def spine_rows(gaps: pd.DataFrame, cards: Mapping[str, Indicateur], spine: str = "dep") -> pd.DataFrame:
    """The lines of the spine chart (see charts.spine): the indicators that have a figure, a reference, a spread.

    ``spine``: which level stands at zero, the département, or the région for the département itself.
    """
    lines = []
    for row in gaps.to_dict("records"):
        card = cards[row["indicateur"]]
        same_year = row[f"annee_{spine}"] == row["annee"]
        geometry = None
        if same_year and not card.effectif and row["statut"] != "censure":
            geometry = spine_geometry({**row, "reference": row[f"valeur_{spine}"]})
        place = position(row["valeur"], row[f"valeur_{spine}"], row["ecart_type"], card.sens)
        if geometry is None or place is None:
            continue
        lowest = card.format(row["minimum"], "censure" if row["borne"] else "publie")
        detail = [f"{_LEVELS[spine]} {_reference_text(row, spine, card)}"]
        detail += [f"communes de {lowest} à {card.format(row['maximum'])}"]
        lines.append(
            {
                "libelle": card.libelle,
                "texte": f"{card.format(row['valeur'], row['statut'])} ({int(row['annee'])})",
                "position": place,
                "detail": " ; ".join(detail),
                **geometry,
            }
        )
    return pd.DataFrame(lines)


def theme_rows(
    gaps: pd.DataFrame, cards: Mapping[str, Indicateur], levels: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    """The table of a theme in words: columns, rows.

    ``levels``: prefix of the profile's columns (ept, dep, reg, fra) → header. A reference of another year than the
    figure is written with its year, an approximate one with « ≈ », one of the mainland only with « métropole ».
    """
    columns = ["Indicateur", "Année", "Valeur", *levels.values(), "Position", "Rang"]
    rows = [_theme_row(row, cards[row["indicateur"]], levels) for row in gaps.to_dict("records")]
    return columns, rows


def _theme_row(row: Mapping[str, Any], card: Indicateur, levels: Mapping[str, str]) -> list[str]:
    references = [_reference_text(row, level, card) for level in levels]
    place = None
    if not card.effectif and not is_missing(row["niveau"]) and row["statut"] != "censure":
        place = position(row["valeur"], row[f"valeur_{row['niveau']}"], row["ecart_type"], card.sens)
    words = f"{POSITIONS[place][1]} {POSITIONS[place][2]}" if place else "–"
    rank = "–" if is_missing(row["rang"]) else f"{formats.ordinal(int(row['rang']))} sur {int(row['communes'])}"
    unit = "" if formats.unite_courte(card.unite) or card.unite in card.libelle else f" ({card.unite})"
    value = card.format(row["valeur"], row["statut"]) + (" ≈" if row["statut"] == "approche" else "")
    return [card.libelle + unit, str(int(row["annee"])), value, *references, words, rank]


def _reference_text(row: Mapping[str, Any], level: str, card: Indicateur) -> str:
    """« 28,0 % », « 24,5 % ≈ », « n. calc. », « 14,6 % (métropole, 2020) »: a reference, and how it differs."""
    status = "manquant" if is_missing(row[f"statut_{level}"]) else row[f"statut_{level}"]
    text = card.format(row[f"valeur_{level}"], status)
    if is_missing(row[f"valeur_{level}"]):
        return text
    notes = ["métropole"] if level == "fra" and row["code_fra"] == METROPOLE else []
    if row[f"annee_{level}"] != row["annee"]:
        notes.append(str(int(row[f"annee_{level}"])))
    return text + (" ≈" if status == "approche" else "") + (f" ({', '.join(notes)})" if notes else "")


def trend_words(frame: pd.DataFrame, card: Indicateur) -> str:
    """The trend of the first series in words: first and last figures, and what lies between."""
    own = frame[(frame["serie"] == frame["serie"].iloc[0]) & frame["valeur"].notna()]
    name = frame["serie"].iloc[0]
    if own.empty:
        return f"Aucun chiffre pour {name}."
    first, last = own.iloc[0], own.iloc[-1]
    if len(own) == 1:
        return f"{name} : {card.format(first['valeur'], first['statut'])} en {int(first['annee'])}."
    return (
        f"{name} : de {card.format(first['valeur'], first['statut'])} en {int(first['annee'])} "
        f"à {card.format(last['valeur'], last['statut'])} en {int(last['annee'])}."
    )
