"""A file offered for download, made only when it is clicked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st


def offer_file(
    label: str,
    make: Callable[[], bytes | str],
    name: str,
    type_: str,
    key: str | None = None,
    disabled: bool = False,
    width: int | Literal["content", "stretch"] = "content",
) -> None:
    """The button of a file: what makes it, its name, its type on the Web. Clicking does not run the page again."""
    st.download_button(
        label,
        make,
        name,
        type_,
        key,
        on_click="ignore",
        icon=":material/download:",
        disabled=disabled,
        width=width,
    )
