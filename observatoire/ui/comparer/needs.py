"""The composite index of needs: ranks with their intervals, what they are made of, how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.charts.needs import draw_decomposition, draw_rank_intervals
from observatoire.charts.theme import EPT_COULEURS, GRIS, GRIS_CLAIR
from observatoire.figures import Figure
from observatoire.methods.needs_index import (
    DOMAINES,
    TIRAGES,
    contributions,
    domain_scores,
    index_values,
    rank_interval_words,
    rank_intervals,
)
from observatoire.methods.relation import Relation, spearman
from observatoire.methods.similarity import values_table
from observatoire.ui import data, state
from observatoire.ui.comparer.controls import cite_codes, pick_weights, weights
from observatoire.ui.comparer.scope import PEU, Scope
from observatoire.ui.figure import show_figure
from observatoire.ui.tables import show_table

BASES = {"idf": "Communes d’Île-de-France de plus de 5 000 habitants", "93": "Communes du département"}
NOMS = {domain.code: domain.nom for domain in DOMAINES}
CODES = tuple(code for domain in DOMAINES for code in domain.indicateurs)
# An indicator is taken in the latest year when that share of the base has a figure.
COUVERTURE = 0.75
# Published figures that are not in the index: does it say what they say?
TEMOINS = ("REV01", "EDU03", "SAN04")
COULEURS = {
    "ressources": "#b5304a",
    "emploi": "#c8700a",
    "logement": "#8a6d1f",
    "education": "#3b76c4",
    "autonomie": "#7a3b69",
}


@dataclass(frozen=True)
class Needs:
    """The communes of the département: ``indice``, ``scores`` and ``parts`` by domain, ``rangs``; indicators' years."""

    indice: pd.Series
    scores: pd.DataFrame
    parts: pd.DataFrame
    rangs: pd.DataFrame
    annees: dict[str, int]
    temoins: dict[str, Relation]


@st.cache_resource(max_entries=60, show_spinner=False)
def _needs(version: str, base: str, poids: tuple[tuple[str, float], ...]) -> Needs:
    house = data.warehouse()
    communes, region = list(house.communes), list(house.region_communes)
    codes = region if base == "idf" else communes
    values, years = values_table(data.covered((*CODES, *TEMOINS), tuple(codes), COUVERTURE), codes, COUVERTURE)
    scores = domain_scores(values[[c for c in CODES if c in years]], codes)[0].loc[communes]
    chosen = dict(poids)
    index = index_values(scores, chosen)
    witnesses = {c: spearman(index, values.loc[communes, c]) for c in TEMOINS if c in years}
    return Needs(index, scores, contributions(scores, chosen), rank_intervals(scores, chosen), years, witnesses)


def needs(base: str | None = None) -> Needs:
    """The index for the base and the weights of the URL."""
    chosen = weights("poids", list(NOMS), 1)
    asked = base or state.choice("base", list(BASES), "idf", "une base de comparaison")
    return _needs(data.warehouse().version, asked, tuple(chosen.items()))


def show(scope: Scope) -> None:
    """The view: what the index is, its controls, ranks, decomposition, trust."""
    st.markdown(
        "Un **indice de besoins sociaux** réunit plusieurs indicateurs en cinq domaines. 0 est la commune moyenne de "
        "la base ; au-dessus, les besoins sont plus élevés. Il dépend des poids choisis : **le rang n’est jamais donné "
        "sans son intervalle**. C’est un repère de lecture, proposé par l’observatoire, pas une mesure officielle."
    )
    _show_controls()
    found = needs()
    _show_ranks(scope, found)
    _show_decomposition(scope, found)
    _show_trust(found)


def _show_controls() -> None:
    panel = st.expander(
        "Changer la base et les poids", icon=":material/tune:", on_change="rerun", key="_reglages-indice"
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


def _frame(scope: Scope, found: Needs) -> pd.DataFrame:
    house = data.warehouse()
    lit = {t.code for t in scope.territoires} if len(scope.territoires) <= PEU else scope.lit
    some = any(code in lit for code in found.indice.index)
    rows = []
    for code, row in found.rangs.iterrows():
        commune = house.territoires[str(code)]
        color = EPT_COULEURS.get(commune.code_ept or "", GRIS)
        shown = code in lit or not some
        words = rank_interval_words(row["rang"], row["bas"], row["haut"], len(found.rangs))
        rows.append(
            (code, commune.nom, *row[["rang", "bas", "haut"]], words, color if shown else GRIS_CLAIR, code in lit)
        )
    return pd.DataFrame(rows, columns=["code", "nom", "rang", "bas", "haut", "texte", "couleur", "lit"])


def _show_ranks(scope: Scope, found: Needs) -> None:
    frame = _frame(scope, found)
    ordered = frame.sort_values(["rang", "nom"], na_position="last", kind="stable")
    chosen = ordered[ordered["lit"]]
    words = " ; ".join(f"{r.nom} : {r.texte}" for r in (chosen if len(chosen) else ordered.head(3)).itertuples())
    missing = list(frame.loc[frame["rang"].isna(), "nom"])
    table = ordered.assign(indice=found.indice.reindex(ordered["code"]).to_numpy())
    for code, name in NOMS.items():
        table[name] = found.scores[code].reindex(ordered["code"]).to_numpy()
    columns = ["nom", "indice", "texte", *NOMS.values()]
    figure = Figure(
        titre="Indice de besoins : la place de chaque commune et son incertitude",
        sous_titre=f"Point : rang avec les poids choisis ; barre : neuf rangs sur dix parmi {formats.nombre(TIRAGES)} "
        "tirages de poids ; couleur : EPT",
        source=cite_codes(CODES),
        alt=f"Rangs des {len(frame)} communes avec leur intervalle. {words}.",
        table=table[columns].rename(columns={"nom": "Commune", "indice": "Indice", "texte": "Rang"}),
        fichier="indice-de-besoins",
        chart=draw_rank_intervals(frame, len(frame)),
        note=f"Sans indice, faute de chiffres : {', '.join(missing)}." if missing else "",
    )
    if len(chosen):
        st.markdown(formats.insecables("\n".join(f"- **{r.nom}** : {r.texte}" for r in chosen.itertuples())))
    show_figure(figure, "rangs-indice", 2)


def _show_decomposition(scope: Scope, found: Needs) -> None:
    house = data.warehouse()
    order = [str(c) for c in found.indice.dropna().sort_values(ascending=False).index]
    chosen = [c for c in order if c in {t.code for t in scope.territoires}]
    codes = chosen or order
    rows = [
        (house.territoires[code].nom, NOMS[domain], float(found.parts.at[code, domain]), rank)
        for code in codes
        for rank, domain in enumerate(NOMS)
        if not formats.is_missing(found.parts.at[code, domain])
    ]
    if not rows:
        return
    frame = pd.DataFrame(rows, columns=["nom", "domaine", "valeur", "rang"])
    frame = frame.assign(texte=[formats.nombre(v, 2) for v in frame["valeur"]])
    figure = Figure(
        titre="De quoi l’indice est fait",
        sous_titre="Contribution de chaque domaine ; les barres d’une commune, avec leur signe, font son indice",
        source=cite_codes(CODES),
        alt=" ; ".join(f"{r.nom}, {r.domaine} : {r.texte}" for r in frame.head(40).itertuples()),
        table=frame[["nom", "domaine", "valeur"]].set_axis(["Commune", "Domaine", "Contribution"], axis=1),
        fichier="indice-de-besoins-decomposition",
        chart=draw_decomposition(
            frame, [house.territoires[c].nom for c in codes], {NOMS[k]: v for k, v in COULEURS.items()}
        ),
    )
    show_figure(figure, "decomposition", 2)


def _show_trust(found: Needs) -> None:
    cards = data.warehouse().indicateurs
    st.header("Ce que vaut cet indice")
    lines = []
    for code, relation in found.temoins.items():
        if not formats.is_missing(relation.rho):
            lines.append(
                f"- avec « {cards[code].libelle} » ({found.annees[code]}), qui n’entre pas dans l’indice : corrélation "
                f"des rangs {formats.nombre(relation.rho, 2)} sur {relation.communes} communes"
            )
    st.markdown(
        formats.insecables("Il dit à peu près la même chose que d’autres chiffres publiés :\n" + "\n".join(lines))
    )
    rows = [
        [domain.nom, cards[code].libelle, str(found.annees[code])]
        for domain in DOMAINES
        for code in domain.indicateurs
        if code in found.annees
    ]
    show_table("Composition de l’indice", ["Domaine", "Indicateur", "Année"], rows, text_columns=3)
    st.caption(
        "Chaque indicateur est rapporté à la moyenne et à l’écart type de la base, à la même année, puis borné à ±3. "
        "Le logement est le domaine le plus pauvre : ni le surpeuplement ni la demande de logement social ne sont "
        "publiés par commune dans les fichiers réunis ici. L’indice de la dotation de solidarité urbaine, l’EDI et le "
        "FDep n’y sont pas non plus : la comparaison avec eux reste à faire."
    )
