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
    """The folder of the font of text documents, made known to the chart renderer."""
    folder = Path(str(files("fontpkg_source_sans_3").joinpath("files")))
    return _registered(folder)


@cache
def image_font_folder() -> Path:
    """The folder of the font of images, made known to the chart renderer."""
    folder = Path(str(files("font_source_sans_pro").joinpath("files")))
    return _registered(folder)


def _registered(folder: Path) -> Path:
    import vl_convert  # with the first document or image: a server starts without it

    vl_convert.register_font_directory(str(folder))
    return folder
