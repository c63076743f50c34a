"""What CCAS spend and run: accounts published by the OFGL, absences shown as absences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from observatoire import formats
from observatoire.charts.ranking import draw_ranking
from observatoire.charts.scatter import draw_scatter
from observatoire.charts.trends import draw_trends
from observatoire.figures import Figure, traced
from observatoire.frames import named_rows
from observatoire.methods.groups import MINIMUM_MEDIANE
from observatoire.methods.phrases import own_name
from observatoire.methods.relation import relation_words, spearman
from observatoire.methods.tables import series, trend_table
from observatoire.methods.trend_test import breaks
from observatoire.palettes import ACCENT, BLEU, EPT_COULEURS, GRIS, GRIS_CLAIR
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
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
# The orders of the rows of a table; any line of it is one too, from the highest to the lowest.
PAR_EPT, PAR_NOM = "ept", "nom"


class Tableau(NamedTuple):
    """A figure, the columns and rows of its table on screen, and which rows are those of several CCAS together."""

    figure: Figure
    columns: list[str]
    rows: list[list[str]]
    ensembles: tuple[int, ...] = ()


def account_cards(warehouse: Warehouse) -> tuple[Indicateur, ...]:
    """The lines of the accounts of CCAS, in the order of the catalogue."""
    cards = warehouse.indicateurs.values()
    return tuple(c for c in cards if c.theme == THEME and (c.numerateur or "").startswith(COMPTES))


def run_cards(warehouse: Warehouse) -> tuple[Indicateur, ...]:
    """What a CCAS runs besides its main budget: those of these indicators that have figures."""
    return tuple(warehouse.indicateurs[code] for code in GERES if code in warehouse.indicateurs)


def accounts(
    warehouse: Warehouse, cards: tuple[Indicateur, ...], codes: tuple[str, ...], order: str = PAR_EPT
) -> tuple[Tableau, str]:
    """The latest accounts of some CCAS, and what must be said under their table. ``order``: see ``ranged``."""
    latest = max(card.derniere for card in cards)
    heads = [c.libelle + ("" if c.derniere == latest else f" ({c.derniere})") for c in cards]
    note = (
        "« n.d. » : le montant est vraisemblablement inscrit à un autre compte ; ce n’est pas une recette ou une "
        "dépense nulle."
    )
    mergers = [warehouse.territoires[c].nom for c in codes if c in warehouse.mergers]
    if mergers:
        note += f" {', '.join(mergers)} : « n. calc. » tant que le compte d’un des anciens CCAS manque, avant 2025."
    title = f"Comptes des CCAS, {latest}"
    table = _latest(warehouse, cards, codes, order, heads, (title, "comptes-des-ccas", ""))
    return table, formats.insecables(note)


def establishments(
    warehouse: Warehouse, cards: tuple[Indicateur, ...], codes: tuple[str, ...], order: str = PAR_EPT
) -> Tableau:
    """What some CCAS run: establishments, places, and the spending of their other budgets."""
    heads = [f"{card.libelle.removesuffix(' (effectif)')} ({card.derniere})" for card in cards]
    note = (
        "0 : le CCAS n’est gestionnaire de rien dans FINESS, ou n’a pas de budget annexe. « n.d. » : pas encore "
        "rattaché au CCAS dans FINESS (Saint-Denis), ou capacité non déclarée. Les budgets annexes ne s’additionnent "
        "pas au budget principal, qui peut leur verser de l’argent."
    )
    return _latest(warehouse, cards, codes, order, heads, ("Ce que gèrent les CCAS", "ce-que-gerent-les-ccas", note))


def _latest(
    warehouse: Warehouse,
    cards: tuple[Indicateur, ...],
    codes: tuple[str, ...],
    order: str,
    heads: list[str],
    words: tuple[str, str, str],
) -> Tableau:
    """The latest figure of each indicator for each CCAS; lines and columns exchanged for a few of them.

    ``order``: see ``ranged``, by name when it is a line that the table has not; ``words``: title, name of the file,
    note.
    """
    years = {card.code: card.derniere for card in cards}
    few = len(codes) <= PEU
    places = codes if few else ranged(warehouse, codes, PAR_EPT)
    figures = warehouse.figures(years, places)
    found = {(r.territoire, r.indicateur): r for r in named_rows(figures) if r.annee == years[r.indicateur]}
    if not few:
        by = order if order in (PAR_EPT, PAR_NOM) or order in years else PAR_NOM
        places = ranged(warehouse, codes, by, lambda code: _value(found.get((code, by))))
    rows, tidy = [], []
    for code in places:
        name, texts = warehouse.territoires[code].nom, []
        alone = code in warehouse.communes
        for card in cards:
            row = found.get((code, card.code))
            value, status = (formats.lue(row.valeur, row.arrondi), row.statut) if row else (None, "manquant")
            texts.append(formats.insecables(card.format(value, status, row.arrondi if row else None)))
            if alone:  # a file in which CCAS and their sums were mixed would be added up twice
                tidy.append((name, card.libelle, card.derniere, value, formats.STATUTS[status]))
        rows.append([name if alone else f"{name}, ensemble", *texts])
    columns = ["CCAS", *map(formats.insecables, heads)]
    if few:
        columns, *rows = [list(line) for line in zip(columns, *rows, strict=True)]
    title, file, note = words
    table = pd.DataFrame(tidy, columns=["CCAS", "Indicateur", "Année", "Valeur", "Statut"]).astype({"Valeur": float})
    figure = Figure(
        titre=title,
        sous_titre="Unité dans chaque libellé",
        source=cite_codes(warehouse, years, codes),
        alt=title,
        table=table,
        fichier=file,
        note=note,
    )
    ensembles = () if few else tuple(n for n, code in enumerate(places) if code not in warehouse.communes)
    return Tableau(figure, columns, rows, ensembles)


def ranged(
    warehouse: Warehouse, codes: Sequence[str], order: str, value: Callable[[str], float | None] = lambda _: None
) -> tuple[str, ...]:
    """Communes in the order asked, with the EPT and the département of which all are there.

    ``PAR_EPT``: each EPT after its communes; ``PAR_NOM``: communes as they come, EPT after them; any other order: from
    the highest ``value`` to the lowest, the communes without one after the others.
    """
    whole = [ept for ept in warehouse.epts if _members(warehouse, ept) <= set(codes)]
    last = [DEPARTEMENT] if set(warehouse.communes) <= set(codes) else []
    if order == PAR_EPT:
        parts = [(ept, [c for c in codes if c in _members(warehouse, ept)]) for ept in warehouse.epts]
        return (*(c for ept, own in parts for c in [*own, *([ept] if ept in whole else [])]), *last)
    if order == PAR_NOM:
        return (*codes, *whole, *last)
    known = {code: value(code) for code in codes}
    return (*sorted(codes, key=lambda c: (known[c] is None, -(known[c] or 0.0))), *whole, *last)


def _members(warehouse: Warehouse, ept: str) -> set[str]:
    return {code for code, commune in warehouse.communes.items() if commune.code_ept == ept}


def _value(row: Any) -> float | None:
    return None if row is None or formats.is_missing(row.valeur) else float(row.valeur)


def accounts_chart(warehouse: Warehouse, scope: Scope, card: Indicateur, codes: tuple[str, ...]) -> Figure:
    """The bars of a line of the accounts, one a CCAS, in the colour of its EPT; the finding as title.

    A few communes are shown among all, in blue over grey. The reader's commune alone takes the accent, and says so.
    """
    few = len(codes) <= PEU
    mine = warehouse.communes[scope.mienne].nom if scope.mienne in warehouse.communes else ""
    shown = tuple(warehouse.communes) if few else codes
    figures = warehouse.figures((card.code,), shown, (card.derniere,))
    found = {row.territoire: row for row in named_rows(figures)}
    rows = []
    for code in shown:
        row, place = found.get(code), warehouse.territoires[code]
        value = _value(row)
        status = row.statut if row else "manquant"
        text = card.format(value, status, row.arrondi if row else None)
        rows.append((place.nom, value, text, formats.STATUTS[status], few and code in codes))
    frame = pd.DataFrame(rows, columns=["nom", "valeur", "texte", "statut", "lit"]).astype({"valeur": float})
    hues = {
        own_name(place.nom, mine): _hue(place, few, place.code in codes, place.nom == mine)
        for place in (warehouse.territoires[c] for c in shown)
    }
    ordered = frame.sort_values("valeur", ascending=False, na_position="last", kind="stable")
    words = " ; ".join(f"{name} {text}" for name, text in zip(ordered["nom"], ordered["texte"], strict=True))
    label = f"{card.libelle}, {card.periode(card.derniere)}"
    return Figure(
        titre=_finding(frame, card) or label,
        sous_titre=f"{label}, {formats.unite_longue(card.unite)} ; budget principal"
        + ("" if few else " ; couleur : l’EPT")
        + (" ; en rouge : ma commune" if mine in set(frame["nom"]) else ""),
        source=cite_codes(warehouse, (card.code,), shown, card.derniere),
        alt=f"Barres. {words}.",
        table=ordered[["nom", "valeur", "texte", "statut"]].set_axis(["CCAS", card.unite, "Lecture", "Statut"], axis=1),
        fichier=formats.nom_de_fichier("comptes-des-ccas", card.libelle, str(card.derniere)),
        trace=scope.trace(card, card.derniere),
        chart=draw_ranking(
            frame.assign(nom=[own_name(name, mine) for name in frame["nom"]]), card, colors=hues, step=18
        ),
    ).written()


def _hue(commune: Territoire, few: bool, chosen: bool, mine: bool) -> str:
    """The colour of a bar: the reader's commune; else its EPT's, or among a few chosen ones blue or grey."""
    if mine:
        return ACCENT
    if few:
        return BLEU if chosen else GRIS_CLAIR
    return EPT_COULEURS.get(commune.code_ept or "", GRIS)


def _finding(frame: pd.DataFrame, card: Indicateur) -> str:
    """What the accounts say at a glance: the least, the most, what half of the CCAS are under; nothing for a few."""
    known = frame[frame["valeur"].notna()].sort_values("valeur", kind="stable")
    if len(known) < MINIMUM_MEDIANE:
        return ""
    first, last = known.iloc[0], known.iloc[-1]
    half = card.format(float(known["valeur"].median()))
    return formats.insecables(
        f"De {first['texte']} {formats.lieu(first['nom'])} à {last['texte']} {formats.lieu(last['nom'])} : la moitié "
        f"des {len(known)} CCAS connus sont à {half} ou moins"
    )


def spending_beside_needs(warehouse: Warehouse, scope: Scope, card: Indicateur, chosen: Choices) -> tuple[Figure, str]:
    found = warehouse.kept(make_needs, chosen)
    spending = warehouse.figures((card.code,), tuple(warehouse.communes), (card.derniere,)).set_index("territoire")
    x, y = found.indice, spending["valeur"].astype(float)
    steps = spending["arrondi"]
    lit = scope.lit | ({t.code for t in scope.territoires} if len(scope.territoires) <= PEU else set())
    rows = []
    for code, commune in warehouse.communes.items():
        ept = warehouse.epts[commune.code_ept or ""]
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
    mine = warehouse.communes[scope.mienne].nom if scope.mienne in warehouse.communes else ""
    frame = frame.assign(etiquette=[own_name(n, mine) if n in named else "" for n in frame["nom"]])
    words = relation_words(spearman(x, y), "Indice de besoins", card.libelle)
    missing = list(frame.loc[frame[["x", "y"]].isna().any(axis=1), "nom"])
    figure = Figure(
        titre="Dépense des CCAS et besoins de leur commune",
        sous_titre=f"Abscisse : indice de besoins (0 : commune moyenne) ; ordonnée : {card.libelle} ({card.unite}), "
        f"{card.derniere} ; tirets : médianes",
        source=cite_codes(warehouse, (card.code,), tuple(warehouse.communes)),
        alt=f"Nuage de points. {words}",
        table=frame[["nom", "groupe", "x", "y"]].set_axis(
            ["Commune", "EPT", "Indice de besoins", card.libelle], axis=1
        ),
        fichier="depense-et-besoins",
        chart=draw_scatter(
            frame, ("indice de besoins", 1), (f"{card.unite}, {card.derniere}", 0), ept_legend(warehouse)
        ),
        note=f"Sans chiffre, non dessinés : {', '.join(missing)}." if missing else "",
    )
    return figure.written(), formats.insecables(words)


def accounts_by_year(warehouse: Warehouse, card: Indicateur, codes: tuple[str, ...]) -> Tableau:
    """A line of the accounts of some CCAS in time: as a figure, and as the columns and rows of a table."""
    places = [warehouse.territoires[code] for code in codes]
    figures = warehouse.figures((card.code,), codes)
    frame, few = series(figures, places), len(places) <= PEU
    rows_of: dict[str, list[dict]] = {code: [] for code in codes}
    for row in figures.to_dict("records"):
        rows_of[row["territoire"]].append(row)
    told = sorted({why for rows in rows_of.values() for why in breaks(rows, warehouse.regles[card.code])})
    period = formats.periode(list(card.annees))
    figure = Figure(
        titre=f"{card.libelle}, {period}",
        sous_titre=f"{formats.unite_longue(card.unite)} ; budget principal",
        source=cite_codes(warehouse, (card.code,), codes),
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
    return Tableau(figure.written(), ["CCAS", *map(str, shown.columns)], rows)
