"""What a reader has chosen, in the URL first: a copied link reopens the same view.

Order of belief: the URL, then what was chosen earlier in the session, then the page's default. The URL is
written only when a reader changes something, so that Back leads where he was; links between pages carry the
choices already made (``link_params``).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from etl.typography import count
from observatoire.config import RACINE
from observatoire.methods.labels import Found
from observatoire.methods.search import search
from observatoire.ui import data
from observatoire.ui.adresses import LIBRES, RESTENT, TERRITOIRES
from observatoire.views.search import meanings

_CHOICES, _MIENNE = "choix", "ma_commune"
# A select box longer than this is searched by typing rather than read.
_LONGUE = 12
_MONTREES = 8
# The codes that a text may stand for.
Finder = Callable[[str], list[str]]
_Search = Callable[[str], Found]
SEPARATOR = ","
# What a link pasted from a sentence drags along, on either side of a value.
_AUTOUR = " \t\r\n\u00a0\u202f.,;:!?()[]{}<>«»\"'’“”…*"


def link_params(**changes: str) -> dict[str, str]:
    """The choices of the URL and of the session, with ``changes``, as parameters for a link to another page."""
    kept = {**_choices(), **{name: _as_meant(name, value) for name, value in st.query_params.to_dict().items()}}
    return {
        **{name: value for name, value in kept.items() if name not in RESTENT},
        **changes,
    }


def current(name: str) -> str:
    """The value of a choice as it stands, unchecked: the URL's, else the session's, else an empty text."""
    asked = st.query_params.get(name)
    return _as_meant(name, asked) if asked else _choices().get(name, "")


def page_file(name: str) -> Path:
    """The file of a page, as Streamlit's links want it."""
    return RACINE / "pages" / f"{name}.py"


def choice(name: str, options: Sequence[str], default: str, what: str, elsewhere: Container[str] = frozenset()) -> str:
    """The current value of a choice among ``options``; a wrong one in the URL is said in French and replaced.

    A value of ``elsewhere`` is right on other pages: it is replaced here without a word.
    """
    asked = st.query_params.get(name) or None
    if asked is None:
        kept = _choices().get(name)
        return kept if kept is not None and kept in options else default
    meant = asked
    if asked not in options and asked not in elsewhere:
        meant = _meant(name, asked)
        meant = _present(meant, options) if name in TERRITOIRES else meant
    if meant in options:
        _choices()[name] = meant
        return meant
    if meant in elsewhere:
        return default
    st.warning(f"Le lien demande « {quoted(asked)} », qui n’est pas {what}. La page montre autre chose à la place.")
    return default


def choices(name: str, options: Sequence[str], default: Sequence[str], what: str) -> list[str]:
    """Same as ``choice`` for several values, separated by commas in the URL; unknown ones are named and left out."""
    asked = st.query_params.get(name)
    if asked is None:
        kept = [value for value in _choices().get(name, "").split(SEPARATOR) if value in options]
        return kept or list(default)
    read = [value if value in options else _meant(name, value) or value for value in asked.split(SEPARATOR) if value]
    if name in TERRITOIRES:
        read = [_present(value, options) for value in read]
    values = list(dict.fromkeys(read))
    known, unknown = [v for v in values if v in options], [v for v in values if v not in options]
    if unknown:
        wrong = f"qui n’est pas {what} : laissé" if len(unknown) == 1 else f"dont aucun n’est {what} : laissés"
        st.warning(f"Le lien demande « {quoted(', '.join(unknown))} », {wrong} de côté.")
    if known:
        _choices()[name] = SEPARATOR.join(known)
    return known or list(default)


def select(
    name: str,
    label: str,
    options: Sequence[str],
    default: str,
    what: str,
    label_of: Callable[[str], str] = str,
    forget: Sequence[str] = (),
    widget: Callable[..., object] = st.selectbox,
    elsewhere: Container[str] = frozenset(),
    finder: Finder | None = None,
    later: Finder | None = None,
    **arguments: Any,
) -> str:
    """A single-choice widget bound to a choice. ``forget`` names the choices that no longer hold once it changes.

    ``widget`` is any Streamlit widget with the signature of selectbox (segmented_control, pills, radio). In a long
    select box any text may be typed: it is understood by ``finder``, which knows other names, else by the labels, else
    by ``later``.
    """
    value = choice(name, options, default, what, elsewhere)
    key = f"_{name}"
    st.session_state[key] = value
    typing = widget is st.selectbox and len(options) > _LONGUE
    look = _searched(options, label_of, finder, later) if typing else None
    written = (name, key, tuple(forget), look)
    picked = widget(
        label, options, format_func=label_of, key=key, on_change=_write, args=written, **_typed(look), **arguments
    )
    _offer(key, label_of, written)
    # What was typed and stands for no option changes nothing.
    return str(picked) if picked in options else value


def multiselect(
    name: str,
    label: str,
    options: Sequence[str],
    default: Sequence[str],
    what: str,
    label_of: Callable[[str], str] = str,
    finder: Finder | None = None,
    later: Finder | None = None,
    **arguments: Any,
) -> list[str]:
    """A multiple-choice widget bound to a choice; ``finder`` as in ``select``."""
    values = choices(name, options, default, what)
    key = f"_{name}"
    st.session_state[key] = values
    look = _searched(options, label_of, finder, later) if len(options) > _LONGUE else None
    written = (name, key, (), look)
    picked = st.multiselect(
        label, options, format_func=label_of, key=key, on_change=_write, args=written, **_typed(look), **arguments
    )
    _offer(key, label_of, written)
    return [value for value in picked if value in options] or values


def text(name: str, label: str, placeholder: str, longest: int) -> str:
    """A short free text bound to a choice: at most ``longest`` characters, the rest of a longer link is cut."""
    value = current(name)[:longest]
    key = f"_{name}"
    st.session_state[key] = value
    return st.text_input(
        label, max_chars=longest, placeholder=placeholder, key=key, on_change=_write, args=(name, key, (), None)
    )


def forget(name: str) -> None:
    """Drop a choice that no longer holds, from the session and from the URL."""
    _choices().pop(name, None)
    if name in st.query_params:
        del st.query_params[name]


def my_commune(communes: Container[str]) -> str:
    """The commune that the reader has chosen, kept while an EPT or the département is looked at; else an empty text."""
    asked = current("territoire")
    if asked in communes:
        st.session_state[_MIENNE] = asked
        _choices()["territoire"] = asked
    elif not asked:
        st.session_state.pop(_MIENNE, None)
    return st.session_state.get(_MIENNE, "")


def forget_commune() -> None:
    """Drop the commune chosen, everywhere."""
    st.session_state.pop(_MIENNE, None)
    forget("territoire")


def set_choice(name: str, value: str) -> None:
    """Change a choice from code (a click on a map); the URL follows."""
    _choices()[name] = value
    st.query_params[name] = value


def quoted(asked: str) -> str:
    """What a link asks, as code: written by a stranger, it must not become an image, a link or a style."""
    plain = " ".join(asked.replace("`", "").split())
    return f"`{plain[:60]}…`" if len(plain) > 60 else f"`{plain}`"


def _meant(name: str, asked: str) -> str:
    """A code of a link without what surrounds it; empty when nothing else is there."""
    return asked if name in LIBRES else asked.strip(_AUTOUR)


def _as_meant(name: str, asked: str) -> str:
    """What a value of the URL means (see Parametre), when it is not checked against the choices of a page."""
    if name in LIBRES:
        return asked
    values = [meant for value in asked.split(SEPARATOR) if (meant := _meant(name, value))]
    if name in TERRITOIRES:
        values = [data.current().successors.get(value, value) for value in values]
    return SEPARATOR.join(values)


def _present(code: str, options: Sequence[str]) -> str:
    """The commune that a former one joined, which the page says; any other code as it is."""
    if code in options:
        return code
    warehouse = data.current()
    joined = warehouse.successors.get(code, code)
    if joined in options and code in warehouse.merged:
        st.info(f"{warehouse.merged[code]} : c’est elle que montre la page.", icon=":material/merge:")
    return joined if joined in options else code


def _searched(
    options: Sequence[str], label_of: Callable[[str], str], finder: Finder | None, later: Finder | None
) -> _Search:
    """The options that a text stands for: itself, else what ``finder`` knows, else those whose label it answers,
    else what ``later`` knows."""

    def look(typed: str) -> Found:
        if typed in options:
            return Found([typed])
        known = [code for code in (finder(typed) if finder else ()) if code in options]
        if known:
            return Found(known)
        # « Taux de chômage — Emploi » is also found whole by its first part, and by its code.
        labels = {o: [label_of(o).split(" — ")[0], label_of(o), o] for o in options if label_of(o)}
        found = search(typed, labels, meanings())
        if found.codes or not later:
            return found
        return Found([code for code in later(typed) if code in options])

    return look


def _typed(finder: _Search | None) -> dict[str, Any]:
    """What has a widget accept any text. Its own matching is then exact: a near miss would pass for what was asked."""
    return {} if finder is None else {"accept_new_options": True, "filter_mode": "contains"}


def _offer(key: str, label_of: Callable[[str], str], written: tuple) -> None:
    """Say that what was typed is unknown, or let the reader choose among what it may stand for."""
    typed, found = st.session_state.pop(f"{key}_cherche", (None, []))
    if typed is None:
        return
    if not found:
        st.warning(f"Rien ne répond à {quoted(typed)}.")
        return
    more = f", dont voici les {_MONTREES} premières" if len(found) > _MONTREES else ""
    which = "est-ce elle" if len(found) == 1 else "laquelle"
    st.pills(
        f"{count(len(found), 'réponse')} à {quoted(typed)}{more} : {which} ?",
        found[:_MONTREES],
        format_func=label_of,
        key=f"{key}_lequel",
        on_change=_take,
        args=written,
    )


def _take(name: str, key: str, forgotten: tuple[str, ...], finder: _Search) -> None:
    """The reader has chosen among what a text may stand for: it joins several, or replaces one."""
    taken, before = st.session_state[f"{key}_lequel"], st.session_state[key]
    st.session_state[key] = [*before, taken] if isinstance(before, list) else taken
    _write(name, key, forgotten, finder)


def _write(name: str, key: str, forgotten: tuple[str, ...], finder: _Search | None) -> None:
    value = st.session_state[key]
    if finder is not None and value:
        value = _understood(value, key, finder)
        if value is None:
            return
    for other in forgotten:
        forget(other)
    if value in (None, [], ""):
        forget(name)
        return
    set_choice(name, SEPARATOR.join(value) if isinstance(value, list) else str(value))


def _understood(value: str | list[str], key: str, finder: _Search) -> str | list[str] | None:
    """A choice with the texts typed in it replaced by the options they stand for."""
    if not isinstance(value, list):
        return _look_up(value, key, finder)
    return list(dict.fromkeys(code for typed in value if (code := _look_up(typed, key, finder))))


def _look_up(typed: str, key: str, finder: _Search) -> str | None:
    """The one option that a text stands for; else None, and ``_offer`` will say what it may stand for."""
    found = finder(typed)
    if found.sure and len(found.codes) == 1:
        return found.codes[0]
    st.session_state[f"{key}_cherche"] = (typed, found.codes)
    return None


def _choices() -> dict[str, str]:
    if _CHOICES not in st.session_state:
        st.session_state[_CHOICES] = {}
    return st.session_state[_CHOICES]
