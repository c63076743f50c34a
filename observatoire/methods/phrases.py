"""A figure becomes a sentence a person would write, from a graded table that claims no more than it shows."""

from __future__ import annotations

from etl.identite import IDENTITE
from etl.typography import round_half_up
from observatoire import formats
from observatoire.mesures import Mesure
from observatoire.methods.comparison import coarser, gap_size, gap_words, margin, same_reading
from observatoire.methods.trend_test import Sommet, Tendance
from observatoire.records import DEPARTEMENT, FRANCE, REGION, Indicateur, Territoire

# First word of a label → its article, for the labels that can be the subject of « est de ».
_ARTICLES = {
    "Taux": "le t", "Part": "la p", "Niveau": "le n", "Indice": "l’i", "Premier": "le p", "Deuxième": "le d",
    "Troisième": "le t", "Quatrième": "le q", "Sixième": "le s", "Septième": "le s", "Huitième": "le h",
    "Neuvième": "le n", "Rapport": "le r", "Densité": "la d", "Dotation": "la d", "Population": "la p",
    "Évolution": "l’é", "Nombre": "le n", "Taille": "la t", "Solde": "le s", "Accessibilité": "l’a",
    "Fragilité": "la f", "Couverture": "la c", "Loyer": "le l", "Pauvreté": "la p", "Participation": "la p",
}  # fmt: skip

_FEMININS = ("Évolution", "Accessibilité")  # « l’ » does not say it

# Ratio of the figure to the reference, from the highest bound down, and what the figure is beside it. Only for what
# has a true zero and is not a share; near 1, comparison.gap_size says whether the gap is close or slight.
_GRADES = (
    (3.05, "plus du triple du niveau"),
    (2.95, "environ le triple du niveau"),
    (2.05, "plus du double du niveau"),
    (1.95, "environ le double du niveau"),
    (1.55, None),
    (1.45, "environ une fois et demie le niveau"),
    (0.55, None),
    (0.45, "environ la moitié du niveau"),
    (0.0, "moins de la moitié du niveau"),
)

_DE = {
    DEPARTEMENT: IDENTITE.departement.de_article,
    REGION: IDENTITE.region.de_article,
    FRANCE: "de la France",
    "FM": "de la France métropolitaine",
}


def reference_name(territoire: Territoire) -> str:
    """« de la Seine-Saint-Denis », « d’Est Ensemble », « du Raincy »: after « celui »."""
    return _DE.get(territoire.code) or formats.de(territoire.nom)


def grade(
    valeur: float,
    reference: float,
    card: Mesure,
    ecart_type: float | None = None,
    arrondi: float | None = None,
    marge: float = 0,
) -> str:
    """« environ une fois et demie le niveau », « un niveau supérieur de 3,2 points à celui »: beside a reference.

    A share or an index without zero is graded and said in points (comparison.gap_size), the others in ratio or in per
    cent of the reference. Where a ratio means nothing (a zero, a negative figure) only the order is said.
    ``ecart_type``: the spread of the communes; ``arrondi``: the coarser rounding of the two figures; ``marge``: the
    sum of their margins. Two rounded figures that read alike are close: nobody knows that they are equal.
    """
    decimals = formats.decimales_lues(card.decimales, arrondi)
    if same_reading(formats.lue(valeur, arrondi), formats.lue(reference, arrondi), decimals):
        return "un niveau proche de celui" if marge > 0 else "un niveau égal à celui"
    order = "supérieur" if valeur > reference else "inférieur"
    if card.en_rapport and (valeur < 0 or reference <= 0):
        return f"un niveau {order} à celui"
    size = gap_size(valeur, reference, card, ecart_type, marge)
    if size == "proche":
        return "un niveau proche de celui"
    if size == "leger":
        return f"un niveau légèrement {order} à celui"
    if not card.en_rapport:
        gap = gap_words(max(valeur, reference), min(valeur, reference), card, arrondi, marge).lstrip("+")
        return f"un niveau {order} de {gap} à celui"
    ratio = valeur / reference
    words = next(text for bound, text in _GRADES if ratio >= bound)
    if words is not None:
        return words
    percent = formats.nombre(abs(ratio - 1) * 100)
    return f"un niveau {order} d’environ {percent}{formats.INSECABLE}% à celui"


def subject(card: Mesure) -> str | None:
    """The label as the subject of a sentence (« le taux de pauvreté »), or None when it is a plural."""
    start = _ARTICLES.get(card.libelle.split(" ", 1)[0])
    return start + card.libelle[1:] if start else None


def feminine(card: Mesure) -> bool:
    """True when the label is a feminine noun (« la part », « l’évolution »); « chiffre » stands for a plural one."""
    first = card.libelle.split(" ", 1)[0]
    return _ARTICLES.get(first, "").startswith("la ") or first in _FEMININS


def reading(card: Mesure, valeur: float, statut: str = "publie", arrondi: float | None = None) -> str:
    """The figure with its whole unit, unless the label already says it (« … pour 100 ménages »)."""
    text = card.format(valeur, statut, arrondi)
    if formats.unite_courte(card.unite) or card.unite in card.libelle:
        return text
    return formats.avec_unite(text, formats.accorder(card.unite, valeur))


def sentence(
    territoire: Territoire,
    card: Mesure,
    valeur: float,
    annee: int,
    reference: tuple[Territoire | str, float, str] | None,
    statut: str = "publie",
    ecart_type: float | None = None,
    arrondis: tuple[float | None, float | None] = (None, None),
    marges: tuple[float | None, float | None] = (None, None),
) -> str:
    """One sentence on a figure, beside a reference of the same year when there is one.

    ``reference``: a territory, or words after « celui » (« des communes semblables »); its value, its status.
    ``ecart_type``: the spread of the communes; ``arrondis``, ``marges``: of the figure and of the reference.
    """
    who = subject(card)
    text = reading(card, valeur, statut, arrondis[0])
    when = card.en(annee)
    start = f"{territoire.lieu}, {who} est de {text} {when}" if who else f"{card.libelle} : {text} {when}"
    compared = ""
    if reference is not None and statut != "censure":
        other, level, other_status = reference
        name = other if isinstance(other, str) else reference_name(other)
        known = card.format(level, arrondi=arrondis[1]) + (", valeur approchée" if other_status == "approche" else "")
        words = grade(valeur, level, card, ecart_type, coarser(*arrondis), margin(*marges))
        compared = f", soit {words} {name} ({known})"
    notes = ["valeur approchée"] if statut == "approche" else []
    if statut != "publie" and (blur := blur_words(card, arrondis[0], marges[0])):
        notes.append(blur)
    said = f" ({', '.join(notes)})" if notes else ""
    return formats.insecables(formats.majuscule(f"{start}{said}{compared}."))


def blur_words(card: Mesure, arrondi: float | None, marge: float | None) -> str:
    """« à 0,5 point près »: the rounding margin of a figure, when it takes digits off those of the card, or reaches one
    unit of the last of them. Under, the last digit is as sure as a reader takes it to be: nothing is said.
    """
    if marge is None or formats.is_missing(marge):
        return ""
    unit = 10.0**-card.decimales
    told = marge >= unit or formats.lue(unit, arrondi) != unit
    return f"à {formats.marge(marge, card.unite_ecart)} près" if told else ""


def turn_words(card: Mesure, sommet: Sommet | None) -> str:
    """« 14,5 en 2020, puis », between the first figure of a series and its last; nothing without a peak or trough."""
    return f"{card.format(sommet.valeur)} {card.en(sommet.annee)}, puis " if sommet else ""


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
    return f"{'+' if round_half_up(100 * change, 1) > 0 else ''}{text} %"


def own_name(name: str, mine: str) -> str:
    """« Bondy (ma commune) » for the commune that the reader has chosen; the others as they are."""
    return f"{name} (ma commune)" if name == mine else name
