"""A text against labels, which are sentences: the order of words does not count, words stand for others, and ages are
bands, so that « moins de 30 ans » is never taken for « 30 à 39 ans »."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from observatoire.methods.words import plain

# What says nothing of the subject, in a question as in a label.
_VIDES = frozenset(
    (
        *("a", "au", "aux", "avec", "ce", "ces", "chez", "combien", "comment", "d", "dans", "de", "des", "du", "en"),
        *("entre", "est", "et", "ici", "il", "elle", "je", "l", "la", "le", "les", "leur", "ma", "mes", "mon", "on"),
        *("nombre", "ont", "ou", "par", "part", "pour", "pourcentage", "proportion", "quel", "quelle", "qui", "sa"),
        *("se", "ses", "son", "sont", "sur", "taux", "un", "une", "y"),
    )
)
_SANS_FIN = 200
# A band of ages as it is written once plain. « ans » may be missing from what is typed, never from a label.
_BANDES = (
    (r"\b(?:de |entre )?(\d{1,2}) (?:ans )?(?:a |et )?(\d{1,3}) ans\b", lambda a, b: (a, b)),
    (r"\b(?:de |entre )?(\d{1,2}) (?:a|et) (\d{1,2})\b(?! ans)(?! \d)", lambda a, b: (a, b)),
    (r"\b(\d{1,2}) ans (?:ou|et) moins\b", lambda a: (0, a)),
    (r"\b(?:moins de|avant) (\d{1,2})(?: ans)?\b(?! \d)", lambda a: (0, a - 1)),
    (r"\b(\d{1,2})(?: ans)? (?:ou|et) plus\b", lambda a: (a, _SANS_FIN)),
    (r"\b(?:plus de|a partir de|apres) (\d{1,2})(?: ans)?\b(?! \d)", lambda a: (a, _SANS_FIN)),
    (r"\b(\d{1,2}) ans\b", lambda a: (a,)),
)
# « pour 100 ménages » says to what a figure is reported, not what it is about.
_RAPPORTE = re.compile(r" pour 10+(?: 0+)* .*$| \d[\d ]* dernieres annees.*$")
_EFFECTIF, _RAPPEL, _SENS, _MANQUE = 2, 3, 1, 1
_ENTRE_PARENTHESES = re.compile(r"\(([^)]*)\)")
# Beyond it, an only answer is a neighbour of what was asked: it is offered, not opened.
PROCHE = 2

Band = tuple[int, ...]
# A word to begin, or a band of ages.
Piece = str | Band


@dataclass(frozen=True)
class Meaning:
    """What people say (``mots``), and what labels say instead (``libelles``) or the indicators that answer it."""

    mots: tuple[str, ...]
    libelles: tuple[str, ...] = ()
    indicateurs: tuple[str, ...] = ()


class Meanings:
    """The synonyms of the catalogue, ready to be looked for in what is typed."""

    def __init__(self, declared: Iterable[Meaning] = ()) -> None:
        self.declared = tuple(declared)

    @cached_property
    def words(self) -> set[str]:
        """Every word that people may say: a typing error is mended into one of them."""
        return {word for meaning in self.declared for said in meaning.mots for word in plain(said).split()}

    @cached_property
    def by_phrase(self) -> dict[tuple[Piece, ...], list[Meaning]]:
        """What is said, as pieces → its meanings."""
        found: dict[tuple[Piece, ...], list[Meaning]] = {}
        for meaning in self.declared:
            for said in meaning.mots:
                found.setdefault(tuple(pieces(said)), []).append(meaning)
        return found

    @cached_property
    def longest(self) -> int:
        """How many pieces the longest of them has."""
        return max(map(len, self.by_phrase), default=0)


@dataclass(frozen=True)
class Label:
    """A label as pieces: its subject, what that is reported to, whether it is a count, its question (age left out)."""

    sujet: tuple[Piece, ...]
    rappel: tuple[Piece, ...]
    effectif: bool
    question: tuple[Piece, ...]

    @property
    def age(self) -> Band | None:
        """Its first band of ages."""
        return next((piece for piece in self.sujet if isinstance(piece, tuple)), None)


@dataclass(frozen=True)
class Found:
    """The codes that a text may stand for; ``sure``: when there is one, it is what was asked."""

    codes: list[str]
    sure: bool = True


@dataclass(frozen=True)
class Part:
    """A part of what is typed: its own words, or what they stand for."""

    propres: tuple[Piece, ...]
    autres: tuple[tuple[Piece, ...], ...] = ()
    codes: frozenset[str] = frozenset()


def spoken(typed: str) -> str:
    """A text made plain; « 75+ » is « 75 ans ou plus », « 18-24 » is « 18 à 24 »."""
    said = re.sub(r"\b(\d{1,2}) ?(?:ans ?)?\+", r"\1 ans ou plus ", typed)
    return plain(re.sub(r"\b(\d{1,2}) ?[-–] ?(\d{1,2})\b", r"\1 à \2", said))


def pieces(text: str) -> list[Piece]:
    """The words of a text that say something, plurals left out, and its bands of ages."""
    bands: list[Band] = []

    def keep(match: re.Match[str], read) -> str:
        bands.append(read(*map(int, match.groups())))
        return f" #{chr(ord('a') + len(bands) - 1)} "

    words = spoken(text)
    for pattern, read in _BANDES:
        words = re.sub(pattern, lambda match, read=read: keep(match, read), words)
    found: list[Piece] = [bands[ord(w[1]) - ord("a")] if w[0] == "#" else _singular(w) for w in words.split()]
    return [piece for piece in found if piece not in _VIDES] or found


@cache
def read_label(text: str) -> Label:
    """See Label."""
    bare = spoken(_ENTRE_PARENTHESES.sub(" ", text))
    aside = [plain(words) for words in _ENTRE_PARENTHESES.findall(text)]
    short = _RAPPORTE.sub("", bare)
    subject = tuple(pieces(short)) if short else ()
    rest = tuple(pieces(" ".join((bare[len(short) :], *(words for words in aside if words != "effectif")))))
    question = tuple("age" if isinstance(piece, tuple) else piece for piece in (*subject, *rest))
    return Label(subject, rest, "effectif" in aside, question)


def look(typed: str, names: Mapping[str, Sequence[str]], meanings: Meanings) -> Found:
    """The codes whose label answers every part of what is typed, the nearest first; bands of one question in order.

    When a band of ages is asked that no label has, those that answer the rest at neighbouring ages are given, if there
    are several: one alone would pass for what was asked.
    """
    asked = _parts(pieces(typed), meanings)
    found = _answers(asked, names)
    if found:
        most = 0 if all(map(_is_age, asked)) else PROCHE
        return Found(_in_order(found), all(far <= most for far, _ in found.values()))
    rest = [part for part in asked if not _is_age(part)]
    if len(rest) == len(asked):
        return Found([], False)
    near = _answers(rest, {code: [name for name in own if read_label(name).age] for code, own in names.items()})
    wanted = [piece for part in asked for piece in part.propres if isinstance(piece, tuple)]
    over = {c: pair for c, pair in near.items() if any(_overlap(w, pair[1].age) for w in wanted)}
    kept = over if len(over) > 1 or not rest else near
    return Found(_in_order(kept) if len(kept) > 1 else [], False)


def _answers(asked: Sequence[Part], names: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, Label]]:
    found: dict[str, tuple[int, Label]] = {}
    for code, own in names.items():
        for label in map(read_label, own):
            far = _distance(asked, label, code)
            if far is not None and (code not in found or far < found[code][0]):
                found[code] = (far, label)
    return found


def _in_order(found: Mapping[str, tuple[int, Label]]) -> list[str]:
    """The nearest first, and with it the other bands of its question, from the youngest."""
    nearest: dict[tuple[Piece, ...], int] = {}
    for far, label in found.values():
        nearest[label.question] = min(far, nearest.get(label.question, far))
    order = {question: n for n, question in enumerate(nearest)}

    def key(code: str) -> tuple:
        far, label = found[code]
        if label.age is None:
            return far, order[label.question], (), far
        return nearest[label.question], order[label.question], label.age, far

    return sorted(found, key=key)


def _distance(asked: Sequence[Part], label: Label, code: str) -> int | None:
    """How far a label is from what is asked: 0 when it says that alone; None when a part of it has no answer."""
    used: set[int] = set()
    far = _EFFECTIF if label.effectif else 0
    for part in asked:
        own = _held(part.propres, label.sujet)
        if own is not None:
            used |= own
            continue
        others = [held for other in part.autres if (held := _held(other, label.sujet)) is not None]
        if others:
            used |= max(others, key=len)
            far += _SENS
        elif code in part.codes:
            # What an indicator answers as a whole, it may not say in so many words.
            used |= set(range(len(label.sujet)))
            far += _SENS
        elif _held(part.propres, label.rappel) is not None:
            far += _RAPPEL
        else:
            return None
    return far + _MANQUE * (len(label.sujet) - len(used))


def _held(wanted: Sequence[Piece], said: Sequence[Piece]) -> set[int] | None:
    """The places of a label where each wanted piece is; None when one is not there."""
    places: set[int] = set()
    for piece in wanted:
        place = next((n for n, own in enumerate(said) if n not in places and _same(piece, own)), None)
        if place is None:
            return None
        places.add(place)
    return places


def _same(wanted: Piece, own: Piece) -> bool:
    if isinstance(wanted, str) or isinstance(own, str):
        return isinstance(wanted, str) and isinstance(own, str) and own.startswith(wanted)
    if len(wanted) == 1:  # « 30 ans »: the bands that hold it, or stop at it
        return own[0] <= wanted[0] <= own[-1] + 1
    return wanted == own


def _parts(asked: Sequence[Piece], meanings: Meanings) -> list[Part]:
    """What is typed cut at the longest phrases that stand for others."""
    found, place = [], 0
    while place < len(asked):
        for size in range(min(meanings.longest, len(asked) - place), 0, -1):
            phrase = tuple(asked[place : place + size])
            known = meanings.by_phrase.get(phrase)
            if known:
                others = tuple(tuple(pieces(text)) for meaning in known for text in meaning.libelles)
                codes = frozenset(code for meaning in known for code in meaning.indicateurs)
                found.append(Part(phrase, others, codes))
                break
        else:
            size = 1
            found.append(Part((asked[place],)))
        place += size
    return found


def _overlap(one: Band, other: Band | None) -> bool:
    return other is not None and one[0] <= other[-1] and other[0] <= one[-1]


def _is_age(part: Part) -> bool:
    return any(isinstance(piece, tuple) for piece in part.propres)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" and not word.endswith("ss") else word
