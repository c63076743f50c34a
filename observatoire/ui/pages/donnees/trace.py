"""« Tracer un chiffre »: its origin in four sentences, then file, formula, and the query that gives the figure back."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.figures import trace_address
from observatoire.frames import named_rows
from observatoire.methods.catalogue import NIVEAUX_DE_FICHE
from observatoire.methods.origin import plain_origin
from observatoire.methods.phrases import blur_words
from observatoire.records import DEPARTEMENT, FRANCE, REGION, Indicateur, Territoire
from observatoire.ui import data, state
from observatoire.ui.widgets.pickers import find_territory, pick_indicator, pick_territory, pick_year
from observatoire.ui.widgets.ranks import rank_words
from observatoire.ui.widgets.tables import show_table
from observatoire.warehouse import Warehouse
from observatoire.warehouse.catalogue import source_rows
from observatoire.warehouse.provenance import Trace, recompute, trace

# Beyond as many compared territories, their lists would be longer than the page.
MEMBRES = 8
_ETAPES = """
1. **Télécharger** l’entrepôt DuckDB (plus haut, « Télécharger »).
2. Ouvrir le fichier avec DuckDB : `duckdb observatoire.duckdb`, ou en Python `duckdb.connect("observatoire.duckdb")`.
3. Coller la requête. La table `fait` contient les chiffres tels que les producteurs les ont publiés.
"""


def show_trace() -> None:
    """Choose a figure, see where it comes from."""
    level = _pick_level()
    territoire, card, year = _PICKS.get(level, _pick_figure)()
    found = data.view(trace, territoire.code, card.code, year)
    if found is None:
        st.write(f"L’entrepôt n’a pas de ligne pour « {_title(territoire, card)} » {card.en(year)}.")
        return
    _show_value(found, territoire, card, year)
    _show_origin(found, territoire, card)
    _show_verdict(found, card)
    with st.expander("Les fichiers lus", icon=":material/description:"):
        _show_sources(found)
    with st.expander("La formule, colonne par colonne", icon=":material/function:"):
        _show_formula(found, card)
    with st.expander("Le recalculer : la requête SQL", icon=":material/terminal:"):
        _show_query(found, card)
    if level == "commune":
        _show_others(territoire, card, year)


def _pick_level() -> str:
    """The level of the figure. Only the address keeps it: a link from another page opens the level of that page."""
    if "echelon" not in st.query_params:
        state.forget("echelon")
    return state.select(
        "echelon",
        "Niveau du territoire",
        list(NIVEAUX_DE_FICHE),
        "commune",
        "un niveau de cette page",
        {**NIVEAUX_DE_FICHE, "departement": "Département seul", "qpv": "QPV"}.__getitem__,
        forget=("quartier", "millesime"),
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )


def _pick_figure() -> tuple[Territoire, Indicateur, int]:
    first, second, third = st.columns([3, 5, 1.4], gap="small")
    with first:
        territoire = pick_territory(all_=True)
    with second:
        card = pick_indicator()
    with third:
        year = pick_year(card)
    return territoire, card, year


def _pick_within(level: str) -> tuple[Territoire, Indicateur, int]:
    """An IRIS or a QPV, found by its commune; an indicator of that level and one of its years.

    Its choices have names of their own in the address: the commune alone goes on to the other pages.
    """
    warehouse = data.current()
    cards = {code: card for code, card in warehouse.every_indicator.items() if card.niveau == level}
    first, second, third, fourth = st.columns([2.4, 2.8, 4.4, 1.4], gap="small")
    with first:
        within = warehouse.quartiers[level]
        known = warehouse.communes  # the session keeps what names the options: not the warehouse (see api.store)
        communes = [code for code in known if code in within]
        others = frozenset(warehouse.territoires) - frozenset(communes)
        commune = state.select(
            "territoire",
            "Commune",
            communes,
            communes[0],
            f"une commune {IDENTITE.departement.de_article}",
            lambda code: known[code].nom,
            forget=("quartier",),
            elsewhere=others,
            finder=find_territory,
            placeholder="Taper le nom d’une commune",
        )
    with second:
        places = within[commune]
        names = {code: f"{place.nom} ({code})" for code, place in places.items()}
        quartier = state.select(
            "quartier",
            "IRIS" if level == "iris" else "Quartier prioritaire",
            list(places),
            next(iter(places)),
            f"un de ceux {formats.de(warehouse.communes[commune].nom)}",
            names.__getitem__,
            placeholder="Taper un nom",
        )
    with third:
        card = _pick_card(cards)
    with fourth:
        year = _pick_vintage(card)
    return places[quartier], card, year


def _pick_departement() -> tuple[Territoire, Indicateur, int]:
    """An indicator that is published for the département alone, and one of its years."""
    warehouse = data.current()
    left, right = st.columns([8, 1.4], gap="small")
    with left:
        card = _pick_card(warehouse.cards_below("departement"))
    with right:
        year = _pick_vintage(card)
    return warehouse.territoires[DEPARTEMENT], card, year


def _pick_card(cards: dict[str, Indicateur]) -> Indicateur:
    code = state.select(
        "fiche",
        "Indicateur",
        list(cards),
        next(iter(cards)),
        "un indicateur de ce niveau",
        lambda c: cards[c].libelle,
        forget=("millesime",),
        elsewhere={state.current("fiche")} - set(cards),
        placeholder="Taper un mot",
    )
    return cards[code]


def _pick_vintage(card: Indicateur) -> int:
    years = [str(year) for year in reversed(card.annees)]
    return int(
        state.select("millesime", "Année", years, years[0], f"une année de « {card.libelle} »", placeholder="Choisir")
    )


_PICKS = {"departement": _pick_departement, "iris": partial(_pick_within, "iris"), "qpv": partial(_pick_within, "qpv")}


def _title(territoire: Territoire, card: Indicateur) -> str:
    """« Taux de pauvreté à Bondy », « Taux de pauvreté de l’IRIS : Robespierre »."""
    within = territoire.type in ("iris", "qpv")
    return f"{card.libelle} : {territoire.nom}" if within else f"{card.libelle} {territoire.lieu}"


def _answer(warehouse: Warehouse, territoire: str, indicateur: str, annee: int) -> tuple[float | None, pd.DataFrame]:
    """What the query of a figure answers; the figures that explain it when it is absent."""
    found = warehouse.kept(trace, territoire, indicateur, annee)
    if found is None:
        return None, pd.DataFrame()
    return recompute(warehouse, found), pd.DataFrame() if found.a_une_valeur else warehouse.ask(found.requete)


def _show_value(found: Trace, territoire: Territoire, card: Indicateur, year: int) -> None:
    row = found.ligne
    st.header(f"{_title(territoire, card)}, {card.periode(year)}", anchor=False)
    step = row["arrondi"]
    text = formats.chiffre(row["valeur"], card.unite, card.decimales, row["statut"], court=False, arrondi=step)
    why = f" : {formats.MOTIFS.get(row['motif'], row['motif'])}" if row["motif"] else ""
    st.markdown(f"## {formats.insecables(text)}")
    st.markdown(formats.insecables(f"**{formats.majuscule(formats.STATUTS[row['statut']])}**{why}."))
    _show_uncertainty(row, territoire, card, year)
    if row["valeur_membres"] is not None:
        members = card.format(row["valeur_membres"], arrondi=step)
        st.caption(f"Valeur du producteur ; les communes additionnées donneraient {members}.")
    with st.container(horizontal=True):
        st.page_link(
            state.page_file("indicateur"),
            label="Tout sur cet indicateur",
            icon=":material/query_stats:",
            query_params=state.link_params(indicateur=card.code),
        )
        st.page_link(
            state.page_file("donnees"),
            label="La fiche de l’indicateur",
            icon=":material/description:",
            query_params=state.link_params(rayon="indicateurs", fiche=card.code),
        )


def _show_uncertainty(row: dict[str, Any], territoire: Territoire, card: Indicateur, year: int) -> None:
    """The rounding of the figure, its 95 % interval and the rank of a commune, where there are some."""
    parts = []
    if blur := blur_words(card, row["arrondi"], row["marge"]):
        why = "le producteur l’arrondit" if row["statut"] == "publie" else "il est tiré de chiffres arrondis"
        parts.append(f"{formats.majuscule(blur)} : {why}.")
    if row["borne_basse"] is not None and row["borne_haute"] is not None:
        low, high = (card.format(row[name]) for name in ("borne_basse", "borne_haute"))
        parts.append(f"Intervalle à 95 % : de {low} à {high} (indicatif).")
    if territoire.type == "commune" and (words := rank_words(territoire.code, card.code, year)):
        parts.append(f"Rang : {words}{'' if words.endswith('.') else '.'}")
    if parts:
        st.markdown(formats.insecables(" ".join(parts)))


def _show_origin(found: Trace, territoire: Territoire, card: Indicateur) -> None:
    """Who counted, what, when, how: what a reader wants to know before any file or formula."""
    rows = source_rows(data.current(), found.sources)
    st.markdown("### D’où il vient")
    said = plain_origin(found.ligne, found.fiche, rows, card, territoire)
    body = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in said)
    st.html(f"<dl class='obs-fiche'>{body}</dl>")


def _show_sources(found: Trace) -> None:
    rows = source_rows(data.current(), found.sources)
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
    amounts = {"numérateur": "numerateur", "dénominateur": "denominateur", "poids": "denominateur"}
    rows = []
    for part, words, formula in found.formules:
        amount = found.ligne.get(amounts.get(part, ""))
        if part == "valeur" and amount is None and found.fiche["facteur"] == 1:
            amount = found.ligne["valeur"]
        shown = formats.nombre(amount, 0 if float(amount).is_integer() else 2) if amount is not None else "–"
        if part == "effectif minimal":
            shown = f"{formats.nombre(found.fiche['base_min'])} au moins"
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
    if found.fiche["denominateur"] and card.niveau != "commune":
        return f"Numérateur ÷ dénominateur{times}, sur ce seul territoire."
    if found.fiche["denominateur"]:
        return f"Σ numérateurs ÷ Σ dénominateurs{times}. Une somme couvre toutes les communes du territoire."
    added = "additionné sur les communes du territoire quand le producteur ne publie pas le total"
    return f"Chiffre du producteur{f', {added}' if card.agregation == 'somme' else ', jamais additionné'}{times}."


def _show_verdict(found: Trace, card: Indicateur) -> None:
    """The figure worked out again from what the producers published: the same, or to be reported."""
    value, _ = data.view(_answer, *(found.ligne[key] for key in ("territoire", "indicateur", "annee")))
    if value is None:
        st.markdown("Il n’y a pas de valeur à recalculer : la requête plus bas montre les chiffres qui l’expliquent.")
        return
    same = abs(value - found.ligne["valeur"]) <= 1e-9 * max(1, abs(value))
    verdict = "c’est le chiffre de l’entrepôt" if same else "ce n’est pas le chiffre de l’entrepôt : le signaler"
    shown = card.format(value, arrondi=found.ligne["arrondi"])
    st.markdown(formats.insecables(f"Refait à l’instant depuis les fichiers publiés : **{shown}**, {verdict}."))


def _show_query(found: Trace, card: Indicateur) -> None:
    value, facts = data.view(_answer, *(found.ligne[key] for key in ("territoire", "indicateur", "annee")))
    if value is not None:
        shown = formats.avec_unite(formats.nombre(value, card.decimales + 4), card.unite)
        st.markdown(formats.insecables(f"Cette requête vient d’être exécutée : elle répond {shown}."))
    st.code(found.requete, language="sql", wrap_lines=True)
    if not facts.empty:
        _show_facts(facts)
    elif value is None:
        st.caption("Elle ne rend aucune ligne : le territoire n’est pas dans le fichier du producteur.")
    st.markdown(f"**Exécuter cette requête chez soi**\n{_ETAPES}")


def _show_facts(facts: pd.DataFrame) -> None:
    words = {"publie": "publié", "somme": "additionné", "censure": "borne", **formats.ABSENCES_LONGUES}
    texts = [
        [formats.typographie(r.nom), r.variable, str(r.annee), formats.nombre(r.valeur, 2), words[r.statut], r.source]
        for r in named_rows(facts)
    ]
    columns = ["Territoire", "Colonne du producteur", "Année", "Valeur", "Statut", "Source"]
    show_table("Chiffres publiés", columns, texts, text_columns=3, height=360)


def _show_others(territoire: Territoire, card: Indicateur, year: int) -> None:
    """One click to what stood beside this figure on its page: the theme's indicators here (and in the territories
    that were compared), the same indicator elsewhere."""
    warehouse = data.current()
    st.markdown("### Un autre chiffre")
    asked = st.query_params.get("territoires", "").split(state.SEPARATOR)
    compared = [
        warehouse.territoires[code] for code in asked if code in warehouse.territoires and code != territoire.code
    ]
    for place in [territoire, *compared[:MEMBRES]]:
        _show_links(f"{warehouse.themes[card.theme]} {place.lieu}", _same_theme(place, card))
    places = [
        *warehouse.choices,
        *(warehouse.territoires[code] for code in (REGION, FRANCE) if code in warehouse.territoires),
    ]
    known = set(data.figures((card.code,), tuple(t.code for t in places), (year,))["territoire"])
    others = [t.code for t in places if t.code in known and t.code != territoire.code]
    _show_links(
        f"{card.libelle} ailleurs, {card.periode(year)}",
        [(warehouse.territoires[t].complet, t, card.code, year) for t in others],
    )


def _same_theme(territoire: Territoire, card: Indicateur) -> list[tuple[str, str, str, int]]:
    """The latest figure of each indicator of the theme: (words, territoire, indicateur, annee)."""
    cards = {code: c for code, c in data.current().indicateurs.items() if c.theme == card.theme}
    figures = data.figures(tuple(cards), (territoire.code,)).dropna(subset=["valeur"])
    latest: dict[str, int] = {}
    for code, year in zip(figures["indicateur"], figures["annee"], strict=True):
        latest[code] = max(int(year), latest.get(code, 0))
    return [(c.libelle, territoire.code, code, latest[code]) for code, c in cards.items() if code in latest]


def _show_links(title: str, figures: list[tuple[str, str, str, int]]) -> None:
    """Links to traces: (words, territoire, indicateur, annee)."""
    items = "".join(
        f"<li><a target='_self' href='{escape(trace_address(territoire, indicateur, annee), quote=True)}'>"
        f"{escape(formats.insecables(words))}</a></li>"
        for words, territoire, indicateur, annee in figures
    )
    st.html(f"<p class='obs-note'>{escape(formats.insecables(title))}</p><ul class='obs-liens'>{items}</ul>")
