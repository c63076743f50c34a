"""Where the chosen territories stand among all communes, for one indicator."""

from __future__ import annotations

import pandas as pd

from etl.identite import IDENTITE
from etl.typography import FINE
from observatoire import formats
from observatoire.charts.distribution import ASSEZ, draw_distribution
from observatoire.figures import Figure
from observatoire.methods.ranks import CONFIANCE, Rank, place_words, rank_communes
from observatoire.methods.spread import background_year, spread_words
from observatoire.palettes import EPT_COULEURS, GRIS
from observatoire.records import Indicateur, Territoire
from observatoire.views.comparaison.comparison import names
from observatoire.views.comparaison.scope import PEU, Scope, cite_codes, colors, full_name
from observatoire.warehouse import Warehouse

# The columns of the chart as those of ``observation``, which ranks are made from.
RANGEES = {"code": "territoire", "bas": "borne_basse", "haut": "borne_haute"}


def background(warehouse: Warehouse, scope: Scope) -> list[Territoire]:
    """The communes among which one stands: the département's, or Île-de-France's."""
    return list((warehouse.region_communes if scope.region else warehouse.communes).values())


def distribution(warehouse: Warehouse, scope: Scope, card: Indicateur, annee: int) -> tuple[Figure, str]:
    """The chart, and under it the spread and the ranks in words: quartiles and median are those of the communes."""
    communes = background(warehouse, scope)
    lit = [t for t in scope.territoires if t.code in scope.lit] if len(scope.territoires) > PEU else scope.territoires
    places = {t.code: t for t in [*communes, *lit]}
    figures = warehouse.figures((card.code,), tuple(places))
    year = background_year(figures, [t.code for t in communes], annee)
    frame = _frame(warehouse, figures[figures["annee"] == year], card, places, list(lit))
    palette = colors(lit)
    own = {t.code: palette[t.nom] for t in lit}
    frame = frame.assign(
        couleur=[own.get(code, GRIS) for code in frame["code"]],
        commune=frame["code"].isin([t.code for t in communes]),
    )
    inside = frame[frame["commune"]]
    decimales, card = card.decimales, card.lisible(inside.loc[inside["valeur"].notna(), "arrondi"])
    words = spread_words(inside["valeur"], inside["statut"], card, year, _where(scope, len(communes)))
    ranks = rank_communes(inside.rename(columns=RANGEES), card.sens, decimales)
    names_of = dict(zip(inside["code"], inside["nom"], strict=True))
    among = f"{IDENTITE.region.de} de plus de 5{FINE}000 habitants" if scope.region else ""
    lines = [_rank(row, card, ranks, names_of, among) for row in frame[frame["lit"]].to_dict("records")]
    figure = Figure(
        titre=f"{card.libelle} : {names(lit) if lit else 'répartition'} parmi {len(communes)} communes",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periode(year)} ; {_legend(frame)}",
        source=cite_codes(warehouse, [card.code], annee=year),
        alt=f"Répartition. {words} {' ; '.join(lines)}",
        table=frame[["nom", "valeur", "texte", "statut"]]
        .sort_values("valeur", ascending=False, na_position="last")
        .set_axis(["Territoire", card.unite, "Lecture", "Statut"], axis=1),
        fichier=formats.nom_de_fichier("repartition", card.libelle, str(year)),
        trace=scope.trace(card, year),
        chart=None
        if int(frame["valeur"].notna().sum()) < 3
        else draw_distribution(frame, card, _level(warehouse, scope, card, year)),
    )
    return figure.written(), formats.insecables("\n".join([words, "", *(f"- {line}" for line in lines[:PEU])]))


def _legend(frame: pd.DataFrame) -> str:
    """What the marks are: an EPT or the département, when it is chosen, is no commune and counts for none."""
    points = "chaque point est une commune"
    if not bool(frame["commune"].all()):
        points = "petits points : les communes ; grands points : les territoires choisis"
    if frame.loc[frame["commune"], "valeur"].notna().sum() < ASSEZ:
        return points
    return f"{points} ; bande : la moitié centrale des communes, trait : leur médiane"


def _frame(
    warehouse: Warehouse, found: pd.DataFrame, card: Indicateur, places: dict[str, Territoire], lit: list[Territoire]
) -> pd.DataFrame:
    columns = ["territoire", "valeur", "statut", "borne_basse", "borne_haute", "arrondi"]
    rows = {row["territoire"]: row for row in found[columns].to_dict("records")}
    shown = {t.code for t in lit}
    lines = []
    for code, territoire in places.items():
        row = rows.get(code, {})
        value, status = float(row.get("valeur", float("nan"))), str(row.get("statut", "manquant"))
        low, high, step = (row.get(name) for name in ("borne_basse", "borne_haute", "arrondi"))
        text = card.format(value, status, step)
        value = formats.lue(value, step)
        lines.append((code, full_name(warehouse, territoire), value, text, status, code in shown, low, high, step))
    frame = pd.DataFrame(lines, columns=["code", "nom", "valeur", "texte", "statut", "lit", "bas", "haut", "arrondi"])
    return frame.astype({"bas": float, "haut": float, "arrondi": float})


def _rank(row: dict, card: Indicateur, ranks: dict[str, Rank], names: dict[str, str], among: str) -> str:
    """« Bondy : 34,0 % — le 5ᵉ plus élevé des 39 communes »."""
    found = ranks.get(row["code"])
    if found is None:
        return f"{row['nom']} : {row['texte']}"
    whole = {"ou": among} if among else {}
    words = place_words(found, card, names, len(names), **whole)
    if found.entre is not None:
        return f"{row['nom']} : {row['texte']} — {words}, {CONFIANCE} (indicatif)"
    alone = " (incertitude non évaluée)" if any(rank.entre for rank in ranks.values()) else ""
    return f"{row['nom']} : {row['texte']} — {words}{alone}"


def _level(warehouse: Warehouse, scope: Scope, card: Indicateur, year: int) -> tuple[str, float] | None:
    if card.effectif or scope.reference.is_group or scope.reference.code in warehouse.communes:
        return None
    found = warehouse.figures((card.code,), (scope.reference.code,), (year,)).dropna(subset=["valeur"])
    return None if found.empty else (scope.reference.nom, float(found["valeur"].iloc[0]))


def _where(scope: Scope, count: int) -> str:
    return (
        f"les {count} communes {IDENTITE.region.de} de plus de 5{FINE}000 habitants"
        if scope.region
        else f"les {count} communes"
    )


def ept_legend(warehouse: Warehouse) -> dict[str, str]:
    """EPT name → colour."""
    return {t.nom: EPT_COULEURS[t.code] for t in warehouse.epts.values()}
