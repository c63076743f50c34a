"""The fonts of documents, from packages (dependencies, never committed font files).

Text documents use Source Sans 3, one variable file. Images use Source Sans Pro, one file a weight: the renderer of
images takes a variable font at its thinnest.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

FAMILY = "Source Sans 3"


@cache
def font_folder() -> Path:
    """The folder of the font of text documents."""
    return Path(str(files("fontpkg_source_sans_3").joinpath("files")))


@cache
def image_font_folder() -> Path:
    """The folder of the font of images."""
    return Path(str(files("font_source_sans_pro").joinpath("files")))
