"""What CCAS spend and run: accounts published by the OFGL, absences shown as absences."""

from __future__ import annotations

import pandas as pd

from observatoire import formats
from observatoire.charts.scatter import draw_scatter
from observatoire.charts.trends import draw_trends
from observatoire.figures import Figure, traced
from observatoire.methods.relation import relation_words, spearman
from observatoire.methods.tables import series, trend_table
from observatoire.methods.trend_test import breaks
from observatoire.records import Indicateur
from observatoire.views.comparaison.distribution import ept_legend
from observatoire.views.comparaison.needs import Choices, make_needs
from observatoire.views.comparaison.scope import PEU, Scope, cite_codes, colors
from observatoire.warehouse import Warehouse


def accounts(
    house: Warehouse, cards: tuple[Indicateur, ...], codes: tuple[str, ...]
) -> tuple[Figure, list[str], list[list[str]], str]:
    """The accounts of some CCAS: as a figure, as the columns and rows of a table, and what must be said under it."""
    figures = house.figures(tuple(c.code for c in cards), codes)
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
        source=cite_codes(house, years, codes),
        alt=title,
        table=table,
        fichier="comptes-des-ccas",
    )
    return figure, columns, rows, formats.insecables(note)


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


def accounts_by_year(
    house: Warehouse, card: Indicateur, codes: tuple[str, ...]
) -> tuple[Figure, list[str], list[list[str]]]:
    """A line of the accounts of some CCAS in time: as a figure, and as the columns and rows of a table."""
    places = [house.territoires[code] for code in codes]
    figures = house.figures((card.code,), codes)
    frame, few = series(figures, places), len(places) <= PEU
    told = sorted({why for code in codes for why in breaks(_rows(figures, code), house.regles[card.code])})
    period = formats.periode(list(card.annees))
    figure = Figure(
        titre=f"{card.libelle}, {period}",
        sous_titre=f"{formats.unite_longue(card.unite)} ; budget principal",
        source=cite_codes(house, (card.code,), codes),
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


def _rows(figures: pd.DataFrame, code: str) -> list[dict]:
    return figures[figures["territoire"] == code].to_dict("records")


def establishments(
    house: Warehouse, cards: tuple[Indicateur, ...], codes: tuple[str, ...]
) -> tuple[Figure, list[str], list[list[str]]]:
    """What some CCAS run: as a figure, and as the columns and rows of a table."""
    figures = house.figures(tuple(card.code for card in cards), codes)
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
        source=cite_codes(house, [card.code for card in cards], codes),
        alt=title,
        table=table,
        fichier="ce-que-gerent-les-ccas",
        note=note,
    )
    return figure, columns, rows
