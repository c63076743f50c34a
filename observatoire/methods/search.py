"""What a reader types, against the names it may stand for; accents, hyphens, apostrophes, capitals do not count."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from observatoire.methods.labels import Found, Meanings, look, spoken
from observatoire.methods.words import plain

_ARTICLES = {"l", "la", "le", "les"}
# Two words this alike are one word mistyped (« clichi »), from five letters on: a shorter one may be another word.
_PAREILS, _ASSEZ_LONG = 0.8, 5
# « 93 200 »: a postal code, as it is read aloud.
_POSTAL = re.compile(r"\b([0-9]{2}) ([0-9]{3})\b")

# What is typed beyond it is not read.
_LONG = 200


def find(
    typed: str, names: Mapping[str, Sequence[str]], meanings: Meanings | None = None, mend: bool = True
) -> list[str]:
    """The codes that a text may stand for (see ``search``)."""
    return search(typed, names, meanings, mend).codes


def search(
    typed: str, names: Mapping[str, Sequence[str]], meanings: Meanings | None = None, mend: bool = True
) -> Found:
    """The codes that a text may stand for, in the order of ``names`` (code → its names, codes and former names).

    The narrowest reading that finds something is kept: a whole name; else every word typed begins a word of a
    name, in order (« noisy » gives both Noisy, « noisy le grand » only one); else, if ``mend``, the same with typing
    errors mended.

    With ``meanings``, the names are labels, which are sentences: see methods.labels.look.
    """
    typed = typed[:_LONG]
    wanted = _POSTAL.sub(r"\1\2", plain(typed)).split()
    if not wanted:
        return Found([])
    whole = find_whole(typed, names)
    if whole:
        return Found(whole)
    read = _look_up(wanted, names) if meanings is None else look(typed, names, meanings)
    if read.codes or not mend:
        return read
    words = {word for own in names.values() for name in own for word in plain(name).split()}
    if meanings is None:
        return _look_up([_mended(word, words) for word in wanted], names)
    words |= meanings.words
    return look(" ".join(_mended(word, words) for word in spoken(typed).split()), names, meanings)


def find_whole(typed: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """The codes of which a whole name is typed."""
    wanted = _POSTAL.sub(r"\1\2", plain(typed))
    return [code for code, own in names.items() if wanted and any(plain(name) == wanted for name in own)]


def find_whole_beginning(typed: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """The codes of which a name begins with all that is typed, articles left out: for names that hold those of other
    places (« Porte de Paris » is not Paris)."""
    wanted = _bare(typed)
    if len("".join(wanted)) < _ASSEZ_LONG:
        return []
    return [code for code, own in names.items() if any(_starts(wanted, _bare(name)) for name in own)]


def _look_up(wanted: Sequence[str], names: Mapping[str, Sequence[str]]) -> Found:
    return Found([code for code, own in names.items() if any(_begins(wanted, plain(name).split()) for name in own)])


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
