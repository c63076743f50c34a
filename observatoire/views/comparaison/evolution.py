"""One indicator over years: values, index 100, small multiples, or two years joined by slopes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from observatoire import formats
from observatoire.charts.multiples import draw_multiples
from observatoire.charts.slope import draw_slope
from observatoire.charts.trends import draw_trends
from observatoire.figures import Figure
from observatoire.frames import only
from observatoire.mesures import MesureSimple
from observatoire.methods.evolutions import base_100, latest_series, two_years
from observatoire.methods.rounding import as_read
from observatoire.methods.tables import series
from observatoire.palettes import EPT_COULEURS, GRIS
from observatoire.records import Indicateur, Territoire
from observatoire.views.comparaison.comparison import Comparison, names
from observatoire.views.comparaison.scope import PEU, Scope, cite_codes, colors, comparison
from observatoire.warehouse import Warehouse


def trends(
    warehouse: Warehouse, scope: Scope, codes: tuple[str, ...], card: Indicateur, index: bool, title: str
) -> Figure | str:
    """The figure of an indicator among those compared (``codes``); where there is no evolution, why in words."""
    compared = comparison(warehouse, scope, [warehouse.indicateurs[code] for code in codes])
    shown = list(scope.territoires[:PEU])
    frame = _series(scope, compared, card, shown)
    drawn, unit = card, card.unite
    if index:
        frame, first = base_100(latest_series(frame, card))
        unit = f"indice 100 en {first}"
        drawn = MesureSimple(card.code, card.libelle, unit)
    years = frame.loc[frame["valeur"].notna(), "annee"]
    if years.nunique() < 2:
        if not len(years):
            return "Aucune valeur connue."
        why = card.rupture(int(years.max())) if len(card.annees) > 1 else ""
        alone = card.periodes(years)
        return f"Une seule année comparable ({alone}) : {why}." if why else f"Une seule année connue ({alone})."
    left_out = len(scope.territoires) - PEU
    period = card.periodes(years)
    table = _series(scope, compared, card, scope.territoires)
    return Figure(
        titre=title,
        sous_titre=f"{formats.majuscule(unit) if index else formats.unite_longue(unit)}, {period}",
        source=cite_codes(warehouse, [card.code]),
        alt=f"Courbes de {names(shown)}, {period}. {_ends(frame, card, index)}",
        table=_table(frame if index else table, unit),
        fichier=formats.nom_de_fichier("tendance", card.libelle),
        trace=scope.trace(card, int(years.max())),
        chart=draw_trends(
            frame,
            drawn,
            _palette(scope, shown),
            emphasis=False,
            ruptures=card.ruptures,
            coupures=[year for year, _ in card.ruptures],
        ),
        note=f"{left_out} territoires de plus sont dans le tableau." if left_out > 0 else "",
    ).written()


def _series(scope: Scope, compared: Comparison, card: Indicateur, shown: Sequence[Territoire]) -> pd.DataFrame:
    """Series of the territories, then the reference's unless it is one of them or the figure is a count."""
    places = list(shown)
    reference = scope.reference
    if not card.effectif and reference.code not in {t.code for t in places}:
        places.append(Territoire(reference.code, "groupe", reference.court, None, None, None))
    return series(compared.figures[compared.figures["indicateur"] == card.code], places)


def _table(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """A series to take away, each figure at its own rounding; an index has none."""
    columns = ["serie", "annee", "valeur", "statut"]
    return only(frame.assign(valeur=as_read(frame)), columns).set_axis(["Territoire", "Année", unit, "Statut"], axis=1)


def _palette(scope: Scope, shown: Sequence[Territoire]) -> dict[str, str]:
    return {scope.reference.court: GRIS} | colors(shown)


def _ends(frame: pd.DataFrame, card: Indicateur, index: bool) -> str:
    parts = []
    for name, known in frame.dropna(subset=["valeur"]).groupby("serie", sort=False):
        own = latest_series(known, card)
        first, last = own.iloc[0], own.iloc[-1]
        ends = [
            formats.nombre(row["valeur"]) if index else card.format(row["valeur"], arrondi=row.get("arrondi"))
            for row in (first, last)
        ]
        start = f"{ends[0]} {card.en(first['annee'])}, " if len(own) > 1 else ""
        parts.append(f"{name} : {start}{ends[1]} {card.en(last['annee'])}")
    return " ; ".join(parts)


def multiples(warehouse: Warehouse, scope: Scope, card: Indicateur, columns: int) -> Figure | None:
    compared = comparison(warehouse, scope, [card])
    shown = scope.territoires[: 3 * PEU]
    frame = _series(scope, compared, card, shown)
    if len(set(frame.dropna(subset=["valeur"])["annee"])) < 2:
        return None
    period = card.periodes(frame.loc[frame["valeur"].notna(), "annee"])
    order = [t.nom for t in shown]
    palette = {t.nom: EPT_COULEURS.get(t.code) for t in shown}
    level = None if card.effectif or scope.reference.court in order else scope.reference.court
    return Figure(
        titre=f"{card.libelle} : un graphique par territoire",
        sous_titre=f"{formats.unite_longue(card.unite)}, {period} ; même échelle"
        + (f" ; en tirets : {level}" if level else ""),
        source=cite_codes(warehouse, [card.code]),
        alt=_ends(frame, card, False),
        table=_table(frame, card.unite),
        fichier=formats.nom_de_fichier("evolutions", card.libelle),
        trace=scope.trace(card, int(frame.loc[frame["valeur"].notna(), "annee"].max())),
        chart=draw_multiples(
            frame,
            order,
            level,
            card,
            palette,
            columns=columns,
            coupures=[year for year, _ in card.ruptures],
        ),
    ).written()


def slope(warehouse: Warehouse, scope: Scope, card: Indicateur, first: int, last: int) -> Figure | None:
    lit = {t.code for t in scope.territoires} if len(scope.territoires) <= PEU else scope.lit
    background = (
        [warehouse.territoires[c] for c in scope.membres if c in warehouse.communes] if not card.effectif else []
    )
    places = list({t.code: t for t in [*scope.territoires, *background]}.values())
    figures = warehouse.figures((card.code,), tuple(t.code for t in places), (first, last))
    frame, left_out = two_years(figures, card, places, first, last)
    if frame.empty:
        return None
    palette = colors([t for t in places if t.code in lit])
    frame = frame.assign(lit=[c in lit for c in frame["code"]], couleur=[palette.get(n, GRIS) for n in frame["nom"]])
    named = frame[frame["lit"]] if bool(frame["lit"].any()) else frame
    words = " ; ".join(f"{r.nom} : {r.texte_avant} puis {r.texte_apres}" for r in named.itertuples())
    columns = {"nom": "Territoire", "avant": f"{card.unite} en {first}", "apres": f"{card.unite} en {last}"}
    return Figure(
        titre=f"{card.libelle} : de {first} à {last}",
        sous_titre=f"{formats.unite_longue(card.unite)} ; en gris, les autres communes du groupe",
        source=cite_codes(warehouse, [card.code]),
        alt=f"Pentes de {first} à {last}. {words}",
        table=frame[list(columns)].rename(columns=columns),
        fichier=formats.nom_de_fichier("pentes", card.libelle, str(first), str(last)),
        trace=scope.trace(card, last),
        chart=draw_slope(frame, (first, last)),
        note=f"Sans chiffre exact aux deux dates : {', '.join(left_out)}." if left_out else "",
    ).written()
