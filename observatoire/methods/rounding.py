"""Frames of figures at the rounding of each: column ``arrondi`` of ``observation``, absent where nothing is rounded."""

from __future__ import annotations

import pandas as pd

from etl.typography import round_half_up
from observatoire.formats import decimales_lues, lue
from observatoire.frames import cells


def steps(frame: pd.DataFrame, column: str = "arrondi") -> pd.Series:
    """The roundings (or, with ``column``, the margins) of the figures of a frame, NaN where none is known."""
    known = frame[column].astype(float).to_numpy() if column in frame else float("nan")
    return pd.Series(known, index=frame.index)


def as_read(frame: pd.DataFrame) -> list[float]:
    """The column ``valeur`` at the rounding of each figure: no digit that the producer did not publish."""
    return list(map(lue, *cells(frame, "valeur"), steps(frame).tolist()))


def as_shown(frame: pd.DataFrame, decimales: int) -> list[float]:
    """The same, rounded to the decimals that a reader sees: two figures that are written alike are equal.

    A bound (« moins de 5 % », status ``censure``) stands just under the figure that is written the same.
    """
    statuts = cells(frame, "statut")[0] if "statut" in frame else ["publie"] * len(frame)
    return [
        float(round_half_up(value, decimales_lues(decimales, step))) - (1e-7 if statut == "censure" else 0.0)
        for value, step, statut in zip(as_read(frame), steps(frame).tolist(), statuts, strict=True)
    ]
