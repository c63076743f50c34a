"""A figure becomes a sentence a person would write, from a graded table that claims no more than it shows."""

from __future__ import annotations

from observatoire import formats
from observatoire.methods.comparison import same_reading
from observatoire.methods.trend_test import MOTS, Sommet, Tendance
from observatoire.warehouse import Indicateur, Territoire

# First word of a label → its article, for the labels that can be the subject of « est de ».
_ARTICLES = {
    "Taux": "le t", "Part": "la p", "Niveau": "le n", "Indice": "l’i", "Premier": "le p", "Deuxième": "le d",
    "Troisième": "le t", "Quatrième": "le q", "Sixième": "le s", "Septième": "le s", "Huitième": "le h",
    "Neuvième": "le n", "Rapport": "le r", "Densité": "la d", "Population": "la p", "Évolution": "l’é",
    "Nombre": "le n", "Taille": "la t", "Solde": "le s", "Accessibilité": "l’a", "Fragilité": "la f",
    "Couverture": "la c", "Loyer": "le l", "Pauvreté": "la p",
}  # fmt: skip

# Ratio of the figure to the reference, from the highest bound down, and what the figure is beside it.
_GRADES = (
    (3.05, "plus du triple du niveau"),
    (2.95, "environ le triple du niveau"),
    (2.05, "plus du double du niveau"),
    (1.95, "environ le double du niveau"),
    (1.55, None),
    (1.45, "environ une fois et demie le niveau"),
    (1.07, None),
    (1.03, "un niveau légèrement supérieur à celui"),
    (0.97, "un niveau proche de celui"),
    (0.93, "un niveau légèrement inférieur à celui"),
    (0.55, None),
    (0.45, "environ la moitié du niveau"),
    (0.0, "moins de la moitié du niveau"),
)

_DE = {
    "93": "de la Seine-Saint-Denis",
    "R11": "de l’Île-de-France",
    "FR": "de la France",
    "FM": "de la France métropolitaine",
}


def reference_name(territoire: Territoire) -> str:
    """« de la Seine-Saint-Denis », « d’Est Ensemble », « du Raincy »: after « celui »."""
    return _DE.get(territoire.code) or formats.de(territoire.nom)


def grade(valeur: float, reference: float, card: Indicateur) -> str:
    """« environ une fois et demie le niveau », « un niveau supérieur de 3,2 points à celui »: beside a reference.

    Between percentages a moderate gap is said in points, elsewhere in per cent of the reference. Where a ratio
    means nothing (a zero, a negative figure) only the order is said.
    """
    if same_reading(valeur, reference, card.decimales):
        return "un niveau égal à celui"
    order = "supérieur" if valeur > reference else "inférieur"
    if valeur < 0 or reference <= 0:
        return f"un niveau {order} à celui"
    ratio = valeur / reference
    words = next(text for bound, text in _GRADES if ratio >= bound)
    if words is not None:
        return words
    if card.unite.startswith("%"):
        points = formats.ecart(max(valeur, reference), min(valeur, reference), card.unite, card.decimales)
        return f"un niveau {order} de {points.lstrip('+')} à celui"
    percent = formats.nombre(abs(ratio - 1) * 100)
    return f"un niveau {order} d’environ {percent}{formats.INSECABLE}% à celui"


def subject(card: Indicateur) -> str | None:
    """The label as the subject of a sentence (« le taux de pauvreté »), or None when it is a plural."""
    start = _ARTICLES.get(card.libelle.split(" ", 1)[0])
    return start + card.libelle[1:] if start else None


def reading(card: Indicateur, valeur: float, statut: str = "publie") -> str:
    """The figure with its whole unit, unless the label already says it (« … pour 100 ménages »)."""
    text = card.format(valeur, statut)
    if formats.unite_courte(card.unite) or card.unite in card.libelle:
        return text
    return formats.avec_unite(text, formats.accorder(card.unite, valeur))


def sentence(
    territoire: Territoire,
    card: Indicateur,
    valeur: float,
    annee: int,
    reference: tuple[Territoire | str, float, str] | None,
    statut: str = "publie",
) -> str:
    """One sentence on a figure, beside a reference of the same year when there is one.

    ``reference``: a territory, or words after « celui » (« des communes semblables »); its value, its status.
    """
    who = subject(card)
    text = reading(card, valeur, statut)
    start = f"{territoire.lieu}, {who} est de {text} en {annee}" if who else f"{card.libelle} : {text} en {annee}"
    compared = ""
    if reference is not None and statut != "censure":
        other, level, other_status = reference
        name = other if isinstance(other, str) else reference_name(other)
        known = card.format(level) + (", valeur approchée" if other_status == "approche" else "")
        compared = f", soit {grade(valeur, level, card)} {name} ({known})"
    approximate = " (valeur approchée)" if statut == "approche" else ""
    return formats.insecables(formats.majuscule(f"{start}{approximate}{compared}."))


def trend_sentence(territoire: Territoire, card: Indicateur, tendance: Tendance) -> str:
    """« Foyers allocataires du RSA pour 100 ménages : en baisse, de 13,6 en 2019 à 14,5 en 2020, puis 12,7 en 2023.
    Foyers allocataires du RSA : −1,8 % ; ménages au recensement (2018 et 2022) : +4,7 %. »; « (évolution
    significative) » where it is; only for a trend that was tested and moves."""
    assert tendance.premiere is not None
    assert tendance.derniere is not None
    who, (first, last) = subject(card), (tendance.annees[0], tendance.annees[-1])
    words = MOTS[tendance.sens].split(" ", 1)[1]
    turn = turn_words(card, tendance.sommet)
    figures = f"de {reading(card, tendance.premiere)} en {first} à {turn}{card.format(tendance.derniere)} en {last}"
    start = f"{territoire.lieu}, {who} est {words} : {figures}" if who else f"{card.libelle} : {words}, {figures}"
    certain = " (évolution significative)" if tendance.significative else ""
    parts = parts_words(card, tendance)
    return formats.insecables(formats.majuscule(f"{start}{certain}.{f' {parts}' if parts else ''}"))


def turn_words(card: Indicateur, sommet: Sommet | None) -> str:
    """« 14,5 en 2020, puis », between the first figure of a series and its last; nothing without a peak or trough."""
    return f"{card.format(sommet.valeur)} en {sommet.annee}, puis " if sommet else ""


def parts_words(card: Indicateur, tendance: Tendance) -> str:
    """« Foyers allocataires du RSA : −1,8 % ; ménages au recensement (2018 et 2022) : +4,7 %. »: which of the two
    counts of a ratio moved; empty for a number."""
    parts = tendance.parts
    if parts is None or not card.numerateur_libelle or not card.denominateur_libelle:
        return ""
    own = parts.annees == (tendance.annees[0], tendance.annees[-1])
    years = "" if own else f" ({parts.annees[0]} et {parts.annees[1]})"
    above = f"{formats.majuscule(card.numerateur_libelle)} : {_percent(parts.numerateur)}"
    below = f"{card.denominateur_libelle}{years} : {_percent(parts.denominateur)}"
    return formats.insecables(f"{above} ; {below}.")


def _percent(change: float) -> str:
    """A relative change: « +4,7 % », « −1,8 % »."""
    text = formats.nombre(100 * change, 1)
    return f"{'+' if formats.round_half_up(100 * change, 1) > 0 else ''}{text} %"


def rank_words(rang: int, communes: int, sens: str) -> str:
    """« 37ᵉ situation la plus favorable sur 39 communes »: what first means follows the direction of the indicator."""
    order = "valeur la plus élevée" if sens == "neutre" else "situation la plus favorable"
    return (
        f"{formats.ordinal(rang)} {order} sur {communes} communes" if rang > 1 else f"{order} des {communes} communes"
    )
