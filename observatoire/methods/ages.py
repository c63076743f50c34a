"""The age structure of a territory: seven bands of the census as shares, beside a reference of the same year."""

from __future__ import annotations

import pandas as pd

from observatoire import formats

# Indicator of the share → the band as it is read, from the youngest; its numerator is the number of inhabitants.
BANDES = {
    "DEM04": "moins de 15 ans",
    "DEM05": "15 à 29 ans",
    "DEM22": "30 à 44 ans",
    "DEM23": "45 à 59 ans",
    "DEM24": "60 à 74 ans",
    "DEM25": "75 à 89 ans",
    "DEM26": "90 ans ou plus",
}
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
    if gaps.isna().any():
        row = frame.loc[frame["part"].idxmax()]
        return f"En {annee}, la tranche la plus nombreuse {lieu} est celle des {row['bande']} : {_share(row['part'])}."
    if (gaps < SEMBLABLE).all():
        return f"En {annee}, les âges se répartissent {lieu} comme en {reference}, à moins d’un point près."
    row = frame.loc[gaps.idxmax()]
    more = "plus forte" if row["part"] > row["reference"] else "plus faible"
    return (
        f"En {annee}, {lieu}, la part des {row['bande']} est {more} qu’en {reference} : {_share(row['part'])} contre "
        f"{_share(row['reference'])}."
    )


def _share(value: float) -> str:
    return formats.chiffre(value, "%", 1)
