"""The age structure of a territory, beside a reference of the same year: by sex, in classes of five years, where the
census gives them; else seven bands of both sexes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from observatoire import formats
from observatoire.selections import BANDES

# Class of five years as the variables write it → as it is read, from the youngest.
CLASSES = {
    **{f"{low}t{low + 4}": f"{low} à {low + 4} ans" for low in range(0, 95, 5)},
    "ge95": "95 ans ou plus",
}
SEXES = {"f": "femmes", "h": "hommes"}
_LU = {"f": "f", "m": "h"}  # the census writes M for « masculin »
# The variables of table ``fait``: « rp_age_sexe.f_0t4 ».
VARIABLES = tuple(f"rp_age_sexe.{sex}_{name}" for sex in _LU for name in CLASSES)
# Under that many points from the reference in every band, the two structures are said to be alike.
SEMBLABLE = 1.0


def age_structure(figures: pd.DataFrame, territoire: str, reference: str | None = None) -> pd.DataFrame | None:
    """One row a band, from the youngest: annee, bande, effectif, part, bas, haut (95 % interval), reference (a share).

    ``figures``: rows of ``observation`` for the indicators of BANDES. The year is the latest in which the territory
    has its seven bands; None without one. The reference is left empty where it lacks a band of that year.
    """
    bands = list(BANDES)
    known = figures[figures["indicateur"].isin(bands)].dropna(subset=["valeur"])
    own = known[known["territoire"] == territoire]
    counts = own.groupby("annee")["indicateur"].nunique()
    years = counts[counts == len(bands)].index
    if not len(years):
        return None
    annee = int(max(years))
    here = own[own["annee"] == annee].set_index("indicateur").loc[bands]
    there = known[(known["territoire"] == reference) & (known["annee"] == annee)].set_index("indicateur")["valeur"]
    whole = reference is not None and len(there) == len(bands)
    return pd.DataFrame(
        {
            "annee": annee,
            "bande": [BANDES[code] for code in bands],
            "effectif": here["numerateur"].astype(float).to_list(),
            "part": here["valeur"].astype(float).to_list(),
            "bas": here["borne_basse"].astype(float).to_list(),
            "haut": here["borne_haute"].astype(float).to_list(),
            "reference": [float(there[code]) if whole else float("nan") for code in bands],
        }
    )


def age_sentence(frame: pd.DataFrame, lieu: str, reference: str) -> str:
    """What stands out of an age structure: the band furthest from the reference, else the largest one.

    ``lieu``: « à Bondy »; ``reference``: its name, as after « en ».
    """
    annee = frame["annee"].iloc[0]
    gaps = (frame["part"] - frame["reference"]).abs()
    if bool(gaps.isna().any()):
        row = frame.iloc[int(frame["part"].argmax())]
        return f"En {annee}, la tranche la plus nombreuse {lieu} est celle des {row['bande']} : {_share(row['part'])}."
    if bool((gaps < SEMBLABLE).all()):
        return f"En {annee}, les âges se répartissent {lieu} comme en {reference}, à moins d’un point près."
    row = frame.iloc[int(gaps.argmax())]
    more = "plus forte" if row["part"] > row["reference"] else "plus faible"
    return (
        f"En {annee}, {lieu}, la part des {row['bande']} est {more} qu’en {reference} : {_share(row['part'])} contre "
        f"{_share(row['reference'])}."
    )


def by_sex(
    rows: Sequence[Mapping[str, Any]], territoire: str, members: Sequence[str], reference: str | None = None
) -> pd.DataFrame | None:
    """One row a class of five years, from the youngest: annee, classe, femmes, hommes (inhabitants), and their shares
    of the whole population: part_femmes, part_hommes, reference_femmes, reference_hommes (empty without a reference).

    ``rows``: figures of VARIABLES (territoire, annee, variable, valeur). Those of the territory itself, else the sum
    over its ``members``, all of them. None when a class is not known.
    """
    counts: dict[str, dict[str, float]] = {}
    year = max((row["annee"] for row in rows), default=0)
    for row in rows:
        if row["annee"] == year and row["valeur"] is not None:
            counts.setdefault(row["territoire"], {})[row["variable"]] = float(row["valeur"])
    own = _whole(counts, territoire) or _sum(counts, members)
    if own is None:
        return None
    there = _whole(counts, reference) if reference else None
    frame = pd.DataFrame({"annee": int(year), "classe": list(CLASSES.values())})
    for letter, sex in _LU.items():
        names = [f"rp_age_sexe.{letter}_{name}" for name in CLASSES]
        frame[SEXES[sex]] = [own[name] for name in names]
        frame[f"part_{SEXES[sex]}"] = [100 * own[name] / sum(own.values()) for name in names]
        level = [100 * there[name] / sum(there.values()) for name in names] if there else float("nan")
        frame[f"reference_{SEXES[sex]}"] = level
    return frame


def _whole(counts: Mapping[str, dict[str, float]], code: str) -> dict[str, float] | None:
    found = counts.get(code, {})
    return found if len(found) == len(VARIABLES) else None


def _sum(counts: Mapping[str, dict[str, float]], members: Sequence[str]) -> dict[str, float] | None:
    parts = [_whole(counts, code) for code in members]
    if not parts or None in parts:
        return None
    return {name: sum(part[name] for part in parts if part) for name in VARIABLES}


def sex_sentence(frame: pd.DataFrame) -> str:
    """« Parmi les 75 ans ou plus, 60 % sont des femmes. »"""
    old = frame[frame.index >= list(CLASSES).index("75t79")]
    people = float(old["femmes"].sum() + old["hommes"].sum())
    if people <= 0:
        return ""
    share = formats.chiffre(100 * float(old["femmes"].sum()) / people, "%", 0)
    return f"Parmi les 75 ans ou plus, {share} sont des femmes."


def _share(value: float) -> str:
    return formats.chiffre(value, "%", 1)
