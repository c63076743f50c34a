"""What a portrait puts first: at most three fragilities and two strengths, each a figure with its gap in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.formats import is_missing
from observatoire.mesures import Mesure
from observatoire.methods.overview import split_unit
from observatoire.methods.phrases import reading
from observatoire.methods.portrait import SEMBLABLES, TENDANCE, Row, place_beside, reference_text, stands_out_at
from observatoire.methods.tables import ANCIENNETE
from observatoire.methods.trend_test import Tendance
from observatoire.records import DEPARTEMENT, METROPOLE, Indicateur, Territoire

FRAGILITES, ATOUTS = 3, 2


@dataclass(frozen=True)
class Barre:
    """Where a figure stands among the communes: the spread of these (``minimum``, ``q1``, ``q3``, ``maximum``), the
    figure, its reference. ``inverse``: the lowest is the most favourable; ``atout``: which side of it the figure is on.
    """

    minimum: float
    q1: float
    q3: float
    maximum: float
    valeur: float
    reference: float
    inverse: bool
    atout: bool
    alt: str


@dataclass(frozen=True)
class Essentiel:
    """A fragility or a strength, ready to be shown. ``quand``: its year and its trend; ``reperes``: the references."""

    indicateur: str
    theme: str
    libelle: str
    nombre: str
    unite: str
    quand: str
    phrase: str
    reperes: str
    atout: bool
    barre: Barre | None


def choose(
    gaps: Sequence[Row],
    cards: Mapping[str, Indicateur],
    suivis: Sequence[str] = (),
    memes: Sequence[Collection[str]] = (),
) -> list[Row]:
    """The rows (of portrait.with_gaps) to put first: at most FRAGILITES unfavourable ones, then ATOUTS favourable ones.

    Candidates are the judged key figures and ``suivis``; nothing « proche » is one. Places that they leave are taken by
    judged figures that are not key but stand out; a side still empty takes any: no portrait is without a fragility when
    one figure is unfavourable.

    One a theme and one a group of ``memes``: of a theme, the first of ``suivis`` that stands out, else the strongest.
    The strongest: what stands out before what is slight; what is published or worked out from counts and recent
    (ANCIENNETE years from the latest at most), or is one of ``suivis``, before the rest; then the widest gap, in
    standard deviations.
    """
    latest = max((int(row["annee"]) for row in gaps), default=0)
    places = {row["indicateur"]: place_beside(row, cards[row["indicateur"]]) for row in gaps}
    far = {row["indicateur"]: stands_out_at(row, cards[row["indicateur"]], places[row["indicateur"]]) for row in gaps}
    chosen: list[Row] = []

    def strength(row: Row) -> tuple[bool, bool, float]:
        unsure = row["statut"] == "approche" or int(row["annee"]) < latest - ANCIENNETE
        return not far[row["indicateur"]], unsure and row["indicateur"] not in suivis, -abs(row["ecart"])

    def within(row: Row) -> tuple[int, tuple[bool, bool, float]]:
        code = row["indicateur"]
        return (suivis.index(code) if code in suivis and far[code] else len(suivis)), strength(row)

    for side, count in (("defavorable", FRAGILITES), ("favorable", ATOUTS)):
        judged = [row for row in gaps if places[row["indicateur"]] == side]
        key = [row for row in judged if cards[row["indicateur"]].phare or row["indicateur"] in suivis]
        rest = [row for row in judged if far[row["indicateur"]]]
        kept: list[Row] = []
        for candidates in (key, rest, judged):
            if candidates is judged and kept:
                break
            themes: dict[str, Row] = {}
            for row in sorted(candidates, key=within):
                themes.setdefault(cards[row["indicateur"]].theme, row)
            for row in sorted(themes.values(), key=strength):
                if len(kept) < count and not any(_same(row, other, cards, memes) for other in kept):
                    kept.append(row)
        chosen += kept
    return chosen


def _same(row: Row, other: Row, cards: Mapping[str, Indicateur], memes: Sequence[Collection[str]]) -> bool:
    """True when two rows are of one theme, or answer one question."""
    codes = {row["indicateur"], other["indicateur"]}
    return len({cards[code].theme for code in codes}) == 1 or any(codes <= set(group) for group in memes)


def essential(row: Row, card: Indicateur, territoire: Territoire, phrase: str) -> Essentiel:
    """A row of ``choose`` ready to be shown; ``phrase``: its gap in words (see ecarts.gap_constructions)."""
    number, unit = split_unit(reading(card, row["valeur"], row["statut"], row.get("arrondi")))
    when = [card.en(row["annee"])]
    if row["statut"] == "approche":
        when.append("valeur approchée")
    trend = row.get(TENDANCE)
    if isinstance(trend, Tendance) and trend.bouge:
        when.append(trend.mots)
    return Essentiel(
        indicateur=card.code,
        theme=card.theme,
        libelle=card.libelle,
        nombre=number,
        unite=unit,
        quand=" · ".join(when),
        phrase=formats.insecables(formats.majuscule(f"{phrase}.")),
        reperes=formats.insecables(" · ".join(_beside(row, card, territoire))),
        atout=place_beside(row, card) == "favorable",
        barre=_bar(row, card, territoire),
    )


def _beside(row: Row, card: Mesure, territoire: Territoire) -> list[str]:
    """« Département 29,5 % », « France métropolitaine 15,9 % », « communes semblables 38,0 % »: those known."""
    mainland = row["code_fra"] == METROPOLE
    near = {"reg": IDENTITE.region.nom} if territoire.code == DEPARTEMENT else {"dep": "Département"}
    names = {**near, "fra": "France métropolitaine" if mainland else "France", SEMBLABLES: "communes semblables"}
    found = []
    for level, name in names.items():
        if not is_missing(row.get(f"valeur_{level}")):
            text = reference_text(row, level, card).replace("(métropole, ", "(").removesuffix(" (métropole)")
            found.append(f"{name} {text}")
    return found


def _bar(row: Row, card: Mesure, territoire: Territoire) -> Barre | None:
    """None when the spread of the communes is not known."""
    spread = [row[name] for name in ("minimum", "q1", "q3", "maximum")]
    if any(is_missing(value) for value in spread) or spread[0] == spread[3]:
        return None
    step = row.get("arrondi_bande") or None
    lowest = card.format(spread[0], "censure" if row["borne"] else "publie", step)
    low, high, most = (card.format(value, arrondi=step) for value in spread[1:])
    level = row["niveau"]
    name = {"dep": "département", "reg": IDENTITE.region.nom}.get(level, "France")
    own = card.format(row["valeur"], row["statut"], row.get("arrondi"))
    alt = (
        f"Les communes vont de {lowest} à {most}, la moitié centrale de {low} à {high} ; {name} "
        f"{card.format(row[f'valeur_{level}'], arrondi=row.get(f'arrondi_{level}'))} ; {territoire.nom} {own}"
    )
    return Barre(
        *(float(value) for value in spread),
        valeur=float(row["valeur"]),
        reference=float(row[f"valeur_{level}"]),
        inverse=card.sens == "defavorable",
        atout=place_beside(row, card) == "favorable",
        alt=formats.insecables(alt),
    )
