"""What a portrait says first: its opening sentence, its fragilities and its strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from observatoire.formats import is_missing
from observatoire.methods.ecarts import Extreme, alternate, find_extreme, gap_constructions, reads
from observatoire.methods.essentiel import Essentiel, choose, essential
from observatoire.methods.ouverture import Fait, choose_facts, opening_sentence
from observatoire.methods.portrait import Row
from observatoire.records import Territoire
from observatoire.selections import MEMES, OUVERTURE, SUIVIS
from observatoire.views.portrait.profile import make_portrait, ranks
from observatoire.warehouse import Warehouse

FAITS = tuple(Fait(**row) for row in OUVERTURE)


@dataclass(frozen=True)
class Tete:
    """The head of a portrait. ``faits``: the indicators that the opening sentence tells."""

    ouverture: str
    faits: tuple[str, ...]
    fragilites: tuple[Essentiel, ...]
    atouts: tuple[Essentiel, ...]


def head(warehouse: Warehouse, code: str, membres: Sequence[str] = ()) -> Tete:
    """The head of the portrait of a territory of the département; ``membres``: the codes of similar communes."""
    territoire, cards = warehouse.territoires[code], warehouse.indicateurs
    gaps = warehouse.kept(make_portrait, code, tuple(membres))
    rows = {row["indicateur"]: row for row in gaps}
    people = rows.get("DEM01", {}).get("valeur")
    facts = [
        (fait, rows[fait.indicateur], cards[fait.indicateur], extreme(warehouse, territoire, rows[fait.indicateur]))
        for fait in choose_facts(rows, FAITS, cards)
    ]
    chosen = choose(gaps, cards, SUIVIS, MEMES)
    words = alternate(
        [gap_constructions(row, cards[row["indicateur"]], extreme(warehouse, territoire, row)) for row in chosen]
    )
    shown = [
        essential(row, cards[row["indicateur"]], territoire, phrase) for row, phrase in zip(chosen, words, strict=True)
    ]
    return Tete(
        opening_sentence(territoire, people, len(warehouse.members.get(code, ())), facts),
        tuple(fait.indicateur for fait, *_ in facts),
        tuple(item for item in shown if not item.atout),
        tuple(item for item in shown if item.atout),
    )


def extreme(warehouse: Warehouse, territoire: Territoire, row: Row) -> Extreme | None:
    """Whether a commune is at an end of the communes, for one row of its portrait; None for the others."""
    if territoire.type != "commune" or is_missing(row["valeur"]):
        return None
    code, year = row["indicateur"], int(row["annee"])
    read, bounds = warehouse.kept(_readings, code, year)
    between = None
    if warehouse.regles[code].incertitude and (rank := warehouse.kept(ranks, code, year).get(territoire.code)):
        between = rank.entre
    sure = between is None or between[0] == between[1]
    return find_extreme(territoire.code, read, {t.code: t.nom for t in warehouse.communes.values()}, sure, bounds)


def _readings(warehouse: Warehouse, code: str, annee: int) -> tuple[dict[str, float], bool]:
    """What the figures of the communes read, and whether some are only bounds."""
    card = warehouse.indicateurs[code]
    rows = warehouse.counts([code], warehouse.communes, [annee])
    known = [row for row in rows if not is_missing(row["valeur"])]
    read = {
        row["territoire"]: reads(row["valeur"], row["arrondi"], card) for row in known if row["statut"] != "censure"
    }
    return read, len(read) < len(known)
