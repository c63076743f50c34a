"""A demand made by a button: carried out by the desk, and what it answers told in French."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from etl.errors import DataError
from observatoire.access.desk import Refuse, SessionFermee
from observatoire.access.identity import SansAdresse
from observatoire.access.publication import NonPublie
from observatoire.access.rights import Interdit
from observatoire.formats import insecables
from registre.errors import RegistreError

REFUS = (Interdit, Refuse, SessionFermee, SansAdresse, RegistreError, DataError)
_DITS = "_dits"


def carry_out(demand: Callable[[], object], done: str) -> None:
    """For ``on_click``: do what is asked; the answer is shown at the head of the page that follows."""
    try:
        demand()
    except REFUS as refused:
        st.session_state[_DITS] = ("error", str(refused))
    except NonPublie as late:
        st.session_state[_DITS] = ("warning", str(late))
    else:
        st.session_state[_DITS] = ("success", done)


def show_refusal(refused: Exception) -> None:
    """Why what was asked is not done: one message by problem of a file, else one."""
    for words in refused.problems if isinstance(refused, DataError) else [refused]:
        st.error(insecables(str(words)), icon=":material/error:")


def show_answer() -> None:
    """What the last demand gave, once."""
    kind, words = st.session_state.pop(_DITS, ("", ""))
    # Its place stays when the words go: what stands below would be drawn anew, and what the reader opened would close.
    place = st.container()
    if kind == "error":
        place.error(insecables(words), icon=":material/block:")
    elif kind == "warning":
        place.warning(insecables(words), icon=":material/schedule:")
    elif kind == "success":
        place.success(insecables(words), icon=":material/check:")
