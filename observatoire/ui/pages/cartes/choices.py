"""What a reader can choose on a map, each choice in the URL; the quiet ones wait behind « Réglages »."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from etl.identite import IDENTITE
from observatoire.methods.cartography import NIVEAUX_DE_CARTE, MapRequest
from observatoire.methods.classes import MAXIMUM, METHODES, MINIMUM, parse_bounds
from observatoire.records import DEPARTEMENT, FRANCE, REGION, Indicateur, Territoire
from observatoire.selections import PREMIERE_CARTE
from observatoire.ui import data, state
from observatoire.views.carte.landmarks import KINDS

VUES = {"une": "Une carte", "deux": "Deux cartes côte à côte", "croisee": "Une carte croisée"}
ECHELLES = {"annee": "Propre à l’année", "toutes": "La même pour toutes les années"}
CENTRES = {DEPARTEMENT: IDENTITE.departement.nom, REGION: IDENTITE.region.nom, FRANCE: "France"}
DESSINS = {"disques": "Disques proportionnels", "aplats": "Couleurs (déconseillé pour un effectif)"}
CLICS = {"portrait": "Ouvre son portrait", "comparer": "La choisit, pour comparer"}
LEVELS = {"commune": "Communes", "ept": "EPT", "iris": "Quartiers (IRIS)"}
_ONE = {"commune": "commune", "ept": "EPT", "iris": "IRIS"}
COUNTS = tuple(str(n) for n in range(MINIMUM, MAXIMUM + 1))


def pick_card() -> Indicateur:
    """The indicator, found by typing: those of the communes, then those that only exist by IRIS."""
    warehouse = data.current()
    themes, below = warehouse.theme_names, warehouse.indicateurs_iris
    asked = below.get(state.current("indicateur"))
    if asked and warehouse.at_level(asked, "commune"):
        # A link to the card of the IRIS: the same thing as the communes' indicator, seen by IRIS.
        only = {asked.code: asked}
    else:
        only = {code: card for code, card in below.items() if not warehouse.at_level(card, "commune")}
    cards = {**warehouse.indicateurs, **only}
    code = state.select(
        "indicateur",
        "Indicateur",
        list(cards),
        PREMIERE_CARTE,
        "un indicateur connu",
        lambda c: f"{cards[c].libelle}{' (par IRIS)' if c in only else ''} — {themes[cards[c].theme]}",
        forget=("annee",),
        elsewhere=warehouse.every_indicator,
        placeholder="Taper un mot : chômage, pauvreté…",
    )
    return cards[code]


def available_levels(card: Indicateur) -> dict[str, tuple[int, ...]]:
    """The levels that have boundaries and values, with their years; an indicator of IRIS begins with the IRIS."""
    warehouse = data.current()
    found = {}
    for level in NIVEAUX_DE_CARTE if card.niveau == "commune" else reversed(NIVEAUX_DE_CARTE):
        own = warehouse.at_level(card, level)
        years = warehouse.map_levels(own.code).get(level, ()) if own else ()
        if years:
            found[level] = years
    return found or {card.niveau: card.annees}


def pick_level(card: Indicateur) -> tuple[Indicateur, str]:
    """The level, when there are several, and the card that holds there, with the years of that level."""
    levels = available_levels(card)
    first, what = next(iter(levels)), "un niveau de carte"
    if len(levels) == 1:
        level = state.choice("niveau", list(levels), first, what, elsewhere=NIVEAUX_DE_CARTE)
    else:
        words = LEVELS.__getitem__
        options = {"elsewhere": NIVEAUX_DE_CARTE, "placeholder": "Choisir"}
        level = state.select("niveau", "Niveau", list(levels), first, what, words, **options)
    own = data.current().at_level(card, level) or card
    return replace(own, annees=levels[level]), level


def say_level(card: Indicateur, level: str) -> None:
    """When the level asked has no figures for this indicator, say which one is drawn instead."""
    asked = state.current("niveau")
    if asked in NIVEAUX_DE_CARTE and asked != level:
        st.caption(f"« {card.libelle} » n’est pas connu au niveau demandé ({_ONE[asked]}) : carte par {_ONE[level]}.")


def years_elsewhere(card: Indicateur) -> frozenset[str]:
    """The years that hold at one of the levels of an indicator."""
    return frozenset(str(year) for years in available_levels(card).values() for year in years)


def read_request(card: Indicateur, annee: int, ept: Territoire | None, level: str) -> MapRequest:
    """The request that the URL makes; a value that means nothing is said in French and replaced."""
    state.choices("reperes", list(KINDS), (), "un repère connu")
    method = state.choice("methode", list(METHODES), "quantiles", "une façon de faire les classes")
    return MapRequest(
        indicateur=card.code,
        annee=annee,
        niveau=level,
        ept=ept.code if ept else None,
        methode=method,
        classes=int(state.choice("classes", COUNTS, "5", "un nombre de classes (de 3 à 7)")),
        bornes=_bounds() if method == "bornes" else (),
        centre=state.choice("centre", list(CENTRES), DEPARTEMENT, "une référence de carte"),
        echelle_commune=len(card.annees) > 1 and _scale() == "toutes",
        aplat=state.choice("dessin", list(DESSINS), "disques", "une façon de dessiner un effectif") == "aplats",
    )


def compares_on_click() -> bool:
    """True when a click chooses a commune to compare, instead of opening its portrait."""
    return state.choice("clic", list(CLICS), "portrait", "un effet du clic") == "comparer"


def landmark_types() -> tuple[str, ...]:
    """The kinds of places laid over the map: none unless asked. ``read_request`` has named those that mean nothing."""
    return tuple(kind for kind in state.current("reperes").split(state.SEPARATOR) if kind in KINDS)


def pick_view() -> str:
    """One map, two side by side, or a crossed one."""
    return state.choice("vue", list(VUES), "une", "une façon de voir la carte")


def second_indicator(first: Indicateur, level: str) -> Indicateur:
    """The indicator of the second map: the one asked, else the first key one of another theme."""
    cards = _at_level(level)
    others = [code for code, c in cards.items() if c.theme != first.theme and not c.effectif]
    fallback = next((code for code in others if cards[code].phare), others[0])
    return cards[state.choice("avec", list(cards), fallback, "un indicateur connu", data.current().codes)]


def _at_level(level: str) -> dict[str, Indicateur]:
    """The cards of a level by the code that the URL gives: the communes' one where both say the same thing."""
    warehouse = data.current()
    if level != "iris":
        return warehouse.indicateurs
    return {card.equivalent or card.code: card for card in warehouse.indicateurs_iris.values()}


def show_settings(card: Indicateur, request: MapRequest, view: str) -> None:
    """The panel of settings: only what makes sense for this map."""
    with st.popover("Réglages", icon=":material/tune:", on_change="rerun", key="carte-reglages") as panel:
        pass
    if not panel.open:
        return
    with panel:
        _pick("vue", "Vue", VUES, "une")
        if card.effectif:
            _pick("dessin", "Dessin d’un effectif", DESSINS, "disques")
        if not card.effectif or request.aplat:
            _pick_classes(request)
        if len(card.annees) > 1:
            _pick("echelle", "Échelle", ECHELLES, "annee")
        state.multiselect(
            "reperes",
            "Repères à placer",
            list(KINDS),
            (),
            "un repère connu",
            lambda kind: KINDS[kind].nom,
            placeholder="Mairies, France services, QPV",
        )
        if request.niveau == "commune" and view == "une":
            _pick("clic", "Un clic sur une commune", CLICS, "portrait")


def _pick_classes(request: MapRequest) -> None:
    _pick("methode", "Classes", METHODES, "quantiles", st.selectbox)
    if request.methode == "bornes":
        st.text_input(
            "Bornes, de la plus basse à la plus haute",
            value=st.query_params.get("bornes", ""),
            key="_bornes",
            placeholder="20 ; 30,5 ; 40",
            on_change=_keep_bounds,
        )
        return
    if request.methode == "centrees":
        _pick("centre", "Référence", CENTRES, DEPARTEMENT)
    _pick("classes", "Nombre de classes", {n: n for n in COUNTS}, "5")


def pick_second(first: Indicateur, level: str) -> None:
    """The indicator of the second map, or the one crossed with the first."""
    cards, themes = _at_level(level), data.current().theme_names
    second = second_indicator(first, level)
    state.select(
        "avec",
        "Second indicateur",
        list(cards),
        next(code for code, card in cards.items() if card is second),
        "un indicateur connu",
        lambda c: f"{cards[c].libelle} — {themes[cards[c].theme]}",
        elsewhere=data.current().codes,
        placeholder="Taper un mot : chômage, pauvreté…",
    )


def _pick(name: str, label: str, options: dict[str, str], default: str, widget=st.segmented_control) -> None:
    arguments: dict[str, Any] = {"placeholder": "Choisir"} if widget is st.selectbox else {"required": True}
    state.select(
        name, label, list(options), default, "un choix possible", options.__getitem__, widget=widget, **arguments
    )


def _scale() -> str:
    return state.choice("echelle", list(ECHELLES), "annee", "une échelle de carte")


def _bounds() -> tuple[float, ...]:
    """The bounds of the URL; wrong ones are said and left out."""
    text = st.query_params.get("bornes", "")
    if not text:
        return ()
    try:
        return parse_bounds(text)
    except ValueError:
        st.warning(
            f"Le lien demande les bornes {state.quoted(text)} : deux à six nombres séparés par des points-virgules "
            "sont attendus, comme « 20 ; 30,5 ; 40 »."
        )
        return ()


def _keep_bounds() -> None:
    st.query_params["bornes"] = st.session_state["_bornes"]
