"""The parts of the page Cartes: map, legend, sentence, distribution, ranking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from urllib.parse import urlencode

import pydeck as pdk
import streamlit as st

from observatoire import formats
from observatoire.config import map_background
from observatoire.documents.blocs import PAPIERS
from observatoire.documents.carte import map_sheet
from observatoire.documents.fichiers import FORMATS, write
from observatoire.exports.geojson import to_geojson
from observatoire.figures import Figure, indicator_address
from observatoire.frames import cells
from observatoire.methods.cartography import NIVEAUX_DE_CARTE, MapContent, MapRequest
from observatoire.methods.ranks import place_column
from observatoire.records import DEPARTEMENT, Indicateur
from observatoire.ui import data, state
from observatoire.ui.pages.cartes import choices as map_choices
from observatoire.ui.pages.cartes.clic import hear_click
from observatoire.ui.widgets.downloads import offer_file
from observatoire.ui.widgets.figure import show_heading, show_origin
from observatoire.ui.widgets.layout import base_path, is_phone
from observatoire.ui.widgets.legends import show_crossed_legend, show_landmarks, show_legend
from observatoire.ui.widgets.tables import show_table
from observatoire.views.carte.build import describe_crossing, shown
from observatoire.views.carte.deck import Frame, Panel, draw_deck
from observatoire.views.carte.svg import crossed_map, one_map, own_sentence
from observatoire.warehouse import Warehouse

# Filled by carte.js as communes are chosen.
_COMPARE = (
    "<div class='obs-comparer' aria-live='polite'>"
    "<p>Choisir des communes d’un clic sur la carte, puis les comparer.</p><a class='obs-bouton' hidden></a></div>"
)


def show_one(request: MapRequest, compare: bool) -> None:
    """The map of one indicator and its source; what it says and its legend stand beside it (``show_reading``)."""
    content = data.map_content(request)
    figure = _traced_where_chosen(data.map_figure(request), request)
    show_heading(figure, level=2)
    if is_svg(request):
        show_svg(one_map, request, figure.alt, page="comparer" if compare else "portrait")
        if compare:
            st.html(_COMPARE)
    else:
        open_portrait(clicked(show_deck([Panel(content)], request, repr(request), figure.alt)))
    if is_phone():
        show_reading(request)
    show_landmarks(data.landmarks(map_choices.landmark_types(), request.ept))
    st.page_link(
        state.page_file("indicateur"),
        label="Tout sur cet indicateur",
        icon=":material/query_stats:",
        query_params=state.link_params(indicateur=request.indicateur),
    )
    show_origin(figure, "carte", partial(_more_files, figure, request, content))


def show_reading(request: MapRequest) -> None:
    """What the map of one indicator says, its legend, and where the commune chosen stands."""
    content = data.map_content(request)
    show_legend(content, disks=not is_svg(request))
    show_own(request)
    show_words(request)


def show_own(request: MapRequest) -> None:
    """The sentence of the commune chosen: its value, its place on the map, the way to its portrait."""
    chosen = state.current("territoire")
    found = data.view(own_sentence, request, chosen)
    if not found:
        return
    name, rest = found
    link = f"portrait?{urlencode({'territoire': chosen, 'indicateur': request.indicateur})}"
    st.html(
        f"<p class='obs-ma-ville'><b>{escape(name)}</b> {escape(formats.insecables(rest))} "
        f"<a class='obs-lien' href='{escape(link)}' target='_self'>Ouvrir son portrait</a></p>"
    )


def _traced_where_chosen(figure: Figure, request: MapRequest) -> Figure:
    """« D’où vient ce chiffre ? » opens the commune or the EPT one has chosen rather than the département."""
    chosen, warehouse = state.current("territoire"), data.current()
    if request.niveau != "commune" or chosen not in {*warehouse.communes, *warehouse.epts}:
        return figure
    return replace(figure, trace={**(figure.trace or {}), "territoire": chosen})


def show_pair(request: MapRequest, other: Indicateur) -> None:
    """Two indicators side by side: what is pointed at on a map is marked on the other one."""
    warehouse = data.current()
    first = warehouse.card(request.indicateur)
    second = MapRequest(other.code, nearest_year(other, request.annee), request.niveau, request.ept)
    requests, cards = (request, second), (first, other)
    contents = [data.map_content(r) for r in requests]
    figures = [data.map_figure(r) for r in requests]
    columns = st.columns(2)
    for column, figure in zip(columns, figures, strict=True):
        with column:
            show_heading(figure, level=2)
    if is_svg(request):
        # Titles of one and of two lines: the maps stand level all the same. On a phone each follows its title.
        under = columns if is_phone() else st.columns(2)
        for n, (column, asked, figure) in enumerate(zip(under, requests, figures, strict=True)):
            with column:
                show_svg(one_map, asked, figure.alt, hear=not n)
    else:
        panels = [Panel(content, card.libelle) for content, card in zip(contents, cards, strict=True)]
        alt = " ".join(figure.alt for figure in figures)
        open_portrait(clicked(show_deck(panels, request, repr(requests), alt)))
    for n, column in enumerate(columns if is_svg(request) and is_phone() else st.columns(2)):
        with column:
            show_legend(contents[n], disks=not is_svg(request))
            show_words(requests[n])
            show_origin(figures[n], f"carte-{n}", partial(_more_files, figures[n], requests[n], contents[n], f"{n}"))


def show_crossed(request: MapRequest, other: Indicateur) -> None:
    """Two indicators on one map, each commune in a third of both."""
    warehouse = data.current()
    year = nearest_year(other, request.annee)
    crossing = data.crossing(request, other.code, year)
    if crossing is None:
        st.info("Ces deux indicateurs n’ont pas assez de valeurs différentes pour faire trois tiers chacun.")
        return
    figure = describe_crossing(warehouse, request, other.code, year, crossing, data.in_service)
    show_heading(figure, level=2)
    if is_svg(request):
        show_svg(crossed_map, request, other.code, year, figure.alt)
    else:
        drawn = repr((request, other.code, year))
        open_portrait(clicked(show_deck([Panel(crossing.content)], request, drawn, figure.alt)))
    show_landmarks(data.landmarks(map_choices.landmark_types(), request.ept))
    if is_phone():
        show_crossed_reading(request, other)
    show_origin(figure, "carte-croisee")


def show_crossed_reading(request: MapRequest, other: Indicateur) -> None:
    """The square of a crossed map, and what it says."""
    year = nearest_year(other, request.annee)
    crossing = data.crossing(request, other.code, year)
    if crossing is not None:
        show_crossed_legend(crossing, data.current().card(request.indicateur), request.annee, other, year)
        st.markdown(formats.insecables(crossing.phrase))


def is_svg(request: MapRequest) -> bool:
    """True for the communes and the EPT. IRIS are too many to be written and sent at each choice; a background needs
    the tiles of deck.gl."""
    return request.niveau != "iris" and map_background() is None


def show_svg(make: Callable[..., str], *choices: object, page: str = "", hear: bool = True) -> None:
    """Draw a map (``make`` of views.carte.svg, and what it is made from); a click opens a portrait or, with ``page``
    « comparer », chooses a commune (ui/carte_svg.js). ``hear``: false for a second map of the same page.

    In markdown rather than ``st.html``, which takes every SVG out (its DOMPurify has the « html » profile alone, with
    or without scripts allowed). An image would have no links, a frame neither our fonts nor the page's theme. Markdown
    makes of it elements of the page: links that the keyboard reaches, the middle button opens, a screen reader names.
    The drawing is one line: an empty one would end the HTML.
    """
    warehouse = data.current()
    chosen = state.current("territoire")
    lit = (chosen,) if chosen in {*warehouse.communes, *warehouse.epts} else ()
    more = (page,) if page else ()
    svg = data.view(make, *choices, lit, map_choices.landmark_types(), *more)
    st.markdown(svg, unsafe_allow_html=True)
    if page != "comparer" and hear:
        hear_click()


def show_deck(
    panels: Sequence[Panel],
    request: MapRequest,
    drawn: str,
    alt: str,
    large: bool = False,
) -> object:
    """Draw the map (or two), the commune chosen outlined, and return what the reader has clicked.

    ``drawn``: what the panels hold, in a word that changes with it: a map already made is not made again.
    """
    warehouse = data.current()
    phone = is_phone()
    width, height = _size(len(panels), large)
    lit = tuple(code for code in (state.current("territoire"),) if code in warehouse.communes)
    types = map_choices.landmark_types()
    made = _deck(warehouse.version, drawn, request, lit, types, width, height, phone, large, base_path(), panels)
    return st.pydeck_chart(
        made,
        height=height * len(panels) if phone else height,
        on_select="rerun",
        selection_mode="single-object",
        key=f"carte-{len(panels)}-{request.niveau}-{request.ept or 'tout'}-{large}",
        alt=alt,
    )


# Not in the warehouse's memory (data.view): a map weighs a hundred times a figure, hence a smaller number of its own.
@st.cache_resource(max_entries=60, show_spinner=False)
def _deck(
    version: str,
    drawn: str,
    request: MapRequest,
    lit: tuple[str, ...],
    types: tuple[str, ...],
    width: int,
    height: int,
    phone: bool,
    large: bool,
    base: str,
    _panels: Sequence[Panel],
) -> pdk.Deck:
    warehouse = data.current()
    communes = data.spots("commune") if request.niveau == "iris" else ()
    frame = Frame(
        view=data.map_view(request.ept, width, height),
        spots=data.spots(request.niveau),
        epts=list(warehouse.epts.values()),
        niveau=request.niveau,
        ept=request.ept,
        lit=lit,
        base=base,
        fond=map_background(),
        taille=12 if phone else 16 if large else 13,
        empile=phone,
        communes=communes,
        noms=[warehouse.communes[spot.code].nom for spot in communes],
        lieux=data.landmarks(types, request.ept).lieux,
    )
    return draw_deck(_panels, frame)


def clicked(event: object) -> list[str]:
    """The codes of the territories clicked, whichever map they are on; of an IRIS, its commune."""
    objects = getattr(getattr(event, "selection", None), "objects", {}) or {}
    found = [o for name, chosen in objects.items() if name.startswith("territoires") for o in chosen]
    return list(dict.fromkeys(o["properties"].get("code_commune") or o["properties"]["code"] for o in found))


def open_portrait(codes: Sequence[str]) -> None:
    """Go to the portrait of the territory just clicked."""
    if codes and codes[0] in data.current().territoires:
        # Streamlit writes these parameters in the map's own address before it leaves: without the settings of the
        # map among them, Back would open another map.
        params = {**st.query_params.to_dict(), **state.link_params(territoire=codes[0])}
        st.switch_page(state.page_file("portrait"), query_params=params)


def show_words(request: MapRequest) -> None:
    """What the map says, then the EPT's own figure and the département's."""
    warehouse = data.current()
    st.markdown(formats.insecables(data.map_words(request)))
    card = warehouse.at_level(warehouse.card(request.indicateur), "departement")
    if card is None:
        return
    wanted = [
        t for t in (warehouse.territoires.get(request.ept or ""), warehouse.territoires[DEPARTEMENT]) if t is not None
    ]
    found = data.map_levels(card.code, request.annee)
    parts = []
    for territoire in wanted:
        if territoire.code in found:
            row = found[territoire.code]
            note = " (approché)" if row["statut"] == "approche" else ""
            parts.append(f"**{territoire.nom}** : {card.format(row['valeur'], row['statut'], row['arrondi'])}{note}")
    if parts:
        st.markdown(formats.insecables(" · ".join(parts)))


def show_distribution(request: MapRequest) -> None:
    """Where the values lie, one mark a territory; a click on it shows its commune on the map."""
    warehouse = data.current()
    card, content = warehouse.card(request.indicateur), data.map_content(request)
    if request.niveau == "ept" or bool(content.lieux["absent"].all()):
        return
    lit = state.current("territoire")
    what = "un trait par IRIS" if request.niveau == "iris" else "un point par commune"
    st.markdown("## Répartition")
    st.caption(formats.insecables(f"{card.libelle}, {card.periode(request.annee)} ; {what}."))
    event = st.vega_lite_chart(
        data.map_strip(request, lit if lit in warehouse.communes else ""),
        width="stretch",
        theme="streamlit",
        key=f"repartition-{request.niveau}-{request.ept or 'tout'}",
        on_select="rerun",
        selection_mode="point",
        alt=f"Répartition des {NIVEAUX_DE_CARTE[request.niveau]} par EPT : {data.map_words(request)}",
    )
    points = event.selection.get("point", []) if hasattr(event, "selection") else []
    picked = str(points[0]["code"]) if points else ""
    if picked and picked != lit and picked != st.session_state.get("_point"):
        st.session_state["_point"] = picked
        state.set_choice("territoire", picked)
        st.rerun()


def show_ranking(request: MapRequest) -> None:
    """The territories from the highest to the lowest, each a link to its portrait; missing ones last, marked."""
    warehouse = data.current()
    card = warehouse.card(request.indicateur)
    ordered = shown(data.map_content(request), request).sort_values(
        "valeur", ascending=False, na_position="last", kind="stable"
    )
    iris = request.niveau == "iris"
    ranks = place_column(ordered, card)
    nom, texte, ept, portraits = cells(ordered, "nom", "texte", "code_ept", "code_commune" if iris else "code")
    places = cells(ordered, "commune")[0] if iris else [warehouse.epts[code].code_court for code in ept]
    rows = [
        [formats.typographie(name), formats.typographie(place or ""), text, *([] if card.effectif else [rank])]
        for name, place, text, rank in zip(nom, places, texte, ranks, strict=True)
    ]
    links = {n: f"portrait?territoire={code}" for n, code in enumerate(portraits) if code in warehouse.territoires}
    if not iris:
        links = {n: f"{link}&indicateur={card.code}" for n, link in links.items()}
    values = {
        (n, 2): indicator_address(card.code, code) for n, code in enumerate(portraits) if code in warehouse.territoires
    }
    chosen = state.current("territoire")
    st.markdown("## Classement")
    st.caption(formats.insecables(f"{card.libelle}, {card.periode(request.annee)}, du plus élevé au plus bas."))
    show_table(
        f"{card.libelle}, {card.periode(request.annee)} : classement",
        [
            *(("IRIS", "Commune") if iris else ("Territoire", "EPT")),
            "Valeur",
            *([] if card.effectif else [_rank(request)]),
        ],
        rows,
        links=links,
        values=values,
        highlight=[n for n, code in enumerate(portraits) if code == chosen],
        height=560,
        text_columns=2,
    )


def _rank(request: MapRequest) -> str:
    return "Rang" if request.ept is None or request.niveau == "iris" else "Rang dans l’EPT"


def nearest_year(card: Indicateur, annee: int) -> int:
    """The year of an indicator that is nearest to another one's, the later of two."""
    return min(card.annees, key=lambda year: (abs(year - annee), -year))


def _more_files(figure: Figure, request: MapRequest, content: MapContent, key: str = "") -> None:
    """The files only maps have: a page in PDF (two sizes) and in Word, GeoJSON with the values."""
    phrases = (data.map_words(request), content.note)
    for label, format_, paper in (*((f"PDF {p.upper()}", "pdf", p) for p in PAPIERS), ("Page Word", "docx", "a4")):
        made = partial(data.ask_in_service, _page, figure, phrases, paper, format_)
        offer_file(
            label, made, f"{figure.fichier}_{paper}.{format_}", FORMATS[format_], f"carte{key}-{format_}-{paper}"
        )
    made = partial(data.ask_in_service, to_geojson, request, content)
    offer_file("GeoJSON", made, f"{figure.fichier}.geojson", "application/geo+json", f"carte{key}-geojson")


def _page(warehouse: Warehouse, figure: Figure, phrases: Sequence[str], paper: str, format_: str) -> bytes:
    return write(map_sheet(figure, warehouse, phrases, paper), format_)


def _size(panels: int, large: bool) -> tuple[int, int]:
    """Width and height in pixels of the place given to one map."""
    if is_phone():
        return 358, 380
    if panels > 1:
        return 480, 480
    return (1000, 700) if large else (600, 600)
