"""What a reader types, against the names it may stand for; accents, hyphens, apostrophes, capitals do not count."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence

_ABREGES = {"st": "saint", "ste": "sainte"}
_ARTICLES = {"l", "la", "le", "les"}
# Two words this alike are one word mistyped (« clichi »), from five letters on: a shorter one may be another word.
_PAREILS, _ASSEZ_LONG = 0.8, 5
# « 93 200 »: a postal code, as it is read aloud.
_POSTAL = re.compile(r"\b([0-9]{2}) ([0-9]{3})\b")
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
    wanted = _POSTAL.sub(r"\1\2", plain(typed)).split()
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


def find_whole_beginning(typed: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """The codes of which a name begins with all that is typed, articles left out: for names that hold those of other
    places (« Porte de Paris » is not Paris)."""
    wanted = _bare(typed)
    if len("".join(wanted)) < _ASSEZ_LONG:
        return []
    return [code for code, own in names.items() if any(_starts(wanted, _bare(name)) for name in own)]


def _bare(text: str) -> list[str]:
    return [word for word in plain(text).split() if word not in _ARTICLES]


def _starts(wanted: Sequence[str], words: Sequence[str]) -> bool:
    together = zip(words, wanted, strict=False)
    return len(words) >= len(wanted) and all(word.startswith(start) for word, start in together)


def _mended(word: str, words: set[str]) -> str:
    if len(word) < _ASSEZ_LONG or word.isdigit():
        return word
    near = difflib.get_close_matches(word, sorted(words), n=1, cutoff=_PAREILS)
    return near[0] if near else word


def _begins(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each word wanted begins a word, those in the same order."""
    rest = iter(words)
    return all(any(word.startswith(start) for word in rest) for start in wanted)
