"""What territories, indicators and pages may be asked for by (see methods.search.search)."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from observatoire import formats
from observatoire.config import RACINE
from observatoire.methods.catalogue import Card
from observatoire.methods.catalogue import search as search_cards
from observatoire.methods.labels import Found, Meaning, Meanings
from observatoire.methods.phrases import reading
from observatoire.methods.search import find, find_whole, find_whole_beginning, search
from observatoire.methods.words import plain
from observatoire.records import FRANCE, REGION, Territoire
from observatoire.warehouse import Warehouse
from observatoire.warehouse.catalogue import cards

Names = dict[str, list[str]]


@dataclass(frozen=True)
class Answers:
    """What a text typed anywhere may stand for, codes by kind, the nearest first.

    ``seule``: there is one, and it is what was asked. ``quartiers``: the territories are the communes of a quarter.
    """

    territoires: tuple[str, ...] = ()
    indicateurs: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    seule: bool = False
    quartiers: bool = False

    def __bool__(self) -> bool:
        return bool(self.territoires or self.indicateurs or self.pages)


# « Plaine 03 », « Iris 12 », « Quartier 4 - Gare »: what numbers a quarter, and what names none.
_NUMEROS = re.compile(r"\b(?:iris|secteur|quartier)s? [0-9]+\b|\b[0-9]+\b", re.IGNORECASE)


def search_everything(warehouse: Warehouse, typed: str, pages: Mapping[str, Sequence[str]]) -> Answers:
    """Territories, indicators and pages (code → names) together; the narrowest reading that finds something is kept.

    A whole name; else its words; else the name of a quarter; else the words with typing errors mended; else the words
    of the cards. A quarter, a neighbouring age, a word of a definition are offered: never opened.
    """
    whole = Answers(
        tuple(find_whole(typed, warehouse.kept(territory_names))),
        tuple(find_whole(typed, warehouse.kept(indicator_names))),
        tuple(find_whole(typed, pages)),
    )
    if _count(whole) == 1:
        return replace(whole, seule=True)
    if found := _everything(warehouse, typed, pages, mend=False):
        return found
    if quarters := find_quarter(warehouse, typed):
        return Answers(tuple(quarters), quartiers=True)
    if found := _everything(warehouse, typed, pages, mend=True):
        return found
    return Answers(indicateurs=tuple(find_in_cards(warehouse, typed)) if plain(typed) else ())


def _everything(warehouse: Warehouse, typed: str, pages: Mapping[str, Sequence[str]], mend: bool) -> Answers:
    cards_found, pages_found = search_indicator(warehouse, typed, mend), search(typed, pages, Meanings(), mend)
    found = Answers(tuple(find_territory(warehouse, typed, mend)), tuple(cards_found.codes), tuple(pages_found.codes))
    sure = (cards_found.sure or not cards_found.codes) and (pages_found.sure or not pages_found.codes)
    return replace(found, seule=sure and _count(found) == 1)


def _count(found: Answers) -> int:
    return len(found.territoires) + len(found.indicateurs) + len(found.pages)


def find_territory(warehouse: Warehouse, typed: str, mend: bool = True) -> list[str]:
    """The codes of the territories that a text may stand for."""
    return find(typed, warehouse.kept(territory_names), mend=mend)


def find_quarter(warehouse: Warehouse, typed: str) -> list[str]:
    """The communes that have a quarter of this name, for what is the name of no territory.

    A quarter of the politique de la ville may touch several communes: they only answer where no other quarter does.
    """
    found = (find_whole_beginning(typed, warehouse.kept(quarter_names, astride)) for astride in (False, True))
    return next(filter(None, found), [])


def search_indicator(warehouse: Warehouse, typed: str, mend: bool = True) -> Found:
    """The indicators whose label a text may stand for, the nearest first; those that wait for figures last.

    An indicator of IRIS that says the same as one of the communes is left out: it is a level of its map.
    """
    found = search(typed, warehouse.kept(indicator_names), meanings(), mend)
    return replace(found, codes=sorted(found.codes, key=lambda code: code not in warehouse.every_indicator))


def find_in_cards(warehouse: Warehouse, typed: str) -> list[str]:
    """The codes of the indicators of which the card holds every word typed, outside its label too."""
    known = warehouse.kept(indicator_names)
    return [
        card["code"] for card in search_cards(cards(warehouse), typed, meanings=meanings()) if card["code"] in known
    ]


def indicator_names(warehouse: Warehouse) -> Names:
    """By code: label and code, the key indicators of each theme first."""
    below = {code for code, card in warehouse.indicateurs_iris.items() if warehouse.at_level(card, "commune")}
    known: list[Card] = [card for card in cards(warehouse) if card["code"] not in below]
    known.sort(key=lambda card: (card["niveau"] not in ("commune", "iris"), not card["phare"]))
    return {card["code"]: [formats.typographie(card["libelle"]), card["code"]] for card in known}


def latest_words(warehouse: Warehouse, codes: Sequence[str], territoire: Territoire) -> dict[str, str]:
    """The latest figure of some indicators in a territory, by code: « 45,4 % à Clichy-sous-Bois en 2023 ».

    An indicator that has none there, or is none of a commune, is left out.
    """
    known = [code for code in codes if code in warehouse.indicateurs]
    rows = [row for row in warehouse.counts(known, [territoire.code]) if not formats.is_missing(row["valeur"])]
    latest = {row["indicateur"]: row for row in rows}  # in order of years
    found = {}
    for code, row in latest.items():
        card = warehouse.indicateurs[code]
        text = reading(card, row["valeur"], row["statut"], row["arrondi"])
        found[code] = f"{text} {territoire.lieu} {card.en(int(row['annee']))}"
    return found


@cache
def meanings() -> Meanings:
    """What people say for what labels say (data/catalogue/synonymes.toml)."""
    with (RACINE / "data" / "catalogue" / "synonymes.toml").open("rb") as file:
        declared = tomllib.load(file)["synonymes"]
    return Meanings(
        Meaning(tuple(own["mots"]), tuple(own.get("libelles", ())), tuple(own.get("indicateurs", ())))
        for own in declared
    )


def territory_names(warehouse: Warehouse) -> Names:
    """By code: names, INSEE code, T6 to T9, postal codes, communes that joined it.

    Those of the département, and the levels above it, which are compared with it.
    """
    above = [warehouse.territoires[code] for code in (REGION, FRANCE) if code in warehouse.territoires]
    known = [*warehouse.choices, *above]
    names = {t.code: [t.nom, t.complet, t.code, *([t.code_court] if t.code_court else [])] for t in known}
    for code, others in _written()["autres_noms"].items():
        names[code] += others
    for postal, commune in postal_codes().items():
        if commune in names:
            names[commune] += [postal, f"{postal} {warehouse.territoires[commune].nom}"]
    for place, commune in _written()["lieux_postaux"].items():
        if commune in names:
            names[commune] += [place, place.split(" ", 1)[1]]
    former = warehouse.rows("SELECT code, nom, successeur FROM territoire WHERE successeur IS NOT NULL ORDER BY code")
    for row in former:
        if row["successeur"] in names:
            names[row["successeur"]] += [row["code"], row["nom"]]
    return names


def quarter_names(warehouse: Warehouse, astride: bool) -> Names:
    """By commune, the names of its IRIS and quarters, or those of the quarters ``astride`` several communes."""
    held = [(commune, code, place) for level in warehouse.quartiers.values() for commune, own in level.items()
            for code, place in own.items()]  # fmt: skip
    communes = Counter(code for _, code, _ in held)
    names: Names = {commune: [] for commune in warehouse.communes}
    for commune, code, place in held:
        if commune in names and (communes[code] > 1) == astride:
            names[commune] += [part.strip(" -") for part in _parts(place.nom)]
    return names


def _parts(name: str) -> list[str]:
    return re.split(" [-–] |/", _NUMEROS.sub(" ", name))


def postal_codes() -> dict[str, str]:
    """The postal codes of the département: code → commune (data/catalogue/recherche.toml)."""
    return _written()["codes_postaux"]


@cache
def _written() -> dict[str, dict]:
    with (RACINE / "data" / "catalogue" / "recherche.toml").open("rb") as file:
        return tomllib.load(file)
