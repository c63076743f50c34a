"""Controls of this page: weights in the URL, colours and sources shared by its views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from observatoire.ui import state

POIDS_MAX = 5


def weights(name: str, keys: Sequence[str], default: int) -> dict[str, float]:
    """Weights of the URL, in the order of ``keys`` (« 2,1,0 »); the default ones when they are absent or wrong."""
    asked = state.current(name).split(state.SEPARATOR)
    right = len(asked) == len(keys) and all(part.isdecimal() and int(part) <= POIDS_MAX for part in asked)
    if not right or not any(int(part) for part in asked):
        if asked != [""]:
            st.warning("Les poids du lien ne se lisent pas : des poids égaux les remplacent.")
        return dict.fromkeys(keys, float(default))
    return {key: float(part) for key, part in zip(keys, asked, strict=True)}


def pick_weights(name: str, labels: Mapping[str, str], default: int) -> None:
    """A slider from 0 to 5 for each key; the URL keeps them all."""
    st.caption("Poids : 0 pour ne pas en tenir compte, 5 pour compter cinq fois plus que 1.")
    current = weights(name, list(labels), default)
    columns = st.columns(2, gap="medium")
    for position, (key, label) in enumerate(labels.items()):
        widget = f"_{name}-{key}"
        st.session_state[widget] = int(current[key])
        columns[position % 2].slider(
            label, 0, POIDS_MAX, key=widget, on_change=_write_weights, args=(name, tuple(labels))
        )


def _write_weights(name: str, keys: tuple[str, ...]) -> None:
    values = [int(st.session_state[f"_{name}-{key}"]) for key in keys]
    state.set_choice(name, state.SEPARATOR.join(map(str, values)))
