"""The head of every page: the commune that one has chosen, and the one search box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import streamlit as st

from etl.identite import IDENTITE
from etl.typography import count
from observatoire.formats import insecables
from observatoire.records import DEPARTEMENT, Territoire
from observatoire.ui import data, state
from observatoire.ui.destinations import PARTIES, Destination, Link, indicator_link, query, territory_link
from observatoire.ui.widgets.pickers import find_quarter, find_territory
from observatoire.views.search import Answers, indicator_names, latest_words, search_everything

_BOX, _ASKED, _PAGES = "_recherche", "_demande", "_destinations"
_COMMUNE = "_commune"
# How many answers of a kind are listed.
_MONTREES = 8
_TERRITOIRE, _INDICATEUR, _PAGE = "t:", "i:", "p:"
_MOTS = "Bondy, 93200, chômage des jeunes…"


def show_head(pages: Iterable[Destination], search: bool = True) -> None:
    """The line above the title. ``search``: false where the page shows the search box itself (Accueil)."""
    places = [*pages, *PARTIES]
    st.session_state[_PAGES] = {place.code: place for place in places}
    with st.container(key="tete"):
        left, right = st.columns([1, 1], gap="medium", vertical_alignment="center")
        with left:
            _show_mine()
        if search:
            with right:
                _show_box("Chercher dans l’observatoire", f"Chercher (touche /) : {_MOTS}", "collapsed")
        if search:
            _answer()


def show_search(label: str) -> None:
    """The search box where it is the main thing."""
    _show_box(label, f"Taper un nom, un code, un sujet : {_MOTS}", "visible")
    _answer()


def mine() -> Territoire | None:
    """The commune that the reader has chosen: the last one, on whatever page."""
    communes = data.current().communes
    code = state.my_commune(communes)
    return communes.get(code)


def _show_mine() -> None:
    commune = mine()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if commune:
            st.page_link(
                state.page_file("portrait"),
                label=f"Ma commune : **{commune.nom}**",
                icon=":material/location_on:",
                query_params=state.link_params(territoire=commune.code),
                width="content",
            )
        label = "changer" if commune else "Choisir ma commune"
        with st.popover(label, type="tertiary", on_change="rerun", key="ma-commune", width="content") as panel:
            if panel.open:
                _pick(commune)
        if commune:
            st.button("oublier", type="tertiary", on_click=state.forget_commune, key="_oublier")


def _pick(commune: Territoire | None) -> None:
    known = data.current().communes
    codes = list(known)
    st.session_state[_COMMUNE] = commune.code if commune else None
    st.selectbox(
        f"Ma commune, {IDENTITE.departement.dans}",
        codes,
        index=None,
        format_func=lambda code: known[code].nom if code in known else code,
        key=_COMMUNE,
        placeholder="Taper un nom ou un code postal",
        accept_new_options=True,
        filter_mode="contains",
        on_change=_take,
    )
    typed = st.session_state.pop("_commune_cherchee", None)
    if typed:
        st.warning(f"Aucune commune, ou plusieurs, ne répondent à {state.quoted(typed)}.")


def _take() -> None:
    typed = st.session_state[_COMMUNE]
    if not typed:
        return
    communes = data.current().communes
    found = [typed] if typed in communes else [c for c in find_territory(typed) or find_quarter(typed) if c in communes]
    if len(found) == 1:
        state.set_choice("territoire", found[0])
    else:
        st.session_state["_commune_cherchee"] = typed


def _show_box(label: str, placeholder: str, visibility: Literal["visible", "collapsed"]) -> None:
    """A box that suggests territories, indicators and pages, and understands whatever else is typed."""
    names = _names()
    st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda code: str(names.get(code, code)),
        placeholder=placeholder,
        key=_BOX,
        accept_new_options=True,
        filter_mode="contains",
        on_change=_ask,
        label_visibility=visibility,
    )


def _ask() -> None:
    """Keep what was asked for this run, and empty the box: it asks nothing of the next page."""
    st.session_state[_ASKED] = st.session_state[_BOX]
    st.session_state[_BOX] = None


def _names() -> dict[str, str]:
    """What the box suggests: its code → as it is read. Indicators that wait for figures are found by typing only."""
    warehouse = data.current()
    labels = warehouse.kept(indicator_names)
    return {
        **{_TERRITOIRE + t.code: t.complet for t in warehouse.choices},
        **{_INDICATEUR + code: names[0] for code, names in labels.items() if code in warehouse.indicateurs},
        **{_PAGE + code: f"Page {place.nom}" for code, place in _destinations().items()},
    }


def _destinations() -> Mapping[str, Destination]:
    return st.session_state.get(_PAGES, {})


def _answer() -> None:
    """Open the one answer to what was asked, or list those that there may be."""
    asked = st.session_state.pop(_ASKED, None)
    if not asked:
        return
    found = _chosen(asked)
    if found is None:
        pages = {code: [place.nom, *place.autres_noms] for code, place in _destinations().items()}
        found = search_everything(data.current(), asked, pages)
    if found.seule:
        (page, choices) = _links(found)[0]
        # No portrait is made of what is above the département: it is offered as what one compares with.
        if not found.territoires or page == "portrait":
            st.switch_page(state.page_file(page), query_params=query(choices))
    _list(asked, found)


def _chosen(asked: str) -> Answers | None:
    """What was taken among the suggestions."""
    warehouse, kind, code = data.current(), asked[:2], asked[2:]
    if kind == _TERRITOIRE and code in warehouse.territoires:
        return Answers(territoires=(code,), seule=True)
    if kind == _INDICATEUR and code in warehouse.codes:
        return Answers(indicateurs=(code,), seule=True)
    if kind == _PAGE and code in _destinations():
        return Answers(pages=(code,), seule=True)
    return None


def _links(found: Answers) -> list[Link]:
    pages = [_destinations()[code] for code in found.pages]
    return [
        *map(territory_link, found.territoires),
        *map(indicator_link, found.indicateurs),
        *((place.page, dict(place.choix)) for place in pages),
    ]


def _list(asked: str, found: Answers) -> None:
    """The answers by kind, each a link; a territory first when it is one that was asked."""
    with st.container(key="reponses"):
        if not found:
            st.warning(
                f"Rien ne répond à {state.quoted(asked)}. Essayer un autre mot, ou parcourir le catalogue des "
                "indicateurs.",
            )
            _link(("donnees", {"rayon": "indicateurs"}), "Catalogue des indicateurs", "article")
            return
        total = len(found.territoires) + len(found.indicateurs) + len(found.pages)
        st.markdown(f"**{count(total, 'réponse')}** à {state.quoted(asked)}")
        _list_territories(found)
        _list_indicators(asked, found.indicateurs)
        for code in found.pages[:_MONTREES]:
            place = _destinations()[code]
            _link((place.page, dict(place.choix)), f"Page « {place.nom} »", "article")


def _list_territories(found: Answers) -> None:
    known = data.current().territoires
    for code in found.territoires[:_MONTREES]:
        link = territory_link(code)
        if link[0] == "portrait":
            said = " : un de ses quartiers porte ce nom" if found.quartiers else ""
            _link(link, f"{known[code].complet}{said}", "location_on")
        else:
            _link(link, f"{known[code].nom} : en référence, dans Comparer", "compare_arrows")


def _list_indicators(asked: str, codes: Sequence[str]) -> None:
    warehouse = data.current()
    labels = warehouse.kept(indicator_names)
    shown = codes[:_MONTREES]
    figures = latest_words(warehouse, shown, mine() or warehouse.territoires[DEPARTEMENT])
    for code in shown:
        waiting = "" if code in warehouse.every_indicator else " (en attente de données)"
        figure = f" : **{figures[code]}**" if code in figures else ""
        _link(indicator_link(code), insecables(f"{labels[code][0]}{waiting}{figure}"))
    if len(codes) > _MONTREES:
        link = ("donnees", {"rayon": "indicateurs", "mots": asked[:80]})
        _link(link, f"Les {len(codes)} indicateurs, dans le catalogue", "article")


def _link(link: Link, label: str, icon: str = "bar_chart") -> None:
    page, choices = link
    st.page_link(
        state.page_file(page), label=label, icon=f":material/{icon}:", query_params=query(choices), width="content"
    )
