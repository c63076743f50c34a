"""Frames of pandas for the type checker: what pandas' own types leave as « a frame, a series or something else »."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd


def rows_where(frame: pd.DataFrame, kept: Any) -> pd.DataFrame:
    """The rows of a frame where ``kept`` (a boolean a row) is true."""
    return _frame(frame[kept])


def only(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of a frame, in this order."""
    return _frame(frame[list(columns)])


def cells(frame: pd.DataFrame, *columns: str) -> list[list[Any]]:
    """Some columns of a frame as lists of plain values: reading a column one cell after the other takes ten times as
    long."""
    return [frame[name].to_numpy(dtype=object).tolist() for name in columns]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as dictionaries of plain values, by the name of their column."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def named_rows(frame: pd.DataFrame) -> Iterable[Any]:
    """The rows of a frame, each column an attribute: a frame does not say what its columns hold."""
    return frame.itertuples(index=False)


def _frame(found: Any) -> pd.DataFrame:
    if not isinstance(found, pd.DataFrame):
        raise TypeError(f"un tableau était attendu, et non {type(found).__name__}")
    return found
