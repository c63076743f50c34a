"""Two indicators over the communes, and what can and cannot be said of their relation."""

from __future__ import annotations

import pandas as pd

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.charts.scatter import draw_scatter
from observatoire.figures import Figure
from observatoire.methods.phrases import own_name
from observatoire.methods.relation import PRUDENCE, relation_words, spearman
from observatoire.methods.rounding import as_read
from observatoire.methods.similarity import values_table
from observatoire.palettes import GRIS_CLAIR
from observatoire.records import Indicateur
from observatoire.views.comparaison.distribution import background, ept_legend
from observatoire.views.comparaison.scope import Scope, cite_codes, full_name
from observatoire.warehouse import Warehouse

AUTRES = f"Autres communes {IDENTITE.region.de}"
# The latest year that half of the communes have in both indicators: a later one would empty the cloud.
COUVERTURE = 0.5


def scatter(warehouse: Warehouse, scope: Scope, first: Indicateur, second: Indicateur) -> tuple[Figure, str] | None:
    """The chart and its relation in words; None when too few communes have both figures."""
    codes = [t.code for t in background(warehouse, scope)]
    figures = warehouse.covered((first.code, second.code), tuple(codes), COUVERTURE)
    values, years = values_table(figures.assign(valeur=as_read(figures)), codes, COUVERTURE)
    if len(years) < 2:
        return None
    steps = figures.set_index("indicateur")["arrondi"]
    first, second = (card.lisible(steps[[card.code]]) for card in (first, second))
    return draw_pairs(
        warehouse, scope, values[first.code], values[second.code], _axis(first, years), _axis(second, years)
    )


def _axis(card: Indicateur, years: dict[str, int]) -> tuple[Indicateur, int]:
    return card, years[card.code]


def axis_title(card: Indicateur, annee: int) -> str:
    """What an axis measures, with the unit that its bare numbers do not carry: « Taux de pauvreté (%), 2023 »."""
    said = card.unite in card.libelle
    return f"{card.libelle}{'' if said else f' ({card.unite})'}, {card.periode(annee)}"


def draw_pairs(
    warehouse: Warehouse,
    scope: Scope,
    x: pd.Series,
    y: pd.Series,
    first: tuple[Indicateur, int],
    second: tuple[Indicateur, int],
) -> tuple[Figure, str]:
    """Chart and words for two series over communes (index: code)."""
    (card_x, year_x), (card_y, year_y) = first, second
    frame = _frame(warehouse, scope, x, y, card_x, card_y)
    relation = spearman(x, y)
    words = relation_words(relation, card_x.libelle, card_y.libelle)
    legend = ept_legend(warehouse) | ({AUTRES: GRIS_CLAIR} if scope.region else {})
    missing = int(frame[["x", "y"]].isna().any(axis=1).sum())
    title_x, title_y = axis_title(card_x, year_x), axis_title(card_y, year_y)
    figure = Figure(
        titre=f"{card_x.libelle} et {card_y.libelle[0].lower()}{card_y.libelle[1:]}",
        sous_titre=f"Abscisse : {title_x} ; ordonnée : {title_y} ; tirets : médianes",
        source=cite_codes(warehouse, (card_x.code, card_y.code)),
        alt=f"Nuage de points de {len(frame) - missing} communes. {words}",
        table=frame[["nom", "groupe", "x", "y"]].set_axis(
            ["Commune", "EPT", f"{card_x.libelle} ({year_x})", f"{card_y.libelle} ({year_y})"], axis=1
        ),
        fichier=formats.nom_de_fichier("nuage", card_x.code, card_y.code),
        trace=scope.trace(card_x, year_x),
        chart=draw_scatter(
            frame,
            (title_x, card_x.decimales),
            (title_y, card_y.decimales),
            legend,
        ),
        note=f"Non dessinées, faute de l’un des deux chiffres : {missing} commune{'s' if missing > 1 else ''}."
        if missing
        else "",
    )
    return figure.written(), formats.insecables(f"**{words}** {PRUDENCE}")


def _frame(
    warehouse: Warehouse, scope: Scope, x: pd.Series, y: pd.Series, card_x: Indicateur, card_y: Indicateur
) -> pd.DataFrame:
    lit = scope.lit | ({t.code for t in scope.territoires} if len(scope.territoires) <= 8 else set())
    extremes = set() if scope.region else set(_extremes(x)) | set(_extremes(y))
    mine = warehouse.communes[scope.mienne].nom if scope.mienne in warehouse.communes else ""
    rows, of_x, of_y = [], x.to_dict(), y.to_dict()
    for code in x.index:
        commune = warehouse.territoires[code]
        ept = warehouse.epts.get(commune.code_ept or "")
        name = full_name(warehouse, commune)
        rows.append(
            {
                "nom": name,
                "x": of_x[code],
                "y": of_y.get(code),
                "texte_x": card_x.format(of_x[code]),
                "texte_y": card_y.format(of_y.get(code)),
                "groupe": ept.nom if ept else AUTRES,
                "lit": code in lit,
                "mienne": code == scope.mienne,
                "etiquette": own_name(name, mine) if code in lit | extremes else "",
            }
        )
    order = {name: n for n, name in enumerate((AUTRES, *ept_legend(warehouse)))}
    places = sorted(range(len(rows)), key=lambda n: (rows[n]["lit"], order[rows[n]["groupe"]]))
    return pd.DataFrame([rows[n] for n in places], index=places)


def _extremes(values: pd.Series, count: int = 3) -> list[str]:
    ordered = [str(code) for code in values.dropna().sort_values().index]
    return [*ordered[:count], *ordered[-count:]]
