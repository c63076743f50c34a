"""What CCAS spend beside what their communes need: accounts published by the OFGL, absences shown as absences."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.charts.scatter import draw_scatter
from observatoire.figures import Figure
from observatoire.methods.relation import relation_words, spearman
from observatoire.records import Indicateur
from observatoire.ui import data
from observatoire.ui.comparer.controls import cite_codes
from observatoire.ui.comparer.distribution import ept_legend
from observatoire.ui.comparer.means_years import show_run, show_years
from observatoire.ui.comparer.needs import choices, needs
from observatoire.ui.comparer.scope import PEU, Scope
from observatoire.ui.figure import show_figure, show_origin
from observatoire.ui.tables import show_table
from observatoire.views.comparaison.needs import Choices

THEME = "moyens_locaux"
DEPENSE = "FIN03"
# The indicators made with the accounts of the main budget, whatever else the theme holds (dotations of the town…).
COMPTES = "ofgl_ccas."


def show(scope: Scope) -> None:
    """The view: the accounts of the chosen communes, then spending beside the needs index."""
    house = data.warehouse()
    cards = [c for c in house.indicateurs.values() if c.theme == THEME and (c.numerateur or "").startswith(COMPTES)]
    st.markdown(
        "Les comptes des CCAS ne disent pas tout ce que fait une ville : la même action peut être portée par le CCAS, "
        "par la ville ou par une association. **Une dépense faible n’est pas une action faible.** Les comptes sont "
        "ceux du budget principal : ce que gère un budget annexe est dit à part, plus bas."
    )
    codes = [t.code for t in scope.territoires if t.type == "commune"] or list(house.communes)
    codes = [c for c in codes if c in house.communes]
    _show_table(cards, codes)
    show_years(cards, codes)
    show_run(codes)
    _show_beside_needs(scope, house.indicateurs[DEPENSE])


def _show_table(cards: list[Indicateur], codes: list[str]) -> None:
    figure, columns, rows, note = data.kept(_accounts, tuple(cards), tuple(codes))
    st.header(figure.titre)
    with st.container(key="comptes-table"):
        show_table(figure.titre, columns, rows, height=520)
    st.caption(note)
    show_origin(figure, "comptes")


def _accounts(cards: tuple[Indicateur, ...], codes: tuple[str, ...]) -> tuple[Figure, list[str], list[list[str]], str]:
    """The accounts of some CCAS: as a figure, as the columns and rows of a table, and what must be said under it."""
    house = data.warehouse()
    figures = data.figures(tuple(c.code for c in cards), codes)
    years = {c.code: c.derniere for c in cards}
    found = {(r.territoire, r.indicateur): r for r in figures.itertuples() if r.annee == years[r.indicateur]}
    rows, tidy = [], []
    for code in codes:
        texts = []
        for card in cards:
            row = found.get((code, card.code))
            value, status = (formats.lue(row.valeur, row.arrondi), row.statut) if row else (None, "manquant")
            texts.append(formats.insecables(card.format(value, status, row.arrondi if row else None)))
            tidy.append((house.territoires[code].nom, card.libelle, years[card.code], value, formats.STATUTS[status]))
        rows.append([house.territoires[code].nom, *texts])
    latest = max(years.values())
    aged = {code: "" if year == latest else f" ({year})" for code, year in years.items()}
    columns = ["CCAS", *(formats.insecables(f"{c.libelle}{aged[c.code]}") for c in cards)]
    if len(codes) <= PEU:
        columns, *rows = [list(line) for line in zip(columns, *rows, strict=True)]
    title = f"Comptes des CCAS, {latest}"
    note = (
        "« n.d. » : le montant est vraisemblablement inscrit à un autre compte ; ce n’est pas une recette ou une "
        "dépense nulle."
    )
    mergers = [house.territoires[c].nom for c in codes if c in house.mergers]
    if mergers:
        note += f" {', '.join(mergers)} : « n. calc. » tant que le compte d’un des anciens CCAS manque, avant 2025."
    table = pd.DataFrame(tidy, columns=["CCAS", "Indicateur", "Année", "Valeur", "Statut"]).astype({"Valeur": float})
    figure = Figure(
        titre=title,
        sous_titre="Unité dans chaque libellé",
        source=cite_codes(years, codes),
        alt=title,
        table=table,
        fichier="comptes-des-ccas",
    )
    return figure, columns, rows, formats.insecables(note)


def _show_beside_needs(scope: Scope, card: Indicateur) -> None:
    figure, words = data.kept(_beside_needs, scope, card, choices())
    show_figure(figure, "depense-besoins", 2)
    st.markdown(words)


def _beside_needs(scope: Scope, card: Indicateur, chosen: Choices) -> tuple[Figure, str]:
    house = data.warehouse()
    found = needs(chosen)
    spending = data.figures((card.code,), tuple(house.communes), (card.derniere,)).set_index("territoire")
    x, y = found.indice, spending["valeur"].astype(float)
    steps = spending["arrondi"]
    lit = scope.lit | ({t.code for t in scope.territoires} if len(scope.territoires) <= PEU else set())
    rows = []
    for code, commune in house.communes.items():
        ept = house.epts[commune.code_ept or ""]
        value = y.get(code)
        row = (
            commune.nom,
            ept.nom,
            x.get(code),
            value,
            formats.nombre(x.get(code), 2),
            card.format(value, arrondi=steps.get(code)),
            code in lit,
        )
        rows.append(row)
    frame = pd.DataFrame(rows, columns=["nom", "groupe", "x", "y", "texte_x", "texte_y", "lit"])
    known = frame.dropna(subset=["x", "y"])
    named = (
        set(known.loc[known["lit"], "nom"]) | set(known.nlargest(5, "y")["nom"]) | set(known.nsmallest(3, "x")["nom"])
    )
    frame = frame.assign(etiquette=[n if n in named else "" for n in frame["nom"]])
    words = relation_words(spearman(x, y), "Indice de besoins", card.libelle)
    missing = list(frame.loc[frame[["x", "y"]].isna().any(axis=1), "nom"])
    figure = Figure(
        titre="Dépense des CCAS et besoins de leur commune",
        sous_titre=f"Abscisse : indice de besoins (0 : commune moyenne) ; ordonnée : {card.libelle} ({card.unite}), "
        f"{card.derniere} ; tirets : médianes",
        source=cite_codes((card.code,), tuple(house.communes)),
        alt=f"Nuage de points. {words}",
        table=frame[["nom", "groupe", "x", "y"]].set_axis(
            ["Commune", "EPT", "Indice de besoins", card.libelle], axis=1
        ),
        fichier="depense-et-besoins",
        chart=draw_scatter(frame, ("indice de besoins", 1), (f"{card.unite}, {card.derniere}", 0), ept_legend()),
        note=f"Sans chiffre, non dessinés : {', '.join(missing)}." if missing else "",
    )
    return figure.written(), formats.insecables(words)
