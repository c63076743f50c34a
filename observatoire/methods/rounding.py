"""Frames of figures at the rounding of each: column ``arrondi`` of ``observation``, absent where nothing is rounded."""

from __future__ import annotations

import pandas as pd

from observatoire.formats import lue


def steps(frame: pd.DataFrame, column: str = "arrondi") -> pd.Series:
    """The roundings (or, with ``column``, the margins) of the figures of a frame, NaN where none is known."""
    known = frame[column].astype(float).to_numpy() if column in frame else float("nan")
    return pd.Series(known, index=frame.index)


def as_read(frame: pd.DataFrame) -> list[float]:
    """The column ``valeur`` at the rounding of each figure: no digit that the producer did not publish."""
    return [lue(value, step) for value, step in zip(frame["valeur"], steps(frame), strict=True)]
