"""The composite index of needs: ranks with their intervals, what they are made of, how far they can be trusted."""

from __future__ import annotations

import streamlit as st

from observatoire import formats
from observatoire.methods.needs_index import DOMAINES, Domaine
from observatoire.ui import data, state
from observatoire.ui.pages.comparer.controls import pick_weights, weights
from observatoire.ui.widgets.figure import show_figure
from observatoire.ui.widgets.tables import show_table
from observatoire.views.comparaison.needs import BASES, Choices, Needs, make_needs, options
from observatoire.views.comparaison.needs_figures import NOMS, needs_parts, needs_ranks
from observatoire.views.comparaison.scope import Scope


def choices() -> Choices:
    """The base, the weights and the indicators of the URL."""
    warehouse = data.current()
    return Choices(
        state.choice("base", list(BASES), "idf", "une base de comparaison"),
        tuple(weights("poids", list(NOMS), 1).items()),
        tuple(
            (
                d.code,
                tuple(state.choices(_name(d), options(warehouse, d), list(d.indicateurs), "un indicateur de besoin")),
            )
            for d in DOMAINES
        ),
    )


def needs(chosen: Choices) -> Needs:
    """The index as it is chosen, kept for all sessions."""
    return data.view(make_needs, chosen)


def _name(domain: Domaine) -> str:
    return f"indice-{domain.code}"


def show(scope: Scope) -> None:
    """The view: what the index is, its controls, ranks, decomposition, trust."""
    st.markdown(
        "Un **indice de besoins sociaux** réunit plusieurs indicateurs en cinq domaines. 0 est la commune moyenne de "
        "la base ; au-dessus, les besoins sont plus élevés. Il dépend des poids choisis : **le rang n’est jamais donné "
        "sans son intervalle**. C’est un repère de lecture, proposé par l’observatoire, pas une mesure officielle."
    )
    _show_controls()
    chosen = choices()
    figure, words = data.view(needs_ranks, scope, chosen)
    if words:
        st.markdown(words)
    show_figure(figure, "rangs-indice", 2)
    if made := data.view(needs_parts, scope, chosen):
        show_figure(made, "decomposition", 2)
    _show_trust(needs(chosen))


def _show_controls() -> None:
    panel = st.expander(
        "Changer la base, les poids et les indicateurs",
        icon=":material/tune:",
        on_change="rerun",
        key="_reglages-indice",
    )
    if panel.open:
        with panel:
            state.select(
                "base",
                "Base de comparaison",
                list(BASES),
                "idf",
                "une base",
                BASES.__getitem__,
                widget=st.segmented_control,
            )
            pick_weights("poids", NOMS, 1)
            _pick_indicators()


def _pick_indicators() -> None:
    cards = data.current().indicateurs
    st.caption(
        "Indicateurs de chaque domaine : ils y comptent à parts égales. Pour laisser un domaine de côté, son poids est "
        "mis à 0."
    )
    columns = st.columns(2, gap="medium")
    for position, domain in enumerate(DOMAINES):
        with columns[position % 2]:
            state.multiselect(
                _name(domain),
                domain.nom,
                options(data.current(), domain),
                list(domain.indicateurs),
                "un indicateur de besoin",
                lambda code: cards[code].libelle,
                placeholder="Ajouter un indicateur",
            )


def _show_trust(found: Needs) -> None:
    cards = data.current().indicateurs
    st.header("Ce que vaut cet indice")
    lines = []
    for code, relation in found.temoins.items():
        if not formats.is_missing(relation.rho):
            lines.append(
                f"- « {cards[code].libelle} » ({found.annees[code]}) : **{formats.nombre(relation.rho, 2)}** "
                f"sur {relation.communes} communes"
            )
    if lines:
        words = (
            "Corrélation des rangs avec d’autres chiffres publiés, qui n’entrent pas dans l’indice. À 1 ou à −1, ils "
            "rangent les communes dans le même ordre ou dans l’ordre inverse ; près de 0, ils disent autre chose.\n"
        )
        st.markdown(formats.insecables("\n".join((words, *lines))))
    rows = [
        [domain.nom, cards[code].libelle, str(found.annees[code])]
        for domain in found.domaines
        for code in domain.indicateurs
        if code in found.annees
    ]
    show_table("Composition de l’indice", ["Domaine", "Indicateur", "Année"], rows, text_columns=3)
    absent = [cards[c].libelle for d in found.domaines for c in d.indicateurs if c not in found.annees]
    if absent:
        st.caption(
            f"Laissés de côté, faute de chiffres la même année pour les trois quarts de la base : {', '.join(absent)}."
        )
    st.caption(
        "Chaque indicateur est rapporté à la moyenne et à l’écart type de la base, à la même année, puis borné à ±3. "
        "Le logement est le domaine le plus pauvre : ni le surpeuplement ni la demande de logement social ne sont "
        "publiés par commune dans les fichiers réunis ici. L’indice de la dotation de solidarité urbaine, l’EDI et le "
        "FDep n’y sont pas non plus : la comparaison avec eux reste à faire."
    )
