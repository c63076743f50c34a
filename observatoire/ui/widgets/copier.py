"""« Copier l’image », beside the downloads of a figure: the same PNG, on the clipboard (ui/copier.js)."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from observatoire.api.images import address, offered
from observatoire.ui.widgets.layout import base_path

_TOKENS = "_images_offertes"


def offer_copy(make: Callable[[], bytes], key: str) -> None:
    """A button that copies what ``make`` draws (PNG), made at the click. ``key`` is unique on the page.

    Its address is the same from one run to the next: the button stays, with what it has just said.
    """
    tokens = st.session_state.setdefault(_TOKENS, {})
    tokens[key] = offered.offer(make, tokens.get(key, ""))
    st.html(
        f"<div class='obs-copie'><button type='button' class='obs-bouton' "
        f"data-copier='{address(tokens[key], base_path())}'>Copier l’image</button>"
        "<span role='status' aria-live='polite'></span></div>",
        width="content",
    )
