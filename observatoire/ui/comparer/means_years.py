"""One line of the CCAS accounts year after year, the change of accounting rules told; and what each CCAS runs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.charts.trends import draw_trends
from observatoire.figures import Figure, traced
from observatoire.methods.tables import series, trend_table
from observatoire.methods.trend_test import breaks
from observatoire.ui import data, state
from observatoire.ui.comparer.controls import cite_codes, colors
from observatoire.ui.comparer.scope import PEU
from observatoire.ui.figure import show_chart, show_heading, show_origin
from observatoire.ui.tables import show_table
from observatoire.warehouse import Indicateur

# What a CCAS runs besides its main budget: counts, then the spending of its other budgets.
GERES = ("FIN23", "FIN24", "FIN25", "FIN26", "FIN27", "FIN17")


def show_years(cards: Sequence[Indicateur], codes: Sequence[str]) -> None:
    """A line of the accounts chosen among ``cards``, for the communes ``codes``: curves for a few, a table for all."""
    known = {card.code: card for card in cards if len(card.annees) > 1}
    if not known:
        return
    asked = state.select(
        "compte",
        "Un poste du compte, année par année",
        list(known),
        next(iter(known)),
        "un poste des comptes des CCAS",
        lambda c: known[c].libelle,
    )
    figure, columns, rows = data.kept(_years, known[asked], tuple(codes))
    show_heading(figure, 2)
    show_chart(figure, "comptes-annees")
    with st.container(key="comptes-annees-table"):
        show_table(figure.titre, columns, rows, height=520)
    show_origin(figure, "comptes-annees")


def _years(card: Indicateur, codes: tuple[str, ...]) -> tuple[Figure, list[str], list[list[str]]]:
    """A line of the accounts of some CCAS in time: as a figure, and as the columns and rows of a table."""
    house = data.warehouse()
    places = [house.territoires[code] for code in codes]
    figures = data.figures((card.code,), codes)
    frame, few = series(figures, places), len(places) <= PEU
    rows_of: dict[str, list[dict]] = {code: [] for code in codes}
    for row in figures.to_dict("records"):
        rows_of[row["territoire"]].append(row)
    told = sorted({why for rows in rows_of.values() for why in breaks(rows, house.regles[card.code])})
    period = formats.periode(list(card.annees))
    figure = Figure(
        titre=f"{card.libelle}, {period}",
        sous_titre=f"{formats.unite_longue(card.unite)} ; budget principal",
        source=cite_codes((card.code,), codes),
        alt=f"{card.libelle}, {period}, {formats.accorder('commune', len(places))} : voir le tableau.",
        table=trend_table(frame, card.unite),
        fichier=formats.nom_de_fichier("comptes-des-ccas", card.libelle),
        trace=traced(codes[0], card.code, card.derniere),
        chart=draw_trends(frame, card.unite, card.decimales, colors(places), emphasis=False, ruptures=told)
        if few and frame["valeur"].notna().any()
        else None,
        note=f"{card.precaution or ''} {card.comparabilite or ''}".strip(),
    )
    texts = [card.format(v, s, a) for v, s, a in zip(frame["valeur"], frame["statut"], frame["arrondi"], strict=True)]
    shown = frame.assign(texte=texts).pivot(index="serie", columns="annee", values="texte")
    rows = [[place.nom, *shown.loc[place.nom].fillna("–")] for place in places if place.nom in shown.index]
    return figure.written(), ["CCAS", *map(str, shown.columns)], rows


def show_run(codes: Sequence[str]) -> None:
    """What each CCAS of the communes ``codes`` runs: establishments, places, and the spending of its other budgets."""
    house = data.warehouse()
    cards = [house.indicateurs[code] for code in GERES if code in house.indicateurs]
    if not cards:
        return
    figure, columns, rows = data.kept(_run, tuple(cards), tuple(codes))
    st.header(figure.titre)
    with st.container(key="comptes-geres-table"):
        show_table(figure.titre, columns, rows, height=520)
    show_origin(figure, "geres")


def _run(cards: tuple[Indicateur, ...], codes: tuple[str, ...]) -> tuple[Figure, list[str], list[list[str]]]:
    """What some CCAS run: as a figure, and as the columns and rows of a table."""
    house = data.warehouse()
    figures = data.figures(tuple(card.code for card in cards), codes)
    found = {
        (r.territoire, r.indicateur): r
        for r in figures.itertuples()
        if r.annee == house.indicateurs[r.indicateur].derniere
    }
    rows, tidy = [], []
    for code in codes:
        texts = []
        for card in cards:
            row = found.get((code, card.code))
            value, status = (formats.lue(row.valeur, row.arrondi), row.statut) if row else (None, "manquant")
            texts.append(formats.insecables(card.format(value, status, row.arrondi if row else None)))
            tidy.append((house.territoires[code].nom, card.libelle, card.derniere, value, formats.STATUTS[status]))
        rows.append([house.territoires[code].nom, *texts])
    columns = ["CCAS", *(f"{card.libelle.removesuffix(' (effectif)')} ({card.derniere})" for card in cards)]
    if len(codes) <= PEU:
        columns, *rows = [list(line) for line in zip(columns, *rows, strict=True)]
    title = "Ce que gèrent les CCAS"
    note = (
        "0 : le CCAS n’est gestionnaire de rien dans FINESS, ou n’a pas de budget annexe. « n.d. » : pas encore "
        "rattaché au CCAS dans FINESS (Saint-Denis), ou capacité non déclarée. Les budgets annexes ne s’additionnent "
        "pas au budget principal, qui peut leur verser de l’argent."
    )
    table = pd.DataFrame(tidy, columns=["CCAS", "Indicateur", "Année", "Valeur", "Statut"]).astype({"Valeur": float})
    figure = Figure(
        titre=title,
        sous_titre="Unité dans chaque libellé",
        source=cite_codes([card.code for card in cards], codes),
        alt=title,
        table=table,
        fichier="ce-que-gerent-les-ccas",
        note=note,
    )
    return figure, columns, rows
