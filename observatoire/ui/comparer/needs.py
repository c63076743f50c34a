"""The composite index of needs: ranks with their intervals, what they are made of, how far they can be trusted."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.charts.needs import draw_decomposition, draw_rank_intervals
from observatoire.charts.theme import ACCENT, EPT_COULEURS, GRIS, GRIS_CLAIR
from observatoire.figures import Figure
from observatoire.methods.needs_index import DOMAINES, TIRAGES, Domaine, rank_interval_words
from observatoire.needs import BASES, Choices, Needs, make_needs, options
from observatoire.ui import data, state
from observatoire.ui.comparer.controls import cite_codes, pick_weights, weights
from observatoire.ui.comparer.scope import PEU, Scope
from observatoire.ui.figure import show_figure
from observatoire.ui.tables import show_table

NOMS = {domain.code: domain.nom for domain in DOMAINES}
COULEURS = {
    "ressources": ACCENT,
    "emploi": "#c8700a",
    "logement": "#917221",
    "education": "#3b76c4",
    "autonomie": "#ae5897",
}


@st.cache_resource(max_entries=60, show_spinner=False)
def _needs(version: str, chosen: Choices) -> Needs:
    return make_needs(data.warehouse(), chosen)


def choices() -> Choices:
    """The base, the weights and the indicators of the URL."""
    house = data.warehouse()
    return Choices(
        state.choice("base", list(BASES), "idf", "une base de comparaison"),
        tuple(weights("poids", list(NOMS), 1).items()),
        tuple(
            (d.code, tuple(state.choices(_name(d), options(house, d), list(d.indicateurs), "un indicateur de besoin")))
            for d in DOMAINES
        ),
    )


def needs(chosen: Choices) -> Needs:
    """The index as it is chosen, kept for all sessions."""
    return _needs(data.warehouse().version, chosen)


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
    figure, words = data.kept(_ranks, scope, chosen)
    if words:
        st.markdown(words)
    show_figure(figure, "rangs-indice", 2)
    if made := data.kept(_decomposition, scope, chosen):
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
    cards = data.warehouse().indicateurs
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
                options(data.warehouse(), domain),
                list(domain.indicateurs),
                "un indicateur de besoin",
                lambda code: cards[code].libelle,
                placeholder="Ajouter un indicateur",
            )


def _frame(scope: Scope, found: Needs) -> pd.DataFrame:
    house = data.warehouse()
    lit = {t.code for t in scope.territoires} if len(scope.territoires) <= PEU else scope.lit
    some = any(code in lit for code in found.indice.index)
    rows = []
    for row in found.rangs[["rang", "bas", "haut"]].astype(float).itertuples():
        code, commune = row.Index, house.territoires[str(row.Index)]
        color = EPT_COULEURS.get(commune.code_ept or "", GRIS)
        shown = code in lit or not some
        words = rank_interval_words(row.rang, row.bas, row.haut, len(found.rangs))
        rows.append(
            (code, commune.nom, row.rang, row.bas, row.haut, words, color if shown else GRIS_CLAIR, code in lit)
        )
    return pd.DataFrame(rows, columns=["code", "nom", "rang", "bas", "haut", "texte", "couleur", "lit"])


def _ranks(scope: Scope, choices: Choices) -> tuple[Figure, str]:
    """The chart of ranks; those of the chosen communes in words."""
    found = needs(choices)
    frame = _frame(scope, found)
    ordered = frame.sort_values(["rang", "nom"], na_position="last", kind="stable")
    chosen = ordered[ordered["lit"]]
    words = " ; ".join(f"{r.nom} : {r.texte}" for r in (chosen if len(chosen) else ordered.head(3)).itertuples())
    missing = list(frame.loc[frame["rang"].isna(), "nom"])
    table = ordered.assign(indice=found.indice.reindex(ordered["code"]).to_numpy())
    for domain in found.domaines:
        table[domain.nom] = found.scores[domain.code].reindex(ordered["code"]).to_numpy()
    columns = ["nom", "indice", "texte", *(domain.nom for domain in found.domaines)]
    figure = Figure(
        titre="Indice de besoins : la place de chaque commune et son incertitude",
        sous_titre=f"Point : rang avec les poids choisis ; barre : neuf rangs sur dix parmi {formats.nombre(TIRAGES)} "
        "tirages de poids ; couleur : EPT",
        source=cite_codes(found.codes),
        alt=f"Rangs des {len(frame)} communes avec leur intervalle. {words}.",
        table=table[columns].rename(columns={"nom": "Commune", "indice": "Indice", "texte": "Rang"}),
        fichier="indice-de-besoins",
        chart=draw_rank_intervals(frame, len(frame)),
        note=f"Sans indice, faute de chiffres : {', '.join(missing)}." if missing else "",
    )
    return figure.written(), formats.insecables("\n".join(f"- **{r.nom}** : {r.texte}" for r in chosen.itertuples()))


def _decomposition(scope: Scope, choices: Choices) -> Figure | None:
    """What each domain adds; None when no commune has an index."""
    house = data.warehouse()
    found = needs(choices)
    order = [str(c) for c in found.indice.dropna().sort_values(ascending=False).index]
    chosen = [c for c in order if c in {t.code for t in scope.territoires}]
    codes = chosen or order
    rows = [
        (house.territoires[code].nom, NOMS[domain], float(found.parts.at[code, domain]), rank)
        for code in codes
        for rank, domain in enumerate(found.parts.columns)
        if not formats.is_missing(found.parts.at[code, domain])
    ]
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["nom", "domaine", "valeur", "rang"])
    frame = frame.assign(texte=[formats.nombre(v, 2) for v in frame["valeur"]])
    return Figure(
        titre="De quoi l’indice est fait",
        sous_titre="Contribution de chaque domaine ; les barres d’une commune, avec leur signe, font son indice",
        source=cite_codes(found.codes),
        alt=" ; ".join(f"{r.nom}, {r.domaine} : {r.texte}" for r in frame.head(40).itertuples()),
        table=frame[["nom", "domaine", "valeur"]].set_axis(["Commune", "Domaine", "Contribution"], axis=1),
        fichier="indice-de-besoins-decomposition",
        chart=draw_decomposition(
            frame, [house.territoires[c].nom for c in codes], {NOMS[k]: v for k, v in COULEURS.items()}
        ),
    ).written()


def _show_trust(found: Needs) -> None:
    cards = data.warehouse().indicateurs
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
