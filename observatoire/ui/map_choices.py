"""What a reader can choose on a map, each choice in the URL; the quiet ones wait behind « Réglages »."""

from __future__ import annotations

import streamlit as st

from observatoire.methods.cartography import NIVEAUX, MapRequest
from observatoire.methods.classes import MAXIMUM, METHODES, MINIMUM, parse_bounds
from observatoire.ui import data, state
from observatoire.warehouse import DEPARTEMENT, FRANCE, REGION, Indicateur, Territoire

VUES = {"une": "Une carte", "deux": "Deux cartes côte à côte", "croisee": "Une carte croisée"}
ECHELLES = {"annee": "Propre à l’année", "toutes": "La même pour toutes les années"}
CENTRES = {DEPARTEMENT: "Seine-Saint-Denis", REGION: "Île-de-France", FRANCE: "France"}
DESSINS = {"disques": "Disques proportionnels", "aplats": "Couleurs (déconseillé pour un effectif)"}
CLICS = {"portrait": "Ouvre son portrait", "comparer": "La choisit, pour comparer"}
COUNTS = tuple(str(n) for n in range(MINIMUM, MAXIMUM + 1))


def read_request(card: Indicateur, annee: int, ept: Territoire | None) -> MapRequest:
    """The request that the URL makes; a value that means nothing is said in French and replaced."""
    levels = available_levels(card, annee)
    method = state.choice("methode", list(METHODES), "quantiles", "une façon de faire les classes")
    return MapRequest(
        indicateur=card.code,
        annee=annee,
        niveau=state.choice("niveau", levels, levels[0], "un niveau de cette carte"),
        ept=ept.code if ept else None,
        methode=method,
        classes=int(state.choice("classes", COUNTS, "5", "un nombre de classes (de 3 à 7)")),
        bornes=_bounds() if method == "bornes" else (),
        centre=state.choice("centre", list(CENTRES), DEPARTEMENT, "une référence de carte"),
        echelle_commune=len(card.annees) > 1 and _scale() == "toutes",
        aplat=state.choice("dessin", list(DESSINS), "disques", "une façon de dessiner un effectif") == "aplats",
    )


def available_levels(card: Indicateur, annee: int) -> list[str]:
    """The levels that have boundaries and values for that year, the commune first."""
    found = data.map_levels(card.code)
    levels = [level for level in NIVEAUX if annee in found.get(level, ())]
    return levels or ["commune"]


def compares_on_click() -> bool:
    """True when a click chooses a commune to compare, instead of opening its portrait."""
    return state.choice("clic", list(CLICS), "portrait", "un effet du clic") == "comparer"


def pick_view() -> str:
    """One map, two side by side, or a crossed one."""
    return state.choice("vue", list(VUES), "une", "une façon de voir la carte")


def second_indicator(first: Indicateur) -> Indicateur:
    """The indicator of the second map: the one asked, else the first key one of another theme."""
    cards = data.warehouse().indicateurs
    fallback = next(c.code for c in cards.values() if c.phare and c.theme != first.theme and not c.effectif)
    return cards[state.choice("avec", list(cards), fallback, "un indicateur connu")]


def show_settings(card: Indicateur, request: MapRequest, view: str) -> None:
    """The panel of settings: only what makes sense for this map."""
    with st.popover("Réglages", icon=":material/tune:", on_change="rerun", key="carte-reglages") as panel:
        pass
    if not panel.open:
        return
    with panel:
        _pick("vue", "Vue", VUES, "une")
        if view != "une":
            _pick_second(card)
        levels = available_levels(card, request.annee)
        if len(levels) > 1:
            _pick("niveau", "Niveau", {level: f"Par {_ONE[level]}" for level in levels}, levels[0])
        if card.effectif:
            _pick("dessin", "Dessin d’un effectif", DESSINS, "disques")
        if not card.effectif or request.aplat:
            _pick_classes(request)
        if len(card.annees) > 1:
            _pick("echelle", "Échelle", ECHELLES, "annee")
        if request.niveau == "commune" and view == "une":
            _pick("clic", "Un clic sur une commune", CLICS, "portrait")


_ONE = {"commune": "commune", "ept": "EPT", "iris": "IRIS (quartier)"}


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


def _pick_second(first: Indicateur) -> None:
    cards, themes = data.warehouse().indicateurs, data.warehouse().themes
    state.select(
        "avec",
        "Avec l’indicateur",
        list(cards),
        second_indicator(first).code,
        "un indicateur connu",
        lambda c: f"{cards[c].libelle} — {themes[cards[c].theme]}",
        placeholder="Taper un mot : chômage, pauvreté…",
    )


def _pick(name: str, label: str, options: dict[str, str], default: str, widget=st.segmented_control) -> None:
    arguments = {"placeholder": "Choisir"} if widget is st.selectbox else {"required": True}
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
