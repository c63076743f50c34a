"""The font of documents: Source Sans 3, from a package (a dependency, never a committed file)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import vl_convert as vlc

FAMILY = "Source Sans 3"


@cache
def font_folder() -> Path:
    """The folder of the font files, made known to the chart renderer."""
    folder = Path(str(files("fontpkg_source_sans_3").joinpath("files")))
    vlc.register_font_directory(str(folder))
    return folder
