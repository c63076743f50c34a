"""What a map says: its classes, its colours, its legend. No drawing here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from observatoire import formats
from observatoire.frames import cells, rows_where
from observatoire.mesures import Mesure
from observatoire.methods.classes import Classes, classes_around, classes_from_bounds, make_classes
from observatoire.methods.phrases import reference_name
from observatoire.methods.rounding import steps
from observatoire.palettes import FOND_EFFECTIF, SANS_VALEUR, diverging, sequential
from observatoire.records import DEPARTEMENT, Territoire

RAYON_MAX = 34  # pixels of the largest disk of a map
NIVEAUX_DE_CARTE = {"commune": "communes", "ept": "EPT", "iris": "IRIS"}


@dataclass(frozen=True)
class MapRequest:
    """What a reader asks of a map.

    ``niveau``: a key of NIVEAUX_DE_CARTE. ``ept``: the one to look at, all by default. ``methode``: a key of
    classes.METHODES; ``classes``: how many; ``bornes``: those of the method of that name; ``centre``: code of the
    reference of the centred method. ``echelle_commune``: one scale for all the years. ``aplat``: colour a number of
    people all the same.
    """

    indicateur: str
    annee: int
    niveau: str = "commune"
    ept: str | None = None
    methode: str = "quantiles"
    classes: int = 5
    bornes: tuple[float, ...] = ()
    centre: str = DEPARTEMENT
    echelle_commune: bool = False
    aplat: bool = False


@dataclass(frozen=True)
class LegendItem:
    """A line of the legend: colour, words, how many territories; ``hachure`` for those without a value."""

    couleur: str
    texte: str
    nombre: int
    hachure: bool = False


@dataclass(frozen=True)
class MapContent:
    """What is drawn.

    ``lieux``: a row a territory in the order of its boundaries (code): code, nom, code_ept, valeur, statut, source,
    lon, lat, and couleur, texte (the value as it is read), etiquette (the same, short), absent (bool); for counts
    rayon (pixels). ``disques``: (radius in pixels, words) of the legend of counts. ``note``: what a reader must know
    to read the classes.
    """

    lieux: pd.DataFrame
    legende: tuple[LegendItem, ...]
    disques: tuple[tuple[float, str], ...] = ()
    note: str = ""

    @property
    def as_disks(self) -> bool:
        """True when numbers are drawn as disks."""
        return "rayon" in self.lieux


def draw_content(
    figures: pd.DataFrame,
    card: Mesure,
    request: MapRequest,
    pooled: Sequence[float] | None = None,
    reference: tuple[Territoire, float] | None = None,
) -> MapContent:
    """Colour territories by class; those without a value keep a grey of their own and their mark (« s », « n.d. »).

    Each is classed as it reads: the legend never contradicts the map. ``figures``: rows of Warehouse.map_figures.
    ``pooled``: the values that make the scale, when they are not those
    of the map (all the years). ``reference``: the territory and value of the centred method; without it, quantiles.
    """
    roundings = steps(figures)
    card = card.lisible(roundings[figures["valeur"].notna()])
    figured = list(zip(*cells(figures, "valeur", "statut"), roundings.tolist(), strict=True))
    values = [formats.lue(value, step) for value, _, step in figured]
    read = figures.assign(
        absent=figures["valeur"].isna(),
        lue=values,
        texte=[card.format(value, status, step) for value, status, step in figured],
        etiquette=[_label(value, status, step, card) for value, status, step in figured],
    )
    known = [value for value in values if not formats.is_missing(value)]
    scale = list(pooled) if pooled is not None else known
    if card.effectif and not request.aplat:
        return _disks(read, request, max(scale, default=0.0))
    classes = _classes(scale, card, request, reference) if known else None
    palette = _palette(classes, card) if classes else ()
    colored = read.assign(
        couleur=[SANS_VALEUR if formats.is_missing(v) or not classes else palette[classes.index(v)] for v in values]
    )
    note = _note(classes, card, request, reference, pooled is not None)
    return MapContent(colored, tuple(_legend(_seen(colored, request), card, classes, palette)), note=note)


def _seen(frame: pd.DataFrame, request: MapRequest) -> pd.DataFrame:
    """The territories that the legend counts: those of the EPT looked at; the scale is that of the département."""
    return frame if request.ept is None else rows_where(frame, frame["code_ept"] == request.ept)


def _classes(
    values: Sequence[float], card: Mesure, request: MapRequest, reference: tuple[Territoire, float] | None
) -> Classes | None:
    if request.methode == "bornes" and request.bornes:
        return classes_from_bounds(values, request.bornes, card.rang)
    if request.methode == "centrees" and reference is not None:
        return classes_around(values, request.classes, reference[1], card.rang)
    method = request.methode if request.methode in ("jenks", "egales") else "quantiles"
    return make_classes(values, request.classes, method, card.rang)


def _palette(classes: Classes, card: Mesure) -> tuple[str, ...]:
    if classes.dessous is None:
        return sequential(card.sens, len(classes))
    return diverging(card.sens, classes.dessous, classes.milieu, classes.dessus)


def _disks(read: pd.DataFrame, request: MapRequest, top: float) -> MapContent:
    """Disks whose area is proportional to the number, the largest of the scale having RAYON_MAX."""
    radius = [0.0 if a else max(v, 0) for v, a in zip(read["valeur"], read["absent"], strict=True)]
    frame = read.assign(
        couleur=[SANS_VALEUR if a else FOND_EFFECTIF for a in read["absent"]],
        rayon=[round((v / (top or 1)) ** 0.5 * RAYON_MAX, 2) for v in radius],
    )
    steps = sorted({_round_number(top * share) for share in (0.1, 0.4, 1.0)} - {0.0}) if top else []
    disks = tuple(((v / top) ** 0.5 * RAYON_MAX, formats.nombre(v)) for v in steps)
    note = "La surface de chaque disque est proportionnelle au nombre : un effectif ne se colorie pas."
    return MapContent(frame, tuple(_absences(_seen(frame, request))), disks, note)


def _round_number(value: float) -> float:
    """The number of one significant digit just under a value (8 432 → 8 000)."""
    power = 10 ** (len(str(int(value))) - 1) if value >= 1 else 1
    return float(int(value / power) * power)


def _label(valeur: float | None, statut: str, arrondi: float | None, card: Mesure) -> str:
    """What is written on a territory: short, without unit (the title has it)."""
    if formats.is_missing(valeur):
        return formats.ABSENCES.get(statut, formats.ABSENCES["manquant"])
    assert valeur is not None
    decimals = formats.decimales_lues(card.decimales, arrondi) if abs(valeur) < 100 else 0
    return ("< " if statut == "censure" else "") + formats.nombre(formats.lue(valeur, arrondi), decimals)


def _legend(frame: pd.DataFrame, card: Mesure, classes: Classes | None, palette: tuple[str, ...]) -> list[LegendItem]:
    items, counts = [], Counter(*cells(frame, "couleur"))
    for n, (low, high) in enumerate(classes.intervals() if classes else ()):
        assert classes is not None
        words = interval_words(low, high, card)
        if classes.ouvertes and n == 0:
            words = f"moins de {card.format(high + 10.0**-card.rang)}"
        elif classes.ouvertes and n == len(classes) - 1:
            words = f"{card.format(low)} ou plus"
        items.append(LegendItem(palette[n], words, counts[palette[n]]))
    return items + _absences(frame)


def _absences(frame: pd.DataFrame) -> list[LegendItem]:
    """The lines of the legend that say why some territories have no value."""
    found = Counter(str(s) for s, absent in zip(*cells(frame, "statut", "absent"), strict=True) if absent)
    return [
        LegendItem(SANS_VALEUR, f"{formats.ABSENCES[s]} : {formats.ABSENCES_LONGUES[s]}", count, True)
        for s, count in sorted(found.items())
    ]


def interval_words(low: float, high: float, card: Mesure) -> str:
    """« de 18,2 à 24,5 % », « 12,0 % » when a class holds one value."""
    end = card.format(high)
    return end if low >= high else f"de {formats.nombre(low, card.rang)} à {end}"


def _note(
    classes: Classes | None,
    card: Mesure,
    request: MapRequest,
    reference: tuple[Territoire, float] | None,
    pooled: bool,
) -> str:
    parts = []
    if classes is not None and classes.dessous is not None and reference is not None:
        parts.append(_sides(card, *reference, classes.milieu))
    if pooled:
        parts.append("Mêmes classes pour toutes les années.")
    if card.effectif:
        parts.append(
            "Attention : un effectif colorié fait paraître plus lourdes les communes étendues ou peuplées ; "
            "les disques ou un taux se comparent mieux."
        )
    return " ".join(parts)


def _sides(card: Mesure, territoire: Territoire, value: float, middle: bool) -> str:
    """What the two hues of a centred map mean."""
    name = f"la valeur {reference_name(territoire)} ({card.format(value)})"
    around = " ; teinte claire : proche (à moins d’un quart d’écart type)" if middle else ""
    if card.sens == "neutre":
        return f"Prune : au-dessus de {name} ; vert d’eau : en dessous{around}."
    over, under = ("Bleu", "ocre") if card.sens == "favorable" else ("Ocre", "bleu")
    better = "plus favorable" if card.sens == "favorable" else "moins favorable"
    other = "moins favorable" if card.sens == "favorable" else "plus favorable"
    return f"{over} : au-dessus de {name}, {better} ; {under} : en dessous, {other}{around}."
