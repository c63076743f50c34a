"""What CCAS spend and run: accounts published by the OFGL, absences shown as absences."""

from __future__ import annotations

import pandas as pd

from observatoire import formats
from observatoire.charts.scatter import draw_scatter
from observatoire.charts.trends import draw_trends
from observatoire.figures import Figure, traced
from observatoire.methods.phrases import own_name
from observatoire.methods.relation import relation_words, spearman
from observatoire.methods.tables import series, trend_table
from observatoire.methods.trend_test import breaks
from observatoire.records import Indicateur
from observatoire.views.comparaison.distribution import ept_legend
from observatoire.views.comparaison.needs import Choices, make_needs
from observatoire.views.comparaison.scope import PEU, Scope, cite_codes, colors
from observatoire.warehouse import Warehouse

THEME = "moyens_locaux"
DEPENSE = "FIN03"
# The indicators made with the accounts of the main budget, whatever else the theme holds (dotations of the town…).
COMPTES = "ofgl_ccas."
# What a CCAS runs besides its main budget: counts, then the spending of its other budgets.
GERES = ("FIN23", "FIN24", "FIN25", "FIN26", "FIN27", "FIN17")
# A figure, and the columns and rows of its table.
Tableau = tuple[Figure, list[str], list[list[str]]]


def account_cards(house: Warehouse) -> tuple[Indicateur, ...]:
    """The lines of the accounts of CCAS, in the order of the catalogue."""
    cards = house.indicateurs.values()
    return tuple(c for c in cards if c.theme == THEME and (c.numerateur or "").startswith(COMPTES))


def run_cards(house: Warehouse) -> tuple[Indicateur, ...]:
    """What a CCAS runs besides its main budget: those of these indicators that have figures."""
    return tuple(house.indicateurs[code] for code in GERES if code in house.indicateurs)


def accounts(house: Warehouse, cards: tuple[Indicateur, ...], codes: tuple[str, ...]) -> tuple[Tableau, str]:
    """The latest accounts of some CCAS, and what must be said under their table."""
    latest = max(card.derniere for card in cards)
    heads = [c.libelle + ("" if c.derniere == latest else f" ({c.derniere})") for c in cards]
    note = (
        "« n.d. » : le montant est vraisemblablement inscrit à un autre compte ; ce n’est pas une recette ou une "
        "dépense nulle."
    )
    mergers = [house.territoires[c].nom for c in codes if c in house.mergers]
    if mergers:
        note += f" {', '.join(mergers)} : « n. calc. » tant que le compte d’un des anciens CCAS manque, avant 2025."
    title = f"Comptes des CCAS, {latest}"
    return _latest(house, cards, codes, heads, (title, "comptes-des-ccas", "")), formats.insecables(note)


def establishments(house: Warehouse, cards: tuple[Indicateur, ...], codes: tuple[str, ...]) -> Tableau:
    """What some CCAS run: establishments, places, and the spending of their other budgets."""
    heads = [f"{card.libelle.removesuffix(' (effectif)')} ({card.derniere})" for card in cards]
    note = (
        "0 : le CCAS n’est gestionnaire de rien dans FINESS, ou n’a pas de budget annexe. « n.d. » : pas encore "
        "rattaché au CCAS dans FINESS (Saint-Denis), ou capacité non déclarée. Les budgets annexes ne s’additionnent "
        "pas au budget principal, qui peut leur verser de l’argent."
    )
    return _latest(house, cards, codes, heads, ("Ce que gèrent les CCAS", "ce-que-gerent-les-ccas", note))


def _latest(
    house: Warehouse,
    cards: tuple[Indicateur, ...],
    codes: tuple[str, ...],
    heads: list[str],
    words: tuple[str, str, str],
) -> Tableau:
    """The latest figure of each indicator for each CCAS; lines and columns exchanged for a few of them.

    ``words``: title, name of the file, note.
    """
    years = {card.code: card.derniere for card in cards}
    figures = house.figures(years, codes)
    found = {(r.territoire, r.indicateur): r for r in figures.itertuples() if r.annee == years[r.indicateur]}
    rows, tidy = [], []
    for code in codes:
        name, texts = house.territoires[code].nom, []
        for card in cards:
            row = found.get((code, card.code))
            value, status = (formats.lue(row.valeur, row.arrondi), row.statut) if row else (None, "manquant")
            texts.append(formats.insecables(card.format(value, status, row.arrondi if row else None)))
            tidy.append((name, card.libelle, card.derniere, value, formats.STATUTS[status]))
        rows.append([name, *texts])
    columns = ["CCAS", *map(formats.insecables, heads)]
    if len(codes) <= PEU:
        columns, *rows = [list(line) for line in zip(columns, *rows, strict=True)]
    title, file, note = words
    table = pd.DataFrame(tidy, columns=["CCAS", "Indicateur", "Année", "Valeur", "Statut"]).astype({"Valeur": float})
    figure = Figure(
        titre=title,
        sous_titre="Unité dans chaque libellé",
        source=cite_codes(house, years, codes),
        alt=title,
        table=table,
        fichier=file,
        note=note,
    )
    return figure, columns, rows


def spending_beside_needs(house: Warehouse, scope: Scope, card: Indicateur, chosen: Choices) -> tuple[Figure, str]:
    found = house.kept(make_needs, chosen)
    spending = house.figures((card.code,), tuple(house.communes), (card.derniere,)).set_index("territoire")
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
            code == scope.mienne,
        )
        rows.append(row)
    frame = pd.DataFrame(rows, columns=["nom", "groupe", "x", "y", "texte_x", "texte_y", "lit", "mienne"])
    known = frame.dropna(subset=["x", "y"])
    named = (
        set(known.loc[known["lit"], "nom"]) | set(known.nlargest(5, "y")["nom"]) | set(known.nsmallest(3, "x")["nom"])
    )
    mine = house.communes[scope.mienne].nom if scope.mienne in house.communes else ""
    frame = frame.assign(etiquette=[own_name(n, mine) if n in named else "" for n in frame["nom"]])
    words = relation_words(spearman(x, y), "Indice de besoins", card.libelle)
    missing = list(frame.loc[frame[["x", "y"]].isna().any(axis=1), "nom"])
    figure = Figure(
        titre="Dépense des CCAS et besoins de leur commune",
        sous_titre=f"Abscisse : indice de besoins (0 : commune moyenne) ; ordonnée : {card.libelle} ({card.unite}), "
        f"{card.derniere} ; tirets : médianes",
        source=cite_codes(house, (card.code,), tuple(house.communes)),
        alt=f"Nuage de points. {words}",
        table=frame[["nom", "groupe", "x", "y"]].set_axis(
            ["Commune", "EPT", "Indice de besoins", card.libelle], axis=1
        ),
        fichier="depense-et-besoins",
        chart=draw_scatter(frame, ("indice de besoins", 1), (f"{card.unite}, {card.derniere}", 0), ept_legend(house)),
        note=f"Sans chiffre, non dessinés : {', '.join(missing)}." if missing else "",
    )
    return figure.written(), formats.insecables(words)


def accounts_by_year(house: Warehouse, card: Indicateur, codes: tuple[str, ...]) -> Tableau:
    """A line of the accounts of some CCAS in time: as a figure, and as the columns and rows of a table."""
    places = [house.territoires[code] for code in codes]
    figures = house.figures((card.code,), codes)
    frame, few = series(figures, places), len(places) <= PEU
    rows_of: dict[str, list[dict]] = {code: [] for code in codes}
    for row in figures.to_dict("records"):
        rows_of[row["territoire"]].append(row)
    told = sorted({why for rows in rows_of.values() for why in breaks(rows, house.regles[card.code])})
    period = formats.periode(list(card.annees))
    figure = Figure(
        titre=f"{card.libelle}, {period}",
        sous_titre=f"{formats.unite_longue(card.unite)} ; budget principal",
        source=cite_codes(house, (card.code,), codes),
        alt=f"{card.libelle}, {period}, {formats.accorder('commune', len(places))} : voir le tableau.",
        table=trend_table(frame, card.unite),
        fichier=formats.nom_de_fichier("comptes-des-ccas", card.libelle),
        trace=traced(codes[0], card.code, card.derniere),
        chart=draw_trends(frame, card, colors(places), emphasis=False, ruptures=told)
        if few and bool(frame["valeur"].notna().any())
        else None,
        note=f"{card.precaution or ''} {card.comparabilite or ''}".strip(),
    )
    texts = [card.format(v, s, a) for v, s, a in zip(frame["valeur"], frame["statut"], frame["arrondi"], strict=True)]
    shown = frame.assign(texte=texts).pivot(index="serie", columns="annee", values="texte")
    rows = [[place.nom, *shown.loc[place.nom].fillna("–")] for place in places if place.nom in shown.index]
    return figure.written(), ["CCAS", *map(str, shown.columns)], rows
