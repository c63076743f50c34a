"""A line of the report over the communes: as it is, per 1,000 inhabitants, per 1,000 poor people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from etl.typography import count
from observatoire import formats
from observatoire.charts.ranking import draw_ranking
from observatoire.figures import Figure
from observatoire.records import DEPARTEMENT, RubriqueReseau
from observatoire.views.reseau.activite import MILLE, absences, communes_of, population, totals
from observatoire.views.reseau.questions import Questions, flagged, source
from observatoire.warehouse import Warehouse

# Name of a way to read → the words of its unit.
MESURES = {
    "nombre": "tel quel",
    "habitants": "pour 1 000 habitants",
    "pauvres": "pour 1 000 personnes pauvres",
}
POPULATION, PAUVRES = "DEM01", "REV43"


def ways(line: RubriqueReseau) -> list[str]:
    """The ways that a line may be read: what does not add up is not divided."""
    return list(MESURES) if line.additive else ["nombre"]


def base_of(warehouse: Warehouse, mesure: str, exercice: int) -> tuple[dict[str, float], int | None]:
    """Commune → what its answer is divided by, and the year of that figure: the last known by the exercice.

    A commune whose figure is not published is not there.
    """
    if mesure == "nombre":
        return {}, None
    code = POPULATION if mesure == "habitants" else PAUVRES
    known = warehouse.every_indicator[code].annees
    year = max((one for one in known if one <= exercice), default=min(known))
    rows = warehouse.figures((code,), tuple(warehouse.communes), (year,))
    kept = rows[rows["valeur"].gt(0)]
    return {str(place): float(value) for place, value in zip(kept["territoire"], kept["valeur"], strict=True)}, year


def line_figure(
    warehouse: Warehouse,
    questions: Questions,
    line: RubriqueReseau,
    mesure: str,
    exercice: int,
    territoire: str = "",
    demonstration: bool = False,
    reserve: bool = False,
) -> Figure | None:
    """The ranking of the communes on a line; None when none has a figure. ``territoire``: the one to see."""
    answers = communes_of(questions, line, exercice, demonstration)
    bases, year = base_of(warehouse, mesure, exercice)
    shown = _shown(line, mesure)
    names = {code: place.nom for code, place in warehouse.communes.items()}
    rows = []
    for code, name in names.items():
        answer = answers.get(code)
        value = None if answer is None or answer["valeur"] is None else float(answer["valeur"])
        if value is not None and mesure != "nombre":
            value = value / bases[code] * MILLE if code in bases else None
        if answer is None:
            continue
        text = shown.format(value) if value is not None else _sign(answer["statut"], answer["valeur"])
        method = answer["methode"] or ""
        rows.append((name, value, text, code == territoire, method, answer["statut"]))
    frame = pd.DataFrame(rows, columns=["nom", "valeur", "texte", "lit", "methode", "statut"])
    if frame.empty or frame["valeur"].notna().sum() == 0:
        return None
    known = frame[frame["valeur"].notna()]
    references = _references(warehouse, questions, line, mesure, exercice, demonstration)
    return Figure(
        titre=_title(line, known, territoire, names, shown),
        sous_titre=flagged(demonstration) + _subtitle(line, mesure, exercice, year, len(known), len(names)),
        source=source(questions, exercice, demonstration, reserve) + _second(warehouse, mesure, year),
        alt=_alt(line, known, shown),
        table=_table(frame, shown),
        fichier=formats.nom_de_fichier(
            "bilans", line.code, mesure, str(exercice), *(["demonstration"] if demonstration else [])
        ),
        chart=draw_ranking(known[["nom", "valeur", "texte", "lit"]], shown, references),
        note=_note(frame),
        trace=None,
    )


def _shown(line: RubriqueReseau, mesure: str) -> RubriqueReseau:
    """The line in the unit it is read in."""
    if mesure == "nombre":
        return line
    decimals = 0 if line.genre == "montant" else 1
    return replace(line, unite=f"{line.unite} {MESURES[mesure]}".strip(), decimales=decimals, effectif=False)


def _sign(statut: str, valeur: object) -> str:
    if statut == "secret":
        return "s"
    words = {"non_concerne": "non concerné", "non_suivi": "non suivi", "a_venir": "à venir"}
    return words.get(statut, "n.d." if valeur is None else "n. calc.")


def _title(
    line: RubriqueReseau, known: pd.DataFrame, territoire: str, names: Mapping[str, str], shown: RubriqueReseau
) -> str:
    """The finding: that of the commune looked at, else who has most."""
    mine = known[known["nom"].eq(names.get(territoire, ""))]
    row = mine.iloc[0] if not mine.empty else known.sort_values("valeur", ascending=False).iloc[0]
    unit = f" {shown.unite.removeprefix('€').removeprefix('%').strip()}".rstrip()
    return f"{line.libelle} : {row['texte']}{unit} {formats.lieu(str(row['nom']))}"


def _subtitle(line: RubriqueReseau, mesure: str, exercice: int, year: int | None, n: int, all_: int) -> str:
    unit = line.unite or "nombre"
    words = f"{unit} {MESURES[mesure]}" if mesure != "nombre" else unit
    of = f", population de {year}" if mesure == "habitants" else f", pauvreté de {year}" if mesure == "pauvres" else ""
    return f"{formats.majuscule(words)}, exercice {exercice}{of} ; {n} communes sur {all_} avec un chiffre"


def _second(warehouse: Warehouse, mesure: str, year: int | None) -> str:
    if mesure == "nombre" or year is None:
        return ""
    card = warehouse.every_indicator[POPULATION if mesure == "habitants" else PAUVRES]
    return f" ; {card.libelle} ({card.code}, {year})"


def _references(
    warehouse: Warehouse, questions: Questions, line: RubriqueReseau, mesure: str, exercice: int, demonstration: bool
) -> dict[str, float]:
    """The ratio of sums over the communes counted, per inhabitant; nothing stands for the others."""
    if mesure != "habitants":
        return {}
    found = totals(questions, line.modele, exercice, demonstration)
    total = found.get((line.code, line.unite_choisie or "", DEPARTEMENT))
    people = population(questions, line.modele, exercice, demonstration)
    rate = total.pour_mille(people) if total else None
    return {f"les {total.nombre} CCAS comptés": rate} if total and rate is not None else {}


def _alt(line: RubriqueReseau, known: pd.DataFrame, shown: RubriqueReseau) -> str:
    ordered = known.sort_values("valeur", ascending=False)
    first, last = ordered.iloc[0], ordered.iloc[-1]
    return (
        f"Barres : {line.libelle}, {count(len(known), 'commune')}, de {first['texte']} {formats.lieu(first['nom'])} "
        f"jusqu’à {last['texte']} {formats.lieu(last['nom'])}."
    )


def _table(frame: pd.DataFrame, shown: RubriqueReseau) -> pd.DataFrame:
    ordered = frame.sort_values("valeur", ascending=False, na_position="last", kind="stable")
    return pd.DataFrame(
        {
            "Commune": ordered["nom"],
            f"Valeur ({shown.unite})" if shown.unite else "Valeur": ordered["valeur"],
            "Lecture": ordered["texte"],
            "Compté comment": ordered["methode"],
        }
    )


def _note(frame: pd.DataFrame) -> str:
    missing = absences(frame.loc[frame["valeur"].isna(), "statut"])
    parts = [f"{n} {words}" for words, n in missing.items()]
    methods = frame.loc[frame["valeur"].notna() & frame["methode"].ne(""), "methode"].nunique()
    if methods > 1:
        parts.append(f"{methods} façons de compter : à comparer avec prudence")
    return " ; ".join(parts)
