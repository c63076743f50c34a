"""One indicator of a territory in time."""

from __future__ import annotations

from observatoire import formats
from observatoire.charts.trends import draw_trends
from observatoire.figures import Figure, cite_rows, traced, traced_within
from observatoire.methods import portrait
from observatoire.methods.phrases import parts_words
from observatoire.methods.tables import series, trend_table
from observatoire.methods.trend_test import assess, breaks
from observatoire.records import METROPOLE, Indicateur, Territoire
from observatoire.warehouse import Warehouse


def trend_figure(warehouse: Warehouse, territoire: Territoire, card: Indicateur) -> Figure | None:
    """An indicator of a territory in time, beside its references; None when it has no figure."""
    codes = [territoire.code, *(() if card.effectif else territoire.references)]
    figures = warehouse.counts((card.code,), (*codes, METROPOLE))
    columns = {name: [row[name] for row in figures] for name in ("territoire", "annee", "valeur", "statut", "arrondi")}
    frame = series(columns, [warehouse.territoires[c] for c in codes])
    known = frame["annee"][frame["valeur"].notna()]
    if known.empty:
        return None
    words = portrait.trend_words(frame, card)
    own = [row for row in figures if row["territoire"] == territoire.code]
    tendance = assess(own, warehouse.regles[card.code])
    tested = tendance.mots if tendance.annees else f"{tendance.mots} : {tendance.raison}"
    return Figure(
        titre=f"{card.libelle} {territoire.lieu}",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periodes(frame['annee'])}",
        source=cite_rows(warehouse, (row["source"] for row in figures)),
        alt=words,
        table=trend_table(frame, card.unite),
        fichier=formats.nom_de_fichier(card.libelle, territoire.nom),
        chart=draw_trends(
            frame,
            card,
            ruptures=breaks(own, warehouse.regles[card.code]),
            coupures=[year for year, _ in card.ruptures],
        ),
        note=" ".join(part for part in (words, f"Tendance {tested}.", parts_words(card, tendance)) if part),
        trace=_traced(territoire, card, int(known.max())),
    ).written()


def _traced(territoire: Territoire, card: Indicateur, annee: int) -> dict[str, str]:
    """The figure that « D’où vient ce chiffre ? » opens; what is only published for the département has its level."""
    if card.niveau == "departement":
        return traced_within(card.niveau, card.code, annee)
    return traced(territoire.code, card.code, annee)
