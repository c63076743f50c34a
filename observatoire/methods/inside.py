"""What lies inside a territory: its quarters (IRIS, QPV), its families, how incomes are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from observatoire import formats
from observatoire.frames import records, rows_where
from observatoire.mesures import Mesure
from observatoire.selections import QUANTILES

# Those that the drawing of a territory is made of: ends, box, middle.
BOITE = ("REV04", "REV35", "REV01", "REV36", "REV34")
FAMILLES = {"FAM01": "Familles monoparentales", "FAM19": "Couples avec enfants", "": "Couples sans enfant"}


def quarters_sentence(rows: pd.DataFrame, card: Mesure, annee: int) -> str:
    """« Parmi les 11 IRIS qui ont un chiffre, de 31,0 % (Nord) à 57,0 % (Sud), 1,8 fois plus ; 2 sans chiffre. »

    ``rows``: nom, valeur, arrondi, statut of each IRIS. A ratio is said only between positive figures.
    """
    known = rows[rows["valeur"].notna()].sort_values("valeur", kind="stable")
    absent = len(rows) - len(known)
    if known.empty:
        whose = "Le seul IRIS" if len(rows) == 1 else f"Aucun des {len(rows)} IRIS"
        return formats.insecables(f"{whose} n’a {'pas ' if len(rows) == 1 else ''}de chiffre en {annee}.")
    missing = f" ; {absent} sans chiffre" if absent else ""
    low, high = known.iloc[0], known.iloc[-1]
    if len(known) == 1:
        only = f"{_read(low, card)} ({low['nom']})"
        return formats.insecables(f"En {annee}, un seul IRIS a un chiffre : {only}{missing}.")
    ratio = f", {formats.nombre(high['valeur'] / low['valeur'], 1)} fois plus" if low["valeur"] > 0 else ""
    return formats.insecables(
        f"En {annee}, parmi {len(known)} IRIS, de {_read(low, card)} ({low['nom']}) à {_read(high, card)} "
        f"({high['nom']}){ratio}{missing}."
    )


def _read(row: pd.Series, card: Mesure) -> str:
    return card.format(row["valeur"], row["statut"], row.get("arrondi"))


def income_rows(figures: pd.DataFrame, names: Mapping[str, str]) -> tuple[pd.DataFrame, int]:
    """The quantiles of income of several territories (columns nom and the codes of QUANTILES), and their year.

    ``figures``: rows of ``observation``; ``names``: code → name, in the order wanted. The year is the latest for which
    the first territory with figures has them all; a territory that lacks one is left out. Empty without any.
    """
    known = figures[figures["indicateur"].isin(list(QUANTILES)) & figures["valeur"].notna()]
    table = known.pivot(index=["territoire", "annee"], columns="indicateur", values="valeur")
    table = table.reindex(columns=list(QUANTILES)).dropna().reset_index()
    first = next((code for code in names if code in set(table["territoire"])), None)
    if first is None:
        return pd.DataFrame(columns=["nom", *QUANTILES]), 0
    year = int(table.loc[table["territoire"] == first, "annee"].max())
    kept = table[table["annee"] == year].set_index("territoire")
    order = [code for code in names if code in kept.index]
    return kept.loc[order, list(QUANTILES)].assign(nom=[names[c] for c in order]).reset_index(drop=True), year


def family_rows(figures: pd.DataFrame, names: Mapping[str, str]) -> tuple[pd.DataFrame, int]:
    """The three kinds of families, in per cent of all families (columns nom, part, valeur), and their year.

    Couples without children are what is left of the same 100 families. ``figures``: rows of FAM01 and FAM19; a
    territory that lacks one of the two is left out. Empty without any.
    """
    known = figures[figures["indicateur"].isin(list(FAMILLES)) & figures["valeur"].notna()]
    table = known.pivot(index=["territoire", "annee"], columns="indicateur", values="valeur")
    table = table.reindex(columns=["FAM01", "FAM19"]).dropna().reset_index()
    if table.empty:
        return pd.DataFrame(columns=["nom", "part", "valeur"]), 0
    year = int(table["annee"].max())
    kept = {row["territoire"]: row for row in records(rows_where(table, table["annee"] == year))}
    rows = []
    for code in [c for c in names if c in kept]:
        alone, couples = float(kept[code]["FAM01"]), float(kept[code]["FAM19"])
        for part, value in zip(FAMILLES.values(), (alone, couples, 100 - alone - couples), strict=True):
            rows.append((names[code], part, value))
    return pd.DataFrame(rows, columns=["nom", "part", "valeur"]), year


def latest(figures: pd.DataFrame, codes: Sequence[str]) -> dict[str, int]:
    """The latest year of each indicator that has a value for one of the territories ``codes``."""
    known = figures[figures["territoire"].isin(list(codes)) & figures["valeur"].notna()]
    return {str(code): int(year) for code, year in known.groupby("indicateur")["annee"].max().items()}
