"""The parts of the page Cartes: map, legend, sentence, ranking."""

from __future__ import annotations

from functools import partial
from html import escape

import altair as alt
import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.charts.maps import draw_map
from observatoire.figures import Figure, cite, traced
from observatoire.maps import View, choropleth, circles, corners, fit
from observatoire.methods.cartography import MapContent, color_communes, map_sentence
from observatoire.ui import data, state
from observatoire.ui.figure import show_heading, show_origin
from observatoire.ui.layout import base_path, is_phone
from observatoire.ui.tables import show_table
from observatoire.warehouse import DEPARTEMENT, Indicateur, Territoire

# Where the name of each EPT is written: beside it, off the communes' own labels.
ETIQUETTES_EPT = {
    "200057867": (2.335, 48.975),
    "200058097": (2.505, 49.005),
    "200057875": (2.425, 48.852),
    "200058790": (2.5, 48.825),
}


@st.cache_data(max_entries=300, show_spinner=False)
def _content(version: str, card: Indicateur, annee: int) -> MapContent:
    return color_communes(data.map_figures(card.code, annee).sort_values("code", ignore_index=True), card)


def map_content(card: Indicateur, annee: int) -> MapContent:
    """The communes coloured for this indicator and year, in the order of the boundaries."""
    return _content(data.warehouse().version, card, annee)


def map_figure(card: Indicateur, annee: int, ept: Territoire | None, content: MapContent) -> Figure:
    """The map as a figure: what it is in words, its data, its printable version."""
    house = data.warehouse()
    table = content.communes.sort_values("valeur", ascending=False, na_position="last")
    table = table.assign(statut=table["statut"].map(formats.STATUTS))
    columns = {"code": "Code", "nom": "Commune", "valeur": card.unite, "texte": "Lecture", "statut": "Statut"}
    where = "par commune" if ept is None else f"par commune, {ept.nom}"
    sentence = _sentence(card, annee, ept, content)
    return Figure(
        titre=f"{card.libelle}, {where}",
        sous_titre=f"{formats.unite_longue(card.unite)}, {annee}",
        source=cite(house.sources[code] for code in sorted(set(content.communes["source"].dropna()))),
        alt=f"Carte des {len(house.communes)} communes. {sentence}",
        table=table[list(columns)].rename(columns=columns),
        fichier=formats.nom_de_fichier("carte", card.libelle, str(annee)),
        printable=partial(_printable, content),
        trace=traced(ept.code if ept else DEPARTEMENT, card.code, annee),
    )


def show_map(card: Indicateur, annee: int, ept: Territoire | None, content: MapContent, figure: Figure) -> None:
    """Title, map, legend, sentence, source; a click on a commune opens its portrait."""
    show_heading(figure, level=2)
    communes = content.communes.assign(
        eteint=False if ept is None else content.communes["code_ept"] != ept.code, nom=content.communes["nom"]
    )
    draw = circles if card.effectif else choropleth
    deck = draw(communes, _ept_names(), _view(ept), base_path())
    event = st.pydeck_chart(
        deck,
        height=_height(),
        on_select="rerun",
        selection_mode="single-object",
        key=f"carte-{ept.code if ept else 'tout'}",
        alt=figure.alt,
    )
    _open_clicked(event)
    show_legend(content)
    if card.effectif:
        st.caption("La surface de chaque disque est proportionnelle au nombre : un effectif ne se colorie pas.")
    st.markdown(formats.insecables(_sentence(card, annee, ept, content)))
    _show_levels(card, annee, ept)
    show_origin(figure, "carte")


def show_legend(content: MapContent) -> None:
    """Colours, bounds in words, how many communes in each."""
    items = "".join(
        f"<li><span class='obs-pastille' style='background:{item.couleur}' aria-hidden='true'></span>"
        f"{escape(formats.insecables(item.texte))} <small>({item.communes})</small></li>"
        for item in content.legende
    )
    st.html(f"<ul class='obs-legende' aria-label='Légende (nombre de communes entre parenthèses)'>{items}</ul>")


def show_ranking(card: Indicateur, annee: int, ept: Territoire | None, shown: pd.DataFrame) -> None:
    """The communes from the highest to the lowest, each a link to its portrait; missing ones last, with their mark."""
    house = data.warehouse()
    ordered = shown.sort_values("valeur", ascending=False, na_position="last", kind="stable")
    ranks = ordered["valeur"].rank(ascending=False, method="min")
    rows = [
        [formats.typographie(r.nom), house.epts[r.code_ept].code_court or "", r.texte, "–" if k != k else str(int(k))]
        for r, k in zip(ordered.itertuples(index=False), ranks, strict=True)
    ]
    links = {n: f"portrait?territoire={code}&indicateur={card.code}" for n, code in enumerate(ordered["code"])}
    chosen = st.query_params.get("territoire")
    st.markdown("## Classement")
    st.caption("Du plus élevé au plus bas ; un nom ouvre le portrait de la commune.")
    show_table(
        f"{card.libelle}, {annee} : classement des communes",
        ["Commune", "EPT", "Valeur", "Rang" if ept is None else "Rang dans l’EPT"],
        rows,
        links=links,
        highlight=[n for n, code in enumerate(ordered["code"]) if code == chosen],
        height=_height() + 60,
        text_columns=2,
    )


def _sentence(card: Indicateur, annee: int, ept: Territoire | None, content: MapContent) -> str:
    house = data.warehouse()
    found = data.figures((card.code,), tuple(house.epts), (annee,)).dropna(subset=["valeur"])
    values = dict(zip(found["territoire"], found["valeur"], strict=True))
    if ept is None:
        return map_sentence(content.communes, card, annee, house.epts, values)
    members = content.communes[content.communes["code_ept"] == ept.code]
    return map_sentence(members, card, annee, house.epts, {})


def _show_levels(card: Indicateur, annee: int, ept: Territoire | None) -> None:
    """The EPT's own figure and the département's, for the year of the map."""
    house = data.warehouse()
    wanted = [t for t in (ept, house.territoires[DEPARTEMENT]) if t is not None]
    found = data.figures((card.code,), tuple(t.code for t in wanted), (annee,)).set_index("territoire")
    parts = []
    for territoire in wanted:
        if territoire.code in found.index:
            row = found.loc[territoire.code]
            note = " (approché)" if row["statut"] == "approche" else ""
            parts.append(f"**{territoire.nom}** : {card.format(row['valeur'], row['statut'])}{note}")
    if parts:
        st.markdown(formats.insecables(" · ".join(parts)))


def _open_clicked(event: object) -> None:
    objects = getattr(getattr(event, "selection", None), "objects", {}) or {}
    clicked = objects.get("communes") or []
    if clicked:
        code = clicked[0]["properties"]["code"]
        st.switch_page(state.page_file("portrait"), query_params=state.link_params(territoire=code))


def _printable(content: MapContent) -> alt.LayerChart:
    house = data.warehouse()
    boundaries = house.geometries("commune").set_index("code")["geojson"]
    communes = content.communes.assign(geojson=content.communes["code"].map(boundaries))
    dark = communes["couleur"].isin(["#3a7cbd", "#173f75", "#1b4f8f", "#2a68ab"])
    communes = communes.assign(encre=["#ffffff" if d else "#16294a" for d in dark])
    if "rayon" in communes:
        communes = communes.assign(rayon=communes["rayon"] / 65)
    epts = house.geometries("ept")
    places = _ept_names().set_index("nom")
    epts = epts.assign(nom=[formats.typographie(n) for n in epts["nom"]])
    return draw_map(communes, epts.drop(columns=["lon", "lat"]).join(places[["lon", "lat"]], on="nom"))


def _ept_names() -> pd.DataFrame:
    rows = [(t.nom, *ETIQUETTES_EPT[t.code]) for t in data.warehouse().epts.values()]
    return pd.DataFrame(rows, columns=["nom", "lon", "lat"])


def _view(ept: Territoire | None) -> View:
    width, height = (358 if is_phone() else 560), _height()
    boundaries = data.warehouse().geometries("ept")
    if ept is not None:
        return fit(corners(boundaries[boundaries["code"] == ept.code]), width, height, margin=0.12)
    names = _ept_names()
    return fit([*corners(boundaries), *zip(names["lon"], names["lat"], strict=True)], width, height, margin=0.1)


def _height() -> int:
    return 400 if is_phone() else 620
