"""The parts of the page Portrait: identity, what stands out, a theme in full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.brand import as_image
from observatoire.documents.fiche import PARTIES, sheet
from observatoire.documents.fichiers import FORMATS, write
from observatoire.figures import Figure
from observatoire.methods import portrait
from observatoire.methods.similarity import Voisin
from observatoire.methods.theme_table import Pli, Tableau
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.ui import data, state
from observatoire.ui.pages.comparer.similar import perimeter, pick_perimeter, show_neighbours
from observatoire.ui.pages.portrait.essentiel import show_anchor, show_opening
from observatoire.ui.pages.portrait.tables import show_theme_table
from observatoire.ui.widgets.downloads import offer_file
from observatoire.ui.widgets.figure import show_chart, show_figure, show_heading, show_origin
from observatoire.ui.widgets.former import show_former
from observatoire.ui.widgets.layout import department_map
from observatoire.ui.widgets.pickers import pick_list
from observatoire.views.comparaison.scope import full_name
from observatoire.views.portrait.essentiel import Tete
from observatoire.views.portrait.theme import theme_figure, theme_table
from observatoire.views.portrait.trend import trend_figure
from observatoire.warehouse import Warehouse

FICHES = (("Fiche à imprimer (PDF)", "pdf"), ("Fiche à modifier (Word)", "docx"))

# What the table needs said, when it holds it.
APPROCHE = "≈ : valeur approchée."
AUTRE_ANNEE = "Une référence d’une autre année porte son année entre parenthèses et n’est pas comparée."
TENDANCE = (
    "Tendance : sur les dix dernières périodes comparables au plus. « En hausse » ou « en baisse » décrit ; "
    "« significative » : plus que le hasard et des chocs de 3 % par an qui s’ajouteraient."
)
NON_TESTEE = "Tendance non testée là où il y a moins de cinq périodes, ou un chiffre qui n’est pas un compte."
RANGS = (
    "Rang : selon la valeur, du plus élevé au plus bas, sans dire ce qui est favorable. Entre parenthèses, les rangs "
    "que permet l’incertitude, comptés à partir du plus élevé (du plus bas quand c’est écrit), avec 95 % de confiance "
    "pour l’ensemble des communes ; un rang sans parenthèses : incertitude non évaluée."
)


def show_identity(territoire: Territoire, tete: Tete) -> None:
    """Name, the sentence that opens, kind, population, where it is; for a merged commune, what it was made of."""
    warehouse = data.current()
    left, right = st.columns([3, 1], gap="large", vertical_alignment="center")
    with left:
        st.title(territoire.nom)
        show_opening(tete)
        st.markdown(data.identity(territoire))
        _offer_sheet(territoire)
        for former in warehouse.mergers.get(territoire.code, ()):
            st.info(
                f"Depuis le {formats.jour(former.depuis)}, {former.noms} ne forment qu’une commune. Les effectifs des "
                "années d’avant sont additionnés et les taux recalculés ; les médianes, déciles et indices ne peuvent "
                "pas l’être : les valeurs des anciennes communes sont alors données à part.",
                icon=":material/merge:",
            )
    with right:
        lit = [c.code for c in warehouse.communes.values() if territoire.code in (c.code, c.code_ept)]
        inside = "" if territoire.code == DEPARTEMENT else f" {IDENTITE.departement.dans}"
        alt = f"Situation : {territoire.nom}{inside}"
        st.html(f"<img class='obs-carte' src='{as_image(department_map(*lit))}' alt='{escape(alt, quote=True)}'>")


def _offer_sheet(territoire: Territoire) -> None:
    """The one-page sheet, made when it is asked for: PDF to print, Word to edit, of the parts that one wants."""
    name = formats.nom_de_fichier("fiche", territoire.nom)
    with st.container(horizontal=True):
        with st.popover("Parties de la fiche", icon=":material/checklist:"):
            kept = [part for part, (label, _) in PARTIES.items() if st.checkbox(label, True, key=f"_fiche-{part}")]
        for label, format_ in FICHES:
            made = partial(data.ask_in_service, _sheet, territoire.code, tuple(kept), format_)
            offer_file(label, made, f"{name}.{format_}", FORMATS[format_], f"fiche-{format_}", disabled=not kept)


def _sheet(warehouse: Warehouse, code: str, parts: Sequence[str], format_: str) -> bytes:
    return write(sheet(warehouse, code, parts), format_)


def show_similar(territoire: Territoire, voisins: list[Voisin]) -> None:
    """The communes that resemble this one, in a line; why, and where to look for them, when it is opened."""
    names = ", ".join(full_name(data.current(), data.current().territoires[v.code]) for v in voisins)
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


def show_theme(territoire: Territoire, theme: str, gaps: list[portrait.Row], membres: tuple[str, ...] = ()) -> None:
    """A theme: its sentence, positions, table, and one indicator in time. ``membres``: the similar communes."""
    warehouse = data.current()
    cards = {code: card for code, card in warehouse.indicateurs.items() if card.theme == theme}
    rows = [row for row in gaps if row["indicateur"] in cards]
    st.subheader(warehouse.themes[theme])
    st.markdown(portrait.theme_sentence(rows, territoire, cards, warehouse.territoires))
    codes = tuple(card.code for card in pick_list(list(cards.values())))
    asked = (territoire, theme, codes, membres)
    _show_positions(data.view(theme_figure, *asked), data.view(theme_table, *asked), territoire, theme)
    card = _pick_card(cards)
    show_anchor(card.libelle)
    show_trend(territoire, card)
    show_card(card, next(row for row in rows if row["indicateur"] == card.code), territoire)


def _show_positions(figure: Figure, shown: Tableau, territoire: Territoire, theme: str) -> None:
    """The chart of positions, if any, and under it its table, open; each line leads to the page of its indicator."""
    # The legend is drawn above the chart: the sentence that stands for it in files is not said again.
    show_heading(replace(figure, sous_titre="Dernière année connue de chaque indicateur"))
    show_chart(figure, f"positions-{theme}")
    with st.container(key="theme-table"):
        show_theme_table(shown, territoire, data.current().themes[theme])
    st.caption(formats.insecables(" ".join(_how_to_read(shown))))
    show_origin(figure, f"positions-{theme}")


def _how_to_read(shown: Tableau) -> list[str]:
    """The notes that this table calls for."""
    lines = [row for row in shown.lignes if not isinstance(row, Pli)]
    lines += [row for pli in shown.lignes if isinstance(pli, Pli) for row in pli.lignes]
    cells = " ".join(cell for row in lines for cell in row[2:])
    notes = [APPROCHE] if "≈" in cells else []
    notes += [AUTRE_ANNEE] if re.search(r"\((?:métropole, )?\d{4}", cells) else []
    if "Tendance" in shown.colonnes:
        notes.append(TENDANCE)
    if shown.non_testees:
        notes.append(NON_TESTEE)
    return [*notes, *([RANGS] if "Rang" in shown.colonnes else [])]


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
        elsewhere=data.current().every_indicator,
    )
    return cards[code]


def show_trend(territoire: Territoire, card: Indicateur, key: str = "tendance") -> None:
    """An indicator of a territory in time, beside its references, or a line that says there is none.

    ``key`` is unique on the page.
    """
    figure = data.view(trend_figure, territoire, card)
    if figure is None:
        st.write(f"« {card.libelle} » n’est pas disponible {territoire.lieu}.")
    else:
        show_figure(figure, key)


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
    show_former(territoire, card)
