"""The parts of the page Portrait: identity, what stands out, a theme in full."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.brand import as_image
from observatoire.charts.spine import draw_spine, write_spine
from observatoire.charts.trends import draw_trends
from observatoire.exports import sheets
from observatoire.figures import Figure, cite_rows, traced, traced_within
from observatoire.methods import portrait
from observatoire.methods.phrases import parts_words
from observatoire.methods.similarity import Voisin
from observatoire.methods.tables import series, trend_table
from observatoire.methods.trend_test import assess, breaks
from observatoire.palettes import EPT_COULEURS, GRIS
from observatoire.positions import POSITIONS
from observatoire.records import DEPARTEMENT, METROPOLE, Indicateur, Territoire
from observatoire.ui import data, state
from observatoire.ui.comparer.similar import full_name, perimeter, pick_perimeter, show_neighbours
from observatoire.ui.figure import show_chart, show_figure, show_heading, show_origin
from observatoire.ui.layout import department_map
from observatoire.ui.pickers import pick_list
from observatoire.ui.tables import show_table

SHEETS = (
    ("Fiche à imprimer (PDF)", sheets.make_pdf, "pdf", "application/pdf"),
    ("Fiche à modifier (Word)", sheets.make_docx, "docx", sheets.DOCX),
)

LECTURE = (
    "≈ : valeur approchée. Une référence d’une autre année porte son année entre parenthèses et n’est pas comparée.",
    "Tendance : sur les dix dernières périodes comparables au plus. « En hausse » ou « en baisse » décrit ; "
    "« significative » : plus que le hasard et des chocs de 3 % par an qui s’ajouteraient ; « non testée » : moins de "
    "cinq périodes, ou un chiffre qui n’est pas un compte.",
)
REPERES = "Repères"
RANGS = (
    "Rang 1 : la situation la plus favorable (ou la valeur la plus élevée quand l’indicateur est neutre) ; entre "
    "parenthèses, les rangs que permet l’incertitude, avec 95 % de confiance pour l’ensemble des communes ; un rang "
    "seul : incertitude non évaluée."
)


def show_identity(territoire: Territoire) -> None:
    """Name, kind, population, where it is; for a merged commune, what it was made of."""
    house = data.warehouse()
    left, right = st.columns([3, 1], gap="large", vertical_alignment="center")
    with left:
        st.title(territoire.nom)
        st.markdown(data.identity(territoire))
        _offer_sheet(territoire)
        for former in house.mergers.get(territoire.code, ()):
            st.info(
                f"Depuis le {formats.jour(former.depuis)}, {former.noms} ne forment qu’une commune. Les effectifs des "
                "années d’avant sont additionnés et les taux recalculés ; les médianes, déciles et indices ne peuvent "
                "pas l’être : les valeurs des anciennes communes sont alors données à part.",
                icon=":material/merge:",
            )
    with right:
        lit = [c.code for c in house.communes.values() if territoire.code in (c.code, c.code_ept)]
        inside = "" if territoire.code == DEPARTEMENT else " dans la Seine-Saint-Denis"
        alt = f"Situation : {territoire.nom}{inside}"
        st.html(f"<img class='obs-carte' src='{as_image(department_map(*lit))}' alt='{escape(alt, quote=True)}'>")


def _offer_sheet(territoire: Territoire) -> None:
    """The one-page sheet, made when it is asked for: PDF to print, Word to edit."""
    name = formats.nom_de_fichier("fiche", territoire.nom)
    with st.container(horizontal=True):
        for label, make, extension, mime in SHEETS:
            st.download_button(
                label,
                partial(data.ask_in_service, make, territoire.code),
                f"{name}.{extension}",
                mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"fiche-{extension}",
            )


def show_highlights(territoire: Territoire, membres: tuple[str, ...]) -> None:
    """What stands out in five sentences, each leading to its theme. ``membres``: the codes of similar communes."""
    house = data.warehouse()
    cards = house.indicateurs
    rows = data.highlights(territoire.code, membres)
    st.header("Ce qui ressort")
    if not rows:
        st.write("Aucun indicateur clé ne s’écarte nettement de la référence.")
        return
    items = []
    for row in rows:
        color, sign, word = POSITIONS["favorable" if row["atout"] else "defavorable"]
        text = portrait.row_sentence(row, territoire, cards[row["indicateur"]], house.territoires) or ""
        link = f"portrait?territoire={territoire.code}&theme={row['theme']}&indicateur={row['indicateur']}"
        items.append(
            f"<li><span class='signe' style='color:{color}' title='{word}' aria-label='{word}'>{sign}</span>"
            f"<span>{escape(text)} <a target='_self' href='{escape(link, quote=True)}'>Voir</a></span></li>"
        )
    st.html(f"<ul class='obs-ressort'>{''.join(items)}</ul>")
    alike = " « Communes semblables » : les cinq ci-dessous, prises ensemble." if membres else ""
    st.caption(
        formats.insecables(
            "▲ favorable, ▼ défavorable. Un écart ou une évolution est décrit ; une évolution n’est dite significative "
            f"que si elle dépasse, à 99 %, le hasard et des chocs de 3 % par an.{alike}"
        )
    )


def show_similar(territoire: Territoire, voisins: list[Voisin]) -> None:
    """The communes that resemble this one, in a line; why, and where to look for them, when it is opened."""
    names = ", ".join(full_name(data.warehouse().territoires[v.code]) for v in voisins)
    st.markdown(f"**Communes semblables** : {names}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            state.page_file("comparer"),
            label="Comparer avec elles",
            icon=":material/compare_arrows:",
            query_params=state.link_params(groupe="semblables", territoire=territoire.code),
        )
        panel = st.popover(
            "Pourquoi ces communes", icon=":material/help:", type="tertiary", on_change="rerun", key="semblables"
        )
    if panel.open:
        with panel:
            pick_perimeter()
            show_neighbours(voisins, perimeter(), link="portrait?territoire={}")


def show_theme(territoire: Territoire, theme: str, gaps: pd.DataFrame, membres: tuple[str, ...] = ()) -> None:
    """A theme: its sentence, positions, table, and one indicator in time. ``membres``: the similar communes."""
    house = data.warehouse()
    cards = {code: card for code, card in house.indicateurs.items() if card.theme == theme}
    rows = gaps[gaps["indicateur"].isin(list(cards))]
    st.subheader(house.themes[theme])
    st.markdown(portrait.theme_sentence(rows, territoire, cards, house.territoires))
    codes = tuple(card.code for card in pick_list(list(cards.values())))
    _show_positions(_theme_figure(house.version, territoire, theme, codes, membres), territoire, theme)
    card = _pick_card(cards)
    show_trend(territoire, card)
    show_card(card, rows[rows["indicateur"] == card.code].iloc[0].to_dict(), territoire)


def _show_positions(figure: Figure, territoire: Territoire, theme: str) -> None:
    """The chart of positions, if any, and under it its table, open."""
    show_heading(figure)
    show_chart(figure, f"positions-{theme}")
    shown = figure.table.drop(columns=REPERES)
    with st.container(key="theme-table"):
        show_table(f"{data.warehouse().themes[theme]} {territoire.lieu}", list(shown), shown.to_numpy().tolist())
    st.caption(formats.insecables(" ".join([*LECTURE, *([RANGS] if territoire.type == "commune" else [])])))
    show_origin(figure, f"positions-{theme}")


@st.cache_resource(max_entries=200, show_spinner=False)
def _theme_figure(
    version: str, territoire: Territoire, theme: str, codes: tuple[str, ...], membres: tuple[str, ...]
) -> Figure:
    """Where the territory stands on each indicator of a theme: a chart of those that have a place on it, a table."""
    house = data.warehouse()
    cards = {code: house.indicateurs[code] for code in codes}
    gaps = data.portrait(territoire.code, membres)
    rows = gaps[gaps["indicateur"].isin(codes)]
    lines = portrait.spine_rows(rows, cards, "reg" if territoire.code == DEPARTEMENT else "dep")
    title = f"{house.themes[theme]} {territoire.lieu}"
    figure = Figure(
        titre=title,
        sous_titre="Dernière année connue de chaque indicateur",
        source=cite_rows(house, rows["source"]),
        alt=title,
        table=_theme_table(territoire, rows, lines, cards),
        fichier=formats.nom_de_fichier("positions", house.themes[theme], territoire.nom),
        trace=_first_traced(territoire, rows),
    )
    if lines.empty:
        return figure
    reference = "l’Île-de-France" if territoire.code == DEPARTEMENT else "le département"
    words, color = _positions_words(lines, territoire), EPT_COULEURS.get(territoire.code_ept or "", GRIS)
    return replace(
        figure,
        titre=f"{house.themes[theme]} : {territoire.nom} parmi les communes du département",
        sous_titre=f"Trait vertical : {reference}. À droite, la situation la plus favorable (indicateurs neutres : la "
        "valeur la plus élevée). Gris foncé : la moitié centrale des communes"
        f"{' ; losange : l’EPT' if territoire.type == 'commune' else ''}"
        f"{' ; carré : les communes semblables' if membres else ''}.",
        alt=words,
        note=_left_out(rows, lines, cards),
        printable=partial(draw_spine, lines, color),
        html=write_spine(lines, words, color),
    )


def _left_out(rows: pd.DataFrame, lines: pd.DataFrame, cards: dict[str, Indicateur]) -> str:
    """Which indicators the chart cannot show, so that nobody believes them forgotten."""
    absent = [cards[code].libelle for code in rows["indicateur"] if cards[code].libelle not in set(lines["libelle"])]
    if not absent:
        return ""
    why = "effectif, borne, ou pas de valeur et de référence de la même année"
    return f"Sans place sur ce graphique ({why}) : {', '.join(absent)}."


def _positions_words(lines: pd.DataFrame, territoire: Territoire) -> str:
    parts = [f"{r['libelle']} : {r['texte']}, {POSITIONS[r['position']][2]}" for r in lines.to_dict("records")]
    return f"Position {formats.de(territoire.nom)}. " + " ; ".join(parts)


def _theme_table(
    territoire: Territoire, rows: pd.DataFrame, lines: pd.DataFrame, cards: dict[str, Indicateur]
) -> pd.DataFrame:
    """The table of a theme in words (see portrait.theme_rows), and what the chart says of the other communes."""
    house = data.warehouse()
    levels = {"dep": "Seine-Saint-Denis", "reg": "Île-de-France", "fra": "France"}
    if territoire.type == "commune" and territoire.code_ept:
        levels = {"ept": house.territoires[territoire.code_ept].nom, **levels}
    if "valeur_sem" in rows:
        levels = {"sem": "Communes semblables", **levels}
    if territoire.code == DEPARTEMENT:
        del levels["dep"]
    between = {}
    if territoire.type == "commune":
        for code, year in zip(rows["indicateur"], rows["annee"], strict=True):
            measured = house.regles[code].incertitude
            rank = data.ranks(code, int(year)).get(territoire.code) if measured else None
            if rank and rank.entre:
                between[code] = rank.entre
    columns, texts = portrait.theme_rows(rows, cards, levels, between)
    table = pd.DataFrame(texts, columns=columns)
    details = {} if lines.empty else dict(zip(lines["libelle"], lines["detail"], strict=True))
    table = table.assign(**{REPERES: [details.get(cards[code].libelle, "") for code in rows["indicateur"]]})
    return table if territoire.type == "commune" else table.drop(columns="Rang")


def _pick_card(cards: dict[str, Indicateur]) -> Indicateur:
    """An indicator of the theme; one chosen elsewhere, of another theme, is left where it is without a word."""
    default = next((code for code in cards if cards[code].phare), next(iter(cards)))
    code = state.select(
        "indicateur",
        "Un indicateur dans le temps",
        list(cards),
        default,
        "un indicateur connu",
        lambda c: cards[c].libelle,
        elsewhere=data.warehouse().codes,
    )
    return cards[code]


def show_trend(territoire: Territoire, card: Indicateur, key: str = "tendance") -> None:
    """An indicator of a territory in time, beside its references, or a line that says there is none.

    ``key`` is unique on the page.
    """
    figure = _trend_figure(data.warehouse().version, territoire, card)
    if figure is None:
        st.write(f"« {card.libelle} » n’est pas disponible {territoire.lieu}.")
    else:
        show_figure(figure, key)


@st.cache_resource(max_entries=400, show_spinner=False)
def _trend_figure(version: str, territoire: Territoire, card: Indicateur) -> Figure | None:
    house = data.warehouse()
    codes = [territoire.code, *(() if card.effectif else territoire.references)]
    figures = data.figures((card.code,), (*codes, METROPOLE))
    frame = series(figures, [house.territoires[c] for c in codes])
    if frame["valeur"].notna().sum() == 0:
        return None
    words = portrait.trend_words(frame, card)
    own = figures[figures["territoire"] == territoire.code].to_dict("records")
    tendance = assess(own, house.regles[card.code])
    tested = tendance.mots if tendance.annees else f"{tendance.mots} : {tendance.raison}"
    return Figure(
        titre=f"{card.libelle} {territoire.lieu}",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periodes(frame['annee'])}",
        source=cite_rows(data.warehouse(), figures["source"]),
        alt=words,
        table=trend_table(frame, card.unite),
        fichier=formats.nom_de_fichier(card.libelle, territoire.nom),
        chart=draw_trends(
            frame,
            card.unite,
            card.decimales,
            ruptures=breaks(own, house.regles[card.code]),
            coupures=[year for year, _ in card.ruptures],
        ),
        note=" ".join(part for part in (words, f"Tendance {tested}.", parts_words(card, tendance)) if part),
        trace=_traced(territoire, card, int(frame.loc[frame["valeur"].notna(), "annee"].max())),
    ).written()


def _traced(territoire: Territoire, card: Indicateur, annee: int) -> dict[str, str]:
    """The figure that « D’où vient ce chiffre ? » opens; what is only published for the département has its level."""
    if card.niveau == "departement":
        return traced_within(card.niveau, card.code, annee)
    return traced(territoire.code, card.code, annee)


def _first_traced(territoire: Territoire, rows: pd.DataFrame) -> dict[str, str]:
    """Of several indicators, the first one: the page of the trace offers the others."""
    return traced(territoire.code, rows["indicateur"].iloc[0], int(rows["annee"].iloc[0])) if len(rows) else {}


def show_card(card: Indicateur, row: dict, territoire: Territoire) -> None:
    """Definition, formula in words, precaution; why a figure is missing; the former communes of a merged one."""
    words = [f"**{card.libelle}** ({card.code}). {card.definition}"]
    if card.numerateur_libelle and card.denominateur_libelle:
        words.append(f"Calcul : {card.numerateur_libelle} ÷ {card.denominateur_libelle}.")
    words += [text for text in (card.precaution, card.comparabilite, card.sens_pourquoi) if text]
    with st.expander("Définition et précautions"):
        st.markdown("\n\n".join(words))
    if formats.is_missing(row["valeur"]):
        why = formats.MOTIFS.get(row["motif"], "raison non précisée")
        status = formats.STATUTS[row["statut"]]
        said = f"{card.periode(row['annee'])} : {status}" + (f" — {why}." if why != status else ".")
        st.caption(formats.insecables(said))
    house = data.warehouse()
    if territoire.code not in house.mergers:
        return
    former = house.former_communes(territoire.code, card.code)
    if not former.empty:
        texts = [
            [formats.typographie(r.nom), str(r.annee), card.format(r.valeur, r.statut, r.arrondi)]
            for r in former.itertuples(index=False)
        ]
        show_table(
            f"{card.libelle} dans les anciennes communes", ["Ancienne commune", "Année", "Valeur"], texts, height=260
        )
