"""The finding of an indicator in a territory, in two sentences: level, gap to the reference, place among the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from observatoire import formats
from observatoire.formats import is_missing
from observatoire.methods.inside import latest
from observatoire.methods.map_sentences import extremes
from observatoire.methods.phrases import reading, sentence, subject
from observatoire.methods.ranks import place_words, rank_communes
from observatoire.records import DEPARTEMENT, FRANCE, METROPOLE, REGION, Indicateur, Territoire
from observatoire.views.comparaison.comparison import expand
from observatoire.views.portrait.profile import place_of
from observatoire.warehouse import Warehouse

Row = dict[str, Any]
# An indicator of IRIS or of QPV is about places inside the territory; the singular and the plural.
DEDANS = {"iris": ("IRIS", "IRIS"), "qpv": ("quartier prioritaire", "quartiers prioritaires")}


@dataclass(frozen=True)
class Constat:
    """``phrase``: the level and the gap; ``place``: where it stands among the others; ``territoire``: about whom.

    ``texte``: the figure alone, as it reads; empty without one. ``absences``: what is not known here, and why, in
    sentences.
    """

    card: Indicateur
    territoire: Territoire
    annee: int
    phrase: str
    place: str = ""
    texte: str = ""
    absences: tuple[str, ...] = ()

    @property
    def titre(self) -> str:
        """Both sentences."""
        return " ".join(filter(None, (self.phrase, self.place)))


def finding(warehouse: Warehouse, code: str, territoire: str, annee: int) -> Constat:
    """What an indicator says of a territory in a year. Raises KeyError for an unknown code."""
    card, place = warehouse.every_indicator[code], warehouse.territoires[territoire]
    if card.niveau in DEDANS:
        return _inside(warehouse, card, place, annee)
    absences: tuple[str, ...] = ()
    if card.niveau == "departement" and place.code != DEPARTEMENT:
        absences = (
            f"« {card.libelle} » n’est publié que pour le département : il n’y a de chiffre ni {place.lieu}, ni pour "
            "une autre commune, ni pour un EPT.",
        )
        place = warehouse.territoires[DEPARTEMENT]
    rows = _of_year(warehouse, card, [place.code, *_beside(place)], annee)
    own = rows.get(place.code)
    if own is None or is_missing(own["valeur"]):
        return _unknown(warehouse, card, place, annee, own, absences)
    return Constat(
        card,
        place,
        annee,
        _level(warehouse, card, place, annee, rows),
        formats.insecables(_standing(warehouse, card, place, annee)),
        reading(card, own["valeur"], own["statut"], own["arrondi"]),
        absences,
    )


def latest_known(warehouse: Warehouse, code: str, territoire: str) -> int:
    """The latest year that has a figure here (in one of its IRIS or QPV, for theirs), else the latest of the card."""
    card, place = warehouse.every_indicator[code], warehouse.territoires[territoire]
    if card.niveau in DEDANS:
        places = tuple(warehouse.inside(expand(warehouse, [place]), card.niveau)["code"])
    else:
        places = (DEPARTEMENT,) if card.niveau == "departement" else (territoire,)
    known = (
        [row["annee"] for row in warehouse.counts([code], places) if not is_missing(row["valeur"])] if places else []
    )
    return max(set(known) & set(card.annees), default=card.derniere)


def _beside(place: Territoire) -> tuple[str, ...]:
    """What a figure is compared with: the département, else France, else the région."""
    return (FRANCE, METROPOLE, REGION) if place.code == DEPARTEMENT else (DEPARTEMENT, FRANCE, METROPOLE, REGION)


def _of_year(warehouse: Warehouse, card: Indicateur, places: list[str], annee: int) -> dict[str, Row]:
    return {row["territoire"]: row for row in warehouse.counts([card.code], places, [annee])}


def _level(warehouse: Warehouse, card: Indicateur, place: Territoire, annee: int, rows: dict[str, Row]) -> str:
    """The figure beside the first reference that has one for the same year; of a number, its part of the whole."""
    own = rows[place.code]
    if card.effectif:
        text = sentence(place, card, own["valeur"], annee, None, own["statut"], None, (own["arrondi"], None))
        return _with_part(text, card, place, own, rows.get(DEPARTEMENT))
    level = next((rows[c] for c in _beside(place) if c in rows and not is_missing(rows[c]["valeur"])), None)
    reference, step, blur = None, None, None
    if level is not None:
        reference = (warehouse.territoires[level["territoire"]], level["valeur"], level["statut"])
        step, blur = level["arrondi"], level["marge"]
    spread = warehouse.dispersion([card.code])
    spread = spread.loc[spread["annee"] == annee, "ecart_type"]
    return sentence(
        place,
        card,
        own["valeur"],
        annee,
        reference,
        own["statut"],
        None if spread.empty else float(spread.iloc[0]),
        (own["arrondi"], step),
        (own["marge"], blur),
    )


def _with_part(text: str, card: Indicateur, place: Territoire, own: Row, whole: Row | None) -> str:
    """« …, soit 3,2 % du total du département »: only of what adds up."""
    adds = card.agregation == "somme" and place.code != DEPARTEMENT and own["statut"] != "censure"
    if not adds or whole is None or is_missing(whole["valeur"]) or whole["valeur"] <= 0 or own["valeur"] < 0:
        return text
    part = formats.nombre(100 * own["valeur"] / whole["valeur"], 1)
    return formats.insecables(f"{text.rstrip('.')}, soit {part} % du total du département.")


def _standing(warehouse: Warehouse, card: Indicateur, place: Territoire, annee: int) -> str:
    """The place of a commune among the communes, of an EPT among the EPT; for the département, how far communes go."""
    if place.code == DEPARTEMENT:
        return _range(warehouse, card, annee)
    if card.effectif:
        return ""
    if place.type == "commune":
        words = place_of(warehouse, place.code, card, annee)
    else:
        figures = warehouse.figures([card.code], warehouse.epts, [annee])
        ranks = rank_communes(figures.assign(borne_basse=None, borne_haute=None), card.sens, card.decimales)
        names = {code: ept.nom for code, ept in warehouse.epts.items()}
        found = ranks.get(place.code)
        words = place_words(found, card, names, len(names), "EPT", "") if found and found.sur > 1 else "–"
    return place_sentence(words)


def place_sentence(words: str) -> str:
    """« C’est le plus élevé du département. », « Sa place parmi les 39 communes est incertaine (2ᵉ à 22ᵉ). »"""
    if words == "–":
        return ""
    uncertain = "place incertaine "
    if words.startswith(uncertain):
        among, _, span = words.removeprefix(uncertain).partition(" (")
        return f"Sa place {among} est incertaine ({span}."
    return f"C’est {words}."


def _range(warehouse: Warehouse, card: Indicateur, annee: int) -> str:
    if card.niveau != "commune":
        return ""
    places = warehouse.map_figures(card.code, annee)
    if int(places["valeur"].notna().sum()) < 2:
        return ""
    cells = zip(places["valeur"], places["statut"], places["arrondi"], strict=True)
    texts = [card.format(*cell) for cell in cells]
    return extremes(places.assign(texte=texts), card.lisible(places.loc[places["valeur"].notna(), "arrondi"]), annee)


def _unknown(
    warehouse: Warehouse, card: Indicateur, place: Territoire, annee: int, own: Row | None, absences: tuple[str, ...]
) -> Constat:
    """Why there is no figure, and the latest that there is."""
    status = own["statut"] if own else "manquant"
    why = formats.MOTIFS.get(own["motif"], "") if own else ""
    phrase = f"{formats.majuscule(place.lieu)}, « {card.libelle} » {card.en(annee)} : {formats.STATUTS[status]}"
    phrase += f" ({why})." if why and why != formats.STATUTS[status] else "."
    known = [row for row in warehouse.counts([card.code], [place.code]) if not is_missing(row["valeur"])]
    if known:
        last = known[-1]
        text = reading(card, last["valeur"], last["statut"], last["arrondi"])
        absences += (f"Dernier chiffre connu {place.lieu} : {text} {card.en(last['annee'])}.",)
    else:
        absences += (f"Aucune année n’a de chiffre {place.lieu}.",)
    return Constat(card, place, annee, formats.insecables(phrase), absences=_typeset(absences))


def _inside(warehouse: Warehouse, card: Indicateur, place: Territoire, annee: int) -> Constat:
    """The lowest and the highest of the IRIS or of the QPV of a territory."""
    one, several = DEDANS[card.niveau]
    places = warehouse.inside(expand(warehouse, [place]), card.niveau)
    figures = warehouse.figures([card.code], tuple(places["code"]), [annee])
    known = figures.dropna(subset=["valeur"]).merge(places[["code", "nom"]], left_on="territoire", right_on="code")
    same = warehouse.equivalent(card.code)
    absences = (
        f"Ce chiffre est celui de chaque {one} : il ne s’additionne pas, et n’existe ni pour la commune, ni pour "
        "l’EPT, ni pour le département."
        + (f" Pour les communes : « {warehouse.indicateurs[same].libelle} »." if same else ""),
    )
    where, short = formats.majuscule(place.lieu), replace(card, libelle=card.court)
    if known.empty:
        years = latest(warehouse.figures([card.code], tuple(places["code"])), list(places["code"]))
        last = f" La dernière année connue est {years[card.code]}." if card.code in years else ""
        what = f"aucun {one} n’a de chiffre {card.en(annee)}" if len(places) else f"il n’y a pas de {one}"
        phrase = f"{where}, « {short.libelle} » : {what}.{last}"
        return Constat(card, place, annee, formats.insecables(phrase), absences=_typeset(absences))
    return Constat(card, place, annee, _spread(known, card, short, where, annee, several), absences=_typeset(absences))


def _spread(known: pd.DataFrame, card: Indicateur, short: Indicateur, where: str, annee: int, several: str) -> str:
    ordered = known.sort_values("valeur", kind="stable").to_dict("records")
    low, high = ordered[0], ordered[-1]
    texts = [f"{card.format(r['valeur'], r['statut'], r['arrondi'])} ({formats.typographie(r['nom'])})"
             for r in (low, high)]  # fmt: skip
    who = subject(short) or f"« {short.libelle} »"
    if len(ordered) == 1:
        return formats.insecables(f"{where}, {who} est de {texts[0]} {card.en(annee)}.")
    return formats.insecables(
        f"{where}, {who} va de {texts[0]} à {texts[1]} parmi {len(ordered)} {several}, {card.en(annee)}."
    )


def _typeset(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(formats.insecables, texts))
