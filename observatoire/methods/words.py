"""The words of a text, as people type them: accents, hyphens, apostrophes, capitals do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ABREGES = {"st": "saint", "ste": "sainte"}
_MOT = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """The words of a text, without what people leave out: « St-Ouen » and « saint ouen » are the same."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    words = _MOT.findall("".join(c for c in bare if not unicodedata.combining(c)))
    return " ".join(_ABREGES.get(word) or word for word in words)
