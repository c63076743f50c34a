"""Figures as readers see them: units, absences, gaps, dates, names. Spaces and numbers: etl/typography.py."""

from __future__ import annotations

import math
import unicodedata
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from etl.typography import INSECABLE as INSECABLE  # « formats » is where the application finds both
from etl.typography import insecables as insecables
from etl.typography import majuscule as majuscule
from etl.typography import number, round_half_up

# What stands in the place of a value that is not there; never a zero.
ABSENCES = {"secret": "s", "non_calculable": "n. calc.", "manquant": "n.d."}
ABSENCES_LONGUES = {
    "secret": "couvert par le secret statistique",
    "non_calculable": "non calculable",
    "manquant": "non disponible",
}
STATUTS = {
    "publie": "publié par le producteur",
    "calcule": "calculé ici",
    "approche": "approché (moyenne pondérée)",
    "censure": "borne : le producteur ne publie pas la valeur exacte",
    **ABSENCES_LONGUES,
}
# Nouns whose singular ends with « s » too.
INVARIABLES = ("décès", "fois")
MOTIFS = {
    "fusion": "une médiane, un décile ou un indice ne s’additionne pas : voir les deux anciennes communes",
    "non_agregeable": "cet indicateur ne s’additionne pas au-dessus de la commune",
    "absent_du_fichier": "absent du fichier du producteur",
    "membre_absent": "il manque une commune dans le fichier du producteur",
    "membre_secret": "une des communes est couverte par le secret statistique",
    "membre_censure": "une des communes n’est publiée que par une borne",
    "membre_manquant": "la valeur d’une des communes manque",
    "niveau_partiel": "une partie de ses communes n’est pas diffusée : le total publié est trop bas",
    "poids_de_plusieurs_annees": "les poids des communes ne sont pas de la même année",
    "poids_absent": "le poids de la moyenne manque",
    "denominateur_nul": "le dénominateur est nul",
    "denominateur_absent": "le dénominateur manque",
    "base_trop_petite": "trop peu de logements, de ménages ou d’allocataires pour un taux",
    "base_inconnue": "effectif inconnu : pas de taux",
    "secret": "couvert par le secret statistique",
    "manquant": "non publié par le producteur",
}


def is_missing(valeur: object) -> bool:
    """True for None, NaN and NA: what must never be drawn as zero."""
    if isinstance(valeur, float):  # nearly always: str() costs ten times as much
        return valeur != valeur
    return valeur is None or str(valeur) == "<NA>" or valeur != valeur


def nombre(valeur: float | None, decimales: int = 0) -> str:
    """``1234.5`` → « 1 234,5 » (fine no-break spaces); « n.d. » when there is no value."""
    if is_missing(valeur):
        return ABSENCES["manquant"]
    assert valeur is not None
    return number(float(valeur), decimales)


def avec_unite(texte: str, unite: str) -> str:
    """A formatted number and its unit: « 12,3 % », « 19 520 € », « 62,1 pour 1 000 habitants »."""
    return f"{texte}{INSECABLE}{unite}" if unite and unite not in ("indice", "ratio") else texte


def signe(statut: str) -> str:
    """What follows an approximate value, « ≈ », never alone on its line; nothing for the others."""
    return f"{INSECABLE}≈" if statut == "approche" else ""


def lue(valeur: float, arrondi: float | None) -> float:
    """A value as it reads at its rounding (column ``arrondi``): 36.14 at 1 is 36; as it is when none is known.

    The same rule as the warehouse's ``lire``: two figures that read alike have the same rank.
    """
    if arrondi is None or is_missing(arrondi) or is_missing(valeur):
        return valeur
    steps = math.floor(abs(valeur) / arrondi + 0.5 + 1e-9)
    return math.copysign(round(steps * arrondi, 9), valeur) if steps else 0.0


def rang_lisible(marge: float | None) -> float | None:
    """The finest power of ten that a margin leaves readable, the rule of the warehouse's ``rang_lisible``: a digit is
    kept while the margin is under five of its units."""
    if marge is None or is_missing(marge) or marge <= 0:
        return None
    return 10.0 ** (math.floor(math.log10(marge / 5) + 1e-6) + 1)


def decimales_lues(decimales: int, arrondi: float | None) -> int:
    """The decimals to write: those of the card, and no more than the rounding of the figure has (0.1: one; 5: none)."""
    if is_missing(arrondi):
        return decimales
    assert arrondi is not None
    return min(decimales, _decimales(arrondi))


@lru_cache(1_000)
def _decimales(arrondi: float) -> int:
    return max(0, math.ceil(-math.log10(arrondi) - 1e-9))


def chiffre(
    valeur: float | None,
    unite: str,
    decimales: int,
    statut: str = "publie",
    court: bool = True,
    arrondi: float | None = None,
) -> str:
    """A figure as it is read: value and unit, « s », « n.d. », « n. calc. », or « moins de 5 % » for a bound.

    With ``court`` only %, € and « ans » are written beside the number; the other units belong to the header.
    ``arrondi``: the rounding of this figure (column ``arrondi``); no finer digit is written.
    """
    if is_missing(valeur):
        return ABSENCES.get(statut, ABSENCES["manquant"])
    assert valeur is not None
    text = nombre(lue(float(valeur), arrondi), decimales_lues(decimales, arrondi))
    shown = unite_courte(unite) if court else unite
    text = avec_unite(text, shown)
    return f"moins de {text}" if statut == "censure" else text


def marge(valeur: float, unite: str) -> str:
    """A rounding margin in words, two digits at most and never understated: « 0,5 point », « 7 900 personnes »."""
    power = math.floor(math.log10(valeur)) - 1
    up = math.ceil(round(valeur / 10.0**power, 6)) * 10.0**power
    decimals = max(0, -power)
    text = nombre(up, decimals)
    text = text.rstrip("0").rstrip(",") if decimals else text
    if en_points(unite):
        return f"{text}{INSECABLE}{'point' if up < 2 else 'points'}"
    return avec_unite(text, accorder(unite_courte(unite) or unite, up))


def unite_courte(unite: str) -> str:
    """The part of a unit that is written beside each number."""
    if unite.startswith("%"):
        return "%"
    if unite.startswith("€"):
        return "€"
    return ""


def accorder(unite: str, valeur: float) -> str:
    """The unit in the singular under two: « 1 quartier », « 1,5 consultation par an », « 2 quartiers », « 1 décès »."""
    noun, space, rest = unite.partition(" ")
    if abs(valeur) >= 2 or noun in INVARIABLES or not noun.endswith("s"):
        return unite
    return noun[:-1] + space + rest


def en_points(unite: str) -> bool:
    """True when a difference in this unit is said in points: percentages, « pour 100 … », and « points » itself."""
    return unite.startswith(("%", "pour 100 ")) or unite == "points"


def ecart(
    valeur: float | None, reference: float | None, unite: str, decimales: int, arrondi: float | None = None
) -> str:
    """Difference to a reference, signed: « +3,2 points » between percentages, else in the unit itself.

    ``arrondi``: the coarser rounding of the two; the difference is that of the figures as both read at it.
    """
    gap = difference(valeur, reference, decimales, arrondi)
    if gap is None:
        return ""
    text = nombre(gap, decimales_lues(decimales, arrondi))
    signed = f"+{text}" if gap > 0 else text
    if en_points(unite):
        return f"{signed}{INSECABLE}{'point' if abs(gap) < 2 else 'points'}"
    return avec_unite(signed, unite_courte(unite))


def difference(
    valeur: float | None, reference: float | None, decimales: int, arrondi: float | None = None
) -> float | None:
    """The difference of two figures as both read (see ``ecart``), as a number; None when one of them is missing."""
    if is_missing(valeur) or is_missing(reference):
        return None
    assert valeur is not None
    assert reference is not None
    decimales = decimales_lues(decimales, arrondi)
    read = [round_half_up(lue(value, arrondi), decimales) for value in (valeur, reference)]
    return round_half_up(read[0] - read[1], decimales)


def ordinal(rang: int, feminin: bool = True) -> str:
    """« 1re », « 2e »: rank of a commune (feminine) or of a value."""
    if rang == 1:
        return "1ʳᵉ" if feminin else "1ᵉʳ"
    return f"{rang}ᵉ"


def jour(valeur: date) -> str:
    """A date in full: « 23 novembre 2026 »."""
    text = format_date(valeur, format="d MMMM y", locale="fr_FR")
    return text.replace("1 ", "1ᵉʳ ", 1) if valeur.day == 1 else text


def heure(valeur: datetime) -> str:
    """A time of the day: « 17 h 05 »."""
    return f"{valeur.hour}{INSECABLE}h{INSECABLE}{valeur.minute:02d}"


def periode(annees: list[int]) -> str:
    """Years as a person writes them: « 2021 », « 2014 à 2021 »."""
    ordered = sorted(set(annees))
    return str(ordered[0]) if len(ordered) == 1 else f"{ordered[0]} à {ordered[-1]}"


def typographie(texte: str) -> str:
    """The curved apostrophe in names that producers write with a straight one."""
    return texte.replace("'", "’")


def unite_longue(unite: str) -> str:
    """A unit as a title says it: « En % », « En euros », « Pour 100 ménages »."""
    return {"%": "En %", "€": "En euros", "indice": "Indice"}.get(unite, majuscule(unite))


def lieu(nom: str, type_: str = "commune") -> str:
    """Where one is: « à Bondy », « au Raincy », « aux Lilas », « en Seine-Saint-Denis », « sur Est Ensemble »."""
    nom = typographie(nom)
    if type_ == "ept":
        return f"sur le territoire {de(nom)}"
    if type_ in ("departement", "region", "pays"):
        return {"Paris": "à Paris", "Val-de-Marne": "dans le Val-de-Marne", "Val-d’Oise": "dans le Val-d’Oise"}.get(
            nom, f"en {nom}"
        )
    if nom.startswith("Le "):
        return f"au {nom[3:]}"
    if nom.startswith("Les "):
        return f"aux {nom[4:]}"
    return f"à {nom}"


def de(nom: str) -> str:
    """A name after « de »: « de Bondy », « du Raincy », « des Lilas », « d’Est Ensemble », « de L’Île-Saint-Denis »."""
    nom = typographie(nom)
    if nom.startswith("Le "):
        return f"du {nom[3:]}"
    if nom.startswith("Les "):
        return f"des {nom[4:]}"
    return f"d’{nom}" if nom[0] in "AEIOUYÀÂÉÈÊÎÔ" else f"de {nom}"


def nom_de_fichier(*parties: str) -> str:
    """A file name without accents or spaces, in the order given: « taux-de-pauvrete_bondy_2021 »."""
    cleaned = []
    for part in parties:
        plain = unicodedata.normalize("NFKD", part.replace("’", "-")).encode("ascii", "ignore").decode()
        kept = "".join(c if c.isalnum() else "-" for c in plain.lower())
        cleaned.append("-".join(word for word in kept.split("-") if word))
    return "_".join(part for part in cleaned if part)
