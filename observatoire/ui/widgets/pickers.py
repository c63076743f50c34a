"""The choices pages share: a territory, an indicator, a year."""

from __future__ import annotations

from collections.abc import Container

import streamlit as st

from etl.identite import IDENTITE
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.ui import state
from observatoire.ui.data import current
from observatoire.views import search


def find_territory(typed: str) -> list[str]:
    """The codes of the territories that a text may stand for: name, INSEE or postal code, former commune."""
    return search.find_territory(current(), typed)


def find_quarter(typed: str) -> list[str]:
    """The communes that have a quarter of this name."""
    return search.find_quarter(current(), typed)


def pick_territory(label: str = "Territoire", default: str = DEPARTEMENT, all_: bool = False) -> Territoire:
    """One territory of the département, found by typing its name; ``all_``: every other one of the warehouse too."""
    known = current().territoires
    options = [t.code for t in current().choices]
    options += [code for code in known if all_ and code not in options]
    code = state.select(
        "territoire",
        label,
        options,
        default,
        f"un territoire {IDENTITE.departement.de_article}",
        lambda c: known[c].complet,
        finder=find_territory,
        later=find_quarter,
        placeholder="Taper le nom d’une commune ou d’un EPT",
    )
    return known[code]


def pick_indicator(label: str = "Indicateur", default: str = "REV02", codes: list[str] | None = None) -> Indicateur:
    """One indicator, found by typing; the year chosen before is forgotten with the former indicator."""
    cards = current().indicateurs
    themes = current().themes
    code = state.select(
        "indicateur",
        label,
        codes or list(cards),
        default,
        "un indicateur connu",
        lambda c: f"{cards[c].libelle} — {themes[cards[c].theme]}",
        forget=("annee",),
        elsewhere=current().every_indicator,
        placeholder="Taper un mot : chômage, pauvreté…",
    )
    return cards[code]


def pick_year(card: Indicateur, label: str = "Année", elsewhere: Container[str] = frozenset()) -> int:
    """One of the years of an indicator, the latest by default; shown only when there are several.

    ``elsewhere``: years that are right for the same figure at another level.
    """
    years = [str(year) for year in reversed(card.annees)]
    what = f"une année de « {card.libelle} »"
    if len(years) == 1:
        return int(state.choice("annee", years, years[0], what, elsewhere))
    return int(
        state.select(
            "annee",
            label,
            years,
            years[0],
            what,
            lambda year: card.periode(int(year)),
            elsewhere=elsewhere,
            placeholder="Choisir une année",
        )
    )


def pick_territories(label: str = "Territoires") -> list[Territoire]:
    """Several territories of the département; the four EPT by default."""
    warehouse = current()
    known = warehouse.territoires  # the session keeps what names the options: not the warehouse (see api.store)
    codes = state.multiselect(
        "territoires",
        label,
        [t.code for t in warehouse.choices],
        list(warehouse.epts),
        f"un territoire {IDENTITE.departement.de_article}",
        lambda c: known[c].complet,
        finder=find_territory,
        later=find_quarter,
        placeholder="Ajouter une commune ou un EPT",
    )
    return [warehouse.territoires[code] for code in codes]


def pick_list(cards: list[Indicateur]) -> list[Indicateur]:
    """The key indicators of a theme, or all of them, as the reader likes."""
    key = [card for card in cards if card.phare]
    if not key or len(cards) <= 8:
        return cards
    names = {"essentiels": f"{len(key)} indicateurs clés", "tous": f"Les {len(cards)} indicateurs"}
    asked = state.select(
        "liste",
        "Indicateurs montrés",
        list(names),
        "essentiels",
        "une liste d’indicateurs",
        names.__getitem__,
        widget=st.segmented_control,
        label_visibility="collapsed",
    )
    return cards if asked == "tous" else key


def pick_theme(label: str = "Thème") -> str:
    """One theme, that of the indicator already chosen by default; changing it forgets that indicator."""
    themes, cards = current().themes, current().indicateurs
    chosen = cards.get(state.current("indicateur"))
    return state.select(
        "theme",
        label,
        list(themes),
        chosen.theme if chosen else next(iter(themes)),
        "un thème du catalogue",
        lambda code: themes[code],
        forget=("indicateur", "annee"),
        widget=st.pills,
        label_visibility="collapsed",
    )


def pick_ept(label: str = "EPT") -> Territoire | None:
    """One of the EPT, or the whole département (None)."""
    epts = current().epts
    whole = "tous"
    code = state.select(
        "ept",
        label,
        [whole, *epts],
        whole,
        f"un EPT {IDENTITE.departement.de_article}",
        lambda c: "Tout le département" if c == whole else f"{epts[c].nom} ({epts[c].code_court})",
        placeholder="Choisir un EPT",
    )
    return epts.get(code)


def pick_commune(label: str = "Repérer une commune") -> Territoire | None:
    """A commune to show among the others: the territory chosen on every page, when it is a commune."""
    communes = current().communes
    none = ""
    code = state.select(
        "territoire",
        label,
        [none, *communes],
        none,
        f"un territoire {IDENTITE.departement.de_article}",
        lambda c: communes[c].nom if c else "Aucune",
        elsewhere=frozenset(t.code for t in current().choices if t.type != "commune"),
        finder=find_territory,
        later=find_quarter,
        placeholder="Taper un nom",
    )
    return communes.get(code)
