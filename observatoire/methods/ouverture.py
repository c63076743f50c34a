"""The sentence that opens a portrait, such as a mayor may read it aloud: who we are, how many, what matters most.

« Clichy-sous-Bois, plus de 29 000 habitants : près d’un habitant sur deux vit sous le seuil de pauvreté (45,4 % en
2023), la part la plus élevée du département ; … ». A share becomes a fraction only where rounding it so is honest, and
its figure stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etl.identite import IDENTITE
from etl.typography import round_half_up
from observatoire import formats
from observatoire.formats import is_missing
from observatoire.mesures import Mesure
from observatoire.methods.ecarts import Extreme, extreme_words, reference_of, sure_ratio
from observatoire.methods.portrait import reference_text, stands
from observatoire.records import DEPARTEMENT, Territoire

# A fraction is said plainly within half a point, « près de » or « plus de » within a tenth of itself, else not at all.
# A weighted mean, « environ », must be within half as much.
JUSTE, PROCHE, PROCHE_APPROCHE = 0.5, 0.1, 0.05
# (how many, of how many), those that are said aloud.
_FRACTIONS = (
    *((1, 10), (1, 8), (1, 6), (1, 5), (1, 4), (3, 10), (1, 3), (4, 10)),
    *((1, 2), (6, 10), (2, 3), (7, 10), (3, 4), (8, 10), (9, 10)),
)
_NOMBRES = ("", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
# A population is said plainly within half a per cent of its rounding.
JUSTE_HABITANTS = 0.005


@dataclass(frozen=True)
class Fait:
    """A share as a fact: of whom it is (``nom``, ``noms``), what they do (``fait`` in the singular, ``font``)."""

    indicateur: str
    nom: str
    noms: str
    fait: str
    font: str
    feminin: bool = False


def share_words(
    part: float, fait: Fait, bornes: tuple[float, float] | None = None, approche: bool = False
) -> str | None:
    """« près d’un habitant sur deux vit sous le seuil de pauvreté »; None when no fraction is near.

    ``bornes``: what the figure may be, given its rounding or its survey; ``approche``: it is a weighted mean. Where it
    may be on the other side of the fraction, « environ » stands for « près de » and « plus de ».
    """
    many, of, fraction = min(((n, d, 100 * n / d) for n, d in _FRACTIONS), key=lambda found: abs(part / found[2] - 1))
    gap = part - fraction
    if abs(gap) > (PROCHE_APPROCHE if approche else PROCHE) * fraction + 1e-9:
        return None
    unsure = bornes is not None and bornes[0] < fraction < bornes[1]
    if abs(gap) <= JUSTE + 1e-9:
        prefix = "environ" if approche else ""
    else:
        prefix = "environ" if approche or unsure else "près de" if gap < 0 else "plus de"
    one = "une" if fait.feminin else "un"
    number = one if many == 1 else _NOMBRES[many]
    who, does = (fait.nom, fait.fait) if many == 1 else (fait.noms, fait.font)
    start = f"{prefix} {number}".strip()
    if many == 1:
        start = start.replace("de un", "d’un")
    return f"{start} {who} sur {_NOMBRES[of]} {does}"


def population_words(habitants: float) -> str:
    """« près de 30 000 habitants », « 1,7 million d’habitants »: two digits, as one says them."""
    step = 100_000 if habitants >= 1_000_000 else 10_000 if habitants >= 100_000 else 1_000
    step = step if habitants >= 10_000 else 100
    rounded = round_half_up(habitants / step, 0) * step
    gap = habitants / rounded - 1 if rounded else 0.0
    prefix = "" if abs(gap) <= JUSTE_HABITANTS else "près de " if gap < 0 else "plus de "
    if rounded >= 1_000_000:
        millions = rounded / 1_000_000
        text = formats.nombre(millions, 0 if millions.is_integer() else 1)
        return f"{prefix}{text} {'million' if millions < 2 else 'millions'} d’habitants"
    return f"{prefix}{formats.nombre(rounded)} habitants"


def choose_facts(
    rows: Mapping[str, Mapping[str, Any]], faits: Sequence[Fait], cards: Mapping[str, Mesure]
) -> list[Fait]:
    """The facts to tell: the first one, then of the others the one that stands farthest from its reference (beyond
    what is « proche »), or the first of them; those without an exact figure are left out."""
    known = [f for f in faits if f.indicateur in rows and _exact(rows[f.indicateur])]
    first, others = known[:1], [fait for fait in known if fait.indicateur != faits[0].indicateur]
    if first and first[0].indicateur != faits[0].indicateur:
        first = []
    far = [f for f in others if stands(rows[f.indicateur], cards[f.indicateur])]
    far.sort(key=lambda f: -abs(rows[f.indicateur]["ecart"]))
    return [*first, *(far or others)[:1]]


def _exact(row: Mapping[str, Any]) -> bool:
    return not is_missing(row["valeur"]) and row["statut"] != "censure"


def opening_sentence(
    territoire: Territoire,
    habitants: float | None,
    communes: int,
    facts: Sequence[tuple[Fait, Mapping[str, Any], Mesure, Extreme | None]],
) -> str:
    """The whole sentence. ``communes``: how many an EPT or the département has; ``facts``: each with its row of
    portrait.with_gaps, its card, and where the commune stands among the others."""
    name = formats.majuscule(IDENTITE.departement.avec_article if territoire.code == DEPARTEMENT else territoire.nom)
    people = [] if habitants is None or is_missing(habitants) else [population_words(habitants)]
    whole = [f"{communes} communes"] if territoire.type != "commune" else []
    who = ", ".join(part for part in (name, " et ".join([*whole, *people])) if part)
    said = " ; ".join(fact_words(fait, row, card, extreme) for fait, row, card, extreme in facts)
    return formats.insecables(f"{who} : {said}." if said else f"{who}.")


def fact_words(fait: Fait, row: Mapping[str, Any], card: Mesure, extreme: Extreme | None = None) -> str:
    """« près d’un habitant sur deux vit sous le seuil de pauvreté (45,4 % en 2023), la part la plus élevée du
    département »."""
    value = card.format(row["valeur"], row["statut"], row.get("arrondi"))
    about = row["statut"] == "approche"
    words = share_words(float(row["valeur"]), fait, _bounds(row), about)
    when = card.en(row["annee"])
    if words is None:
        start = f"{'environ ' if about else ''}{value} des {fait.noms} {fait.font} ({when})"
    else:
        start = f"{words} ({value} {when})"
    beside = _beside(row, card, extreme)
    return f"{start}, {beside}" if beside else start


def _bounds(row: Mapping[str, Any]) -> tuple[float, float] | None:
    low, high = row.get("borne_basse"), row.get("borne_haute")
    if not is_missing(low) and not is_missing(high):
        return float(low), float(high)  # type: ignore[arg-type]
    blur = row.get("marge")
    if is_missing(blur):
        return None
    return row["valeur"] - float(blur), row["valeur"] + float(blur)  # type: ignore[arg-type]


def _beside(row: Mapping[str, Any], card: Mesure, extreme: Extreme | None) -> str:
    """Where the figure stands: at an end of the communes, else beside its reference; nothing without one."""
    if is_missing(row["niveau"]):
        return ""
    near = not stands(row, card)
    if extreme is not None and not near:
        return extreme_words(extreme, "part", feminin=True)
    beside = reference_of(row)
    text = reference_text(row, row["niveau"], card).removesuffix(" (métropole)")
    if near:
        return f"une part proche de celle {beside.de} ({text})"
    ratio = sure_ratio(row, card, "part", feminine=True)
    return f"{ratio} {beside.de} ({text})" if ratio else f"contre {text} {beside.dans}"
