"""Where a figure comes from, in four short sentences: who counted, what, when, how it was worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from observatoire import formats
from observatoire.formats import is_missing
from observatoire.records import Indicateur, Territoire

Row = Mapping[str, Any]
# Above as many datasets, the first ones are named and the others counted: the table of files has them all.
JEUX = 2


def plain_origin(
    row: Row, fiche: Row, sources: Iterable[Row], card: Indicateur, territoire: Territoire
) -> list[tuple[str, str]]:
    """(« Qui », « INSEE… »), « Quoi », « Quand », « Comment ».

    ``row``: of ``observation``; ``fiche``: of ``indicateur``; ``sources``: the rows of ``source`` that were read.
    """
    read = list(sources)
    said = [("Qui a compté", _who(read)), ("Quoi", card.definition), ("Quand", _when(row, read, card))]
    said.append(("Comment", _how(row, fiche, card, territoire)))
    return [(name, formats.insecables(text)) for name, text in said if text]


def _who(sources: list[Row]) -> str:
    """« INSEE : Recensement de la population, emploi (2022). »"""
    sets: dict[tuple[str, str], list[int]] = {}
    for source in sources:
        sets.setdefault((source["producteur"], formats.typographie(source["nom"])), []).append(source["millesime"])
    words = [
        f"{who}, « {what} » ({', '.join(map(str, sorted(set(years))))})"
        for (who, what), years in list(sets.items())[:JEUX]
    ]
    more = len(sets) - len(words)
    others = f" et {more} autre{'s' if more > 1 else ''} jeu{'x' if more > 1 else ''} de données" if more > 0 else ""
    return f"{' ; '.join(words)}{others}." if words else ""


def _when(row: Row, sources: list[Row], card: Indicateur) -> str:
    """« En 2023, rapporté à des chiffres de 2021. Publié le 27 juin 2025. »"""
    text = formats.majuscule(card.en(row["annee"]))
    below = row["annee_denominateur"]
    if not is_missing(below) and below != row["annee"]:
        text += f", rapporté à des chiffres de {int(below)}"
    published = [source["publie_le"] for source in sources if source["publie_le"]]
    return f"{text}." + (f" Publié le {formats.jour(max(published))}." if published else "")


def _how(row: Row, fiche: Row, card: Indicateur, territoire: Territoire) -> str:
    status = row["statut"]
    if is_missing(row["valeur"]):
        why = formats.MOTIFS.get(row["motif"], "")
        return f"Il n’y a pas de chiffre : {why or formats.STATUTS[status]}."
    if status == "censure":
        return "Le producteur ne publie pas la valeur exacte : seule la borne qu’elle ne dépasse pas est connue."
    if status == "publie":
        return "Le producteur publie ce chiffre tel quel : rien n’est calculé ici."
    if fiche["forme"] == "evolution":
        return f"Nous calculons la croissance moyenne par an sur {fiche['duree']} ans, en %."
    if fiche["poids"]:
        weight = card.poids_libelle or "leur population"
        return f"Nous faisons la moyenne des chiffres publiés, pondérée ainsi : {weight}. C’est une valeur approchée."
    return _worked_out(row, fiche, card, territoire)


def _worked_out(row: Row, fiche: Row, card: Indicateur, territoire: Territoire) -> str:
    above, below = row["numerateur"], row["denominateur"]
    added = territoire.type in ("ept", "departement")
    if not fiche["denominateur"] or is_missing(above) or is_missing(below):
        return (
            "Nous additionnons les chiffres de ses communes."
            if added and card.agregation == "somme"
            else "Nous le calculons à partir des chiffres publiés (voir la formule)."
        )
    times = f", puis multiplions par {formats.nombre(fiche['facteur'])}" if fiche["facteur"] != 1 else ""
    parts = [
        f"{_amount(amount)} ({words})" if words else _amount(amount)
        for amount, words in ((above, card.numerateur_libelle), (below, card.denominateur_libelle))
    ]
    total = " Ces deux nombres sont ceux de tout le territoire, jamais une moyenne de taux." if added else ""
    close = " Le résultat est approché." if row["statut"] == "approche" else ""
    return f"Nous divisons {parts[0]} par {parts[1]}{times}.{total}{close}"


def _amount(value: float) -> str:
    return formats.nombre(value, 0 if float(value).is_integer() or abs(value) >= 1000 else 1)
