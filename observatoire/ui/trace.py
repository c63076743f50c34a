"""« Tracer un chiffre »: value, producer, file, vintage, formula, and the query that gives the figure back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.methods.provenance import Trace, recompute, trace
from observatoire.ui import data, state
from observatoire.ui.pickers import pick_indicator, pick_territory, pick_year
from observatoire.ui.tables import show_table
from observatoire.warehouse import Indicateur, Territoire

_ETAPES = """
1. **Télécharger** l’entrepôt DuckDB (plus haut, « Télécharger »).
2. Ouvrir le fichier avec DuckDB : `duckdb observatoire.duckdb`, ou en Python `duckdb.connect("observatoire.duckdb")`.
3. Coller la requête. La table `fait` contient les chiffres tels que les producteurs les ont publiés.
"""


def show_trace() -> None:
    """Choose a figure, see where it comes from."""
    first, second, third = st.columns([3, 5, 1.4], gap="small")
    with first:
        territoire = pick_territory(all_=True)
    with second:
        card = pick_indicator()
    with third:
        year = pick_year(card)
    found = _trace(data.warehouse().version, territoire.code, card.code, year)
    if found is None:
        st.write(f"L’entrepôt n’a pas de ligne pour « {card.libelle} » {territoire.lieu} en {year}.")
        return
    _show_value(found, territoire, card, year)
    _show_sources(found)
    _show_formula(found, card)
    _show_query(found, card)


@st.cache_data(max_entries=200, show_spinner=False)
def _trace(version: str, territoire: str, indicateur: str, annee: int) -> Trace | None:
    return trace(data.warehouse(), territoire, indicateur, annee)


@st.cache_data(max_entries=200, show_spinner=False)
def _answer(version: str, found: Trace) -> tuple[float | None, pd.DataFrame]:
    house = data.warehouse()
    return recompute(house, found), pd.DataFrame() if found.a_une_valeur else house.ask(found.requete)


def _show_value(found: Trace, territoire: Territoire, card: Indicateur, year: int) -> None:
    row = found.ligne
    st.subheader(f"{card.libelle} {territoire.lieu}, {year}", anchor=False)
    text = formats.chiffre(row["valeur"], card.unite, card.decimales, row["statut"], court=False)
    why = f" : {formats.MOTIFS.get(row['motif'], row['motif'])}" if row["motif"] else ""
    st.markdown(f"## {formats.insecables(text)}")
    st.markdown(formats.insecables(f"**{formats.majuscule(formats.STATUTS[row['statut']])}**{why}. {card.definition}"))
    if row["valeur_membres"] is not None:
        members = card.format(row["valeur_membres"])
        st.caption(f"Valeur du producteur ; les communes additionnées donneraient {members}.")
    link = {"territoire": territoire.code, "indicateur": card.code, "annee": str(year)}
    st.page_link(
        state.page_file("donnees"),
        label="La fiche de l’indicateur",
        icon=":material/description:",
        query_params=state.link_params(**link, rayon="indicateurs", fiche=card.code),
    )


def _show_sources(found: Trace) -> None:
    rows = data.warehouse().rows(
        "SELECT * FROM source WHERE list_contains($codes, code) ORDER BY code", {"codes": list(found.sources)}
    )
    st.markdown("### D’où il vient")
    columns = ["Jeu de données", "Producteur", "Millésime", "Géographie", "Fichier lu", "Publié le", "Licence"]
    texts = [
        [
            *(formats.typographie(r["nom"]), r["producteur"], str(r["millesime"]), str(r["geographie"]), r["fichier"]),
            *(formats.jour(r["publie_le"]) if r["publie_le"] else "n.d.", r["licence"]),
        ]
        for r in rows
    ]
    links = {n: r["url"] for n, r in enumerate(rows) if r["url"]}
    show_table("Sources de ce chiffre", columns, texts, text_columns=len(columns), links=links)
    prints = " ; ".join(f"{r['fichier']} : {r['sha256']}" for r in rows)
    st.caption(f"Le nom du jeu ouvre la page du producteur. Empreinte SHA-256 du fichier lu — {prints}")


def _show_formula(found: Trace, card: Indicateur) -> None:
    """Each part in words and in the producer's columns, with its amount, and how they make the figure."""
    st.markdown("### Comment il est calculé")
    amounts = {"numérateur": "numerateur", "dénominateur": "denominateur", "poids": "denominateur"}
    rows = []
    for part, words, formula in found.formules:
        amount = found.ligne.get(amounts.get(part, ""))
        shown = formats.nombre(amount, 0 if float(amount).is_integer() else 2) if amount is not None else "–"
        rows.append([formats.majuscule(part), words, formula, shown])
    columns = ["Partie", "En clair", "Colonnes du producteur", "Quantité"]
    show_table("Formule", columns, rows, text_columns=3)
    st.caption(formats.insecables(_rule(found, card)))


def _rule(found: Trace, card: Indicateur) -> str:
    factor = found.fiche["facteur"]
    times = f", × {formats.nombre(factor)}" if factor != 1 else ""
    if found.fiche["forme"] == "evolution":
        return f"Croissance moyenne par an sur {found.fiche['duree']} ans, en %."
    if found.fiche["poids"]:
        return "Valeur du producteur là où il la publie ; ailleurs, moyenne pondérée : Σ valeur × poids ÷ Σ poids."
    if len(found.formules) > 1:
        return f"Σ numérateurs ÷ Σ dénominateurs{times}. Une somme couvre toutes les communes du territoire."
    added = "additionné sur les communes du territoire quand le producteur ne publie pas le total"
    return f"Chiffre du producteur{f', {added}' if card.agregation == 'somme' else ', jamais additionné'}{times}."


def _show_query(found: Trace, card: Indicateur) -> None:
    st.markdown("### Le recalculer")
    value, facts = _answer(data.warehouse().version, found)
    if value is not None:
        same = abs(value - found.ligne["valeur"]) <= 1e-9 * max(1, abs(value))
        verdict = "c’est le chiffre de l’entrepôt" if same else "ce n’est pas le chiffre de l’entrepôt : le signaler"
        shown = formats.avec_unite(formats.nombre(value, card.decimales + 4), card.unite)
        st.markdown(formats.insecables(f"Cette requête vient d’être exécutée : elle répond **{shown}**, {verdict}."))
    else:
        st.markdown("Il n’y a pas de valeur à recalculer ; cette requête montre les chiffres publiés qui l’expliquent.")
    st.code(found.requete, language="sql", wrap_lines=True)
    if not facts.empty:
        _show_facts(facts)
    with st.expander("Exécuter cette requête chez soi"):
        st.markdown(_ETAPES)


def _show_facts(facts: pd.DataFrame) -> None:
    words = {"publie": "publié", "somme": "additionné", "censure": "borne", **formats.ABSENCES_LONGUES}
    rows = [
        [formats.typographie(r.nom), r.variable, str(r.annee), formats.nombre(r.valeur, 2), words[r.statut], r.source]
        for r in facts.itertuples(index=False)
    ]
    columns = ["Territoire", "Colonne du producteur", "Année", "Valeur", "Statut", "Source"]
    show_table("Chiffres publiés", columns, rows, text_columns=3, height=360)
