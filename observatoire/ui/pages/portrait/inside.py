"""Inside a territory: ages, incomes, families, IRIS, QPV; each part is made only once it is opened."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.brand import as_image
from observatoire.exports.workshop import draw_svg
from observatoire.figures import Figure, cite_rows
from observatoire.frames import named_rows, records
from observatoire.methods.cartography import MapContent
from observatoire.methods.inside import latest
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.selections import IRIS, QPV
from observatoire.ui import data, state
from observatoire.ui.pages.portrait.ages import draw_ages
from observatoire.ui.widgets.figure import show_figure, show_heading, show_origin
from observatoire.ui.widgets.legends import show_legend
from observatoire.ui.widgets.tables import show_table
from observatoire.views.comparaison.comparison import expand
from observatoire.views.portrait.inside import families, incomes, iris_map
from observatoire.warehouse import Warehouse


def show_inside(territoire: Territoire) -> None:
    """The panels, closed; the département opens its maps instead of six hundred IRIS. On paper, those that are open."""
    with st.container(key="dedans"):
        _show_panels(territoire)


def _show_panels(territoire: Territoire) -> None:
    st.header("À l’intérieur")
    panels: list[tuple[str, str, Callable[[Territoire], None]]] = [
        ("ages", "Âges : des plus jeunes aux plus vieux", draw_ages),
        ("revenus", "Revenus : des plus modestes aux plus aisés", _show_incomes),
        ("familles", "Familles : qui les compose", _show_families),
    ]
    if territoire.code != DEPARTEMENT:
        panels.append(("iris", "Quartiers : carte et écarts entre IRIS", _show_iris))
        panels.append(("qpv", "Quartiers prioritaires (QPV)", _show_qpv))
    for key, label, show in panels:
        panel = st.expander(label, on_change="rerun", key=f"_dedans-{key}")
        if panel.open:
            with panel:
                show(territoire)
    if territoire.code == DEPARTEMENT:
        st.page_link(
            state.page_file("cartes"), label="Les cartes du département", query_params=state.link_params(),
            icon=":material/map:",
        )  # fmt: skip


def _show(figure: Figure | None, key: str, why: str) -> None:
    if figure is None:
        st.write(why)
    else:
        show_figure(figure, key)


def _show_incomes(territoire: Territoire) -> None:
    why = f"Les déciles de revenu ne sont pas publiés {territoire.lieu} : ils ne s’additionnent pas."
    _show(data.view(incomes, territoire), "dedans-revenus", why)


def _show_families(territoire: Territoire) -> None:
    why = f"La composition des familles n’est pas connue {territoire.lieu}."
    _show(data.view(families, territoire), "dedans-familles", why)


def _show_iris(territoire: Territoire) -> None:
    warehouse = data.current()
    places = data.inside(tuple(expand(warehouse, [territoire])), "iris")
    if len(places) < 2:
        st.write(f"{territoire.nom} n’est pas découpée en IRIS : la commune entière en fait un seul.")
        return
    cards = warehouse.cards_below("iris")
    figures = data.figures(tuple(c for c in IRIS if c in cards), tuple(places["code"]))
    years = latest(figures, list(places["code"]))
    offered = [code for code in IRIS if code in years]
    code = state.select(
        "quartiers", "Indicateur des IRIS", offered, offered[0], "un indicateur des IRIS", lambda c: cards[c].court
    )
    made = data.view(_iris, territoire, code, years[code])
    show_heading(made[0])
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        st.html(f"<img class='obs-iris' src='{as_image(made[2])}' alt='{escape(made[0].alt, quote=True)}'>")
    with right:
        st.markdown(made[0].note)
        show_legend(made[1])
    show_origin(made[0], "dedans-iris")


def _iris(warehouse: Warehouse, territoire: Territoire, code: str, annee: int) -> tuple[Figure, MapContent, str]:
    """The map of IRIS as views.portrait.inside makes it, drawn (SVG)."""
    figure, content, drawing = iris_map(warehouse, territoire, code, annee)
    return figure, content, draw_svg(drawing.to_dict())


def _show_qpv(territoire: Territoire) -> None:
    warehouse = data.current()
    places = data.inside(tuple(expand(warehouse, [territoire])), "qpv")
    today, former = places[places["valide_au"].isna()], places[places["valide_au"].notna()]
    if places.empty:
        st.write(f"Il n’y a pas de quartier prioritaire {territoire.lieu}.")
        return
    names = [_with_towns(row.nom, row.communes, territoire) for row in named_rows(today)]
    count = f"{len(names)} quartier{'s' if len(names) > 1 else ''} prioritaire{'s' if len(names) > 1 else ''}"
    st.markdown(formats.insecables(f"**{count} depuis 2024** : {' ; '.join(names) or 'aucun'}."))
    if former.empty:
        return
    cards = warehouse.cards_below("qpv")
    asked = [code for code in QPV if code in cards]
    figures = data.figures(tuple(asked), tuple(former["code"]))
    years = latest(figures, list(former["code"]))
    shown = [cards[code] for code in asked if code in years]
    _show_qpv_table(territoire, former, shown, years, figures)
    sources = figures.merge(pd.DataFrame({"indicateur": list(years), "annee": list(years.values())}))["source"]
    st.caption(
        formats.insecables(
            "Chiffres des quartiers du zonage de 2015, remplacé le 1ᵉʳ janvier 2024 : les nouveaux périmètres n’ont "
            f"pas encore les leurs. {cite_rows(warehouse, sources)}"
        )
    )


def _show_qpv_table(
    territoire: Territoire, places: pd.DataFrame, cards: list[Indicateur], years: dict[str, int], figures: pd.DataFrame
) -> None:
    found = {(row["territoire"], row["indicateur"], row["annee"]): row for row in records(figures)}
    texts = []
    for place in named_rows(places):
        cells = []
        for card in cards:
            row = found.get((place.code, card.code, years[card.code]))
            cells.append(
                card.format(*(row[name] for name in ("valeur", "statut", "arrondi"))) if row else card.format(None)
            )
        texts.append([_with_towns(place.nom, place.communes, territoire), *cells])
    heads = [f"{card.court} ({years[card.code]})" for card in cards]
    show_table(f"Quartiers prioritaires {formats.de(territoire.nom)}", ["Quartier", *heads], texts, wide=True)


def _with_towns(name: str, communes: list[str], territoire: Territoire) -> str:
    """The name of a QPV, and the other communes it spreads over."""
    warehouse = data.current()
    others = [warehouse.territoires[c].nom for c in communes if c != territoire.code and c in warehouse.territoires]
    plain = formats.typographie(name)
    if territoire.type != "commune":
        return f"{plain} ({', '.join(others)})" if others else plain
    return f"{plain} (aussi {', '.join(others)})" if others else plain
