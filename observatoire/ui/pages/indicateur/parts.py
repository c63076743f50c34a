"""The parts of the page of an indicator: the finding, map and ranking, evolution, ages, quarters, meaning, files."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from observatoire import formats
from observatoire.brand import as_image
from observatoire.documents.fichiers import FORMATS, write
from observatoire.documents.indicateur import indicator_sheet
from observatoire.exports.workshop import draw_svg
from observatoire.figures import Figure, cite, indicator_address, trace_address
from observatoire.methods.cartography import MapContent
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.ui import data, state
from observatoire.ui.widgets.downloads import offer_file
from observatoire.ui.widgets.figure import show_figure, show_heading, show_origin, show_trace_link
from observatoire.ui.widgets.former import show_former
from observatoire.ui.widgets.legends import show_legend
from observatoire.ui.widgets.tables import show_table
from observatoire.views.comparaison.comparison import expand
from observatoire.views.indicateur import figures
from observatoire.views.indicateur.constat import DEDANS, Constat
from observatoire.views.indicateur.mots import meaning
from observatoire.views.portrait.inside import iris_map
from observatoire.views.portrait.trend import trend_figure
from observatoire.warehouse import Warehouse
from observatoire.warehouse.catalogue import sources_of

FICHIERS = (("Document Word", "docx"), ("PDF", "pdf"))


def show_finding(found: Constat) -> None:
    """The title, what it is about, what is not known, and the ways on."""
    card = found.card
    with st.container(key="constat"):
        st.title(formats.insecables(found.titre))
    unit = formats.unite_longue(card.unite)
    st.markdown(formats.insecables(f"**{card.libelle}** ({card.code}). {unit}, {card.periode(found.annee)}."))
    for text in found.absences:
        st.info(text, icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if card.niveau not in DEDANS:
            show_trace_link(**_traced(found))
        for page, label, choices in _ways_on(found):
            st.page_link(state.page_file(page), label=label, icon=":material/arrow_forward:", query_params=choices)
        _offer_files(found)


def _traced(found: Constat) -> dict[str, str]:
    if found.card.niveau == "departement":
        return {"echelon": "departement", "fiche": found.card.code, "millesime": str(found.annee)}
    return {"territoire": found.territoire.code, "indicateur": found.card.code, "annee": str(found.annee)}


def _ways_on(found: Constat) -> list[tuple[str, str, dict[str, str]]]:
    own = state.link_params(indicateur=found.card.code, annee=str(found.annee))
    place = found.territoire.code
    ways = [("portrait", f"Portrait {formats.de(found.territoire.nom)}", state.link_params(territoire=place))]
    if found.card.niveau in ("commune", "iris"):
        ways.insert(0, ("cartes", "La carte en grand", own))
    if found.card.niveau == "commune":
        ways.append(("comparer", "Comparer", own))
    return ways


def _offer_files(found: Constat) -> None:
    """« Copier dans Word »: the sentence to copy, the document with its images, the map alone."""
    code, place, year = found.card.code, found.territoire.code, found.annee
    panel = st.popover("Copier dans Word", icon=":material/content_copy:", on_change="rerun", key="emporter")
    if not panel.open:
        return
    name = formats.nom_de_fichier("indicateur", found.card.libelle, found.territoire.nom, str(year))
    with panel:
        st.markdown("La phrase, à copier d’un clic :")
        st.code(f"{found.titre} {sources_words(found.card)}", language=None, wrap_lines=True)
        for label, format_ in FICHIERS:
            made = partial(data.ask_in_service, _document, code, place, year, format_)
            offer_file(label, made, f"{name}.{format_}", FORMATS[format_], f"emporter-{format_}")
        st.caption("Constat, carte, classement, évolution, définition. Les images seules : « Données », sous chacune.")


def _document(warehouse: Warehouse, code: str, territoire: str, annee: int, format_: str) -> bytes:
    return write(indicator_sheet(warehouse, code, territoire, annee), format_)


def show_map_and_ranking(found: Constat) -> None:
    """The small map, the territory outlined, and beside it every commune with its place."""
    choices = (found.card.code, found.territoire.code, found.annee)
    mapped, ranked = data.view(_drawn_map, *choices), data.view(figures.ranking, *choices)
    if mapped is None or ranked is None:
        if found.card.niveau == "commune":
            st.write(f"Aucune commune n’a de chiffre {found.card.en(found.annee)} : il n’y a ni carte ni classement.")
        return
    with st.container(key="carte-et-rang"):
        left, right = st.columns([1, 1], gap="large")
    with left:
        figure, content, svg = mapped
        show_heading(figure, 2)
        st.html(f"<img class='obs-iris' src='{as_image(svg)}' alt='{escape(figure.alt, quote=True)}'>")
        show_legend(content)
        show_origin(figure, "indicateur-carte")
    with right:
        show_heading(ranked.figure, 2)
        _show_ranking(found, ranked)
        show_origin(ranked.figure, "indicateur-classement")


def _drawn_map(warehouse: Warehouse, code: str, territoire: str, annee: int) -> tuple[Figure, MapContent, str] | None:
    made = figures.small_map(warehouse, code, territoire, annee)
    if made is None:
        return None
    figure, content = made
    assert figure.printable is not None  # a map has a drawing
    return figure, content, draw_svg(figure.printable(legend=False).to_dict())  # type: ignore[call-arg]


def _show_ranking(found: Constat, ranked: figures.Classement) -> None:
    """Each commune leads to its own page of the indicator, each figure to where it comes from."""
    card, table = found.card, ranked.figure.table
    columns = [name for name in ("Commune", "Lecture", "Rang") if name in table]
    place = found.territoire
    lit = [] if place.code == DEPARTEMENT else expand(data.current(), [place])
    show_table(
        ranked.figure.titre,
        ["Valeur" if name == "Lecture" else name for name in columns],
        table[columns].to_numpy().tolist(),
        links={n: indicator_address(card.code, code) for n, code in enumerate(ranked.codes)},
        values={(n, 1): trace_address(code, card.code, found.annee) for n, code in enumerate(ranked.codes)},
        highlight=[n for n, code in enumerate(ranked.codes) if code in lit],
        height=560,
    )


def show_evolution(found: Constat) -> None:
    """The indicator in time beside its references, with its trend in words."""
    if found.card.niveau in DEDANS:
        return
    figure = data.view(trend_figure, found.territoire, found.card)
    if figure is None:
        st.write(f"« {found.card.libelle} » n’a de chiffre aucune année {found.territoire.lieu}.")
    else:
        show_figure(figure, "indicateur-evolution", 2)


def show_bands(found: Constat) -> None:
    """The same question by age, or along incomes, where the catalogue has it."""
    if not figures.has_bands(found.card.code):
        return
    figure = data.view(figures.same_question, found.card.code, found.territoire.code)
    if figure is None:
        st.write(f"Le détail par tranche n’est pas publié {found.territoire.lieu}.")
        return
    if figure.has_image:
        show_figure(figure, "indicateur-tranches", 2)
    else:
        _show_as_table(figure, "indicateur-tranches")


def show_quarters(found: Constat) -> None:
    """The IRIS or the QPV of the territory; why there are none."""
    warehouse, card, place = data.current(), found.card, found.territoire
    if card.niveau == "qpv":
        figure = data.view(figures.quarters_table, card, place, found.annee)
        if figure is not None:
            _show_as_table(figure, "indicateur-quartiers")
        return
    own = warehouse.at_level(card, "iris") if card.niveau != "departement" else None
    if own is None:
        st.caption(f"Quartiers : aucun indicateur par IRIS ne dit la même chose que « {card.libelle} ».")
        return
    if place.code == DEPARTEMENT:
        choices = state.link_params(indicateur=card.code, niveau="iris")
        st.page_link(state.page_file("cartes"), label="La carte des IRIS", icon=":material/map:", query_params=choices)
        return
    if len(data.inside(tuple(expand(warehouse, [place])), "iris")) < 2:
        st.write(f"{place.nom} n’est pas découpée en IRIS : la commune entière en fait un seul.")
        return
    year = found.annee if found.annee in own.annees else own.derniere
    figure, content, svg = data.view(_drawn_iris, place, own.code, year)
    show_heading(figure, 2)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        st.html(f"<img class='obs-iris' src='{as_image(svg)}' alt='{escape(figure.alt, quote=True)}'>")
    with right:
        st.markdown(figure.note)
        show_legend(content)
    show_origin(figure, "indicateur-iris")


def _drawn_iris(warehouse: Warehouse, territoire: Territoire, code: str, annee: int) -> tuple[Figure, MapContent, str]:
    figure, content, drawing = iris_map(warehouse, territoire, code, annee)
    return figure, content, draw_svg(drawing.to_dict())


def _show_as_table(figure: Figure, key: str) -> None:
    show_heading(figure, 2)
    rows = [list(map(str, row)) for row in figure.table.to_numpy().tolist()]
    show_table(figure.titre, [str(c) for c in figure.table], rows, height=560 if len(rows) > 12 else None)
    show_origin(figure, key)


def show_former_communes(found: Constat) -> None:
    """The figures of the communes that a merged one replaced."""
    show_former(found.territoire, found.card, heading="##")


def show_meaning(card: Indicateur) -> None:
    """Definition, calculation, direction, precautions, comparability, sources."""
    st.header("Définition et précautions")
    fields = [*meaning(card), ("Sources", sources_words(card).partition(" : ")[2])]
    body = "".join(f"<dt>{name}</dt><dd>{escape(formats.insecables(text))}</dd>" for name, text in fields if text)
    st.html(f"<dl class='obs-fiche'>{body}</dl>")
    st.page_link(
        state.page_file("donnees"),
        label="La fiche complète : formule, couverture, fichiers",
        icon=":material/description:",
        query_params=state.link_params(rayon="indicateurs", fiche=card.code),
    )


def sources_words(card: Indicateur) -> str:
    """« Source : INSEE, Filosofi (2015 à 2023) »."""
    return data.view(_cited, card.code)


def _cited(warehouse: Warehouse, code: str) -> str:
    return cite(warehouse.sources[source] for source in sources_of(warehouse, code))
