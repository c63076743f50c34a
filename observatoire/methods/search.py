"""What a reader types, against the names it may stand for; accents, hyphens, apostrophes, capitals do not count."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence

_ABREGES = {"st": "saint", "ste": "sainte"}
# Two words this alike are one word mistyped (« clichi »), from five letters on: a shorter one may be another word.
_PAREILS, _ASSEZ_LONG = 0.8, 5
_MOT = re.compile(r"[a-z0-9]+")


def plain(text: str) -> str:
    """The words of a text, without what people leave out: « St-Ouen » and « saint ouen » are the same."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    words = _MOT.findall("".join(c for c in bare if not unicodedata.combining(c)))
    return " ".join(_ABREGES.get(word, word) for word in words)


def find(typed: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """The codes that a text may stand for, in the order of ``names`` (code → its names, codes and former names).

    The narrowest reading that finds something is kept: a whole name; else every word typed begins a word of a
    name, in order (« noisy » gives both Noisy, « noisy le grand » only one); else the same with typing errors mended.
    """
    wanted = plain(typed).split()
    known = {code: [plain(name).split() for name in own] for code, own in names.items()}
    if not wanted:
        return []
    whole = [code for code, own in known.items() if wanted in own]
    if whole:
        return whole
    words = {word for own in known.values() for name in own for word in name}
    for read in (wanted, [_mended(word, words) for word in wanted]):
        begun = [code for code, own in known.items() if any(_begins(read, name) for name in own)]
        if begun:
            return begun
    return []


def _mended(word: str, words: set[str]) -> str:
    if len(word) < _ASSEZ_LONG or word.isdigit():
        return word
    near = difflib.get_close_matches(word, sorted(words), n=1, cutoff=_PAREILS)
    return near[0] if near else word


def _begins(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each word wanted begins a word, those in the same order."""
    rest = iter(words)
    return all(any(word.startswith(start) for word in rest) for start in wanted)
